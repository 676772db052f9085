import { describe, expect, it } from "vitest";
import { type Parameters, createRandom, hostFloats } from "../../src/tensor/index.js";
import { enlarge } from "../../src/gan/index.js";
import { loadModels, enlargePictures, usualSizeOf } from "../../src/guidance/index.js";
import { resizePicture } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import { compile } from "../../src/engine/index.js";
import * as tf from "../../src/tf.js";
import { writeTinyPack } from "../tiny.js";

const random = createRandom("picture");
const picture = {
  width: 64,
  height: 64,
  data: random.normals(64 * 64 * 3).map((value) => Math.abs(value) % 1),
};
const run = { engine: "compiled", threads: 1 } as const;

describe("enlarging", () => {
  it("adds nothing to bilinear where its weights are zero, and writes each detail where it belongs", async () => {
    const given = hostFloats(picture.data.slice(0, 4 * 3 * 3), [1, 4, 3, 3]);
    const program = await compile(
      ({ small }) => {
        const zeros: Parameters = (_, shape) => tf.zeros([...shape]);
        // The last layer's bias alone: the first of three channels of the pixel in row 1, column 2 of each block of 4×4.
        const one: Parameters = (name, shape) =>
          name === "detail.bias"
            ? tf.oneHot(tf.scalar((1 * 4 + 2) * 3, "int32"), shape[0]!).toFloat()
            : tf.zeros([...shape]);
        const config = { width: 2, layers: 1 };
        return {
          plain: enlarge(zeros, config, small as tf.Tensor4D),
          marked: enlarge(one, config, small as tf.Tensor4D),
          smooth: tf.image.resizeBilinear(small as tf.Tensor4D, [16, 12], false, true),
        };
      },
      { small: given },
      { ...run, name: "enlarge" },
    );
    const { plain, marked, smooth } = await program.run({ small: given });
    await program.dispose();
    expect(plain!.shape).toEqual([1, 16, 12, 3]);
    expect(plain!.data).toEqual(smooth!.data);
    marked!.data.forEach((value, at) => {
      const [row, column, channel] = [Math.floor(at / 36), Math.floor(at / 3) % 12, at % 3];
      const here = row % 4 === 1 && column % 4 === 2 && channel === 0;
      expect(value - plain!.data[at]!).toBeCloseTo(here ? 1 : 0, 5);
    });
  });

  it("is the pack's where it has an upscaler, from 64×64 to any larger size, and Lanczos' elsewhere", async () => {
    const [without, having] = await Promise.all(
      [false, true].map(async (upscaler) => loadModels(await loadPack(await writeTinyPack({ upscaler })))),
    );
    expect([usualSizeOf(without!), usualSizeOf(having!)]).toEqual([64, 256]);
    const smooth = await resizePicture(picture, 256, 256);
    expect(await enlargePictures(without!, [picture], 256, run)).toEqual([smooth]);
    expect(await enlargePictures(having!, [picture], 48, run)).toEqual([
      await resizePicture(picture, 48, 48),
    ]);
    const [first, second] = await enlargePictures(
      having!,
      [picture, { ...picture, data: picture.data.slice().reverse() }],
      256,
      run,
    );
    expect([first!.width, first!.height]).toEqual([256, 256]);
    expect(first).not.toEqual(smooth);
    expect(second).not.toEqual(first);
    expect(await enlargePictures(having!, [picture], 256, run)).toEqual([first]);
    expect(await enlargePictures(having!, [picture], 200, run)).toEqual([
      await resizePicture(first!, 200, 200),
    ]);
  });
});
