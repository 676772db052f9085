import { type Prior, around, between, pin } from "./relate.js";
import { type Box, centreOf, heightOf, widthOf } from "./sprite.js";

/** Things that are held up at one side, above the hand. */
const raised = /\b(?:balloons?|flags?|kites?|torch|lollipops?|sword|wand|umbrellas?|parasols?|broom|staff)$/;
/** Aspect of a thing up to which it is held upright in one hand, rather than before the chest with both. */
const upright = 0.6;
/** Distance of a hand from the middle of its body, as a part of the body's width; and its height, as a part of the body's. */
export const handReach = 0.42;
const handHeight = 0.52;

const handAt = (trunk: Box, side: -1 | 1): { readonly x: number; readonly y: number } => ({
  x: centreOf(trunk).x + side * handReach * widthOf(trunk),
  y: trunk.top + handHeight * heightOf(trunk),
});

/** What a body holds: a wide thing before the chest, between the hands, a narrow one in one hand. */
export const inPaws: Prior = ({ subject, object, objectText }, [a, b, c, d]) => {
  const trunk = subject.trunk!;
  const { box } = object;
  const up = raised.test(objectText);
  if (up || widthOf(box) / heightOf(box) < upright) {
    const scale = (heightOf(trunk) * (up ? between(1.15, 1.5, b) : between(0.75, 0.95, b))) / heightOf(box);
    const at = handAt(trunk, d < 0.5 ? -1 : 1);
    const grip = { x: centreOf(box).x, y: box.top + (up ? 0.94 : 0.66) * heightOf(box) };
    return {
      object: pin(scale, grip, { x: at.x, y: at.y + around(0.04, a) * heightOf(trunk) }),
      front: "object",
    };
  }
  const scale = Math.min(
    (widthOf(trunk) * between(0.78, 0.92, b)) / widthOf(box),
    (heightOf(trunk) * between(0.62, 0.75, b)) / heightOf(box),
  );
  const to = {
    x: centreOf(trunk).x + around(0.03, c) * widthOf(trunk),
    y: trunk.top + (handHeight + around(0.05, a)) * heightOf(trunk),
  };
  return { object: pin(scale, centreOf(box), to), front: "object" };
};

/** A pair of paws at the sides of a body. */
export const atPaws: Prior = ({ subject, object }) => {
  const trunk = subject.trunk ?? subject.box;
  const [left, right] = [handAt(trunk, -1), handAt(trunk, 1)];
  const { box } = object;
  // The pair's box is wider than the distance of its middles by one paw.
  const scale = (right.x - left.x) / (widthOf(box) - heightOf(box));
  const to = { x: centreOf(trunk).x, y: left.y };
  return { object: pin(scale, centreOf(box), to), front: "object" };
};
