import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEmojiData, loadEmojiData } from "../../src/data/index.js";
import { iconSets } from "../../src/data/sources.js";
import { ConfigError } from "../../src/errors.js";
import { loadPack } from "../../src/packs/index.js";
import { withPrefix } from "../../src/tensor/index.js";
import { exportRetrainedClips } from "../../src/training/index.js";
import { saveCheckpoint } from "../../src/training/run.js";
import { readOrTrainTokenizer } from "../../src/training/captionTokenizer.js";
import { fakeRegistry, labels, packageOf, setOf, square } from "../data/fixture.js";
import { clipWeights, tinyClip, tokenizerJson, writeTinyPack } from "../tiny.js";

let home: string;
let data: string;
let pack: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "clipsteer-retrained-"));
  data = join(home, "data");
  pack = await writeTinyPack();
  const set = packageOf(setOf({ "red-apple": square("#f00"), grapes: square("#00f") }, {}));
  const packages = Object.fromEntries(iconSets.map((each) => [each.package, set]));
  await buildEmojiData({
    out: data,
    fetch: fakeRegistry({ ...packages, "emojibase-data": packageOf(labels) }),
  });
});
afterAll(() => rm(home, { recursive: true }));

describe("CLIPs trained further", () => {
  it("split words as before and know the words of both", async () => {
    const { json, tokenizer } = await readOrTrainTokenizer(data, await loadEmojiData(data), tokenizerJson);
    expect(json.model).toEqual(tokenizerJson.model);
    expect(tokenizer.unseenWords("heart grapes dolphin")).toEqual(["dolphin"]);
  });

  it("refuse a tokenizer that does not list its words, in a line", async () => {
    const empty = join(home, "without-tokenizer");
    await mkdir(empty);
    const { clipsteer: _, ...foreign } = tokenizerJson;
    await expect(readOrTrainTokenizer(empty, await loadEmojiData(data), foreign as never)).rejects.toThrow(
      "does not list the words that it knows",
    );
    expect(await readdir(empty)).toEqual([]);
  });

  it("are not exported with another tokenizer than the one that they learned with", async () => {
    const folders = {
      runs: join(home, "runs"),
      pack,
      data: join(home, "without-tokenizer"),
      out: join(home, "none"),
    };
    await expect(exportRetrainedClips(folders)).rejects.toThrow("tokenizer.json");
    expect(await readdir(folders.data)).toEqual([]);
  });

  it("replace the CLIPs of a pack that they started from, and only those", async () => {
    const weights = clipWeights(tinyClip(8), "trained further");
    await saveCheckpoint(join(home, "runs", "judge"), {
      step: 1,
      state: withPrefix("w/", weights),
      // Keys in another order are the same shape.
      settings: JSON.stringify({ model: { text: tinyClip(8).text, image: tinyClip(8).image } }),
    });
    const out = join(home, "clips");
    const folders = { runs: join(home, "runs"), pack, data, out };
    expect(await exportRetrainedClips(folders)).toEqual(["judge"]);
    const [old, exported] = [await loadPack(pack), await loadPack(out)];
    expect(exported.manifest.generator).toBeUndefined();
    const [name] = Object.keys(weights);
    const first = async (from: typeof exported, file: string): Promise<number> =>
      Number((await from.weights(file))[name!]!.data[0]);
    expect(await first(exported, "judge.safetensors")).toBeCloseTo(Number(weights[name!]!.data[0]), 2);
    expect(await first(exported, "guide-0.safetensors")).toBe(await first(old, "guide-0.safetensors"));
  });

  it("are refused in another shape, or when there are none", async () => {
    const out = join(home, "refused");
    await expect(exportRetrainedClips({ runs: join(home, "none"), pack, data, out })).rejects.toThrow(
      ConfigError,
    );
    await saveCheckpoint(join(home, "other", "judge"), {
      step: 1,
      state: withPrefix("w/", clipWeights(tinyClip(4), 1)),
      settings: JSON.stringify({ model: tinyClip(4) }),
    });
    await expect(exportRetrainedClips({ runs: join(home, "other"), pack, data, out })).rejects.toThrow(
      "another shape",
    );
  });
});
