import { isBeing } from "../../prompts/index.js";
import { type Prior, jitter, lerp, pinPoint } from "./relate.js";
import { isSmall } from "./sizes.js";
import {
  type Box,
  type Sprite,
  centreOf,
  measureTopContour,
  heightOf,
  findRunAround,
  widthOf,
} from "./sprite.js";
import { placePair } from "./wardrobe.js";

/** Things that are held upright at one side, above the hand. */
const raised = /\b(?:balloons?|flags?|kites?|torch|wand|umbrellas?|parasols?|broom|staff)$/;
/** A thing with at most this aspect (width / height) is held upright in one hand; wider things are held in front of the chest. */
const narrowAspect = 0.6;
/** Position of a hand: distance from the body's middle / body width, and height / body height. */
export const handReach = 0.42;
const handHeight = 0.52;

/** A thing in one hanging hand: its maximum width / trunk width, and the place of the hand on it: from its middle / width, and from its top / height. */
const inHand = { widest: 0.78, across: 0.12, down: 0.62 };

const locateHand = (trunk: Box, side: -1 | 1): { readonly x: number; readonly y: number } => ({
  x: centreOf(trunk).x + side * handReach * widthOf(trunk),
  y: trunk.top + handHeight * heightOf(trunk),
});

/** Places a held thing: a wide one in front of the chest, a narrow one in one hand. */
export const placeInPaws: Prior = ({ subject, object, objectText }, [a, b, c, d]) => {
  const trunk = subject.trunk!;
  const { box } = object;
  const up = raised.test(objectText);
  if (up || widthOf(box) / heightOf(box) < narrowAspect) {
    const scale = (heightOf(trunk) * (up ? lerp(1.15, 1.5, b) : lerp(0.75, 0.95, b))) / heightOf(box);
    // Drawings of flags have the pole at the left, and drawings of brooms lean to the right.
    const isFlag = /\bflag$/.test(objectText);
    const side = subject.freeSide ?? (d < 0.5 && !isFlag && !/\bbroom$/.test(objectText) ? -1 : 1);
    const at = locateHand(trunk, side);
    const grip = {
      x: isFlag ? box.left + 0.1 * widthOf(box) : centreOf(box).x,
      y: box.top + (up ? 0.94 : 0.66) * heightOf(box),
    };
    // A wide thing that is held up is beside the head, so that it does not cover the face.
    const free = !up || isFlag ? 0 : (subject.hasHands ? 0.2 : 0.5) * scale * widthOf(box);
    return {
      object: pinPoint(scale, grip, { x: at.x + side * free, y: at.y + jitter(0.04, a) * heightOf(trunk) }),
      front: "object",
    };
  }
  const scale = Math.min(
    (widthOf(trunk) * lerp(0.88, 1.04, b)) / widthOf(box),
    (heightOf(trunk) * lerp(0.7, 0.86, b)) / heightOf(box),
  );
  // Hands that hang down reach a thing before the chest only if it is wide.
  if (subject.hasHands && scale * widthOf(box) < inHand.widest * widthOf(trunk)) {
    const side = subject.freeSide ?? (d < 0.5 ? -1 : 1);
    const at = locateHand(trunk, side);
    const grip = {
      x: centreOf(box).x - side * inHand.across * widthOf(box),
      y: box.top + inHand.down * heightOf(box),
    };
    return {
      object: pinPoint(scale, grip, { x: at.x, y: at.y + jitter(0.03, a) * heightOf(trunk) }),
      front: "object",
    };
  }
  const to = {
    x: centreOf(trunk).x + jitter(0.03, c) * widthOf(trunk),
    y: trunk.top + (handHeight + jitter(0.05, a)) * heightOf(trunk),
  };
  return { object: pinPoint(scale, centreOf(box), to), front: "object" };
};

/** Size of a thing held beside a bust: its height / bust height for a long thing, else the root of its area / that of the bust; variation. */
const shoulder = { long: 0.72, extent: 0.46, variation: 0.1 };

/**
 * Places a thing at the free side of a bust, below its face and before its shoulder, where the hand would be. A long thing stands upright,
 * with its lower end at the bust's lower edge.
 */
