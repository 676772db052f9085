import { compile } from "../../src/engine/index.js";
import { fillSize, logitSide, listPixelCentres, slotCount } from "../../src/gan/index.js";
import { hostFloats } from "../../src/tensor/index.js";
import type * as tf from "../../src/tf.js";
import type { RegionPicture } from "../../src/vector/index.js";
import { tinyStickerGenerator } from "../tinySticker.js";

/** A region by where it is, as a function of x and y in [−1, 1] that is above 0 inside, and its fill. */
export interface Shape {
  readonly inside: (x: number, y: number) => number;
  /** Constant, slope along x, slope along y, each R, G, B. */
  readonly fill: readonly number[];
}

/** Paints shapes, the later over the earlier, by the program of a sticker generator. */
export async function paintShapes(shapes: readonly Shape[], side = 256): Promise<RegionPicture> {
  const centres = listPixelCentres(logitSide);
  const logits = new Float32Array(logitSide ** 2 * slotCount).fill(-10);
  for (let pixel = 0; pixel < logitSide ** 2; pixel++) {
    const [x, y] = [centres[pixel % logitSide]!, centres[Math.floor(pixel / logitSide)]!];
    const limit = (value: number): number => 10 * Math.tanh(value * 16);
    logits[pixel * slotCount] = 0;
    shapes.forEach(({ inside }, at) => {
      // Above everything drawn before it where it is, below where it is not.
      const value = limit(inside(x, y));
      if (value > -9.9)
        for (let below = 0; below <= at; below++) logits[pixel * slotCount + below]! -= Math.max(0, value);
      logits[pixel * slotCount + at + 1] = value;
    });
  }
  const fills = new Float32Array((slotCount - 1) * fillSize);
  shapes.forEach(({ fill }, at) => fills.set(fill, at * fillSize));
  const inputs = {
    logits: hostFloats(logits, [1, logitSide, logitSide, slotCount]),
    fills: hostFloats(fills, [1, slotCount - 1, fillSize]),
    poses: hostFloats(Float32Array.of(0, 0, 1), [1, 3]),
    centres: hostFloats(listPixelCentres(side), [1, side]),
  };
  const { paintWindow } = tinyStickerGenerator().regions!;
  const program = await compile(
    ({ centres: given, ...parts }) => {
      const window = { x: given as tf.Tensor2D, y: given as tf.Tensor2D };
      return { ...paintWindow(parts as never, side, window) };
    },
    inputs,
    { threads: 1 },
  );
  const { rgba, logits: placed } = await program.run(inputs);
  await program.dispose();
  return {
    side,
    slots: slotCount,
    logits: placed!.data as Float32Array,
    rgba: rgba!.data as Float32Array,
  };
}

/** Bytes of a painted picture over a background of one brightness. */
export function overGrey({ rgba, side }: RegionPicture, grey: number): Uint8Array {
  return Uint8Array.from({ length: side * side * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const value = rgba[pixel * 4 + (at % 3)]! + (1 - rgba[pixel * 4 + 3]!) * grey;
    return Math.round(255 * Math.min(1, Math.max(0, value)));
  });
}
