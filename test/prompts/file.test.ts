import { mkdir, mkdtemp, readFile, readdir, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.js";
import { cpuSeconds } from "../cpuTime.js";
import { locatePromptFile } from "../../src/prompts/file.js";
import {
  loadPromptFile,
  parsePromptArgument,
  parsePromptFile,
  makePromptSchema,
  weightAt,
} from "../../src/prompts/index.js";

const parse = (text: string) => parsePromptFile(text, "p.yaml");

describe("prompt files", () => {
  it.each<[what: string, text: (size: number) => string]>([
    ["open brackets", (size) => "[".repeat(size)],
    ["open braces", (size) => "{a: ".repeat(size / 4)],
    ["dashes", (size) => "- ".repeat(size / 2)],
    ["question marks", (size) => "? ".repeat(size / 2)],
    [
      "indents",
      (size) => Array.from({ length: Math.sqrt(size) }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
    ],
    ["blanks before a colon", (size) => `prompts:\n  - a${" ".repeat(size)}b: c: d\n`],
    [
      "aliases of aliases",
      (size) => {
        const names = Array.from({ length: size / 400 }, (_, at) => `a${at}`);
        return names
          .map((name, at) => `${name}: &${name} [${`*a${at - 1}, `.repeat(at === 0 ? 0 : 9)}x]`)
          .join("\n");
      },
    ],
    ["anchors", (size) => "&a ".repeat(size / 3)],
    ["tags", (size) => "!!str ".repeat(size / 6)],
    ["a long key", (size) => `${"x".repeat(size)}: y`],
    ["quotes", (size) => `prompts: ["${'\\"'.repeat(size / 2)}`],
  ])("of %s without end are refused in a line, quickly", async (_, text) => {
    for (const size of [8000, 400_000]) {
      let message = "";
      const seconds = await cpuSeconds(() => {
        try {
          parse(text(size));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          ({ message } = error as Error);
        }
      });
      expect(message.length).toBeGreaterThan(0);
      expect(message).not.toContain("\n");
      expect(seconds).toBeLessThan(5);
    }
  });

  it.each(["[".repeat(60), "{a: ".repeat(60), "- ".repeat(60), "? ".repeat(60)])(
    "of 60 levels are refused before they are parsed: %s",
    (text) => {
      expect(() => parse(text)).toThrow(/:1: is nested deeper than 50 levels$/);
    },
  );

  it.each([
    ["a key", `{${"? { ".repeat(40)}`],
    ["a list as a key", `? [${"a, ".repeat(5000)}]\n: b\n`],
    ["a value", `prompts: ${"\\\\".repeat(5000)}\n`],
    ["maps in maps", "a:\n b:\n  c:\n".repeat(2) + Array.from({ length: 3000 }, () => "? a\n").join("")],
    ["keys of keys", `${"a: ".repeat(5000)}b`],
    ["tags and keys", `${"!!str a: ".repeat(3000)}b`],
  ])("with %s of any length are refused in a short line", (_, text) => {
    let message = "";
    try {
      parse(text);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      ({ message } = error as Error);
    }
    expect(message).toMatch(/^p\.yaml:\d+: [^\n]{1,600}$/);
  });

  it("of one prompt a line, or another encoding, are told what to do", async () => {
    const list = /^p\.yaml:1: looks like a list of prompts; begin it with a line "prompts:"/;
    expect(() => parse("a cat\n")).toThrow(list);
    expect(() => parse("a cat\na dog\na red heart\n")).toThrow(list);
    expect(() => parse("- a cat\n- a dog\n")).toThrow(list);
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-prompts-"));
    const path = join(folder, "p.yaml");
    for (const bytes of [
      Buffer.from("\ufeffprompts: [a cät]", "utf16le"),
      Buffer.from("\ufeffprompts: [a cät]"),
    ]) {
      await writeFile(path, bytes);
      expect((await loadPromptFile(path)).terms.map(({ name }) => name)).toEqual(["a cät"]);
    }
    for (const [bytes, says] of [
      [
        Buffer.from("prompts: [a cat]", "utf16le"),
        /is not text, or UTF-16 without a byte order mark; save it as UTF-8/,
      ],
      [Buffer.from("prompts: [a c\xe4t]", "latin1"), /is not valid UTF-8; save it as UTF-8/],
      [Buffer.from("\ufeff\0a\0", "utf16le"), /is not text, or UTF-32; save it as UTF-8/],
      [Buffer.alloc(1_000_001, "#"), /is larger than 1 MB/],
    ] as const) {
      await writeFile(path, bytes);
      await expect(loadPromptFile(path)).rejects.toThrow(says);
    }
  });

  it("are measured before they are read: a sparse file of 8 GB is refused", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "clipsteer-large-")), "p.yaml");
    await writeFile(path, "");
    await truncate(path, 2 ** 33);
    await expect(loadPromptFile(path)).rejects.toThrow(/is larger than 1 MB/);
  });

  it("reads every file that ships", async () => {
    const names = (await readdir("prompts")).filter((name) => name.endsWith(".yaml"));
    expect(names).toEqual(expect.arrayContaining(["emoji.yaml", "imagenet-80.yaml", "showcase.yaml"]));
    for (const name of names) {
      const path = join("prompts", name);
      expect(await readFile(path, "utf8")).toMatch(/^# yaml-language-server: \$schema=\.\/schema\.json/);
      const { templates = [] } = await loadPromptFile(path);
      expect(templates.every((template) => template.includes("{}"))).toBe(true);
    }
    expect(new Set((await loadPromptFile("prompts/imagenet-80.yaml")).templates).size).toBe(80);
  });

  it("ships a JSON Schema that is up to date", async () => {
    expect(JSON.parse(await readFile("prompts/schema.json", "utf8"))).toEqual(makePromptSchema());
  });

  it("makes terms of prompts and negatives", () => {
    const plan = parse("prompts:\n  - a cat\n  - {image: cat.png, weight: 2}\nnegatives: [a dog]\n");
    expect(plan.terms.map(({ name, weight }) => [name, weight])).toEqual([
      ["a cat", 1],
      ["cat.png", 2],
      ["a dog", -1],
    ]);
    expect(plan.terms[1]!.image).toMatch(/[\\/]cat\.png$/);
  });

  it.each([
    [
      "prompts:\n  - text: a cat\n    wieght: 2\n",
      /^p\.yaml:3: unknown key "wieght" in prompts\[0\]; known: .*weight/,
    ],
    ["prompts: [a cat]\ntemplate: x\n", /^p\.yaml:2: unknown key "template"; known: .*templates/],
    ["prompts:\n  - a cat\n  - time: midnight\n", /^p\.yaml:3: .*quotes/],
    ["prompts:\n  - a cat: and: a dog\n", /^p\.yaml:2: .*quotes/],
    [
      "prompts:\n  - text: a cat\n    weight: heavy\n",
      /^p\.yaml:3: prompts\[0\]\.weight: expected number.*"heavy"/,
    ],
    ['prompts:\n  - a cat\n  - "  "\n', /^p\.yaml:3: prompts\[1\].*not empty/],
    [
      "prompts: [a cat]\nschedule:\n  - {at: 70, weights: {}}\n",
      /^p\.yaml:3: schedule\[0\]\.at: .*not a number of steps, got 70/,
    ],
    [
      "prompts: [a]\nschedule:\n  - {at: 0, weights: {a: 1}}\n  - {at: 0, weights: {a: 2}}\n",
      /^p\.yaml:4: schedule gives "a" two weights at 0; keep one/,
    ],
    ["prompts:\n  - {text: a, from: 0.6, to: 0.5}\n", /^p\.yaml:2: prompts\[0\]\.to: must be after from/],
    ["prompts: [a cat]\nschedule:\n  - {at: 0, weights: {dog: 1}}\n", /^p\.yaml:3: schedule names "dog"/],
    ["prompts: [a cat\n", /^p\.yaml:\d: /],
  ])("names file and line for %j", (text, message) => {
    expect(() => parse(text)).toThrow(ConfigError);
    expect(() => parse(text)).toThrow(message);
  });

  it("fails in one line whatever the text is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as Error).message).not.toContain("\n");
        }
      }),
    );
  });
});