export const placeAtShoulder: Prior = ({ subject, object, objectText }, [a, b, c, d]) => {
  const { box, freeSide } = subject;
  const own = object.box;
  const isLong = raised.test(objectText) || widthOf(own) / heightOf(own) < narrowAspect;
  const scale =
    (isLong
      ? (shoulder.long * heightOf(box)) / heightOf(own)
      : shoulder.extent * Math.sqrt((widthOf(box) * heightOf(box)) / (widthOf(own) * heightOf(own)))) *
    (1 + jitter(shoulder.variation, b));
  const side = freeSide ?? (d < 0.5 ? -1 : 1);
  const middle = subject.eyes && subject.eyes.distance > 0 ? subject.eyes.x : centreOf(box).x;
  // The near edge is beside the face; the far one may be outside the bust.
  const half = findRunAround(subject, relativeRow(box, subject.eyes?.y), middle).width / 2;
  const edge = middle + side * half * lerp(0.62, 0.85, c);
  const to = {
    x: edge + (side * scale * widthOf(own)) / 2,
    y: box.bottom - (isLong ? 0 : lerp(0, 0.06, a) * heightOf(box)),
  };
  return { object: pinPoint(scale, { x: centreOf(own).x, y: own.bottom }, to), front: "object" };
};

/** Relative height of a row of a box; the middle when absent. */
const relativeRow = (box: Box, y: number | undefined): number =>
  y === undefined ? 0.5 : (y - box.top) / heightOf(box);

/** Size of a thing in an animal's mouth / root of the area of the animal; of a small thing, and its variation. */
const snoutSize = { usual: 0.42, small: 0.33, variation: 0.12 };
/** Of an animal with its face at one side: size of a thing before its chest, and height of the chin below the eyes / distance of the eyes. */
const chest = { size: 2.5, chin: 1.4 };

/** Minimum distance of the eyes from the drawing's middle / its width, for a head at one side. */
const sidewaysOffset = 0.14;

/** Whether an animal is seen from the side, or has its head at one side. */
export const facesSideways = ({ eyes, box }: Sprite): boolean =>
  eyes !== undefined &&
  (eyes.distance === 0 || Math.abs(eyes.x - centreOf(box).x) > sidewaysOffset * widthOf(box));

/** Finds the end of the snout, beak or trunk of an animal seen from the side, and the direction in which it looks. */
function findSnout(
  animal: Sprite,
  { x, y }: { readonly x: number; readonly y: number },
): { x: number; y: number; ahead: -1 | 1 } {
  const { box } = animal;
  const ahead = x < centreOf(box).x ? -1 : 1;
  const depth = Math.max(y - measureTopContour(animal, x - 0.04, x + 0.04), 0.05 * heightOf(box));
  let end = { x, y };
  for (let row = y; row < Math.min(y + 2.2 * depth, box.bottom); row += 2 / animal.side) {
    const run = findRunAround(animal, (row - box.top) / heightOf(box), x);
    const edge = run.centre + (ahead * run.width) / 2;
    if (Math.abs(run.centre - x) <= 0.5 * run.width && ahead * (edge - end.x) > 0) end = { x: edge, y: row };
  }
  return { ...end, ahead };
}

/** Places a thing in the mouth of an animal seen from the side: a narrow thing by its lower end, others by the near edge. */
export const placeInSnout: Prior = ({ subject, object, objectText }, [a, b]) => {
  const [own, box] = [subject.box, object.box];
  const snout = findSnout(subject, subject.eyes!);
  const extent = Math.max(widthOf(box), heightOf(box));
  const { x, y, distance } = subject.eyes!;
  const chin = y + chest.chin * distance;
  if (distance > 0 && chin < own.bottom - 0.2 * heightOf(own)) {
    const part = chest.size * (isSmall(objectText) ? snoutSize.small / snoutSize.usual : 1);
    const scale = ((part * distance) / extent) * (1 + jitter(snoutSize.variation, b));
    const top = { x: centreOf(box).x, y: box.top };
    return { object: pinPoint(scale, top, { x, y: chin + jitter(0.1, a) * distance }), front: "object" };
  }
  const share = isSmall(objectText) ? snoutSize.small : snoutSize.usual;
  const size = (share * Math.sqrt(widthOf(own) * heightOf(own))) / extent;
  const up = raised.test(objectText);
  const scale = size * (up ? 1.35 : 1) * (1 + jitter(snoutSize.variation, b));
  const isNarrow = up || widthOf(box) / heightOf(box) < narrowAspect;
  const grip = {
    x: isNarrow ? centreOf(box).x : centreOf(box).x - snout.ahead * 0.3 * widthOf(box),
    y: isNarrow ? box.bottom - (up ? 0.04 : 0.25) * heightOf(box) : centreOf(box).y - 0.1 * heightOf(box),
  };
  const to = { x: snout.x - snout.ahead * 0.03 * widthOf(own), y: snout.y + jitter(0.02, a) * heightOf(own) };
  const held = pinPoint(scale, grip, to);
  // A thing that covers the eye is moved forward, as far as it still touches the snout.
  const eyes = subject.eyes!;
  const near = snout.ahead > 0 ? scale * box.left + held.x : scale * box.right + held.x;
  const clear = eyes.x + snout.ahead * (0.8 * eyes.extent + 0.02 * widthOf(own));
  const [top, bottom] = [scale * box.top + held.y, scale * box.bottom + held.y];
  const covers = top < eyes.y + eyes.extent && bottom > eyes.y - eyes.extent;
  const lacking = covers ? Math.max(0, snout.ahead * (clear - near)) : 0;
  const most = Math.max(0, snout.ahead * (snout.x - near) - 0.02 * widthOf(own));
  return {
    object: { ...held, x: held.x + snout.ahead * Math.min(lacking, most) },
    front: "object",
  };
};

