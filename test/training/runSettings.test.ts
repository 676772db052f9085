import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, InputError, WeightsError } from "../../src/errors.js";
import { writeSafetensors } from "../../src/packs/index.js";
import { loadCheckpoint, saveCheckpoint } from "../../src/training/run.js";
import { parseRunSettings, readTokenizerFile } from "../../src/training/runSettings.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-settings-"));
});
afterEach(() => rm(folder, { recursive: true }));

const state = { w: { shape: [1], dtype: "float32", data: Float32Array.of(1) } } as const;
const settings = {
  "a CLIP": { model: { image: {}, text: {} }, steps: 3 },
  "a generator of emoji": { model: { generator: {}, encoder: {}, discriminator: {} } },
  "an upscaler": { model: { width: 4, layers: 2 } },
};
const kinds = Object.keys(settings) as (keyof typeof settings)[];

describe("settings of a run", () => {
  it.each(kinds)("that trains %s are read, and those of others refused in a line", (kind) => {
    expect(parseRunSettings(kind, { settings: JSON.stringify(settings[kind]) }, "r")).toEqual(settings[kind]);
    const others = kinds.filter((other) => other !== kind).map((other) => JSON.stringify(settings[other]));
    for (const text of [...others, "", "null", "7", "{", '{"model":null}', '{"model":[]}']) {
      const read = (): unknown => parseRunSettings(kind, { settings: text }, "runs/x");
      expect(read, text).toThrow(ConfigError);
      expect(read, text).toThrow(`runs/x: the run there does not train ${kind}; name another folder`);
    }
  });

  it("are those of a checkpoint: weights without a step are refused", async () => {
    await saveCheckpoint(folder, { step: 3, state, settings: "{}" });
    expect(await loadCheckpoint(folder)).toMatchObject({ step: 3, settings: "{}" });
    const none = [{}, { step: "NaN", settings: "{}" }, { step: "-1", settings: "{}" }, { step: "3" }];
    for (const metadata of none as Record<string, string>[]) {
      await writeSafetensors(join(folder, "checkpoint.safetensors"), state, { dtype: "F32", metadata });
      await expect(loadCheckpoint(folder)).rejects.toThrow(/safetensors: is no checkpoint of a training/);
    }
  });
});

it("a tokenizer that is missing, a folder or damaged is named", async () => {
  const path = join(folder, "tokenizer.json");
  await expect(readTokenizerFile(path)).rejects.toThrow(InputError);
  await mkdir(path);
  await expect(readTokenizerFile(path)).rejects.toThrow(/tokenizer\.json: is not a readable file/);
  await rm(path, { recursive: true });
  await writeFile(path, '{"model":');
  await expect(readTokenizerFile(path)).rejects.toThrow(WeightsError);
});
