import type { RelationKind } from "../../prompts/index.js";
import {
  type Placement,
  type Sprite,
  centreOf,
  centroidOf,
  contourBelow,
  heightOf,
  runAt,
  widthOf,
} from "./sprite.js";

/** Sprites and texts of two parts of a scene. */
export interface Pair {
  readonly subject: Sprite;
  readonly object: Sprite;
  readonly subjectText: string;
  readonly objectText: string;
}

/** Numbers in [0, 1) that select a layout from a prior. */
export type Dials = readonly [number, number, number, number];

/** Number of dials of each relation. */
export const dialCount = 4;

/** Placement of the object in the subject's coordinates, and the part in front. */
export interface Related {
  readonly object: Placement;
  readonly front: "subject" | "object" | "either";
}

type Prior = (pair: Pair, dials: Dials) => Related;

const between = (low: number, high: number, dial: number): number => low + (high - low) * dial;
const around = (spread: number, dial: number): number => spread * (2 * dial - 1);

/** Things with space below them for other things. */
const arches = /\b(?:rainbow|umbrella|tree|bridge|palm|tent|parasol|arch|mushroom)s?$/;
/** Things that are held above the hand. */
const raised = /\b(?:balloons?|umbrellas?|flags?|kites?|parasols?|torch|lollipops?|sword|wand)$/;
/** Subjects that consist of a head only. */
const heads =
  /\b(?:face|head|heart|apple|pumpkin|ball|star|moon|sun|lemon|orange|egg|cookie|doughnut|globe|skull)$/;

/** Things that are much larger, or much smaller, than an animal. */
const large =
  /\b(?:house|castle|tree|mountain|building|church|tower|rainbow|volcano|rocket|bus|train|truck|ship|elephant|whale|dinosaur|palm|tent|stadium|bridge|hotel|school|hospital|factory|sun|planet|ferris wheel)s?$/;
const small =
  /\b(?:bee|ant|mouse|butterfly|ladybug|beetle|spider|snail|worm|fly|bug|chick|egg|cherry|cherries|strawberry|ring|key|coin|candle|mushroom|shrimp|acorn|seed|leaf|flower|cookie)s?$/;
/** Ratio of the scales of two adjacent size classes. */
const classRatio = 1.35;

/** Scale of an object relative to a subject: equal areas of the boxes, times `classRatio` for each step between their size classes. */
function relativeScale({ subject, object, subjectText, objectText }: Pair): number {
  const [own, box] = [subject.box, object.box];
  const classOf = (text: string): number => (large.test(text) ? 1 : small.test(text) ? -1 : 0);
  const equal = Math.sqrt((widthOf(own) * heightOf(own)) / (widthOf(box) * heightOf(box)));
  return equal * classRatio ** (classOf(objectText) - classOf(subjectText));
}

/** The placement with a given scale that moves the point `own` of a sprite to the point `to`. */
const pin = (scale: number, own: { x: number; y: number }, to: { x: number; y: number }): Placement => ({
  scale,
  x: to.x - scale * own.x,
  y: to.y - scale * own.y,
});

/** Heights at which a head is searched for, as parts of the sprite's height; and its maximum width, as a part of the sprite's width. */
const headRows = { rows: [0.14, 0.2, 0.26, 0.32, 0.38], widest: 0.62 };

/** Head of a sprite: the widest run near the top that is narrower than a body, and the top of the ink above it. */
function headOf(sprite: Sprite, text: string): { x: number; width: number; top: number } {
  const { box } = sprite;
  const most = headRows.widest * widthOf(box);
  const runs = heads.test(text)
    ? [runAt(sprite, 0.3)]
    : headRows.rows.map((part) => runAt(sprite, part)).filter(({ width }) => width <= most);
  const { centre, width } = runs.reduce(
    (best, run) => (run.width > best.width ? run : best),
    runs[0] ?? runAt(sprite, 0.2),
  );
  return { x: centre, width, top: contourBelow(sprite, centre - width * 0.25, centre + width * 0.25) };
}

/** Prior of a worn thing. `height` is the range of its centre's height, as a part of the bearer's height; `width` the range of its width
 * relative to the bearer's width there. */