/** Places a pair of paws at the sides of a body. */
export const placePaws: Prior = ({ subject, object }) => {
  const { trunk } = subject;
  const { box } = object;
  // A whole animal from the side has paws of its own: the discs are too small to be seen. The order of layers is fixed by the plan.
  if (!trunk) return { object: pinPoint(0.02, centreOf(box), centreOf(subject.box)), front: "object" };
  const [left, right] = [locateHand(trunk, -1), locateHand(trunk, 1)];
  // The box of the pair is one paw wider than the distance between the paws' centres.
  const scale = (right.x - left.x) / (widthOf(box) - heightOf(box));
  const to = { x: centreOf(trunk).x, y: left.y };
  return { object: pinPoint(scale, centreOf(box), to), front: "object" };
};

/** Size of a watch or a pair of gloves / body width, and its height on an animal without an added body / height. */
const wrist = { watch: 0.34, gloves: 0.52, low: 0.82, small: 0.24 };

/** Part of an animal from the side, from its head on, in which its front leg is / width. */
const frontPart = 0.45;

/** Finds the end of the front leg of an animal seen from the side: the lowest ink of its front part. @param head where its head is. */
function findFrontPaw(
  { alpha, side, box }: Sprite,
  head: number,
): { readonly x: number; readonly y: number } {
  const reach = frontPart * widthOf(box);
  const from = head < centreOf(box).x ? box.left : box.right - reach;
  for (let row = side - 1; row >= 0; row--) {
    const columns = Array.from({ length: side }, (_, column) => column).filter((column) => {
      const x = (2 * column + 1) / side - 1;
      return x >= from && x <= from + reach && alpha[row * side + column]! >= 0.5;
    });
    if (columns.length === 0) continue;
    const middle = columns.reduce((sum, column) => sum + column, 0) / columns.length;
    return { x: (2 * middle + 1) / side - 1, y: (2 * row + 2) / side - 1 };
  }
  return centreOf(box);
}

/** Places a watch or gloves at one hand of a body, or at the front leg of an animal from the side. */
export const placeAtWrist: Prior = (pair, [a, b, , d]) => {
  const atBoth = placePair(pair, "wrist");
  if (atBoth) return atBoth;
  const { subject, object, subjectText, objectText } = pair;
  const own = object.box;
  const isPair = /\b(?:gloves|mittens)$/.test(objectText);
  const vary = lerp(0.92, 1.08, b);
  const extent = Math.max(widthOf(own), heightOf(own));
  const { trunk, box, eyes } = subject;
  if (trunk) {
    const hand = locateHand(trunk, d < 0.5 ? -1 : 1);
    const scale = ((isPair ? wrist.gloves : wrist.watch) * vary * widthOf(trunk)) / extent;
    return { object: pinPoint(scale, centreOf(own), hand), front: "object" };
  }
  const scale = (wrist.small * (isPair ? 1.4 : 1) * vary * Math.min(widthOf(box), heightOf(box))) / extent;
  // Animals whose eyes are not found look to the left, as in most icon sets.
  const head = eyes ? (eyes.distance === 0 ? eyes.x : undefined) : isBeing(subjectText) ? box.left : undefined; // prettier-ignore
  if (head !== undefined) {
    const paw = findFrontPaw(subject, head);
    const to = { x: paw.x, y: paw.y - 0.3 * scale * heightOf(own) + jitter(0.01, a) * heightOf(box) };
    return { object: pinPoint(scale, centreOf(own), to), front: "object" };
  }
  const y = box.top + (wrist.low + jitter(0.03, a)) * heightOf(box);
  const run = findRunAround(subject, wrist.low, eyes?.x ?? centreOf(box).x);
  const ahead = d < 0.5 ? -1 : 1;
  const x = run.centre + ahead * Math.max(0, run.width / 2 - 0.3 * scale * widthOf(own));
  return { object: pinPoint(scale, centreOf(own), { x, y }), front: "object" };
};
