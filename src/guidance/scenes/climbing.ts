import { type Prior, jitter, lerp, pinPoint } from "./relate.js";
import { centreOf, findWidestRun, heightOf, widthOf } from "./sprite.js";

/** Height of what is climbed / height of who climbs, and its minimum width / their width. */
const size = { least: 2, most: 2.5, narrowest: 0.5 };
/** Height of the middle of who climbs, from the top / height of what is climbed: on the trunk of a tree, below its crown. */
const level = { least: 0.6, most: 0.72 };

/** Places a high thing behind who climbs it, hugs it or hangs on it: a tree, a ladder, a rope. */
export const placeOnTrunk: Prior = ({ subject: { box: own }, object }, [a, b, c]) => {
  const { box } = object;
  const scale = Math.max(
    (heightOf(own) * lerp(size.least, size.most, b)) / heightOf(box),
    (widthOf(own) * size.narrowest) / widthOf(box),
  );
  // The trunk is where the thing stands; a rope or a ladder is in the middle.
  const trunk = findWidestRun(object, 0.85);
  const from = {
    x: trunk.centre + jitter(0.04, c) * widthOf(box),
    y: box.top + lerp(level.least, level.most, a) * heightOf(box),
  };
  return { object: pinPoint(scale, from, centreOf(own)), front: "subject" };
};
