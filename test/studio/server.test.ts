import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { choosePartPath } from "../../src/files/index.js";
import { openStudio } from "../../src/studio/index.js";
import { defaultPack } from "../../src/studio/packs.js";
import { findProgram } from "../cli/spawn.js";
import { fakeEngine, testStudio } from "./fake.js";

describe("a studio's server", () => {
  it("takes the next free port when one is in use, and answers there", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const out = await mkdtemp(join(tmpdir(), "clipsteer-port-"));
    const studio = await openStudio({ out, engine: fakeEngine() });
    const bound = await studio.listen(port);
    expect(bound.port).toBeGreaterThan(port);
    expect(bound.url).toBe(`http://127.0.0.1:${bound.port}/`);
    const headers = { Authorization: `Bearer ${studio.token}` };
    expect((await fetch(`${bound.url}api/session`, { headers })).status).toBe(200);
    expect((await fetch(`${bound.url}api/session`)).status).toBe(401);
    await studio.close();
    await new Promise((resolve) => taken.close(resolve));
    await rm(out, { recursive: true });
  });

  it("starts the engine's process when it sends the page, which is sure to need it, and for nothing else", async () => {
    const test = await testStudio();
    for (const path of ["/page.js", "/page.css", "/api/session", "/nowhere"]) await test.request(path);
    expect(test.engine.starts).toBe(0);
    await test.request("/", {}, { Host: "example.com" });
    expect(test.engine.starts).toBe(0);
    await test.request("/");
    expect(test.engine.starts).toBe(1);
    await test.close();
    const locked = await testStudio({ host: "0.0.0.0", password: "long enough" });
    await locked.request("/");
    expect(locked.engine.starts).toBe(0); // nobody has logged in
    await locked.close();
  });

  it("is the only one in its folder, and removes what a killed one left there", async () => {
    const test = await testStudio();
    await expect(testStudio({ out: test.out })).rejects.toThrow(
      /studio\.lock: another process \(\d+ on .*\) holds the lock to run the studio in this folder/,
    );
    await test.studio.close();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const part = choosePartPath("x").slice(2).replace(`-${process.pid}-`, `-${pid}-`);
    const own = await mkdtemp(join(tmpdir(), "clipsteer-killed-"));
    for (const folder of ["", "uploads", "indexes", "prompts"]) {
      await mkdir(join(own, ".studio", folder), { recursive: true });
      await writeFile(join(own, ".studio", folder, part), "half");
    }
    await writeFile(join(own, ".studio/studio.lock"), JSON.stringify({ pid, host: hostname() }));
    const next = await testStudio({ out: own });
    expect(await readdir(own, { recursive: true })).not.toContainEqual(expect.stringMatching(/\.part$/));
    await next.close();
    expect(await readdir(join(own, ".studio"))).not.toContain("studio.lock");
    for (const folder of [test.out, own]) await rm(folder, { recursive: true });
  });

  it("goes on when its state cannot be written, and reports that", async () => {
    const test = await testStudio();
    // A folder in the place of the file: as with a full disk, the write fails.
    await mkdir(join(test.out, ".studio", "runs.json"));
    await test.send("POST", "/api/runs", { kind: "generate", requests: [{ request: { text: ["a"] } }] });
    await vi.waitFor(() => expect(test.engine.started).toHaveLength(1), 10_000);
    test.engine.started[0]!.end();
    await vi.waitFor(() => expect(test.errors.length).toBeGreaterThan(0), 10_000);
    expect(String(test.errors[0])).toContain("runs.json");
    const { runs } = (await test.send("GET", "/api/runs")).body as { runs: { status: string }[] };
    expect(runs.map(({ status }) => status)).toEqual(["done"]);
    await rm(join(test.out, ".studio", "runs.json"), { recursive: true });
    await test.close();
  });

  it("offers the prompt files that are meant for users, without those of the evaluation", async () => {
    const test = await testStudio();
    const { files } = (await test.send("GET", "/api/prompts")).body as { files: { name: string }[] };
    expect(files.map(({ name }) => name)).toEqual(["emoji.yaml", "imagenet-80.yaml", "showcase.yaml"]);
    expect((await test.send("GET", "/api/prompts/package/showcase.yaml")).status).toBe(200);
    expect((await test.send("GET", "/api/prompts/package/kept-back-60.yaml")).status).toBe(404);
    await test.close();
  });

  it("describes every route in an OpenAPI document whose schemas say what is taken", async () => {
    const test = await testStudio();
    const document = (await test.send("GET", "/api/openapi.json")).body as {
      openapi: string;
      paths: Record<
        string,
        Record<
          string,
          { summary: string; requestBody?: unknown; parameters?: { name: string; in: string }[] }
        >
      >;
    };
    expect(document.openapi).toBe("3.1.0");
    expect(JSON.stringify(document.paths["/api/runs"]!.post!.requestBody)).toContain(
      '"enum":["generate","edit"]',
    );
    expect(document.paths["/api/gallery"]!.get!.parameters!.map(({ name }) => name)).toContain("words");
    expect(document.paths["/api/runs/{id}/move"]!.post!.parameters).toContainEqual(
      expect.objectContaining({ name: "id", in: "path" }),
    );
    for (const methods of Object.values(document.paths))
      for (const { summary } of Object.values(methods)) expect(summary.length).toBeGreaterThan(10);
    await test.close();
  });
});

