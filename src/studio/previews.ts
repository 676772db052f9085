import type { DraftEvent, StepEvent } from "../runs/index.js";
import { type Picture, encodePlainPng, toRgbBytes, toRgbaBytes } from "../images/index.js";

/** Sides of previews in pixels, the finest first. */
export const previewSides = [256, 128] as const;
/** Milliseconds between previews: eight per second look fluent, and more would slow the run. */
const previewInterval = 123;
/** The same for pictures that the guides saw, which need not be painted, while fewer were shown so far. */
const seenInterval = 100;
/** Longest interval to which the smallest painted previews are spread, in milliseconds; those of edits may be rarer. */
const longestInterval = 200;
/** Maximum share of a run's time for painting previews, if the smallest ones can meet it; encoding is beside the run. */
const share = 0.04;

/** Chooses and paints the previews of a run. Their size and rate depend on the time that painting takes. */
export interface Previewer {
  /**
   * Picture of a draft or a step; undefined soon after the previous one. Drafts and last steps are always shown. The run waits for it,
   * but not for its encoding.
   */
  paint(event: DraftEvent | StepEvent): Promise<Picture | undefined>;
}

/** Encodes a preview as PNG, with its alpha if that is known, with fast compression, in another thread; the picture is read at once. */
export function encodePreview(picture: Picture): Promise<Uint8Array> {
  const { width, height } = picture;
  const bytes = picture.alpha ? toRgbaBytes(picture).rgba : toRgbBytes(picture);
  return encodePlainPng(bytes, { width, height, channels: picture.alpha ? 4 : 3 });
}

/**
 * Makes a previewer for one run.
 * @param now clock in milliseconds, for tests.
 */
export function createPreviewer(now = (): number => performance.now()): Previewer {
  /** Shortest duration of a preview in milliseconds for one of its pixels; the first ones also open programs. */
  let costPerPixel = Infinity;
  let next = -Infinity;
  /** Time of the first step, and number of steps that were shown. */
  let began: number | undefined;
  let shownCount = 0;
  const costOf = (side: number): number => costPerPixel * side ** 2;
  const isCheap = (side: number): boolean => costOf(side) <= share * previewInterval;
  /** The largest side whose previews are cheap enough. Steps of an edit have one side and are previewed less often. */
  const sideOf = ({ edit }: DraftEvent | StepEvent): number =>
    edit === undefined
      ? (previewSides.find((side) => isCheap(side)) ?? previewSides.at(-1)!)
      : previewSides[0];
  return {
    async paint(event) {
      const start = now();
      const isStep = event.type === "step";
      if (isStep) began ??= start;
      if (isStep && start < next && event.index !== event.steps) return undefined;
      if (isStep) shownCount++;
      const isBehind = began !== undefined && shownCount * previewInterval < start - began;
      const side = isStep ? sideOf(event) : previewSides[0];
      const seen = isStep && side === previewSides.at(-1) ? event.seen : undefined;
      const picture = seen ?? (await event.paint(side));
      const cost = now() - start;
      if (!seen) costPerPixel = Math.min(costPerPixel, cost / side ** 2);
      const affordable = Math.max(previewInterval, costOf(side) / share);
      const interval =
        event.edit !== undefined
          ? affordable
          : seen
            ? isBehind
              ? seenInterval
              : previewInterval
            : side === previewSides.at(-1)
              ? Math.min(affordable, longestInterval)
              : previewInterval;
      // Counted from the due time, not from now, so that the average rate does not depend on the duration of steps.
      next = Math.max(next, start - interval) + interval;
      return picture;
    },
  };
}