const worn =
  (height: readonly [number, number], width: readonly [number, number]): Prior =>
  ({ subject, object }, [a, b, c]) => {
    const part = between(...height, a);
    const run = runAt(subject, part);
    const scale = (run.width * between(...width, b)) / widthOf(object.box);
    const y = subject.box.top + part * heightOf(subject.box);
    return {
      object: pin(scale, centreOf(object.box), { x: run.centre + around(0.03, c) * run.width, y }),
      front: "object",
    };
  };

const onHead: Prior = ({ subject, object, subjectText, objectText }, [a, b, c]) => {
  const head = headOf(subject, subjectText);
  const { box } = object;
  const scale = Math.min(
    (head.width * between(0.8, 1.2, b)) / widthOf(box),
    (0.9 * heightOf(subject.box)) / heightOf(box),
  );
  const depth = /phones?$/.test(objectText) ? between(0.6, 0.85, a) : between(0.04, 0.2, a);
  const y = head.top + depth * Math.min(head.width, heightOf(subject.box));
  const foot = { x: centreOf(box).x, y: box.bottom };
  return { object: pin(scale, foot, { x: head.x + around(0.06, c) * head.width, y }), front: "object" };
};

const overEyes: Prior = ({ subject, object, subjectText }, [a, b, c]) => {
  // The range reaches down far enough for subjects with long ears.
  const whole = heads.test(subjectText);
  const part = whole ? between(0.36, 0.5, a) : between(0.18, 0.42, a);
  const run = runAt(subject, whole ? Math.max(part, 0.55) : part);
  const scale = (run.width * between(0.7, 0.95, b)) / widthOf(object.box);
  const y = subject.box.top + part * heightOf(subject.box);
  return {
    object: pin(scale, centreOf(object.box), { x: run.centre + around(0.03, c) * run.width, y }),
    front: "object",
  };
};

const asFace: Prior = ({ subject, object }, [a, b, c]) => {
  const { box } = subject;
  const side = Math.min(widthOf(box), heightOf(box)) * between(0.42, 0.66, b);
  const scale = side / Math.max(widthOf(object.box), heightOf(object.box));
  const middle = centroidOf(subject);
  const to = { x: middle.x + around(0.04, c) * widthOf(box), y: middle.y + around(0.08, a) * heightOf(box) };
  return { object: pin(scale, centreOf(object.box), to), front: "object" };
};

const aroundIt: Prior = ({ subject, object, objectText }, [a, b]) => {
  const [own, box] = [subject.box, object.box];
  if (/wings$/.test(objectText)) {
    const scale = (widthOf(own) * between(1.6, 2.1, b)) / widthOf(box);
    const to = { x: centreOf(own).x, y: centreOf(own).y - between(0, 0.2, a) * heightOf(own) };
    return { object: pin(scale, centreOf(box), to), front: "subject" };
  }
  const scale = (heightOf(own) * between(1.35, 1.7, b)) / heightOf(box);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const to = { x: centreOf(own).x, y: own.bottom + between(0.02, 0.12, a) * heightOf(own) };
  return { object: pin(scale, foot, to), front: "subject" };
};

const besideHand: Prior = ({ subject, object, objectText }, [a, b, c, d]) => {
  const [own, box] = [subject.box, object.box];
  const up = raised.test(objectText);
  const scale = (heightOf(own) * (up ? between(0.6, 0.85, b) : between(0.38, 0.6, b))) / heightOf(box);
  const side = d < 0.5 ? -1 : 1;
  // The inner edge overlaps the bearer a little, where a hand would be.
  const reach = (widthOf(own) / 2 + scale * widthOf(box) * between(0.1, 0.38, c)) * side;
  const x = centreOf(own).x + reach;
  const y = up
    ? own.top + heightOf(own) * between(0.55, 0.8, a) - (scale * heightOf(box)) / 2
    : own.top + heightOf(own) * between(0.5, 0.78, a);
  return { object: pin(scale, centreOf(box), { x, y }), front: "object" };
};

const standingOn: Prior = ({ subject, object }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const scale = (widthOf(own) * between(1.15, 1.9, b)) / widthOf(box);
  const x = centreOf(own).x + around(0.1, c) * widthOf(own);
  const half = (widthOf(own) * 0.35) / scale;
  const contour = contourBelow(object, centreOf(box).x - half, centreOf(box).x + half);
  const sink = between(0.02, 0.12, a) * heightOf(box);
  return {
    object: pin(scale, { x: centreOf(box).x, y: contour + sink }, { x, y: own.bottom }),
    front: "subject",
  };
};