describe("weights over a run", () => {
  const plan = parse(
    "prompts: [{text: a, from: 0.5}, {text: b, weight: 3}]\nnegatives: [c]\nschedule: [{at: 0.2, weights: {b: 1, c: 2}}, {at: 0.6, weights: {b: 3}}]\n",
  );
  const at = (index: number, part: number): number => weightAt(plan, plan.terms[index]!, part);

  it("is zero outside a term's part", () => {
    expect([at(0, 0.4), at(0, 0.5), at(0, 1)]).toEqual([0, 1, 1]);
  });

  it("changes evenly between entries and stays beyond them", () => {
    expect(at(1, 0)).toBe(1);
    expect(at(1, 0.4)).toBeCloseTo(2);
    expect(at(1, 0.9)).toBe(3);
  });

  it("keeps a negative negative", () => {
    expect(at(2, 0.5)).toBe(-2);
  });
});

describe("prompts of the command line", () => {
  it.each([
    ["a red heart", "a red heart", 1],
    ["a red heart::2", "a red heart", 2],
    ["blue::-0.5", "blue", -0.5],
    ["time: midnight", "time: midnight", 1],
    ["C::D::3", "C::D", 3],
    ["a\\::b", "a::b", 1],
    ["a\\::b::2", "a::b", 2],
  ])("%s", (argument, text, weight) => {
    expect(parsePromptArgument(argument)).toMatchObject({ text, weight });
  });

  it.each(["0x10", "0b1", "0o7", "1_000", "Infinity", "١", "1.2.3", "--1", "1e"])(
    "takes no weight that is not a decimal number: %s",
    (weight) => {
      expect(() => parsePromptArgument(`a cat::${weight}`)).toThrow(/must be a decimal number other than 0/);
    },
  );

  it.each([
    ["2", 2],
    ["-.5", -0.5],
    ["+3.", 3],
    ["1e-2", 0.01],
  ])("takes the weight %s", (text, weight) => {
    expect(parsePromptArgument(`a cat::${text}`).weight).toBe(weight);
  });

  it("takes time linear in a text of colons, and refuses it in a short line", async () => {
    let message = "";
    const seconds = await cpuSeconds(() => {
      try {
        parsePromptArgument("::\n".repeat(200_000));
      } catch (error) {
        ({ message } = error as Error);
      }
    });
    expect(message).toMatch(/^prompt "[^\n]{100,900}has \d+ characters; give at most 10000/);
    expect(seconds).toBeLessThan(1);
    const long = "::\n".repeat(3000);
    expect(() => parsePromptArgument(long)).toThrow(/^prompt "[^\n]{100,900}is written \\::$/);
  });

  it.each(["", "   ", "::2", "cat::much", "cat::0", "cat::"])("refuses %j", (argument) => {
    expect(() => parsePromptArgument(argument)).toThrow(ConfigError);
  });
});

describe("the package's own prompt files", () => {
  it("are found outside the clone, unless the working folder has one of the name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-prompts-"));
    const name = "prompts/evaluation-100.yaml";
    const found = await locatePromptFile(name, folder);
    expect(found).toBe(resolve(import.meta.dirname, "../../prompts/evaluation-100.yaml"));
    expect((await loadPromptFile(found)).terms).toHaveLength(100);
    await mkdir(join(folder, "prompts"));
    await writeFile(join(folder, name), "prompts: [mine]\n");
    expect(await locatePromptFile(name, folder)).toBe(name);
    expect(await locatePromptFile("mine/evaluation-100.yaml", folder)).toBe("mine/evaluation-100.yaml");
    // A file that is in neither place is missing where its user looked for it.
    expect(await locatePromptFile("prompts/no-such-file.yaml", folder)).toBe("prompts/no-such-file.yaml");
    expect(await locatePromptFile("prompts/../secret.yaml", folder)).toBe("prompts/../secret.yaml");
  });
});
