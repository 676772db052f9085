import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunView } from "../../src/studio/api.js";
import type { BiasView, ClassifiedView } from "../../src/studio/classifyRoutes.js";
import type { TunedView } from "../../src/studio/promptRoutes.js";
import { createEngine } from "../../src/studio/engine.js";
import type { EngineEvent, RunTask } from "../../src/studio/messages.js";
import { type Studio, openStudio } from "../../src/studio/index.js";
import { findEngineProcess } from "../cli/spawn.js";
import { drawLabelledFolder, shapeLabels } from "./shapes.js";

const program = await findEngineProcess();

let out: string;
/** A labelled folder of shapes. */
let pictures: string;
let studio: Studio;
let url: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "clipsteer-engine-"));
  pictures = await drawLabelledFolder(await mkdtemp(join(tmpdir(), "clipsteer-shapes-")));
  studio = await openStudio({ out, pictures: [pictures], engine: createEngine({ program }) });
  ({ url } = await studio.listen(0));
});
afterAll(async () => {
  await studio.close();
  for (const folder of [out, pictures]) await rm(folder, { recursive: true, force: true });
});

const headers = (): Record<string, string> => ({ Authorization: `Bearer ${studio.token}` });
const get = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${url}api${path}`, { headers: headers() })).json()) as T;
const post = async <T>(path: string, body: unknown): Promise<T> => {
  const response = await fetch(`${url}api${path}`, {
    method: "POST",
    headers: { ...headers(), "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
};
const small = { steps: 12, views: 4, candidates: 8, seed: 5 };
const ended = async (id: string): Promise<RunView> => {
  for (;;) {
    const { runs } = await get<{ runs: RunView[] }>("/runs");
    const run = runs.find((each) => each.id === id)!;
    if (run.status !== "waiting" && run.status !== "running") return run;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

describe("the engine's process", () => {
  it.runIf(process.platform === "linux")("returns freed blocks to the system at a fixed size", async () => {
    const engine = createEngine({ program });
    try {
      await engine.call("machine", {});
      const threads = await readdir("/proc/self/task");
      const children = await Promise.all(
        threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, "utf8").catch(() => "")),
      );
      const processes = children.join(" ").split(" ").filter(Boolean);
      const environments = await Promise.all(
        processes.map((id) => readFile(`/proc/${id}/environ`, "utf8").catch(() => "")),
      );
      const commands = await Promise.all(
        processes.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
      );
      const engines = environments.filter((_, at) => commands[at]!.includes("engineProcess"));
      expect(engines.length).toBeGreaterThan(0);
      for (const environment of engines) expect(environment).toContain("MALLOC_MMAP_THRESHOLD_=8388608");
    } finally {
      await engine.close();
    }
  });

  it("can be started before it is needed, and is unloaded when nobody uses it", async () => {
    const engine = createEngine({ idle: 1500, program });
    expect(engine.loaded).toBe(false);
    engine.start();
    expect(engine.loaded).toBe(true);
    await expect.poll(() => engine.loaded, { timeout: 20_000 }).toBe(false);
    await engine.close();
  });

  it("ends at once with its server, even while it computes", async () => {
    const server = spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(new URL("killedServer.ts", import.meta.url))],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(createInterface(server.stdout), "line")) as [string];
    const child = Number(line);
    const isRunning = (): boolean => {
      try {
        return process.kill(child, 0);
      } catch {
        return false;
      }
    };
    expect(isRunning()).toBe(true);
    const began = performance.now();
    server.kill("SIGKILL");
    await once(server, "exit");
    // A computation that goes on takes longer than this.
    while (isRunning() && performance.now() - began < 15_000)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isRunning()).toBe(false);
  });

  it("makes pictures while the server answers at once", async () => {
    const times: number[] = [];
    const ask = async (): Promise<void> => {
      const began = performance.now();
      await get("/session");
      times.push(performance.now() - began);
    };
    const median = (): number => times.sort((a, b) => a - b)[times.length >> 1]!;
    for (let count = 0; count < 20; count++) await ask();
    const idle = median();
    times.length = 0;
    const { ids } = await post<{ ids: string[] }>("/runs", {
      kind: "generate",
      requests: [{ request: { text: ["a red heart"], ...small } }],
    });
    let done: RunView | undefined;
    void ended(ids[0]!).then((run) => (done = run));
    while (!done) {
      await ask();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(done).toMatchObject({ status: "done", step: 12, results: [{ seed: 5, image: "image.png" }] });
    // The cores are at work, so answers take a little longer; steps in this process would take a tenth of a second each.
    expect(times.length).toBeGreaterThan(5);
    expect(median()).toBeLessThan(5 * idle + 50);
  });

  it("gives the same bytes again from the settings inside the picture", async () => {
    // Warming up, which follows this answer, ends with the next run.
    const models = await get<{ styles: string[]; resolution: number }>("/models");
    expect(models.resolution).toBe(64);
    expect(models.styles.length).toBeGreaterThan(1);
    const { runs } = await get<{ runs: RunView[] }>("/runs");
    const folder = runs[0]!.results[0]!.folder;
    const { id } = await post<{ id: string }>(`/gallery/${folder}/replay`, {});
    const again = await ended(id);
    const read = (name: string) => readFile(join(out, name, "image.png"));
    expect(again.results[0]!.folder).not.toBe(folder);
    expect(await read(again.results[0]!.folder)).toEqual(await read(folder));
    const { restored } = await get<{ restored: unknown }>(`/gallery/${folder}`);
    expect(restored).toMatchObject({
      kind: "generate",
      request: { text: ["a red heart"], ...small },
      lost: [],
      exact: true,
    });
  });

  it("paints a finished picture as SVG, and refuses where it would be another picture", async () => {
    const { runs } = await get<{ runs: RunView[] }>("/runs");
    const { folder } = runs[0]!.results[0]!;
    const { formats } = await get<{ formats: string[] }>(`/gallery/${folder}`);
    expect(formats).toEqual(["png", "webp", "svg"]);
    const exportSvg = () => fetch(`${url}api/gallery/${folder}/export?format=svg`, { headers: headers() });
    const svg = Buffer.from(await (await exportSvg()).arrayBuffer());
    expect(svg.toString("utf8")).toMatch(/^<svg [^]*<path [^]*<\/svg>\n$/);
    const side = 128;
    const raw = (bytes: Buffer) =>
      sharp(bytes).resize(side, side).flatten({ background: "#fff" }).raw().toBuffer();
    const [painted, original] = await Promise.all([
      raw(svg),
      readFile(join(out, folder, "image.png")).then(raw),
    ]);
    const error = painted!.reduce((sum, value, at) => sum + Math.abs(value - original![at]!), 0);
    expect(error / painted!.length).toBeLessThan(8); // of 255: the same drawing, its edges as curves
    // Settings that another version made: their score differs from what is painted now.
    const config = join(out, folder, "config.yaml");
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace(/guideScore: .*/, "guideScore: 0.123"));
    const refused = await exportSvg();
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("another picture");
    await writeFile(config, text);
  });

  it("paints the pixels of an SVG run, to save and to edit them", async () => {
    const { ids } = await post<{ ids: string[] }>("/runs", {
      kind: "generate",
      requests: [{ request: { text: ["a red heart"], ...small, steps: 2, format: "svg" } }],
    });
    const run = await ended(ids[0]!);
    const { folder } = run.results[0]!;
    const { formats } = await get<{ formats: string[] }>(`/gallery/${folder}`);
    expect(formats).toEqual(["png", "webp", "svg"]);
    const png = await fetch(`${url}api/gallery/${folder}/export?format=png`, { headers: headers() });
    expect(await sharp(await png.arrayBuffer()).metadata()).toMatchObject({ format: "png", hasAlpha: true });
    const upload = await post<{ name: string; format: string }>(`/gallery/${folder}/upload`, {});
    expect(upload).toMatchObject({ name: "a-red-heart.png", format: "png" });
  });

  it("names, finds and compares the pictures of a folder that the studio was started with", async () => {
    const { folders } = await get<{ folders: { name: string; folders: number }[] }>("/folders");
    const name = basename(pictures);
    expect(folders[0]).toEqual({ name, folders: 4 });
    expect(folders).toContainEqual({ name: `${name}/a red circle`, folders: 2 });
    const named = await post<ClassifiedView>("/classify", {
      labels: ["a red circle", "a green triangle"],
      folder: `${name}/a red circle`,
    });
    expect(named.pictures).toHaveLength(6);
    expect(named.pictures[0]!.path).toBe("size=large/0.png");
    expect(named.shares.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    const upload = await post<{ id: string }>("/folders/upload", {
      folder: name,
      path: "a green triangle/size=large/0.png",
    });
    const labels = ["a red circle", "a green triangle"];
    const alone = await post<ClassifiedView>("/classify", { labels, picture: upload.id });
    expect(alone.pictures.map(({ path, labels: [best] }) => [path, best!.label])).toEqual([
      [upload.id, "a green triangle"],
    ]);
    const query = `folder=${encodeURIComponent(name)}&words=${encodeURIComponent("a red circle")}`;
    const found = await get<{ pictures: { path: string; likeness: number }[] }>(`/folders/search?${query}`);
    expect(found.pictures).toHaveLength(24);
    expect(found.pictures[0]!.path).toMatch(/^a red circle\//);
    // Nothing is written into the folder.
    expect(await readdir(pictures)).toEqual(shapeLabels);
    const bias = await post<BiasView>("/bias", { folder: name });
    expect(bias).toMatchObject({ labels: shapeLabels, pictures: 24, unreadable: 0 });
    const [table] = bias.tables;
    expect(table!.by).toBe("size");
    for (const { rate, pictures: shown } of table!.groups) {
      expect(rate.samples).toBe(12);
      expect(rate.low).toBeLessThan(rate.mean + 1e-9);
      expect(rate.high).toBeGreaterThan(rate.mean - 1e-9);
      expect(shown.filter(({ counts }) => counts)).toHaveLength(Math.round(rate.mean * 12));
    }
    const wrong = await post<{ error: { message: string } }>("/bias", { folder: name, outcome: ["a dog"] });
    expect(wrong.error.message).toBe('outcome: "a dog" is not among the labels');
  });

  it("tunes templates on one half of a folder's labels and measures them on the other", async () => {
    const text = 'templates:\n  - "{}"\n  - an emoji of {}\n  - "{}, noto style"\nprompts:\n  - a heart\n';
    const folder = basename(pictures);
    const tuned = await post<TunedView>("/prompts/tune", { text, folder, most: 2 });
    expect(tuned.templates.length).toBeGreaterThan(0);
    expect(tuned.templates.length).toBeLessThanOrEqual(2);
    expect(tuned.chosenOn).toBe(12);
    const row = tuned.heldOut.find(({ name }) => name === "forward selection")!;
    expect(row.accuracy.samples).toBe(12);
    expect(row.gain!.low).toBeLessThanOrEqual(row.gain!.high);
    const few = await post<{ error: { message: string } }>("/prompts/tune", {
      text: 'templates: ["{}"]\n',
      folder,
    });
    expect(few.error.message).toContain("fewer than two templates");
    const one = await post<{ error: { message: string } }>("/prompts/tune", {
      text,
      folder: `${folder}/a red circle`,
    });
    expect(one.error.message).toContain("has 2 folders of labels; two halves need four or more");
  });

  it("finds pictures by what they show, and where words are in one", async () => {
    const found = await get<{ items: { id: string; likeness: number }[] }>(
      "/gallery?by=content&words=a%20heart",
    );
    expect(found.items).toHaveLength(2);
    expect(found.items[0]!.likeness).toBeGreaterThan(0.2);
    const circle = Buffer.from(
      '<svg viewBox="0 0 64 64"><rect width="64" height="64" fill="#fff"/><circle cx="20" cy="32" r="14" fill="#d22"/></svg>',
    );
    const png = await sharp(circle).png().toBuffer();
    const taken = (await (
      await fetch(`${url}api/uploads`, { method: "POST", headers: headers(), body: new Uint8Array(png) })
    ).json()) as { id: string };
    const { runs } = await get<{ runs: RunView[] }>("/runs");
    const own = await post<{ id: string }>(`/gallery/${runs[0]!.results[0]!.folder}/upload`, {});
    const similar = await get<{ items: { likeness: number }[] }>(`/gallery?by=picture&words=${own.id}`);
    expect(similar.items[0]!.likeness).toBeCloseTo(1, 3);
    const { mask, certainty } = await post<{ mask: string; certainty: number }>("/relevance", {
      picture: taken.id,
      words: "a red circle",
    });
    expect(mask).toMatch(/^[0-9a-f]{64}$/);
    expect(certainty).toBeTypeOf("number");
    const named = await post<{
      pictures: { labels: { label: string }[] }[];
      shares: { label: string; count: number; low: number; high: number }[];
    }>("/classify", { labels: ["a heart", "a bus"] });
    expect(named.pictures.map(({ labels }) => labels[0]!.label)).toEqual(["a heart", "a heart"]);
    expect(named.shares[0]).toMatchObject({ label: "a heart", count: 2, high: 1 });
    expect(named.shares[0]!.low).toBeLessThan(0.5);
  });

  it("leaves a run that can be resumed when it is ended, and ends by itself without work", async () => {
    const engine = createEngine({ idle: 200, program });
    const task: RunTask = {
      command: "generate",
      request: { text: ["a red heart"], ...small, steps: 400, plateau: 0 }, // its programs are in the cache
      out,
      uploads: join(out, ".studio", "uploads"),
    };
    let folder = "";
    const run = engine.run(
      task,
      (event: EngineEvent) => {
        if (event.type === "planned") folder = event.folder;
        if (event.type === "step" && event.index === 3) void engine.close();
      },
      new AbortController().signal,
    );
    await expect(run).rejects.toThrow("can be resumed");
    expect(existsSync(join(folder, "unfinished.safetensors"))).toBe(true);
    const stop = new AbortController();
    const steps: number[] = [];
    const resumed = await engine.run(
      { ...task, resume: folder },
      (event) => {
        if (event.type === "step") steps.push(event.index);
        if (event.type === "step" && event.index >= 6) stop.abort();
      },
      stop.signal,
    );
    expect(resumed.stopped).toBe(true);
    expect(existsSync(join(folder, "image.png"))).toBe(true);
    expect(engine.loaded).toBe(true);
    // Without work the process ends, and its memory is free.
    while (engine.loaded) await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
