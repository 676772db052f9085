import { isBeing } from "../../prompts/index.js";
import { aspectOf, findLargestBox } from "./faces.js";
import { placeMask } from "./masks.js";
import { type Prior, jitter, lerp, pinPoint } from "./relate.js";
import {
  type Box,
  type Sprite,
  centreOf,
  computeCentroid,
  measureTopContour,
  measureGap,
  heightOf,
  findRunAround,
  findWidestRun,
  widthOf,
} from "./sprite.js";

/** Subjects that consist of a head only. */
const heads =
  /\b(?:face|head|heart|apple|pumpkin|ball|star|moon|sun|lemon|orange|egg|cookie|doughnut|globe|skull)$/;

/** Heights at which a head is searched for / sprite height, and its maximum width / sprite width. */
const headRows = { rows: [0.14, 0.2, 0.26, 0.32, 0.38], widest: 0.62 };

/** Head of a sprite. */
interface Head {
  /** Middle of the head's top. */
  readonly x: number;
  readonly width: number;
  /** Top of the ink above it. */
  readonly top: number;
}

/** Converts a y coordinate to a height in a sprite's box: 0 is the top, 1 the bottom. */
export const relativeHeight = ({ box }: Sprite, y: number): number => (y - box.top) / heightOf(box);

/** Width of the head of a standing figure / trunk width. */
const headOfTrunk = 0.6;

/** Finds the head of a sprite by its eyes: the run of ink around them. From the side, the depth of the eye below the top gives the width. */
function findHeadAtEyes(sprite: Sprite, { x, y, distance }: NonNullable<Sprite["eyes"]>): Head {
  const { box, isHead, hasHands, trunk } = sprite;
  const run = findRunAround(sprite, relativeHeight(sprite, y + 0.3 * distance), x);
  // Muzzles and ears make the run wider than the head of a standing figure, and small eyes are near each other.
  if (hasHands && trunk)
    return {
      x,
      width: headOfTrunk * widthOf(trunk),
      top: measureTopContour(sprite, x - 0.25 * distance, x + 0.25 * distance),
    };
  if (distance > 0) {
    const width = Math.min(run.width, Math.max(4.5 * distance, isHead ? 0.7 * widthOf(box) : 0));
    const half = Math.min(0.25 * width, 0.6 * distance);
    return { x, width, top: measureTopContour(sprite, x - half, x + half) };
  }
  const above = measureTopContour(sprite, x - 0.04, x + 0.04);
  const width = Math.min(
    Math.max(3.2 * (y - above), 0.22 * widthOf(box)),
    0.5 * widthOf(box),
    Math.max(run.width, 0.2 * widthOf(box)),
  );
  // The top of a head from the side is behind the eye.
  const middle = x + 0.18 * width * Math.sign(centreOf(box).x - x);
  return { x: middle, width, top: measureTopContour(sprite, middle - 0.2 * width, middle + 0.2 * width) };
}

/** Finds the head of a sprite: around its eyes, else the widest run near the top that is narrower than a body. */
export function findHead(sprite: Sprite, text: string): Head {
  if (sprite.eyes) return findHeadAtEyes(sprite, sprite.eyes);
  const most = headRows.widest * widthOf(sprite.box);
  const runs = heads.test(text)
    ? [findWidestRun(sprite, 0.3)]
    : headRows.rows.map((part) => findWidestRun(sprite, part)).filter(({ width }) => width <= most);
  const { centre, width } = runs.reduce(
    (best, run) => (run.width > best.width ? run : best),
    runs[0] ?? findWidestRun(sprite, 0.2),
  );
  return { x: centre, width, top: measureTopContour(sprite, centre - width * 0.25, centre + width * 0.25) };
}

/**
 * Creates the prior of a worn thing.
 * @param height range of the height of its centre in the wearer's box. @param width range of its width / width of the wearer there.
 */
