import { type Program, compile, disposeOpened } from "../../engine/index.js";
import { ConfigError } from "../../errors.js";
import { type Picture, type RgbaBytes, toPicture } from "../../images/index.js";
import {
  type HostTensor,
  type TensorRecord,
  hostFloats,
  parametersFrom,
  sliceRows,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { RegionPicture } from "../../vector/index.js";
import { type RunOptions, type SteerModels, weightsOf } from "../steerModels.js";
import { latentShapeOf } from "./pictures.js";

/** Placement of a picture on its canvas. */
export interface PaintOptions {
  /**
   * Margin around the ink / side of the canvas; a picture that extends into the margin is scaled down about the
   * centre. The picture is unchanged when absent.
   */
  readonly margin?: number;
  /** Paints this layer alone, placed as in the whole picture; all of them when absent. */
  readonly layer?: number | undefined;
}

/** Paints pictures of regions from their latents at any size. */
export interface Painter {
  /** Paints the picture with alpha, `side` pixels wide and high. */
  paint(latents: HostTensor, side: number, options?: PaintOptions): Promise<RgbaBytes>;
  /** Paints the picture over white, with its alpha, for previews: one pass, without tiles. */
  preview(latents: HostTensor, side: number): Promise<Picture>;
  /** Returns the parts of the picture's layers, as `RegionPainter.parts` gives them. */
  parts(latents: HostTensor): Promise<TensorRecord>;
  /**
   * Computes the regions and colours of the picture's layers at 256×256, bottom to top, to be drawn as outlines; most pictures are
   * one layer.
   */
  regions(latents: HostTensor, options?: PaintOptions): Promise<RegionPicture[]>;
  dispose(): Promise<void>;
}

/**
 * Side of a tile in pixels. A picture is painted in tiles to bound the memory, which grows with the number of layers: 16 logits for each
 * pixel of each layer.
 */
const largestTile = 512;
const tileOf = (layers: number): number => largestTile / 2 ** Math.ceil(Math.log2(layers) / 2);
/** Side at which outlines are found, and at which the ink's extent is measured. */
const vectorSide = 256;
/** Maximum number of times that a picture is scaled down for its margin. */
const marginRounds = 4;
/** Alpha from which a pixel counts as ink. */
const inkAlpha = 0.02;

/** A painted tile: its layers, and their composite. */
interface PaintedTile {
  /** `[tile, tile, 4]`, premultiplied. */
  readonly rgba: Float32Array;
  readonly layers: readonly { readonly rgba: Float32Array; readonly logits: Float32Array }[];
}

/** Composites premultiplied layers `[layers, …, 4]` "over", bottom to top. */
function compositeLayers(rgba: Float32Array, layers: number): Float32Array {
  const size = rgba.length / layers;
  const out = rgba.slice(0, size);
  for (let from = size; from < rgba.length; from += size)
    for (let pixel = 0; pixel < size; pixel += 4) {
      const rest = 1 - rgba[from + pixel + 3]!;
      for (let channel = 0; channel < 4; channel++)
        out[pixel + channel] = rgba[from + pixel + channel]! + out[pixel + channel]! * rest;
    }
  return out;
}

/** Converts premultiplied values to straight 8-bit RGBA. */
function writeStraightBytes(premultiplied: Float32Array, from: number, target: Uint8Array, to: number): void {
  const alpha = Math.min(1, Math.max(0, premultiplied[from + 3]!));
  const byte = Math.round(alpha * 255);
  target[to + 3] = byte;
  if (byte === 0) return;
  for (let channel = 0; channel < 3; channel++)
    target[to + channel] = Math.round(Math.min(1, Math.max(0, premultiplied[from + channel]! / alpha)) * 255);
}

/** Returns the scale factor at which the ink of a picture keeps the margin. */
function shrinkFor({ rgba, side }: Pick<RegionPicture, "rgba" | "side">, margin: number): number {
  let extent = 0;
  for (let pixel = 0; pixel < side * side; pixel++) {
    if (rgba[pixel * 4 + 3]! < inkAlpha) continue;
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    // Outer edges of the pixel, in [−1, 1].
    extent = Math.max(
      extent,
      ...[x, y].map((at) => Math.max(1 - (2 * at) / side, (2 * (at + 1)) / side - 1)),
    );
  }
  return extent === 0 ? 1 : Math.min(1, (1 - 2 * margin) / extent);
}

/**
 * Creates a painter; its programs are compiled when they are first needed.
 * @throws {ConfigError} when the generator has no regions.
 */
export function createPainter(models: SteerModels, options: RunOptions): Painter {
  const { generator } = models;
  const painter = generator.regions;
  if (!painter) throw new ConfigError(`pack ${models.pack}: its generator makes pixels, not regions`);
  const programs = new Map<string, Promise<Program>>();
  const open = (name: string, make: () => Promise<Program>): Promise<Program> => {
    let program = programs.get(name);
    if (!program) programs.set(name, (program = make()));
    return program;
  };
  const partsProgram = (): Promise<Program> =>
    open("parts", () =>
      compile(
        (tensors) => ({ ...painter.parts(parametersFrom(tensors, "generator/"), tensors.latents!) }),
        { latents: { shape: latentShapeOf(models), dtype: "float32" } },
        {
          weights: weightsOf(models, "generator/"),
          name: "parts",
          arena: false,
          recipe: models.architecture,
          ...options,
        },
      ),
    );
  const windowProgram = (parts: TensorRecord, side: number, tile: number): Promise<Program> =>
    open(`${side}/${tile}`, () =>
      compile(
        ({ x, y, ...given }) => {
          const window = { x: x as tf.Tensor2D, y: y as tf.Tensor2D };
          return { ...painter.paintWindow(given as never, side, window) }; // the parts, as `parts` names them
        },
        {
          ...parts,
          x: { shape: [1, tile], dtype: "float32" },
          y: { shape: [1, tile], dtype: "float32" },
        },
        { name: "paint", arena: false, ...options },
      ),
    );
  /** Composites in linear order as `compositeLayers` and `compositeOnWhite` do, inside the program. */
  const previewProgram = (side: number): Promise<Program> =>
    open(`preview ${side}`, () =>
      compile(
        (tensors) => {
          const painted = painter.paint(parametersFrom(tensors, "generator/"), tensors.latents!, side);
          const [colour, alpha] = tf.split(painted, [3, 1], 3) as [tf.Tensor, tf.Tensor];
          return { picture: tf.clipByValue(tf.add(colour, tf.sub(1, alpha)), 0, 1), alpha };
        },
        { latents: { shape: latentShapeOf(models), dtype: "float32" } },
        {
          weights: weightsOf(models, "generator/"),
          name: "preview",
          arena: false,
          recipe: [models.architecture, latentShapeOf(models), side],
          ...options,
        },
      ),
    );
  const partsOf = async (latents: HostTensor): Promise<TensorRecord> =>
    (await partsProgram()).run({ latents });
  /** Paints a tile whose first pixel is at a column and row. Pixels beyond the picture's edge are discarded by the caller. */
  const paintTile = async (
    parts: TensorRecord,
    { side, tile, left, top }: { side: number; tile: number; left: number; top: number },
  ): Promise<PaintedTile> => {
    const centres = (from: number): HostTensor =>
      hostFloats(
        Float32Array.from({ length: tile }, (_, at) => ((from + at + 0.5) / side) * 2 - 1),
        [1, tile],
      );
    const program = await windowProgram(parts, side, tile);
    const { rgba, logits } = await program.run({ ...parts, x: centres(left), y: centres(top) });
    const layers = rgba!.shape[0]!;
    return {
      rgba: compositeLayers(rgba!.data as Float32Array, layers),
      layers: Array.from({ length: layers }, (_, layer) => ({
        rgba: sliceRows(rgba!, layer, layer + 1).data as Float32Array,
        logits: sliceRows(logits!, layer, layer + 1).data as Float32Array,
      })),
    };
  };
  const paintWhole = (parts: TensorRecord): Promise<PaintedTile> =>
    paintTile(parts, { side: vectorSide, tile: vectorSide, left: 0, top: 0 });
  /** Returns the parts, scaled down if the margin requires it. */
  const placedParts = async (latents: HostTensor, { margin }: PaintOptions): Promise<TensorRecord> => {
    let parts = await partsOf(latents);
    if (margin === undefined) return parts;
    // Scaling down reveals ink that the canvas had cut off, so the extent is measured again.
    for (let round = 0; round < marginRounds; round++) {
      const shrink = shrinkFor({ ...(await paintWhole(parts)), side: vectorSide }, margin);
      if (shrink > 0.99) break;
      const poses = (parts.poses!.data as Float32Array).map((value) => value * shrink);
      parts = { ...parts, poses: hostFloats(poses, parts.poses!.shape) };
    }
    return parts;
  };
  return {
    async paint(latents, side, given = {}) {
      const parts = await placedParts(latents, given);
      const tile = Math.min(side, tileOf(parts.poses!.shape[0]!));
      const rgba = new Uint8Array(side * side * 4);
      for (let top = 0; top < side; top += tile)
        for (let left = 0; left < side; left += tile) {
          const whole = await paintTile(parts, { side, tile, left, top });
          const painted = given.layer === undefined ? whole : whole.layers[given.layer]!;
          for (let row = 0; row < Math.min(tile, side - top); row++)
            for (let column = 0; column < Math.min(tile, side - left); column++)
              writeStraightBytes(
                painted.rgba,
                (row * tile + column) * 4,
                rgba,
                ((top + row) * side + left + column) * 4,
              );
        }
      return { width: side, height: side, rgba };
    },
    async preview(latents, side) {
      const { picture, alpha } = await (await previewProgram(side)).run({ latents });
      return { ...toPicture(picture!.data as Float32Array, side), alpha: alpha!.data as Float32Array };
    },
    parts: partsOf,
    async regions(latents, given = {}) {
      const { layers } = await paintWhole(await placedParts(latents, given));
      return layers.map(({ rgba, logits }) => ({
        side: vectorSide,
        slots: logits.length / vectorSide ** 2,
        logits,
        rgba,
      }));
    },
    async dispose() {
      await disposeOpened(programs.values());
      programs.clear();
    },
  };
}
