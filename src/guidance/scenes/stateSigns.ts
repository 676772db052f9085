import { type Prior, lerp, pinPoint } from "./relate.js";
import { centreOf, heightOf, widthOf } from "./sprite.js";
import { findHead } from "./wornPriors.js";

/** Places the sign of a state at the upper right of the head, or a tear below an eye. */
export const placeStateSign: Prior = ({ subject, object, subjectText, objectText }, [a, b]) => {
  const head = findHead(subject, subjectText);
  const [own, box] = [subject.box, object.box];
  const { eyes } = subject;
  if (eyes && objectText === "droplet") {
    const scale = (head.width * lerp(0.12, 0.17, b)) / widthOf(box);
    const to = {
      x: eyes.x + eyes.distance / 2,
      y: eyes.y + 0.6 * Math.max(eyes.extent - eyes.distance, 0.1 * head.width),
    };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.top }, to), front: "object" };
  }
  const extent = Math.max(widthOf(own), heightOf(own));
  const isBalloon = objectText === "thought balloon";
  const size = isBalloon
    ? extent * lerp(0.7, 0.85, b)
    : Math.max(0.3 * extent, Math.min(0.45 * extent, 0.6 * head.width)) * lerp(0.95, 1.2, b);
  const scale = size / Math.max(widthOf(box), heightOf(box));
  const to = { x: head.x + lerp(0.2, 0.38, a) * head.width, y: head.top + 0.06 * heightOf(own) };
  return { object: pinPoint(scale, { x: box.left, y: box.bottom }, to), front: "object" };
};