describe("clipsteer studio", () => {
  it("prints its address and token as the first line of JSON, and ends with Ctrl-C", async () => {
    const out = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
    const child = spawn(
      process.execPath,
      [...(await findProgram()), "studio", "--no-open", "--json", "--out", out],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const exited = new Promise<number | null>((resolve) => child.on("exit", resolve));
    const line = await new Promise<string>((resolve) => {
      let text = "";
      child.stdout.on("data", (data: Buffer) => {
        text += data.toString();
        if (text.includes("\n")) resolve(text.split("\n")[0]!);
      });
    });
    const { url, token } = JSON.parse(line) as { url: string; token: string };
    const answer = await fetch(`${url}api/session`, { headers: { Authorization: `Bearer ${token}` } });
    expect(await answer.json()).toMatchObject({ packs: expect.arrayContaining([defaultPack]) as string[] });
    child.kill("SIGINT");
    expect(await exited).toBe(130);
    await rm(out, { recursive: true });
  });

  it("says which port it took, and prints the address where no browser can be opened", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { port: number };
    const out = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
    const child = spawn(
      process.execPath,
      [...(await findProgram()), "studio", "--port", String(port), "--out", out],
      { env: { ...process.env, PATH: out }, stdio: ["ignore", "pipe", "pipe"] },
    );
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    await vi.waitFor(() => expect(stderr).toContain("Ctrl-C ends it"), 60_000);
    const [, bound] = /^http:\/\/127\.0\.0\.1:(\d+)\/#token=[\w-]{32}\n$/.exec(stdout) ?? [];
    expect(Number(bound)).toBeGreaterThan(port);
    expect(stderr).toContain(`port ${port} is in use; using ${bound}`);
    expect(stderr).toContain("no browser was found to open; open the address above");
    child.kill("SIGINT");
    await new Promise((resolve) => child.on("exit", resolve));
    await new Promise((resolve) => taken.close(resolve));
    await rm(out, { recursive: true });
  });

  it("refuses other addresses without a password in one line", async () => {
    const out = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
    const child = spawn(
      process.execPath,
      [...(await findProgram()), "studio", "--no-open", "--host", "0.0.0.0", "--out", out],
      {
        env: { ...process.env, CLIPSTEER_STUDIO_PASSWORD: "" },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let stderr = "";
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    expect(await new Promise((resolve) => child.on("exit", resolve))).toBe(2);
    expect(stderr).toMatch(
      /^error: the address 0\.0\.0\.0 can be reached from other machines: set a password.*\n$/,
    );
    await rm(out, { recursive: true });
  });
});
