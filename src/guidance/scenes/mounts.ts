import { type Prior, jitter, lerp, pinPoint } from "./relate.js";
import { computeCarrierFactor } from "./sizes.js";
import { centreOf, heightOf, measureTopContour, widthOf } from "./sprite.js";

/** Range of the width of a mount / rider width, with and without an added body; minimum height of a mount / rider height. */
const mountSize = { least: 1.35, most: 1.8, ofBody: 1.3, shortest: 0.72 };
/** Half width of the seat / mount width, and its distance from the middle, away from the head. */
const seat = { half: 0.13, behind: 0.07 };
/** Range of the depth to which a rider sinks into the mount / mount height. */
const sink = { least: 0.05, most: 0.15 };

/** Places a mount under its rider, who sits on its back: behind the head of an animal from the side, else in the middle. */
export const placeOnMount: Prior = (pair, [a, b, c]) => {
  const { subject, object } = pair;
  const [own, box] = [subject.box, object.box];
  const share =
    lerp(mountSize.least, mountSize.most, b) *
    (subject.trunk ? mountSize.ofBody : 1) *
    computeCarrierFactor(pair);
  const scale = Math.max(
    (share * widthOf(own)) / widthOf(box),
    (mountSize.shortest * heightOf(own)) / heightOf(box),
  );
  const { eyes } = object;
  const middle = centreOf(box).x;
  const isSide = eyes !== undefined && eyes.distance === 0;
  const away = isSide ? Math.sign(middle - eyes.x) * seat.behind * widthOf(box) : 0;
  const x = middle + away + jitter(0.04, c) * widthOf(box);
  const half = seat.half * widthOf(box);
  const y = measureTopContour(object, x - half, x + half) + lerp(sink.least, sink.most, a) * heightOf(box);
  return {
    object: pinPoint(scale, { x, y }, { x: centreOf(own).x, y: own.bottom }),
    front: "subject",
  };
};