export const createWornPrior =
  (height: readonly [number, number], width: readonly [number, number]): Prior =>
  ({ subject, object }, [a, b, c]) => {
    const part = lerp(...height, a);
    const run = findWidestRun(subject, part);
    const scale = (run.width * lerp(...width, b)) / widthOf(object.box);
    const y = subject.box.top + part * heightOf(subject.box);
    return {
      object: pinPoint(scale, centreOf(object.box), { x: run.centre + jitter(0.03, c) * run.width, y }),
      front: "object",
    };
  };

/** Maximum height of headphones / height of the head, from its top to the chin. */
const longestCups = 1.75;

/** Minimum width of a hat / wearer width. */
const leastHat = 0.28;
/** Hats as wide as the head. */
const snug = /\b(?:helmet|(?<!graduation )cap|beanie)$/;

/** Places a hat on the head, or headphones around it, down to the ears. */
export const placeOnHead: Prior = ({ subject, object, subjectText, objectText }, [a, b, c]) => {
  const head = findHead(subject, subjectText);
  const { box } = object;
  const { eyes } = subject;
  const fromFront = eyes !== undefined && eyes.distance > 0;
  if (/(?:phones?|headset|ear ?muffs?)$/.test(objectText)) {
    // The band is just above the head, and the cups are at its sides: the gap between them is as wide as the head.
    const gap = Math.max(measureGap(object, 0.72), 0.45 * widthOf(box));
    const widest = (fromFront ? 1.5 : 1.05) * (head.width / widthOf(box));
    // The cups are at the ears: they do not hang below the chin of a figure without a neck, such as an owl.
    const { chin = Infinity } = subject;
    const tallest = (longestCups * (chin - head.top)) / heightOf(box);
    const scale = Math.min((head.width * lerp(0.78, 0.9, b)) / gap, widest, tallest);
    const to = { x: head.x, y: head.top - lerp(0.04, 0.12, a) * head.width };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.top }, to), front: "object" };
  }
  const isSnug = snug.test(objectText);
  const share = isSnug ? lerp(0.92, 1.08, b) : fromFront ? lerp(0.58, 0.82, b) : lerp(0.85, 1.15, b);
  // Eyes on stalks are narrower than the head.
  const width = Math.max(head.width * share, leastHat * widthOf(subject.box));
  const scale = Math.min(width / widthOf(box), (0.6 * heightOf(subject.box)) / heightOf(box));
  // A cap or a helmet covers the top of the head, but not the eyes.
  const brow = eyes ? eyes.y - 0.35 * Math.max(eyes.distance, eyes.extent) : Infinity;
  const deep = isSnug ? lerp(0.14, 0.26, a) : lerp(0.03, 0.14, a);
  const y = Math.min(head.top + deep * Math.min(head.width, heightOf(subject.box)), isSnug ? brow : Infinity);
  const foot = { x: centreOf(box).x, y: box.bottom };
  return { object: pinPoint(scale, foot, { x: head.x + jitter(0.04, c) * head.width, y }), front: "object" };
};

/** Cached results of `findFaceBox`: the layouts of a scene need the same pairs many times. */
const faceBoxes = new WeakMap<Sprite, WeakMap<Sprite, { readonly box: Box | undefined }>>();

/** Finds the box on a subject's surface where a face of the object's aspect fits. @param rise preferred distance above the middle, in sides. */
function findFaceBox(subject: Sprite, object: Sprite, rise = 0): Box | undefined {
  const { surface } = subject;
  if (!surface) return undefined;
  let known = faceBoxes.get(subject);
  if (!known) faceBoxes.set(subject, (known = new WeakMap()));
  let found = known.get(object);
  if (!found)
    known.set(object, (found = { box: findLargestBox(surface.mask, surface.side, aspectOf(object), rise) }));
  return found.box;
}

/** Minimum overlap of a head's ink with its mirror image, for a head seen from the front; and the range of the eyes' distance / width. */
const front = { symmetry: 0.88, nearest: 0.3, farthest: 0.55 };

