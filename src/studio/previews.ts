import type { DraftEvent, StepEvent } from "../runs/index.js";
import { type Picture, toRgbBytes, toRgbaBytes } from "../images/index.js";

/** Sides of previews in pixels, the finest first. */
export const previewSides = [256, 128] as const;
/** Milliseconds between previews: eight per second look fluent, and more would slow the run. */
const previewInterval = 123;
/** The same for pictures that the guides saw, which need not be painted. */
const seenInterval = 90;
/** Longest interval to which the smallest painted previews are spread, in milliseconds; those of edits may be rarer. */
const longestInterval = 200;
/** Number of previews of a side before their cost is considered: the draft, which may open the program, and one more. */
const minSamples = 2;
/** Maximum share of a run's time for painting previews, if the smallest ones can meet it; encoding is beside the run. */
const share = 0.05;

/** Chooses and paints the previews of a run. Their size and rate depend on the time that painting takes. */
export interface Previewer {
  /**
   * Picture of a draft or a step; undefined soon after the previous one. Drafts and last steps are always shown. The run waits for it,
   * but not for its encoding.
   */
  paint(event: DraftEvent | StepEvent): Promise<Picture | undefined>;
}

/** Encodes a preview as PNG, with its alpha if that is known, with fast compression, in another thread; the picture is read at once. */
export async function encodePreview(picture: Picture): Promise<Uint8Array> {
  const { width, height } = picture;
  const bytes = picture.alpha ? toRgbaBytes(picture).rgba : toRgbBytes(picture);
  const { default: sharp } = await import("sharp");
  return sharp(bytes, { raw: { width, height, channels: picture.alpha ? 4 : 3 } })
    .png({ compressionLevel: 2 })
    .toBuffer();
}

/**
 * Makes a previewer for one run.
 * @param now clock in milliseconds, for tests.
 */
export function createPreviewer(now = (): number => performance.now()): Previewer {
  /** Number of previews of each side, and the shortest duration in milliseconds; the first ones also open programs. */
  const costs = new Map<number, { count: number; fastest: number }>();
  let next = -Infinity;
  const isCheap = (side: number): boolean => {
    const { count, fastest } = costs.get(side) ?? { count: 0, fastest: 0 };
    return count < minSamples || fastest <= share * previewInterval;
  };
  /** The largest side whose previews are cheap enough. Steps of an edit have one side and are previewed less often. */
  const sideOf = ({ edit }: DraftEvent | StepEvent): number =>
    edit === undefined
      ? (previewSides.find((side) => isCheap(side)) ?? previewSides.at(-1)!)
      : previewSides[0];
  return {
    async paint(event) {
      const start = now();
      const isStep = event.type === "step";
      if (isStep && start < next && event.index !== event.steps) return undefined;
      const side = isStep ? sideOf(event) : previewSides[0];
      const seen = isStep && side === previewSides.at(-1) ? event.seen : undefined;
      const picture = seen ?? (await event.paint(side));
      const cost = now() - start;
      const { count, fastest } = costs.get(side) ?? { count: 0, fastest: Infinity };
      if (!seen) costs.set(side, { count: count + 1, fastest: Math.min(cost, fastest) });
      const affordable = Math.max(previewInterval, Math.min(cost, fastest) / share);
      const interval =
        event.edit !== undefined
          ? affordable
          : seen
            ? seenInterval
            : side === previewSides.at(-1)
              ? Math.min(affordable, longestInterval)
              : previewInterval;
      // Counted from the due time, not from now, so that the average rate does not depend on the duration of steps.
      next = Math.max(next, start - interval / 2) + interval;
      return picture;
    },
  };
}
