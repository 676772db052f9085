import type { DraftEvent, StepEvent } from "../runs/index.js";
import { type Picture, rgbBytes } from "../images/index.js";

/** Sides of previews in pixels, the finest first. */
export const previewSides = [256, 128] as const;
/** Milliseconds between previews: eight a second look fluid. */
const previewInterval = 120;
/** Previews of a side before it is judged by what they cost: the draft, which may open the program, and one more. */
const minSamples = 2;
/** Part of a run's time that its previews may take, unless the coarsest ones take more. */
const share = 0.05;

/** Makes the previews of a run: as fine and as often as they cost little of its time. */
export interface Previewer {
  /** PNG of a first look. */
  sketch(picture: Picture): Promise<Uint8Array>;
  /** PNG of a draft or a step; undefined when the last one was made a moment ago. Drafts and last steps are always shown. */
  show(event: DraftEvent | StepEvent): Promise<Uint8Array | undefined>;
}

/** A preview as a PNG, packed fast rather than small. */
async function encodeFast(picture: Picture): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const { width, height } = picture;
  return sharp(rgbBytes(picture), { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 2 })
    .toBuffer();
}

/**
 * Makes a previewer for one run.
 * @param now clock in milliseconds, for tests.
 */
export function createPreviewer(now = (): number => performance.now()): Previewer {
  /** Previews of each side, and the least milliseconds that one took: the first ones also open programs. */
  const costs = new Map<number, { count: number; fastest: number }>();
  let next = -Infinity;
  const isCheap = (side: number): boolean => {
    const { count, fastest } = costs.get(side) ?? { count: 0, fastest: 0 };
    return count < minSamples || fastest <= share * previewInterval;
  };
  /** The finest side whose previews may come as often as they should; steps of an edit have one side, and come less often. */
  const sideOf = ({ edit }: DraftEvent | StepEvent): number =>
    edit === undefined
      ? (previewSides.find((side) => isCheap(side)) ?? previewSides.at(-1)!)
      : previewSides[0];
  return {
    sketch: encodeFast,
    async show(event) {
      const start = now();
      const isStep = event.type === "step";
      if (isStep && start < next && event.index !== event.steps) return undefined;
      const side = isStep ? sideOf(event) : previewSides[0];
      const seen = isStep && side === previewSides.at(-1) ? event.seen : undefined;
      const bytes = await encodeFast(seen ?? (await event.paint(side)));
      const cost = now() - start;
      const { count, fastest } = costs.get(side) ?? { count: 0, fastest: Infinity };
      if (!seen) costs.set(side, { count: count + 1, fastest: Math.min(cost, fastest) });
      const interval =
        event.edit === undefined
          ? previewInterval
          : Math.max(previewInterval, Math.min(cost, fastest) / share);
      // From when it was due rather than from now, so that the pace is kept on average whatever a step takes.
      next = Math.max(next, start - interval / 2) + interval;
      return bytes;
    },
  };
}
