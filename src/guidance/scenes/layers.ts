import {
  type LayerFlags,
  type Pose,
  codeOfLatents,
  fillChangeOf,
  fillSize,
  joinLatents,
  joinLayer,
  plainLayer,
  poseOf,
  slotCount,
  splitLayer,
} from "../../gan/index.js";
import { type HostTensor, hostFloats, hostZeros } from "../../tensor/index.js";
import type { Painter } from "../programs/paint.js";

/** A layer of a scene by its parts. */
export interface LayerParts {
  /** Code in steering coordinates, as in latents. */
  readonly code: Float32Array;
  /** Linear fills `[15 · 9]`: constant, slope along x, slope along y, each R, G, B; the decoder's fills when absent. */
  readonly fills?: Float32Array | undefined;
  /** Change of the decoder's fills `[15 · 9]`, where `fills` is absent; none when absent. */
  readonly fillChange?: Float32Array | undefined;
  readonly pose: Pose;
  /** Whether it is mirrored, its hidden regions, and its cut; none when absent. */
  readonly flags?: { readonly [Flag in keyof LayerFlags]?: LayerFlags[Flag] | undefined };
}

/** A layer of a scene with the share of each fill in its ink. */
export interface MeasuredLayer extends Required<Omit<LayerParts, "fillChange">> {
  readonly flags: LayerFlags;
  /** `[15]`, sum 1. */
  readonly shares: readonly number[];
}

/** Splits one picture's latents `[size]` into the code and the change of the decoder's fills, without the pose. */
export const splitDrawing = (latents: Float32Array): Required<Pick<LayerParts, "code" | "fillChange">> => ({
  code: codeOfLatents(latents),
  fillChange: fillChangeOf(latents),
});

const fillCount = slotCount - 1;
const rowSize = fillCount * fillSize;

/** Finds the painter for latents. */
export type PainterOf = (latents: HostTensor) => Painter;

/** Splits latents `[1, layers, size]` into layers, bottom to top. */
export async function splitLayers(latents: HostTensor, painterOf: PainterOf): Promise<MeasuredLayer[]> {
  const [, count, size] = latents.shape as [number, number, number];
  const painter = painterOf(latents);
  const [{ fills }, regions] = [await painter.parts(latents), await painter.regions(latents)];
  return Array.from({ length: count }, (_, at) => {
    const row = splitLayer((latents.data as Float32Array).subarray(at * size, (at + 1) * size));
    return {
      code: codeOfLatents(row.latents),
      fills: (fills!.data as Float32Array).slice(at * rowSize, (at + 1) * rowSize),
      pose: poseOf(row.latents),
      flags: row.flags,
      shares: measureShares(regions[at]!.logits, regions[at]!.slots),
    };
  });
}

/** Share of each slot from 1 on: the fraction of inked pixels in which it has the largest value. */
function measureShares(logits: Float32Array, slots: number): number[] {
  const counts = new Array<number>(slots - 1).fill(0);
  let ink = 0;
  for (let at = 0; at < logits.length; at += slots) {
    let best = 0;
    for (let slot = 1; slot < slots; slot++) if (logits[at + slot]! > logits[at + best]!) best = slot;
    if (best === 0) continue;
    counts[best - 1]!++;
    ink++;
  }
  return counts.map((count) => (ink > 0 ? count / ink : 0));
}

const completeFlags = ({ mirrored, hidden, cut }: LayerParts["flags"] = {}): LayerFlags => ({
  mirrored: mirrored ?? plainLayer.mirrored,
  hidden: hidden ?? plainLayer.hidden,
  cut,
});

/** Joins layers, bottom to top, to latents `[1, layers, size]`. */
export async function joinLayers(layers: readonly LayerParts[], painterOf: PainterOf): Promise<HostTensor> {
  const rows = layers.map(({ code, pose, fillChange, flags }) =>
    joinLayer(joinLatents(code, pose, fillChange), completeFlags(flags)),
  );
  const stack = (list: readonly Float32Array[]): HostTensor => {
    const size = list[0]!.length;
    const out = hostZeros([1, list.length, size]);
    list.forEach((row, at) => (out.data as Float32Array).set(row, at * size));
    return hostFloats(out.data as Float32Array, [1, list.length, size]);
  };
  const plain = stack(rows);
  if (layers.every(({ fills }) => fills === undefined)) return plain;
  const decoderFills = (await painterOf(plain).parts(plain)).fills!.data as Float32Array;
  return stack(
    layers.map(({ code, pose, fills, fillChange, flags }, at) => {
      const change = fills?.map((value, index) => value - decoderFills[at * rowSize + index]!) ?? fillChange;
      return joinLayer(joinLatents(code, pose, change), completeFlags(flags));
    }),
  );
}
