import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { loadCommands } from "../../src/cli/commands.js";
import { ConfigError, InputError } from "../../src/errors.js";
import { saveSnapshot } from "../../src/guidance/index.js";
import { encodePicture } from "../../src/images/index.js";
import {
  type EditRecord,
  type GenerateRecord,
  editRecordSchema,
  editRequestSchema,
  expectRecord,
  generateRecordSchema,
  generateRequestSchema,
  parseRecord,
  readRecord,
  readUnfinished,
} from "../../src/runs/index.js";
import { promptFileSchema } from "../../src/prompts/index.js";
import { runCommand } from "../cli/inProcess.js";

const header = {
  schema: 1,
  version: "0.1.0",
  pack: { name: "emoji", fingerprint: "0123456789abcdef" },
} as const;
const shared = { steps: 4, views: 2, lr: 0.02, seed: 7, engine: "compiled", format: "png" } as const;
const generated: GenerateRecord = {
  command: "generate",
  ...header,
  settings: {
    terms: [{ name: "a red heart", text: "a red heart", weight: 1, from: 0, to: 1 }],
    templates: ["{}"],
    schedule: [],
    ...shared,
    candidates: 3,
    truncation: 0.5,
    plateau: 40,
    optimizer: "adam",
    size: 64,
  },
};
const edited: EditRecord = {
  command: "edit",
  ...header,
  settings: {
    picture: { name: "in.png", sha256: "0".repeat(64) },
    edits: [{ prompt: "a hat", from: "an emoji", strength: 1, change: "auto" }],
    ...shared,
  },
};

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-records-"));
});

/** A PNG of one colour that holds a text as its settings. */
const pictureWith = (metadata: string): Promise<Buffer> =>
  encodePicture({ width: 4, height: 4, data: new Float32Array(48) }, { format: "png", metadata });

const refusal = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

/** JSON Schema of each field, without defaults and descriptions. */
function rangesOf(schema: z.ZodObject): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => {
      const { default: _, description: __, ...range } = field as Record<string, unknown>;
      return [name, range];
    }),
  );
}

describe("ranges of settings", () => {
  const requests = rangesOf(generateRequestSchema);
  /** Limits that differ from a request's on purpose. */
  const exceptions = {
    // Budgets set more steps, generators are smaller than a request's size, files are names with hashes.
    "generate record": ["steps", "style", "init", "size", "scene", "layers"],
    "edit record": ["steps", "format"],
    "edit request": ["format"],
    "prompt file": [],
    "evaluate generation": ["prompts"],
  };

  it("are those of a request in records, prompt files and every command that makes pictures", async () => {
    const commands = await loadCommands();
    const { schema: evaluation } = commands.find(({ usage }) => usage === "evaluate generation")!;
    const others = {
      "generate record": generateRecordSchema.shape.settings,
      "edit record": editRecordSchema.shape.settings,
      "edit request": editRequestSchema,
      "prompt file": promptFileSchema.shape.defaults.unwrap(),
      "evaluate generation": evaluation,
    };
    for (const [name, schema] of Object.entries(others)) {
      const shared = Object.entries(rangesOf(schema)).filter(([field]) => field in requests);
      expect(shared.length, name).toBeGreaterThan(3);
      const different = shared.filter(([field, range]) => !isDeepStrictEqual(range, requests[field]));
      expect(
        different.map(([field]) => field),
        name,
      ).toEqual(exceptions[name as keyof typeof exceptions]);
    }
  });
});

