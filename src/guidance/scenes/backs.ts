import { isBeing } from "../../prompts/index.js";
import { type Prior, type Related, jitter, lerp, pinPoint } from "./relate.js";
import { type Sprite, centreOf, heightOf, measureTopContour, widthOf } from "./sprite.js";

/**
 * Size of an animal on a shoulder, and the shoulder's distance from the middle / body width; for whole figures / height and width, and
 * the maximum height of the shoulders / height.
 */
const perched = { size: 0.5, aside: 0.5, ofWhole: { size: 0.3, aside: 0.34, tall: 1.2, highest: 0.46 } };

/** Finds the shoulders of a figure: their height, distance from the middle, and the size of an animal on one. */
function findShoulders({ box, trunk, chin, hasHands, isBust }: Sprite): {
  y: number;
  aside: number;
  size: number;
} {
  const { size, aside, tall, highest } = perched.ofWhole;
  const top = trunk?.top ?? chin ?? box.top + 0.4 * heightOf(box);
  if (hasHands && trunk) return { y: top, aside: 0.36 * widthOf(trunk), size: 0.45 * widthOf(trunk) };
  if (isBust !== undefined && heightOf(box) > tall * widthOf(box))
    return {
      y: Math.min(top, box.top + highest * heightOf(box)),
      aside: aside * widthOf(box),
      size: size * heightOf(box),
    };
  const body = trunk ?? { ...box, top };
  const width = Math.min(widthOf(body), heightOf(body) * 1.3);
  return {
    y: top + 0.12 * heightOf(body),
    aside: perched.aside * widthOf(body),
    size: perched.size * width,
  };
}

/** Width of a cape / body width on a body and on an upright figure, and height of its top above the neck / its height. */
const cape = { onBody: 1.7, upright: 1.2, above: 0.1 };

/** Places a cape behind a body, from the neck to the ground. */
function placeCape({ trunk, chin, box }: Sprite, own: Sprite["box"], vary: number): Related {
  const from = { x: centreOf(own).x, y: own.top };
  const top = trunk?.top ?? chin ?? box.top + 0.4 * heightOf(box);
  const width = trunk ? cape.onBody * widthOf(trunk) : cape.upright * widthOf(box);
  const scale = (width * lerp(0.95, 1.08, vary)) / widthOf(own);
  const to = { x: centreOf(trunk ?? box).x, y: top - cape.above * scale * heightOf(own) };
  return { object: pinPoint(scale, from, to), front: "subject" };
}

/** Width of a backpack / body width, seen from the front and from the side; and its offset from the middle / body width. */
const backpack = { front: 0.82, side: 0.42, aside: 0.46 };

/**
 * Places a backpack behind one shoulder of a body seen from the front, or on the back of an animal seen from the side; an animal sits on
 * the shoulder.
 */
export const placeOnBack: Prior = ({ subject, object, objectText }, [a, b, c, d]) => {
  const own = object.box;
  const { box, eyes, trunk, chin } = subject;
  if (/\bcape$/.test(objectText)) return placeCape(subject, own, b);
  const isSide = !trunk && chin === undefined && eyes?.distance === 0;
  if (isSide) {
    const scale = (backpack.side * widthOf(box) * lerp(0.9, 1.1, b)) / widthOf(own);
    const away = Math.sign(centreOf(box).x - eyes.x) || 1;
    const x = centreOf(box).x + (0.06 * away + jitter(0.04, c)) * widthOf(box);
    const half = 0.2 * scale * widthOf(own);
    const y = measureTopContour(subject, x - half, x + half) + lerp(0.16, 0.26, a) * scale * heightOf(own);
    return { object: pinPoint(scale, { x: centreOf(own).x, y: own.bottom }, { x, y }), front: "subject" };
  }
  const top = trunk?.top ?? chin ?? box.top + 0.4 * heightOf(box);
  const body = trunk ?? { ...box, top };
  const width = Math.min(widthOf(body), heightOf(body) * 1.3);
  if (isBeing(objectText)) {
    const { y, aside, size } = findShoulders(subject);
    const scale = (size * lerp(0.92, 1.08, b)) / Math.max(widthOf(own), heightOf(own));
    const to = {
      x: centreOf(body).x + (d < 0.5 ? -1 : 1) * (1 + jitter(0.06, c)) * aside,
      y: y + jitter(0.02, a) * heightOf(box),
    };
    return { object: pinPoint(scale, { x: centreOf(own).x, y: own.bottom }, to), front: "object" };
  }
  const scale = (backpack.front * width * lerp(0.92, 1.05, b)) / widthOf(own);
  const side = d < 0.5 ? -1 : 1;
  const to = {
    x: centreOf(body).x + side * backpack.aside * widthOf(body),
    y: top + (0.42 + jitter(0.05, a)) * Math.min(heightOf(body), scale * heightOf(own)),
  };
  return { object: pinPoint(scale, centreOf(own), to), front: "subject" };
};
