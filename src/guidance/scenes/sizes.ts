import type { Pair } from "./relate.js";
import { heightOf, widthOf } from "./sprite.js";

/** Things that are much larger or much smaller than an animal. */
const large =
  /\b(?:house|castle|tree|mountain|building|church|tower|rainbow|volcano|rocket|bus|train|truck|ship|elephant|whale|dinosaur|palm|tent|stadium|bridge|hotel|school|hospital|factory|sun|planet|ferris wheel)s?$/;
const small =
  /\b(?:bee|ant|mouse|butterfly|ladybug|beetle|spider|snail|worm|fly|bug|chick|egg|cherry|cherries|strawberry|ring|key|coin|candle|mushroom|shrimp|acorn|seed|leaf|flower|cookie)s?$/;
/** Maximum ratio of areas due to different numbers of copies. */
const mostCopyFactor = 2.5;
/** Ratio of the scales of two adjacent size classes. */
const classRatio = 1.35;

/**
 * Computes the scale of an object relative to a subject: equal box areas of single copies, times `classRatio` for each step between their
 * size classes.
 */
export function computeRelativeScale({ subject, object, subjectText, objectText, copies = 1 }: Pair): number {
  const [own, box] = [subject.box, object.box];
  const classOf = (text: string): number => (large.test(text) ? 1 : small.test(text) ? -1 : 0);
  const areas = (widthOf(own) * heightOf(own)) / (widthOf(box) * heightOf(box));
  const equal = Math.sqrt(areas * Math.max(1 / mostCopyFactor, Math.min(mostCopyFactor, copies)));
  return equal * classRatio ** (classOf(objectText) - classOf(subjectText));
}