describe("records", () => {
  it("are read back as they were written", () => {
    for (const record of [generated, edited])
      expect(parseRecord(JSON.stringify(record), "a.png")).toEqual(record);
  });

  const withSettings = (change: object): unknown => ({
    ...generated,
    settings: { ...generated.settings, ...change },
  });
  const init = (name: string): unknown => withSettings({ init: { name, sha256: "0".repeat(64) } });
  it.each<[string, unknown, RegExp]>([
    ["a format that is a path", withSettings({ format: "/../../../victim.txt" }), /settings\.format: /],
    ["a folder to write to", { ...generated, out: "/etc" }, /Unrecognized key: "out"/],
    ["more steps than there are", withSettings({ steps: 1e12 }), /settings\.steps: must be <=100000/],
    ["more views than there are", withSettings({ views: 1e6 }), /settings\.views: /],
    ["a huge picture", withSettings({ size: 1e6 }), /settings\.size: /],
    ["no prompt", withSettings({ terms: [] }), /settings\.terms: /],
    ["an absolute path", init("/etc/passwd"), /settings\.init\.name: must be a plain name/],
    ["a path upwards", init("..\\..\\x.png"), /settings\.init\.name: must be a plain name/],
    ["a drive", init("C:x.png"), /settings\.init\.name: must be a plain name/],
    ["a parent", init(".."), /settings\.init\.name: must be a plain name/],
    ["a control character", init("a\u001b[31m.png"), /settings\.init\.name: must be a plain name/],
    ["a pack by path", { ...generated, pack: { ...header.pack, name: "//host/share" } }, /pack\.name: /],
    ["nothing", null, /Invalid input|expected object/],
    ["a list", [], /expected object/],
    ["other settings", { prompt: "a cat", steps: 20 }, /command: /],
    ["an older form", { settings: {}, stamp: { pack: "x" } }, /written by an older version/],
  ])("that hold %s are refused in one line", (_, content, says) => {
    const error = refusal(() => parseRecord(JSON.stringify(content), "evil.png"));
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/^evil\.png: its settings cannot be used: /);
    expect((error as Error).message).toMatch(says);
    expect((error as Error).message).not.toContain("\n");
  });

  it("that are no JSON are refused", () => {
    expect(refusal(() => parseRecord("{", "a.png"))).toMatchObject({
      message: expect.stringMatching(/not JSON/) as string,
    });
  });

  it("of another command are refused by name", async () => {
    const record = await readRecord(await pictureWith(JSON.stringify(edited)), "edited.png");
    const error = refusal(() => expectRecord(record, "generate", "edited.png"));
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toBe(
      "edited.png: was made by edit, not by generate; reproduce it with edit",
    );
  });
});

describe("replaying a hostile picture", () => {
  it("touches no file", async () => {
    const [victim, evil, out] = ["victim.txt", "evil.png", "out"].map((name) => join(folder, name));
    await writeFile(victim!, "precious");
    const settings = { ...generated.settings, format: "/../../../victim.txt" };
    await writeFile(evil!, await pictureWith(JSON.stringify({ ...generated, settings })));
    const { code, stderr } = await runCommand(["generate", "--replay", evil!, "--out", out!]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: .*evil\.png: .*settings\.format: [^\n]*\n$/),
    ]);
    expect(await readFile(victim!, "utf8")).toBe("precious");
    expect(await readdir(folder)).not.toContain("out");
  });

  it.each(["generate", "edit"])("of the other command with %s is one clear error", async (command) => {
    const path = join(folder, `for-${command}.png`);
    await writeFile(path, await pictureWith(JSON.stringify(command === "edit" ? generated : edited)));
    const { code, stderr } = await runCommand([command, "--replay", path, "--out", join(folder, "out")]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/was made by \w+, not by \w+; reproduce it with \w+\n$/),
    ]);
  });
});

describe("resuming a hostile folder", () => {
  it("refuses a job that no run wrote", async () => {
    const place = await mkdtemp(join(folder, "hostile-"));
    const record = { ...generated, settings: { ...generated.settings, format: "/../../victim.txt" } };
    const job = { command: "generate", record, following: 0, animate: false, metadata: true };
    for (const [saved, says] of [
      [job, /record\.settings\.format: /],
      [{ ...job, record: generated, out: "/etc" }, /Unrecognized key: "out"/],
      [{ ...job, record: generated, following: 1e9 }, /following: /],
      [null, /expected object|Invalid input/],
    ] as const) {
      await saveSnapshot(place, { tensors: {}, values: {} }, saved);
      const error: unknown = await readUnfinished(place, "generate").catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(InputError);
      expect((error as Error).message).toMatch(says);
    }
  });

  it("of another command names it", async () => {
    const place = await mkdtemp(join(folder, "other-"));
    const job = { command: "edit", record: edited, following: 0, metadata: true, earlier: [], done: [] };
    await saveSnapshot(place, { tensors: {}, values: {} }, job);
    await expect(readUnfinished(place, "generate")).rejects.toThrow("resume it with edit");
    expect((await readUnfinished(place, "edit")).job).toEqual(job);
  });
});
