import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sanitize } from "../../src/cli/printable.js";
import { writeSafetensors } from "../../src/packs/index.js";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-texts-"));
});

describe("arguments", () => {
  it.each<[string, string[], RegExp]>([
    ["a positional number", ["prompts", "show", "42"], /^error: 42: no such file/],
    ["a number in scientific notation", ["prompts", "show", "1e3"], /^error: 1e3: no such file/],
    [
      "a number with leading zeros",
      ["prompts", "check", "007", "1.50"],
      /warning: 007: .*\n.*warning: 1\.50: /,
    ],
    [
      "a negative number as a text option",
      ["search", "1e3", "--not", "-5", "--folder", "FOLDER"],
      /no readable index/,
    ],
    ["an option's number", ["generate", "x", "--prompts", "42"], /^error: 42: no such file/],
    [
      "a file with a dash after --",
      ["prompts", "show", "--", "-file.yaml"],
      /^error: -file\.yaml: no such file/,
    ],
    [
      "everything after --",
      ["prompts", "check", "--", "--json", "-x"],
      /warning: --json: .*\n.*warning: -x: /,
    ],
  ])("take %s as text", async (_, args, says) => {
    const { code, stderr } = await runCommand(args.map((arg) => arg.replace("FOLDER", folder)));
    expect(stderr).toMatch(says);
    expect(code).not.toBe(0);
    expect(stderr).not.toMatch(/expected string|Unknown|Not enough/);
  });

  it.each([
    [["generate", "x", "--seed", ""]],
    [["generate", "x", "--seed= "]],
    [["generate", "x", "--out", ""]],
    [["index", "x", "--index="]],
  ])("%j: an empty value is refused, as of an unset variable", async (args) => {
    const { code, stderr } = await runCommand(args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: --\w+: the value is empty; /)]);
  });

  it.each([
    [["generate", "x", "--seed", "1", "--seed", "2"], "generate: --seed: is given more than once"],
    [["generate", "x", "--format", "png", "--format", "png"], "generate: --format: is given more than once"],
    [["classify", "x", "--labels", "a,b", "--labels", "c"], "classify: --labels: is given more than once"],
  ])("%j: an option that is given more than once is refused", async (args, says) => {
    const { code, stderr } = await runCommand(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`error: ${says}; `)]);
  });

  it("name files that cannot be opened in a line, whatever the system says", async () => {
    const generator = await writeTinyPack();
    const loop = join(folder, "loop");
    await symlink(loop, loop);
    for (const [path, says] of [
      [loop, /loop: cannot be read \(ELOOP\)/],
      ["n".repeat(300), /cannot be read \(ENAMETOOLONG\)/],
      ["-", /^error: -: no such file/],
    ] as const) {
      const { code, stderr } = await runCommand(["edit", path, "a hat", "--generator", generator]);
      expect([code, stderr]).toEqual([1, expect.stringMatching(says)]);
      expect(stderr).not.toContain("unexpected");
    }
  });

  it("with a dash are refused with the way to write them", async () => {
    const { code, stderr } = await runCommand(["generate", "-5 degrees"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/after --: -- "-5 degrees"\n$/)]);
  });

  it.each<[string[], RegExp]>([
    [
      ["generate", "a cat", "--seed", "-1"],
      /--seed: must be 0 or more; leave it out for a random one, got "-1"/,
    ],
    [["generate", "a cat", "--inputs", "x"], /--inputs is for --replay/],
    [["generate", "a cat::1e41"], /the weight 1e41 is out of range/],
    [["generate", "std::vector"], /:: that is text is written \\::/],
  ])("%j are refused", async (args, says) => {
    const { code, stderr } = await runCommand(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });

  it("name a list of lines that is given as a prompt file", async () => {
    const path = join(folder, "list.txt");
    await writeFile(path, "a red heart\na blue car\n");
    const { code, stderr } = await runCommand(["generate", "--prompts", path]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/looks like a list of prompts/)]);
  });
});

describe("the terminal", () => {
  it("gets no character that steers it", async () => {
    const evil = "\u001b]0;PWNED\u0007\u001b[31m\u009b1m\u202egnp";
    expect(sanitize(`${evil}\ta\n`)).toBe("\\u001b]0;PWNED\\u0007\\u001b[31m\\u009b1m\\u202egnp\ta\n");
    const { stderr } = await runCommand(["prompts", "show", evil]);
    expect(stderr.replace(/\u001b\[\d+m(?=error:|$)/gu, "")).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e](?!\[39m)/u,
    );
    expect(stderr).toContain("\\u001b]0;PWNED");
  });

  it.skipIf(process.platform === "win32")("gets none from the name of a file in a result", async () => {
    const weights = join(
      await mkdtemp(join(tmpdir(), "clipsteer-names-")),
      "\u001b]0;PWNED\u0007.safetensors",
    );
    await writeSafetensors(
      weights,
      { w: { shape: [1], dtype: "float32", data: Float32Array.of(1) } },
      { dtype: "F32" },
    );
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    const { code, stdout } = await runCommand(["models", "info", weights]).finally(
      () => (process.stdout.isTTY = isTTY),
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining("\\u001b]0;PWNED\\u0007")]);
    expect(stdout).not.toMatch(/\u001b\]|\u0007/);
  });
});
