import type { Parameters } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type CodeShape, coarseSizeOf, detailSizeOf, fillSize, slotCount, splitCodes } from "./networks.js";
import { principalCount, statisticNames } from "./statistics.js";

const slots = slotCount - 1;

/** Standard deviations per unit of latent: of the detail, of fills (constant, slopes) and of the pose. */
const spread = { detail: 2, colour: 0.15, slope: 0.08, place: 0.1, size: 0.1 };
/** Half side of a picture on its canvas at the default pose: a margin of 1/16. */
const usualSize = 0.94;

/** Lengths of the five blocks of a latent, in this order. */
export interface LatentBlocks {
  /** Coordinates along the principal directions of codes. */
  readonly principal: number;
  /** Residual of a code's coarse part outside the principal directions. */
  readonly rest: number;
  /** Detail of a code. */
  readonly detail: number;
  /** Changes to the fills. */
  readonly fills: number;
  /** Changes to the pose: x, y, log size. */
  readonly pose: number;
}

/** Returns the lengths of the blocks of latents. */
export function latentBlocksOf(shape: CodeShape): LatentBlocks {
  return {
    principal: principalCount,
    rest: coarseSizeOf(shape),
    detail: detailSizeOf(shape),
    fills: slots * fillSize,
    pose: 3,
  };
}

/** Returns the length of a latent. */
export const latentSizeOf = (shape: CodeShape): number =>
  Object.values(latentBlocksOf(shape)).reduce((sum: number, size: number) => sum + size, 0);

/** Splits latents `[batch, size]` into their blocks, `[batch, …]` each; blocks of length 0 are left out. */
function splitLatents(u: tf.Tensor, shape: CodeShape): Record<keyof LatentBlocks, tf.Tensor2D> {
  const sizes = Object.entries(latentBlocksOf(shape)).filter(([, size]) => size > 0);
  const blocks = tf.split(
    tf.reshape(u, [-1, latentSizeOf(shape)]),
    sizes.map(([, size]) => size as number),
    1,
  );
  return Object.fromEntries(sizes.map(([name], at) => [name, blocks[at]])) as Record<
    keyof LatentBlocks,
    tf.Tensor2D
  >;
}

/**
 * Weights: mean of the codes' coarse parts, their principal directions scaled by their standard deviations `[64, size]`, and standard
 * deviation of the residual.
 */
interface Statistics {
  readonly mean: tf.Tensor2D;
  readonly principal: tf.Tensor2D;
  readonly scale: tf.Tensor2D;
}

function statisticsOf(parameters: Parameters, shape: CodeShape): Statistics {
  const size = coarseSizeOf(shape);
  const get = (name: string, rows: number): tf.Tensor2D =>
    parameters(name, [rows, size], { constant: 0 }) as tf.Tensor2D;
  return {
    mean: get(statisticNames.mean, 1),
    principal: get(statisticNames.principal, principalCount),
    scale: get(statisticNames.scale, 1),
  };
}

/** The values that latents decode to. */
export interface StickerLatents {
  /** `[batch, size]`. */
  readonly codes: tf.Tensor2D;
  /** Changes to the decoder's fills, `[batch, 15, 9]`. */
  readonly fillChange: tf.Tensor3D;
  /** `[batch, 3]`: x, y and half side on the canvas [−1, 1]². */
  readonly poses: tf.Tensor2D;
}

/** Reads codes, changes of fills, and poses from latents `[batch, size]`. */
export function readLatents(parameters: Parameters, shape: CodeShape, u: tf.Tensor): StickerLatents {
  const { mean, principal, scale } = statisticsOf(parameters, shape);
  const parts = splitLatents(u, shape);
  const coarse = tf.add(
    tf.add(mean, tf.matMul(parts.principal, principal)),
    tf.mul(parts.rest, scale),
  ) as tf.Tensor2D;
  const strengths = tf.tensor1d(
    Float32Array.from({ length: fillSize }, (_, at) => (at < 3 ? spread.colour : spread.slope)),
  );
  const [place, size] = tf.split(parts.pose, [2, 1], 1) as [tf.Tensor, tf.Tensor];
  return {
    codes: shape.detail ? tf.concat([coarse, tf.mul(parts.detail, spread.detail)], 1) : coarse,
    fillChange: tf.mul(tf.reshape(parts.fills, [-1, slots, fillSize]), strengths) as tf.Tensor3D,
    poses: tf.concat(
      [tf.mul(place, spread.place), tf.mul(tf.exp(tf.mul(size, spread.size)), usualSize)],
      1,
    ) as tf.Tensor2D,
  };
}

/** Makes latents from codes `[batch, size]` and optional poses `[batch, 3]`. The decoder's fills are unchanged. */
export function writeLatents(
  parameters: Parameters,
  shape: CodeShape,
  codes: tf.Tensor2D,
  poses?: tf.Tensor2D,
): tf.Tensor2D {
  const { mean, principal, scale } = statisticsOf(parameters, shape);
  const batch = codes.shape[0];
  const { coarse, detail } = splitCodes(shape, codes);
  const away = tf.sub(coarse, mean);
  // Directions are orthogonal, and their squared lengths are their variances.
  const variance = tf.sum(tf.square(principal), 1); // [64]
  const along = tf.div(tf.matMul(away as tf.Tensor2D, principal, false, true), variance); // [batch, 64]
  const rest = tf.div(tf.sub(away, tf.matMul(along as tf.Tensor2D, principal)), scale);
  const { fills, pose } = latentBlocksOf(shape);
  const moved = poses
    ? tf.concat(
        [
          tf.div(tf.slice(poses, [0, 0], [-1, 2]), spread.place),
          tf.div(tf.log(tf.div(tf.slice(poses, [0, 2], [-1, 1]), usualSize)), spread.size),
        ],
        1,
      )
    : tf.zeros([batch, pose]);
  return tf.concat(
    [along, rest, ...(detail ? [tf.div(detail, spread.detail)] : []), tf.zeros([batch, fills]), moved],
    1,
  ) as tf.Tensor2D;
}

