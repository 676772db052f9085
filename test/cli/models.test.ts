import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { clipsteer } from "./spawn.js";

const fixtures = resolve(import.meta.dirname, "../packs/fixtures");

describe("models", () => {
  beforeAll(async () => {
    process.env.CLIPSTEER_HOME = await mkdtemp(join(tmpdir(), "clipsteer-home-"));
  });

  it("are added, listed, looked into, verified and removed", async () => {
    const file = join(process.env.CLIPSTEER_HOME!, "faces.pkl");
    await writeFile(file, await readFile(join(fixtures, "stylegan3.pkl")));
    const added = await clipsteer(["models", "add", file, "--license", "mine"]);
    expect(added.stderr).toBe("");
    expect(added.stdout).toMatch(/^faces: pickle, StyleGAN3 \(NVIDIA\)\nsha256 [0-9a-f]{64}\n$/);
    const [listed, info, verified] = await Promise.all([
      clipsteer(["models", "list"]),
      clipsteer(["models", "info", "faces", "--json", "--tensors", "1"]),
      clipsteer(["models", "verify", "--json", "--quiet"]),
    ]);
    expect(listed.stdout).toMatch(/^faces +here, 32\.2 kB; licence: mine\n/);
    expect(listed.stdout).toMatch(/stylegan3-t-ffhqu-256 .*not for commercial use/);
    expect(JSON.parse(info.stdout)).toMatchObject({
      files: [
        {
          tensors: 44,
          architecture: "StyleGAN3 (NVIDIA)",
          shapes: [["G_ema.synthesis.input.weight", [8, 8], "F32"]],
        },
      ],
    });
    expect(JSON.parse(verified.stdout)).toMatchObject({ models: [{ files: [{ state: "as it was" }] }] });

    await writeFile(file, "no longer");
    const changed = await clipsteer(["models", "verify", "faces", "--quiet"]);
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.stdout).toContain("changed");
    expect(changed.stderr).toMatch(/^error: not as they were: faces; .*\n$/);
    expect((await clipsteer(["models", "remove", "faces"])).stdout).toBe(
      "faces: forgotten; its file stays\n",
    );
    expect(await readFile(file, "utf8")).toBe("no longer");
  });

  it("that are bad or unknown get one line and the right exit code", async () => {
    const evil = join(process.env.CLIPSTEER_HOME!, "evil.pkl");
    await writeFile(evil, Buffer.from("\x80\x02cos\nsystem\nX\x02\0\0\0ls\x85R.", "latin1"));
    const cases: [args: string[], code: number, says: string][] = [
      [["info", evil], 1, 'asks for "os.system"'],
      [["add", evil], 1, 'asks for "os.system"'],
      [["info", "nothing"], 2, 'unknown model "nothing"; here: none'],
      [["pull", "clip-vit-b-3"], 2, "did you mean clip-vit-b-32"],
      [["pull", "clip-rn50", "--offline"], 1, "without --offline"],
      [["remove", "nothing"], 2, "unknown model"],
      [["verify", "nothing"], 2, "unknown model"],
    ];
    const ended = await Promise.all(cases.map(([args]) => clipsteer(["models", ...args])));
    cases.forEach(([args, code, says], at) => {
      const { code: got, stderr, stdout } = ended[at]!;
      expect(`${args.join(" ")}: ${got} ${stderr}`).toContain(`: ${code} error: `);
      expect(stderr).toContain(says);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      expect(stdout).toBe("");
    });
  });
});
