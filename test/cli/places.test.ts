import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
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
    ["index folder --index @folder --generator @pack", /folder: is no file that can be read/],
    ["index folder --index @pipe --generator @pack", /pipe: is no file that can be read/],
    ["search hat --index @pipe --generator @pack", /pipe: is no file that can be read/],
    ["edit @file --edits @pipe --generator @pack", /pipe: is no file that can be read/],
    ["edit @file --edits @folder --generator @pack", /folder: is no file that can be read/],
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