/** Adds `change` `[batch, 15, 9]` to the fills of latents `[batch, size]`. */
export function moveFills(u: tf.Tensor, shape: CodeShape, change: tf.Tensor): tf.Tensor2D {
  const { principal, rest, detail, fills, pose } = latentBlocksOf(shape);
  const strengths = tf.tensor1d(
    Float32Array.from({ length: fills }, (_, at) => (at % fillSize < 3 ? spread.colour : spread.slope)),
  );
  const moved = tf.div(tf.reshape(change, [-1, fills]), strengths);
  const padding: [number, number][] = [
    [0, 0],
    [principal + rest + detail, pose],
  ];
  return tf.add(tf.reshape(u, [-1, latentSizeOf(shape)]), tf.pad(moved, padding)) as tf.Tensor2D;
}

/** Position of a picture on its canvas [−1, 1]²: centre and half side. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Returns the pose in one picture's latents `[size]`. */
export function poseOf(u: Float32Array): Pose {
  const [x, y, size] = u.subarray(u.length - 3) as unknown as readonly [number, number, number];
  return { x: x * spread.place, y: y * spread.place, size: Math.exp(size * spread.size) * usualSize };
}

/** Returns the code in one picture's latents `[size]`, in steering coordinates. */
export const codeOfLatents = (u: Float32Array): Float32Array => u.slice(0, u.length - slots * fillSize - 3);

/** Divisor of a change of a fill in latents, by its place in the fill. */
const scaleOfFill = (at: number): number => (at % fillSize < 3 ? spread.colour : spread.slope);

/** Returns the change of the decoder's fills in one picture's latents `[size]`: `[15 · 9]`, as `joinLatents` takes it. */
export const fillChangeOf = (u: Float32Array): Float32Array =>
  u.slice(u.length - slots * fillSize - 3, u.length - 3).map((value, at) => value * scaleOfFill(at));

/**
 * Joins parts to one picture's latents `[size]`.
 * @param code as `codeOfLatents`. @param fillChange added to the decoder's fills, `[15 · 9]`; none when absent.
 */
export function joinLatents(code: Float32Array, pose: Pose, fillChange?: Float32Array): Float32Array {
  const out = new Float32Array(code.length + slots * fillSize + 3);
  out.set(code);
  fillChange?.forEach((value, at) => {
    out[code.length + at] = value / scaleOfFill(at);
  });
  return replacePose(out, pose);
}

/** Replaces the pose in one picture's latents `[size]`. */
export function replacePose(u: Float32Array, { x, y, size }: Pose): Float32Array {
  const out = Float32Array.from(u);
  out.set([x / spread.place, y / spread.place, Math.log(size / usualSize) / spread.size], u.length - 3);
  return out;
}

/** Adds a change of colour to fills of one picture's latents `[size]`. @param of slots from 1 on. @param change red, green, blue in sRGB. */
export function shiftFills(
  u: Float32Array,
  of: readonly number[],
  change: readonly [number, number, number],
): Float32Array {
  const out = Float32Array.from(u);
  const first = u.length - slots * fillSize - 3;
  for (const slot of of)
    change.forEach(
      (value, channel) => (out[first + (slot - 1) * fillSize + channel]! += value / spread.colour),
    );
  return out;
}

/** Groups of coordinates by the time of their release in an ascent, `[size]`: 0 the pose, 1 the fills, 2 the code. */
export function groupLatents(shape: CodeShape): Uint8Array {
  const { principal, rest, detail, fills, pose } = latentBlocksOf(shape);
  const groups = { code: 2, fills: 1, pose: 0 };
  return Uint8Array.from([
    ...new Array<number>(principal + rest + detail).fill(groups.code),
    ...new Array<number>(fills).fill(groups.fills),
    ...new Array<number>(pose).fill(groups.pose),
  ]);
}

/** Sets the coordinates of latents outside the given blocks to 0. */
function clearOtherBlocks(
  u: tf.Tensor,
  shape: CodeShape,
  blocks: readonly (keyof LatentBlocks)[],
): tf.Tensor {
  const sizes = latentBlocksOf(shape);
  const blockMask = (Object.keys(sizes) as (keyof LatentBlocks)[]).flatMap((block) =>
    Array.from({ length: sizes[block] }, () => (blocks.includes(block) ? 1 : 0)),
  );
  return tf.mul(u, tf.tensor1d(blockMask));
}

/** Removes the residual outside the principal directions, and the detail, from latents. */
export const removeResidual = (u: tf.Tensor, shape: CodeShape): tf.Tensor =>
  clearOtherBlocks(u, shape, ["principal", "fills", "pose"]);

/** Sets code and pose of latents to 0. Only the changes to the fills remain. */
export const fillPart = (u: tf.Tensor, shape: CodeShape): tf.Tensor => clearOtherBlocks(u, shape, ["fills"]);
