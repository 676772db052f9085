import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { writeOpenClip } from "../publishedFiles.js";
import { runCommand } from "./inProcess.js";

const fixtures = resolve(import.meta.dirname, "../packs/fixtures");

describe("models", () => {
  beforeAll(async () => {
    // Each run of the command line listens for a closed pipe, and expects to be the only one.
    for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(50);
    process.env.CLIPSTEER_HOME = await mkdtemp(join(tmpdir(), "clipsteer-home-"));
  });

  it("are added, listed, looked into, verified and removed", async () => {
    const file = join(process.env.CLIPSTEER_HOME!, "faces.pkl");
    await writeFile(file, await readFile(join(fixtures, "stylegan3.pkl")));
    const added = await runCommand(["models", "add", file, "--license", "mine"]);
    expect(added.stderr).toBe("");
    expect(added.stdout).toMatch(/^faces: pickle, StyleGAN3 \(NVIDIA\)\nsha256 [0-9a-f]{64}\n$/);
    // The same again, as after a run that was killed at its end; not under other words, and no other file.
    expect(await runCommand(["models", "add", file, "--license", "mine"])).toEqual(added);
    const others = [
      ["models", "add", file, "--license", "yours"],
      ["models", "add", join(fixtures, "stylegan2.pkl"), "--name", "faces"],
    ];
    for (const args of others)
      expect(await runCommand(args)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^error: the name "faces" is in use; /) as string,
      });
    const listed = await runCommand(["models", "list"]);
    const info = await runCommand(["models", "info", "faces", "--json", "--tensors", "1"]);
    const verified = await runCommand(["models", "verify", "--json", "--quiet"]);
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
    const changed = await runCommand(["models", "verify", "faces", "--quiet"]);
    expect(changed).toMatchObject({ code: 1 });
    expect(changed.stdout).toContain("changed");
    expect(changed.stderr).toMatch(/^error: changed or missing: faces; .*\n$/);
    expect((await runCommand(["models", "remove", "faces"])).stdout).toBe("faces: removed; its file stays\n");
    expect(await readFile(file, "utf8")).toBe("no longer");
  });

  it("are described from a folder or a pack: architecture, sizes, licence", async () => {
    const home = process.env.CLIPSTEER_HOME!;
    const folder = await writeOpenClip(join(home, "open-clip"));
    await writeFile(join(folder, "README.md"), "---\nlicense: mit\n---\n# A model\n");
    const info = await runCommand(["models", "info", folder, "--tensors", "0"]);
    expect(info.stdout).toMatch(/^.*open-clip: licence: mit \(its README.md\)\n/);
    expect(info.stdout).toContain("looks like: CLIP with a ViT (OpenAI, OpenCLIP)");
    expect(info.stdout).toContain("1 layer of 16, patches of 4 px; pictures of 12 px; text: 1 layer of 16, ");
    const added = await runCommand(["models", "add", folder]);
    expect(added.stdout).toMatch(
      /^open-clip: safetensors, CLIP.*\nopen_clip_model.safetensors  sha256 \w+\n/,
    );
    const known = await runCommand(["models", "info", "open-clip", "--json", "--tensors", "0"]);
    expect(JSON.parse(known.stdout)).toMatchObject({ files: [{ format: "safetensors" }] });
    const again = await runCommand(["models", "info", join(folder, "open_clip_model.safetensors")]);
    expect(again.stdout).toContain("model open-clip on this machine");
    await runCommand(["models", "remove", "open-clip"]);

    const pack = await runCommand(["models", "info", "generators/emoji", "--tensors", "0"]);
    expect(pack.stdout).toMatch(/^generators\/emoji: pack emoji, 64 px; /);
    expect(pack.stdout).toMatch(/generator.safetensors: safetensors, .*\n {2}generator \(emoji\)\n/);
    expect(pack.stdout).toMatch(/\n {2}CLIP .*, which judges\n/);
    expect((await runCommand(["models", "add", "generators/emoji"])).stderr).toContain("is a pack already");
  });

  it("show a licence that forbids commercial use before any server is asked", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1"); // nobody is there
    const { code, stderr } = await runCommand([
      ...["models", "pull", "stylegan2-ffhq-256", "--attempts", "1"],
    ]).finally(() => vi.unstubAllEnvs());
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^warning: stylegan2-ffhq-256 is not for commercial use; licence: NVIDIA .*\nerror: stylegan2-ffhq-256x256.pkl: no server has it: /,
    );
  });

  it("that are bad or unknown get one line and the right exit code", async () => {
    const evil = join(process.env.CLIPSTEER_HOME!, "evil.pkl");
    await writeFile(evil, Buffer.from("\x80\x02cos\nsystem\nX\x02\0\0\0ls\x85R.", "latin1"));
    const cases: [args: string[], code: number, says: string][] = [
      [["info", evil], 1, 'asks for "os.system"'],
      [["add", evil], 1, 'asks for "os.system"'],
      [["info", "nothing"], 2, 'unknown model "nothing"; on this machine: none'],
      [["pull", "clip-vit-b-3"], 2, "did you mean clip-vit-b-32"],
      [["pull", "clip-rn50", "--offline", "--quiet"], 1, "without --offline"],
      [["remove", "nothing"], 2, "unknown model"],
      [["verify", "nothing"], 2, "unknown model"],
      [["verify", evil], 2, "is a path, not the name of a model"],
      [["info", join(fixtures, "..")], 1, "holds no weights; expected a pack.json"],
      [["add", join(fixtures, "nowhere")], 1, "is the path right?"],
    ];
    for (const [args, code, says] of cases) {
      const { code: got, stderr, stdout } = await runCommand(["models", ...args]);
      expect(`${args.join(" ")}: ${got} ${stderr}`).toContain(`: ${code} error: `);
      expect(stderr).toContain(says);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      expect(stdout).toBe("");
    }
  });
});
