import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { loadCommands, commandNames } from "../../src/cli/commands.js";
import { writeTinyPack } from "../tiny.js";
import { type Ended, runCommand } from "./inProcess.js";
import { clipsteer } from "./spawn.js";

let folder = "";
let pack = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-cli-"));
  pack = await writeTinyPack();
});

describe("help", () => {
  it("lists the commands", async () => {
    const { code, stdout } = await clipsteer(["--help"]);
    expect(code).toBe(0);
    for (const name of ["generate", "edit", "evaluate", "train", "data", "pack", "models", "doctor"])
      expect(stdout).toContain(`clipsteer ${name}`);
  });

  it("has two examples and a description of every option, in each command", async () => {
    const commands = await loadCommands();
    expect(commands.length).toBeGreaterThan(20);
    for (const [at, { usage, examples, schema }] of commands.entries()) {
      expect(`${usage} `).toMatch(new RegExp(`^${commandNames[at]} ([[<]|$)`));
      expect(examples.length, usage).toBeGreaterThanOrEqual(2);
      for (const [example] of examples) expect(example).toContain(`clipsteer ${usage.split(" ")[0]!}`);
      const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
      expect(Object.keys(properties)).toEqual(Object.keys(schema.shape));
      for (const [name, option] of Object.entries(properties))
        expect((option as { description?: string }).description, `${usage} --${name}`).toBeTruthy();
    }
  });

  it.each(["generate", "edit", "classify", "evaluate bias", "models pull", "train clip"])(
    "of %s has two examples and nothing undefined",
    async (name) => {
      const { code, stdout } = await runCommand([...name.split(" "), "--help"]);
      expect(code).toBe(0);
      const examples = stdout.slice(stdout.indexOf("Examples:"));
      expect(examples.match(/clipsteer /g)!.length).toBeGreaterThanOrEqual(2);
      expect(stdout).not.toContain("undefined");
    },
  );

  it("of a command is the same whether it is read alone or with all the others", async () => {
    const alone = await runCommand(["evaluate", "bias", "--help"]);
    expect(alone.stdout).toMatch(/^clipsteer evaluate bias \[data\]\n\nMeasure what CLIPs decide/);
    const among = await runCommand(["--help", "evaluate", "bias"]);
    expect([among.code, among.stdout]).toEqual([0, alone.stdout]);
  });
});

describe("doctor", () => {
  it("says as JSON what is here and what is missing", async () => {
    const { code, stdout } = await runCommand(["doctor", "--json"]);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as {
      node: { version: string };
      engine: string;
      engines: { name: string }[];
      optional: { name: string }[];
    };
    expect(report.node.version).toBe(process.versions.node);
    expect(report.engine).toBe("compiled");
    expect(report.engines.map(({ name }) => name)).toEqual(["compiled", "tensorflow", "wasm", "cpu"]);
    expect(report.optional.map(({ name }) => name)).toEqual(["@tensorflow/tfjs-node-gpu", "canvas"]);
  });
});

describe("bad input", () => {
  const quick = ["--steps", "1", "--candidates", "1", "--views", "2"];

  it("gets one line that names it, the right exit code, no stack and no file", async () => {
    const path = (name: string): string => join(folder, name);
    await writeFile(path("empty.png"), "");
    await writeFile(path("text.png"), "not a picture");
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#fff" } })
      .png()
      .toBuffer();
    await writeFile(path("white.png"), png);
    await writeFile(path("cut.png"), png.subarray(0, 80));
    await writeFile(path("key.yaml"), "prompts:\n  - a red heart\ncolour: red\n");
    await writeFile(path("colon.yaml"), "prompts:\n  - heart: red\n");
    await writeFile(path("file"), "");
    await mkdir(path("broken"));
    await writeFile(join(path("broken"), "pack.json"), "{}");
    const out = path("nothing");
    const generate = (...args: string[]): string[] => [
      "generate",
      ...args,
      "--generator",
      pack,
      "--out",
      out,
      ...quick,
    ];
    const edit = (picture: string, ...args: string[]): string[] => [
      ...["edit", picture, "a cat", "--generator", pack, "--out", out, ...args],
    ];
    const cases: [args: string[], code: number, says: string][] = [
      [generate(), 2, "no prompt"],
      [generate("   "), 2, "prompt is empty"],
      [generate("x", "--steps", "many"), 2, "--steps"],
      [generate("x", "--stepz", "1"), 2, "stepz"],
      [["generate", "x", "--generator", "bigan"], 2, "bigan"],
      [["generate", "x", "--generator", path("broken")], 1, "pack.json"],
      [generate("--prompts", path("key.yaml")), 2, "key.yaml:3"],
      [generate("--prompts", path("colon.yaml")), 2, "colon.yaml:2"],
      [generate("--prompts", path("none.yaml")), 2, "none.yaml"],
      [generate("a red heart", "--init", path("text.png")), 1, "text.png"],
      [["generate", "a red heart", "--generator", pack, "--out", path("file/below"), ...quick], 1, "--out"],
      [generate("--replay", path("white.png")).slice(0, 3), 1, "no settings"],
      [edit(path("missing.png")), 1, "missing.png"],
      [edit(path("empty.png")), 1, "0 bytes"],
      [edit(path("text.png")), 1, "text.png"],
      [edit(path("cut.png")), 1, "cut.png"],
      [edit(path("white.png"), "--strength", "3"), 2, "--strength"],
      [["paint"], 2, "paint"],
      [["train"], 2, "which command"],
      [["train", "gan", "--clip", path("nowhere"), "--data", path("nowhere")], 1, "clipsteer data emoji"],
    ];
    const ended: Ended[] = [];
    for (const [args] of cases) ended.push(await runCommand(args));
    // The first once more as a process, whose exit code is what a shell sees.
    expect(await clipsteer(cases[0]![0])).toMatchObject(ended[0]!);
    cases.forEach(([args, code, says], at) => {
      const { stderr, stdout, code: got } = ended[at]!;
      const name = args.join(" ");
      const lines = stderr.trimEnd().split("\n");
      const errors = lines.filter((line) => !line.startsWith("warning: ")); // e.g. of words that the tiny CLIPs cut off
      expect(`${name}: ${got} ${errors.join("\n")}`).toContain(`${name}: ${code} error: `);
      expect(`${name}: ${errors.join("\n")}`).toContain(says);
      expect(errors, name).toHaveLength(1);
      expect(stdout).toBe("");
    });
    expect(await readdir(folder)).not.toContain("nothing");
  });

  it("shows a stack with --verbose", async () => {
    const { stderr } = await runCommand(["generate", " ", "--verbose"]);
    expect(stderr).toMatch(/\n {4}at /);
  });
});