/** Finds the eyes of a head. If only one was found and the head is seen from the front, the other one is its mirror image. */
function findFrontEyes({ eyes, isHead, alpha, side, box }: Sprite): Sprite["eyes"] {
  if (eyes?.distance !== 0 || !isHead) return eyes;
  const { x } = centreOf(box);
  const middle = ((x + 1) / 2) * side;
  let [shared, ink] = [0, 0];
  alpha.forEach((value, at) => {
    if (value < 0.5) return;
    ink++;
    const mirrored = Math.round(2 * middle - 1 - (at % side));
    if (mirrored >= 0 && mirrored < side && alpha[at - (at % side) + mirrored]! >= 0.5) shared++;
  });
  if (shared < front.symmetry * ink) return eyes;
  const distance = Math.min(
    Math.max(2 * Math.abs(eyes.x - x), front.nearest * widthOf(box)),
    front.farthest * widthOf(box),
  );
  return { x, y: eyes.y, distance, extent: distance + eyes.extent };
}

/** The drawing of a medical mask, which is worn below the eyes. */
const faceMask = /\bface with medical mask$/;
/** Earrings, which are at one ear, and their size / head width. */
const earrings = /\bearrings?$/;
const earringSize = 0.36;
/** Maximum height of glasses / head width. */
const tallestGlasses = 0.52;
/** Lowest place of glasses on a thing / its height. */
const lowestGlasses = 0.62;
/** Goggles with a strap: minimum aspect (height / width), maximum height / head width, and relative height of their lenses. */
const tall = { aspect: 0.62, most: 0.8, lenses: 0.68 };

/** Places glasses over the eyes, or where eyes would be. */
export const placeOverEyes: Prior = ({ subject, object, subjectText, objectText }, [a, b, c]) => {
  const eyes = findFrontEyes(subject);
  if (eyes && earrings.test(objectText)) {
    const head = findHead({ ...subject, eyes }, subjectText);
    const scale =
      (earringSize * head.width * lerp(0.9, 1.1, b)) / Math.max(widthOf(object.box), heightOf(object.box));
    const aside =
      eyes.distance > 0 ? 0.48 * head.width : 0.3 * head.width * Math.sign(centreOf(subject.box).x - eyes.x);
    const to = { x: eyes.x + aside, y: eyes.y + 0.12 * head.width };
    return { object: pinPoint(scale, { x: centreOf(object.box).x, y: object.box.top }, to), front: "object" };
  }
  if (eyes) {
    const head = findHead({ ...subject, eyes }, subjectText);
    if (faceMask.test(objectText)) return placeMask(subject, eyes, head.width, object, [a, b, c]);
    const width =
      eyes.distance > 0
        ? Math.min(Math.max(2.1 * eyes.distance, 1.3 * eyes.extent) * lerp(1, 1.2, b), 1.1 * head.width)
        : head.width * lerp(0.9, 1.1, b);
    const to = { x: eyes.x + jitter(0.02, c) * width, y: eyes.y + jitter(0.05, a) * width };
    // The lenses of goggles with a strap are the lower part of the drawing.
    const own = object.box;
    const hasStrap = heightOf(own) > tall.aspect * widthOf(own);
    const tallest = hasStrap ? tall.most : tallestGlasses;
    const scale = Math.min(width / widthOf(own), (tallest * head.width) / heightOf(own));
    const lenses = own.top + (hasStrap ? tall.lenses : 0.5) * heightOf(own);
    return { object: pinPoint(scale, { x: centreOf(own).x, y: lenses }, to), front: "object" };
  }
  const free = findFaceBox(subject, object, 0.2);
  // Below the stone of an avocado there are no eyes.
  if (free && relativeHeight(subject, centreOf(free).y) < lowestGlasses) {
    const scale = (widthOf(free) * lerp(0.8, 1, b)) / widthOf(object.box);
    const to = {
      x: centreOf(free).x + jitter(0.02, c) * widthOf(free),
      y: centreOf(free).y - lerp(0, 0.3, a) * heightOf(free),
    };
    return { object: pinPoint(scale, centreOf(object.box), to), front: "object" };
  }
  const whole = heads.test(subjectText);
  const part = whole ? lerp(0.36, 0.5, a) : lerp(0.18, 0.42, a);
  const run = findWidestRun(subject, whole ? Math.max(part, 0.55) : part);
  const scale = (run.width * lerp(0.7, 0.95, b)) / widthOf(object.box);
  const y = subject.box.top + part * heightOf(subject.box);
  return {
    object: pinPoint(scale, centreOf(object.box), { x: run.centre + jitter(0.03, c) * run.width, y }),
    front: "object",
  };
};

