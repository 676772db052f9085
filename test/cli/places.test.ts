import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";

let folder = "";
let generator = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-places-"));
  generator = await writeTinyPack();
  await writeFile(join(folder, "file"), "x");
  await mkdir(join(folder, "folder"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
});

/** Arguments in which `@name` is a path in the folder. */
const placed = (args: readonly string[]): string[] =>
  args.map((arg) => (arg === "@pack" ? generator : arg.replace(/^@/, `${folder}/`)));

describe("a place of another kind than expected is refused in a line, and nothing waits", () => {
  it.each<[string, RegExp]>([
    ["index folder --index @folder --generator @pack", /folder: is not a readable file/],
    ["index folder --index @pipe --generator @pack", /pipe: is not a readable file/],
    ["search hat --index @pipe --generator @pack", /pipe: is not a readable file/],
    ["edit @file --edits @pipe --generator @pack", /pipe: is not a readable file/],
    ["edit @file --edits @folder --generator @pack", /folder: is not a readable file/],
    ["data stickers --offline --out @file", /file: cannot be written \(EEXIST\)/],
    ["data emoji --offline --out @file/x", /file\/x: cannot be written \(ENOTDIR\)/],
    ["evaluate people @pipe", /pipe: is not a file of ratings/],
    ["embed @file", /--out: is missing/],
  ])("%s", async (line, says) => {
    const { code, stderr } = await runCommand(
      placed(line.replace(/^index folder/, "index @folder").split(" ")),
    );
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain("unexpected");
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .filter((each) => each.startsWith("error:")),
    ).toHaveLength(1);
  });
});

/** A copy of the pack with another manifest or tokenizer, whose hashes are right. */
async function packWith(change: (manifest: PackJson, tokenizer: TokenizerJson) => void): Promise<string> {
  const pack = await writeTinyPack();
  const [manifestPath, tokenizerPath] = [join(pack, "pack.json"), join(pack, "tokenizer.json")];
  const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as PackJson;
  const tokenizer = JSON.parse(await readFile(tokenizerPath, "utf8")) as TokenizerJson;
  change(manifest, tokenizer);
  const text = JSON.stringify(tokenizer);
  await writeFile(tokenizerPath, text);
  manifest.sha256["tokenizer.json"] = createHash("sha256").update(text).digest("hex");
  await writeFile(manifestPath, JSON.stringify(manifest));
  return pack;
}
interface PackJson {
  contextLength: number;
  generator: { config: { hidden: number } };
  readonly sha256: Record<string, string>;
}
interface TokenizerJson {
  readonly model: { vocab: Record<string, number> };
}

describe("a pack that fits its hashes and not itself is refused in a line", () => {
  it.each<[string, RegExp, (manifest: PackJson, tokenizer: TokenizerJson) => void]>([
    ["a context of 10⁹ tokens", /makes 1000000000 tokens/, (manifest) => (manifest.contextLength = 1e9)],
    [
      "tokens that no CLIP knows",
      /tokens of 1000000001, .* reads/,
      (_, { model }) => (model.vocab[Object.keys(model.vocab)[5]!] = 1e9),
    ],
    [
      "a generator of another width",
      /weights: "generator/,
      (manifest) => (manifest.generator.config.hidden += 1),
    ],
  ])("%s", async (_, says, change) => {
    const pack = await packWith(change);
    const { code, stderr } = await runCommand(
      placed(["generate", "hat", "--generator", pack, "--steps", "0", "--out", "@o"]),
    );
    expect([code, stderr]).toEqual([1, expect.stringMatching(says)]);
    expect(stderr).not.toMatch(/unexpected|suppressed/);
  });
});

/** Runs a line of the shell in which CS is the built command. */
const shell = (line: string): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((done) => {
    const command = line.replaceAll("CS", `${process.execPath} ${resolve("bin/clipsteer.js")}`);
    execFile(
      "bash",
      ["-c", command],
      { cwd: folder, env: { ...process.env, LC_ALL: "C" } },
      (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

describe.skipIf(!existsSync("/dev/full"))("streams and folders that fail", () => {
  it("of stdout end the command with one line", async () => {
    const { code, stderr } = await shell("CS models list > /dev/full");
    expect([code, stderr]).toEqual([1, "error: stdout: cannot be written (ENOSPC)\n"]);
  });

  it("of stderr are ignored: the picture is made", async () => {
    const line = `CS generate hat --generator ${generator} --steps 0 --candidates 2 --views 1 --out made`;
    const { code, stdout } = await shell(`${line} 2>/dev/full`);
    expect(code).toBe(0);
    expect(existsSync(stdout.trim())).toBe(true);
  });

  it("name a current folder that is gone", async () => {
    const gone = join(folder, "gone");
    await mkdir(gone);
    const { code, stderr } = await shell(`cd gone && rmdir ${gone} && CS models list`);
    expect([code, stderr]).toEqual([1, "error: the current folder no longer exists; go to another one\n"]);
    await rm(gone, { force: true, recursive: true });
  });
});