const inside: Prior = ({ subject, object }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const scale = (widthOf(own) * between(1.1, 1.5, b)) / widthOf(box);
  const rim = { x: centreOf(box).x, y: box.top };
  const to = {
    x: centreOf(own).x + around(0.08, c) * widthOf(own),
    y: own.bottom - between(0.22, 0.38, a) * heightOf(own),
  };
  return { object: pin(scale, rim, to), front: "object" };
};

/** The object below the subject, with a gap. */
const overIt: Prior = (pair, [a, b, c]) => {
  const [own, box] = [pair.subject.box, pair.object.box];
  const size = relativeScale(pair);
  const scale = size * between(0.85, 1.4, b);
  const top = { x: centreOf(box).x, y: box.top };
  const to = {
    x: centreOf(own).x + around(0.15, c) * widthOf(own),
    y: own.bottom + between(0.02, 0.15, a) * heightOf(own),
  };
  return { object: pin(scale, top, to), front: "either" };
};

const underIt: Prior = (pair, [a, b, c]) => {
  const [own, box] = [pair.subject.box, pair.object.box];
  if (arches.test(pair.objectText)) {
    const scale = (widthOf(own) * between(1.5, 2.1, b)) / widthOf(box);
    const foot = { x: centreOf(box).x, y: box.bottom };
    const to = {
      x: centreOf(own).x + around(0.06, c) * widthOf(own),
      y: own.bottom - between(0, 0.15, a) * heightOf(own),
    };
    const object = pin(scale, foot, to);
    // The arch must be above the subject's top.
    const top = scale * box.top + object.y;
    const clear = own.top - 0.25 * heightOf(own);
    return { object: top > clear ? { ...object, y: object.y + clear - top } : object, front: "subject" };
  }
  const size = relativeScale(pair);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const to = {
    x: centreOf(own).x + around(0.15, c) * widthOf(own),
    y: own.top - between(0.02, 0.15, a) * heightOf(own),
  };
  return { object: pin(size * between(0.7, 1.2, b), foot, to), front: "either" };
};

const besideIt =
  (direction: 1 | -1): Prior =>
  (pair, [a, b, c]) => {
    const [own, box] = [pair.subject.box, pair.object.box];
    const size = relativeScale(pair);
    const scale = size * between(0.85, 1.15, b);
    const gap = between(-0.02, 0.1, a) * widthOf(own);
    const edge = direction > 0 ? box.left : box.right;
    const to = {
      x: (direction > 0 ? own.right : own.left) + direction * gap,
      y: own.bottom + around(0.03, c) * heightOf(own),
    };
    return { object: pin(scale, { x: edge, y: box.bottom }, to), front: "either" };
  };

/** The subject behind the object. */
const behindIt: Prior = (pair, [a, b, c]) => {
  const [own, box] = [pair.subject.box, pair.object.box];
  const size = relativeScale(pair);
  const scale = size * between(0.7, 0.95, b);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const shift = (c < 0.5 ? -1 : 1) * between(0.2, 0.5, (2 * c) % 1);
  const to = {
    x: centreOf(own).x + shift * widthOf(own),
    y: own.bottom + between(0.02, 0.12, a) * heightOf(own),
  };
  return { object: pin(scale, foot, to), front: "object" };
};

const beforeIt: Prior = (pair, [a, b, c]) => {
  const [own, box] = [pair.subject.box, pair.object.box];
  const size = relativeScale(pair);
  const scale = size * between(1.15, 1.6, b);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const to = {
    x: centreOf(own).x + around(0.35, c) * widthOf(own),
    y: own.bottom - between(0.05, 0.2, a) * heightOf(own),
  };
  return { object: pin(scale, foot, to), front: "subject" };
};

/** Layout prior of each relation. */
export const priors: Readonly<Record<RelationKind, Prior>> = {
  head: onHead,
  eyes: overEyes,
  neck: worn([0.42, 0.6], [0.55, 0.95]),
  body: worn([0.6, 0.72], [0.8, 1.1]),
  feet: worn([0.9, 0.97], [0.9, 1.2]),
  face: asFace,
  around: aroundIt,
  holding: besideHand,
  on: standingOn,
  in: inside,
  above: overIt,
  below: underIt,
  beside: besideIt(1),
  left: besideIt(1),
  right: besideIt(-1),
  behind: behindIt,
  front: beforeIt,
};