/** Places a face on the largest free surface of a thing. */
export const placeFace: Prior = ({ subject, object }, [a, b, c]) => {
  const free = findFaceBox(subject, object);
  if (free) {
    const scale = (widthOf(free) * lerp(0.72, 0.95, b)) / widthOf(object.box);
    const to = {
      x: centreOf(free).x + jitter(0.02, c) * widthOf(free),
      y: centreOf(free).y + jitter(0.03, a) * heightOf(free),
    };
    return { object: pinPoint(scale, centreOf(object.box), to), front: "object" };
  }
  const { box } = subject;
  const side = Math.min(widthOf(box), heightOf(box)) * lerp(0.42, 0.66, b);
  const scale = side / Math.max(widthOf(object.box), heightOf(object.box));
  const middle = computeCentroid(subject);
  const to = { x: middle.x + jitter(0.04, c) * widthOf(box), y: middle.y + jitter(0.08, a) * heightOf(box) };
  return { object: pinPoint(scale, centreOf(object.box), to), front: "object" };
};

/** Least width of what is scattered over a thing / its width. */
const leastScatter = 0.55;

/** Scatters ornaments over the surface of a thing, or above the head of a being. */
export const scatterOver: Prior = ({ subject, object, subjectText }, [a, b, c]) => {
  const { box } = object;
  if (subject.eyes && isBeing(subjectText)) {
    const head = findHead(subject, subjectText);
    const scale = (widthOf(subject.box) * lerp(0.7, 1, b)) / widthOf(box);
    const to = {
      x: head.x + jitter(0.05, c) * head.width,
      y: head.top + lerp(-0.1, 0.08, a) * heightOf(subject.box),
    };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, to), front: "object" };
  }
  const free = findFaceBox(subject, object) ?? subject.box;
  const width = Math.max(widthOf(free), leastScatter * widthOf(subject.box));
  const scale = (width * lerp(0.92, 1.12, b)) / widthOf(box);
  const to = {
    x: centreOf(free).x + jitter(0.03, c) * widthOf(free),
    y: centreOf(free).y + jitter(0.04, a) * heightOf(free),
  };
  return { object: pinPoint(scale, centreOf(box), to), front: "object" };
};

/** Places wings or flames behind a thing. */
export const placeAround: Prior = ({ subject, object, objectText }, [a, b]) => {
  const [own, box] = [subject.box, object.box];
  if (/wings$/.test(objectText)) {
    const scale = (widthOf(own) * lerp(1.65, 2, b)) / widthOf(box);
    const to = { x: centreOf(own).x, y: centreOf(own).y - lerp(0, 0.15, a) * heightOf(own) };
    return { object: pinPoint(scale, centreOf(box), to), front: "subject" };
  }
  const scale = (heightOf(own) * lerp(1.35, 1.7, b)) / heightOf(box);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const to = { x: centreOf(own).x, y: own.bottom + lerp(0.02, 0.12, a) * heightOf(own) };
  return { object: pinPoint(scale, foot, to), front: "subject" };
};
