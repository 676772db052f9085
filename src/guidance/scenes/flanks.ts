import { type Prior, lerp, pinPoint } from "./relate.js";
import { computeRelativeScale, computeSizeRatio } from "./sizes.js";
import { heightOf, widthOf } from "./sprite.js";

/** Sizes of the two things at the sides, relative to those of things that stand side by side; and their maximum size / subject size. */
const sizes = { least: 0.74, most: 0.9, tallest: 1.3, widest: 1.1 };
/** Range of the share of their width that is behind the subject, and of their rise above its feet / subject height. */
const overlap = { least: 0.15, most: 0.3 };
/** Maximum width of the three things / subject height at which they stand apart, and the gap / subject width. */
const apart = { widest: 1.6, least: 0.06, most: 0.2 };
const rise = { least: 0.06, most: 0.2 };

/** Creates the prior of the two things between which the subject is: they stand behind it, partly covered. @param direction −1 for left. */
export const createFlankPrior =
  (direction: 1 | -1): Prior =>
  (pair, [a, b, c]) => {
    const [own, box] = [pair.subject.box, pair.object.box];
    const scale = Math.min(
      computeRelativeScale(pair) * lerp(sizes.least, sizes.most, b),
      (sizes.tallest * computeSizeRatio(pair) * heightOf(own)) / heightOf(box),
      (sizes.widest * computeSizeRatio(pair) * widthOf(own)) / widthOf(box),
    );
    // Narrow things, such as a spoon and a fork, need not be covered.
    const isNarrow = widthOf(own) + 2 * scale * widthOf(box) < apart.widest * heightOf(own);
    const covered = isNarrow
      ? -lerp(apart.least, apart.most, a) * widthOf(own)
      : lerp(overlap.least, overlap.most, a) * scale * widthOf(box);
    const from = { x: direction > 0 ? box.left : box.right, y: box.bottom };
    const to = {
      x: (direction > 0 ? own.right : own.left) - direction * covered,
      y: own.bottom - lerp(rise.least, rise.most, c) * heightOf(own),
    };
    return { object: pinPoint(scale, from, to), front: "subject" };
  };
