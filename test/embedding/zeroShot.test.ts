import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  loadClassifiers,
  calibrate,
  classify,
  createEncoder,
  averageEnsemble,
  loadClips,
  computeSoftmax,
  embedLabels,
  findLargest,
} from "../../src/embedding/index.js";
import { loadPack } from "../../src/packs/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

describe("zero-shot decision", () => {
  const clips = [{ scale: 10 }, { scale: 20 }];
  const classifiers = [Float32Array.of(1, 0, 0, 1), Float32Array.of(1, 0, 0, 1)];
  const rows = [Float32Array.of(0.6, 0.8), Float32Array.of(0.8, 0.6)];

  it("averages logits or probabilities with weights, by hand", () => {
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const [a, b] = [10 * (0.6 - 0.8), 20 * (0.8 - 0.6)]; // lead of label 0 under each CLIP
    const of = (combine: "logits" | "probabilities", weights?: number[]): number =>
      classify(clips, classifiers, rows, { combine, ...(weights && { weights }) })[0]!;
    expect(of("logits")).toBeCloseTo(sigmoid((a + b) / 2), 5);
    expect(of("probabilities")).toBeCloseTo((sigmoid(a) + sigmoid(b)) / 2, 5);
    expect(of("logits", [3, 1])).toBeCloseTo(sigmoid((3 * a + b) / 4), 5);
    expect(of("probabilities", [1, 0])).toBeCloseTo(sigmoid(a), 5);
  });

  it("is surer below temperature 1 and less sure above, and sums to 1", () => {
    const at = (temperature: number): Float32Array =>
      classify(clips.slice(1), classifiers.slice(1), rows.slice(1), { combine: "logits", temperature });
    const sure = [0.5, 1, 2].map((temperature) => at(temperature)[0]!);
    expect(sure[0]).toBeGreaterThan(sure[1]!);
    expect(sure[1]).toBeGreaterThan(sure[2]!);
    expect(at(2)[0]! + at(2)[1]!).toBeCloseTo(1, 6);
  });

  it.each(["logits", "probabilities"] as const)("by %s is sure at a temperature of almost 0", (combine) => {
    const one = { combine, temperature: 1e-320 };
    expect([...classify(clips.slice(1), classifiers.slice(1), rows.slice(1), one)]).toEqual([1, 0]);
  });

  it("weighs CLIPs by their accuracy and finds the temperature that the labels were drawn with", () => {
    const random = createRandom("temperature");
    const identity = Float32Array.from({ length: 25 }, (_, at) => (at % 6 === 0 ? 1 : 0));
    const pictures = Array.from({ length: 4000 }, () => random.normals(5).map((value) => 3 * value));
    const truths = pictures.map((logits) => {
      let rest = random.uniform();
      const label = computeSoftmax(logits.map((value) => value / 1.7)).findIndex((p) => (rest -= p) < 0);
      return Math.max(0, label);
    });
    const alone = calibrate(
      [{ scale: 1 }],
      [identity],
      pictures.map((logits) => [logits]),
      truths,
    );
    expect(Math.abs(alone.temperature / 1.7 - 1)).toBeLessThan(0.1);
    // The second CLIP says the opposite of the first: it is hardly ever right, and hardly heard.
    const { weights } = calibrate(
      [{ scale: 1 }, { scale: 1 }],
      [identity, identity],
      pictures.map((logits) => [logits, logits.map((value) => -value)]),
      truths,
    );
    const right = pictures.filter((logits, at) => findLargest(logits, 1)[0] === truths[at]).length;
    expect(weights[0]).toBeCloseTo(right / pictures.length, 6);
    expect(weights[1]).toBeLessThan(0.15);
    expect(() => calibrate([{ scale: 1 }], [identity], [[Float32Array.of(1, 0, 0, 0, 0)]], [1])).toThrow(
      "no CLIP names any",
    );
  });

  it("ranks by value, ties by place", () => {
    expect(findLargest(Float32Array.of(0.2, 0.5, 0.2, 0.1), 3)).toEqual([1, 0, 2]);
  });
});

describe("classifiers of texts", () => {
  it("average templates as unit rows, and come from disk unless the file is damaged or of other labels", async () => {
    const models = await loadClips(await loadPack(await writeTinyPack()), "all");
    const encoder = createEncoder(models.clips, models.tokenizer);
    const [labels, templates] = [
      ["a red heart", "hat"],
      ["{}", "an emoji of {}"],
    ];
    const rows = await embedLabels(models, encoder, labels, templates);
    const [plain] = await encoder.encodeTexts(["red heart", "an emoji of red heart"]);
    const mean = averageEnsemble([plain!.subarray(0, 16), plain!.subarray(16)]);
    rows[0]!.subarray(0, 16).forEach((value, at) => expect(value).toBeCloseTo(mean[at]!, 5));

    const folder = await mkdtemp(join(tmpdir(), "clipsteer-classifiers-"));
    const get = (which: string[]) => loadClassifiers(models, encoder, which, templates, folder);
    expect(await get(labels)).toEqual({ classifiers: rows, cached: 0 });
    expect(await get(labels)).toEqual({ classifiers: rows, cached: 3 });
    expect((await get([...labels].reverse())).cached).toBe(0);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const file = await readFile(path);
      file[file.length - 2]! ^= 1; // the last bit of a weight: still a safetensors file
      await writeFile(path, file);
    }
    expect(await get(labels)).toEqual({ classifiers: rows, cached: 0 });
    expect((await get(labels)).cached).toBe(3);
    await encoder.dispose();
  });
});

describe("classifiers of many labels", () => {
  const features = 4;
  const models = {
    clips: [{ config: { text: { features } } }],
    articles: true,
  } as unknown as Parameters<typeof embedLabels>[0];
  /** An encoder whose embedding of a text is its length in one place; it notes the size of every call. */
  const encoderOf = (sizes: number[]) =>
    ({
      encodeTexts(texts: readonly string[]) {
        sizes.push(texts.length);
        const out = new Float32Array(texts.length * features);
        texts.forEach((text, row) => (out[row * features + (text.length % features)] = 1));
        return Promise.resolve([out]);
      },
    }) as unknown as Parameters<typeof embedLabels>[1];
  const labels = Array.from({ length: 700 }, (_, at) => "x".repeat(at % 7));

  it("are embedded in batches, with progress, to the same rows", async () => {
    const sizes: number[] = [];
    const seen: number[] = [];
    const [rows] = await embedLabels(models, encoderOf(sizes), labels, ["{}", "a {}"], {
      onProgress: (done, total) => seen.push(done, total),
    });
    expect(sizes).toEqual([512, 512, 376]);
    expect(seen).toEqual([256, 700, 512, 700, 700, 700]);
    labels.forEach(({ length }, label) => {
      const row = [...rows!.subarray(label * features, (label + 1) * features)];
      expect(row[length % features]).toBeCloseTo(Math.SQRT1_2, 6);
      expect(row[(length + 2) % features]).toBeCloseTo(Math.SQRT1_2, 6);
    });
  });

  it("stop when the signal is aborted", async () => {
    const controller = new AbortController();
    const sizes: number[] = [];
    const run = embedLabels(models, encoderOf(sizes), labels, ["{}"], {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(run).rejects.toThrow();
    expect(sizes).toHaveLength(1);
  });
});
