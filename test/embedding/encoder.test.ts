import { beforeAll, describe, expect, it } from "vitest";
import { type ClipModels, listClips, createEncoder, loadClips } from "../../src/embedding/index.js";
import type { Picture } from "../../src/images/index.js";
import { type Pack, loadPack } from "../../src/packs/index.js";
import { createRandom, sizeOf } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

function pictures(count: number): Picture[] {
  const random = createRandom("pictures");
  return Array.from({ length: count }, (_, at) => {
    const [width, height] = at === 1 ? [40, 20] : [64, 64];
    const data = Float32Array.from({ length: width * height * 3 }, () => random.uniform());
    return { width, height, data };
  });
}

const gather = async (rows: AsyncGenerator<Float32Array[]>): Promise<Float32Array[][]> => {
  const out: Float32Array[][] = [];
  for await (const row of rows) out.push(row.map((each) => each.slice()));
  return out;
};

const close = (a: Float32Array, b: Float32Array): void => {
  expect(a.length).toBe(b.length);
  a.forEach((value, at) => expect(value).toBeCloseTo(b[at]!, 4));
};

describe("encoder", () => {
  let pack: Pack;
  let models: ClipModels;
  beforeAll(async () => {
    pack = await loadPack(await writeTinyPack());
    models = await loadClips(pack, "all");
  });

  it("gives each picture the same unit rows, whatever the batches, for every CLIP", async () => {
    const shown = pictures(7);
    const whole = createEncoder(models.clips, models.tokenizer);
    const small = createEncoder(models.clips, models.tokenizer, { batch: 3 });
    const [a, b] = [await gather(whole.encodeImages(shown)), await gather(small.encodeImages(shown))];
    expect(b.length).toBe(7);
    expect(a[0]!.length).toBe(3);
    a.forEach((rows, at) => {
      rows.forEach((row, clip) => {
        close(row, b[at]![clip]!);
        expect(Math.hypot(...row)).toBeCloseTo(1, 5);
      });
    });
    expect(a[0]![0]).not.toEqual(a[2]![0]);
    await Promise.all([whole.dispose(), small.dispose()]);
  });

  it("embeds texts in batches as one by one, and as the eager reference does", async () => {
    const texts = ["red heart", "blue car", "cat face", "hat"];
    const encoder = createEncoder(models.clips, models.tokenizer, { batch: 3 });
    const eager = createEncoder(models.clips, models.tokenizer, { engine: "cpu" });
    const [rows, reference] = [await encoder.encodeTexts(texts), await eager.encodeTexts(texts)];
    for (const [clip, matrix] of rows.entries()) {
      close(matrix, reference[clip]!);
      const one = await encoder.encodeTexts([texts[3]!]);
      close(matrix.subarray(48), one[clip]!);
    }
    await encoder.dispose();
  });

  it.each([Number.NaN, 1e38])("refuses embeddings of weights of %d", async (value) => {
    const [first, ...others] = models.clips;
    const weights = Object.fromEntries(
      Object.entries(first!.weights).map(([name, { dtype, shape }]) => [
        name,
        { dtype, shape, data: new Float32Array(sizeOf(shape)).fill(value) },
      ]),
    );
    const encoder = createEncoder([...others, { ...first!, weights }], models.tokenizer);
    const says = (tower: string) => `CLIP 3 of 3: its ${tower} embeddings are not finite numbers`;
    await expect(encoder.encodeTexts(["hat"])).rejects.toThrow(says("text"));
    await expect(gather(encoder.encodeImages(pictures(1)))).rejects.toThrow(says("image"));
    await encoder.dispose();
  });

  it("passes on what its source throws", async () => {
    const encoder = createEncoder(models.clips, models.tokenizer, { batch: 2 });
    function* source(): Generator<Picture> {
      yield* pictures(3);
      throw new Error("disk gone");
    }
    await expect(gather(encoder.encodeImages(source()))).rejects.toThrow("disk gone");
    await encoder.dispose();
  });

  it("reads one tower, one CLIP or all by name, and names what it does not know", async () => {
    const known = listClips(pack);
    expect(known.map(({ name }) => name)).toEqual(["guide-0", "guide-1", "judge"]);
    expect(known.map(({ hash }) => hash)).toEqual(models.clips.map(({ hash }) => hash));
    const text = await loadClips(pack, "guide-1", { only: "text" });
    expect(text.clips.map(({ name }) => name)).toEqual(["guide-1"]);
    expect(Object.keys(text.clips[0]!.weights).some((key) => key.startsWith("image."))).toBe(false);
    expect(text.clips[0]!.scale).toBeCloseTo(1 / 0.07, 1);
    expect(text.clips[0]!.hash).toBe(models.clips[1]!.hash);
    expect(new Set(models.clips.map(({ hash }) => hash)).size).toBe(3);
    await expect(loadClips(pack, "guide-9")).rejects.toThrow(
      'unknown CLIP "guide-9"; known: guide-0, guide-1, judge, all',
    );
  });
});
