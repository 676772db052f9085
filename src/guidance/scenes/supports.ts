import { placeOnSurface } from "./containers.js";
import { findNotch } from "./notches.js";
import { type Pair, type Prior, jitter, lerp, pinPoint } from "./relate.js";
import { centreOf, heightOf, widthOf } from "./sprite.js";

/** Things with a seat: the height of the seat / height from the top, and the range of their width / width of what sits on it. */
const seats: readonly (readonly [name: RegExp, height: number, least: number, most: number])[] = [
  [/\b(?:chair|armchair|deckchair|recliner|throne|seat|bench|wheelchair)$/, 0.62, 1.25, 1.6],
  [/\b(?:sofa|couch|loveseat)$/, 0.62, 1.5, 2],
  [/\bswing$/, 0.85, 1.7, 2.1],
  [/\bwindow ?(?:sill|ledge)$/, 0.68, 1.7, 2.2],
];
/** Things with a low part on which others sit or stand, beside a higher one. */
const notched = /\b(?:toilet|treadmill|bed|pickup truck|pickup|stairs|slide|sledge|sled|sleigh|high chair)$/;
/** Flat things, which are seen from above: others lie on their middle. */
const flat =
  /\b(?:rug|carpet|mat|yoga mat|doormat|towel|blanket|quilt|tablecloth|map|treasure map|tray|pizza|spaghetti|pasta|noodles|salad|pancakes?|waffles?|toast|omelette|rice|lily pad|lotus|chess ?board|bullseye|target|leaf|plate|saucer|cutting board|puddle|bath mat)$/;
/** Range of the width of a flat thing / width of what lies on it, and the height of the place / its height. */
const flatSize = { least: 1.6, most: 2.3, high: 0.42, low: 0.6 };
/** Round things that are drawn from above, on whose middle others lie. */
const round = /\b(?:plate|saucer|target|bullseye|pizza|lily pad)$/;
/** Tells whether a thing is round and drawn from above. */
export const isRound = (text: string): boolean => round.test(text);
/** Things that hang or stick on a surface, and things with an upright surface. */
const hung =
  /\b(?:wreath|door|window|bandage|plaster|band-aid|poster|picture|painting|photo|photograph|clock|sticker|stamp|postage stamp|badge|logo|label|magnet|ribbon|sign|graffiti|spider ?web|cobweb|calendar|mirror|horseshoe|heart|star|smiley|face|map|banner|button|cross|flower|dreamcatcher)$/;
const upright =
  /\b(?:door|heart|moon|egg|mushroom|pumpkin|teapot|boot|cake|tree|strawberry|acorn|balloon|wall|brick|bricks|window|fridge|refrigerator|freezer|envelope|letter|laptop|shirt|t-shirt|sweater|hoodie|jumper|mug|cup|bag|handbag|backpack|suitcase|luggage|book|notebook|bottle|jar|billboard|whiteboard|blackboard|chalkboard|car|van|truck|bus|barn|locker|wardrobe|gate|garage)$/;
/** Size of a thing that hangs on a surface / its size on the surface of a container. */
const hungSize = 0.7;

/** Tells whether a thing hangs on an upright surface: a wreath on a door. */
export const isHung = ({ subjectText, objectText }: Pick<Pair, "subjectText" | "objectText">): boolean =>
  hung.test(subjectText) && upright.test(objectText);

/** Tells whether what is "in" a thing is on it: in a chair, in a puddle, in a slipper. */
export const isSeat = (text: string): boolean =>
  /\b(?:puddle|slippers?)$/.test(text) || seats.some(([name]) => name.test(text));

/**
 * Finds the prior of a thing on a support whose top is not where it stands: a seat, the low part of a toilet, the middle of a rug, the surface
 * of a door. @returns undefined for other supports.
 */
export function findSupportPrior(pair: Pair): Prior | undefined {
  const { object, objectText } = pair;
  if (isHung(pair)) return placeHung;
  const seat = seats.find(([name]) => name.test(objectText));
  if (seat) {
    const [, height, least, most] = seat;
    return ({ subject: { box: own }, object: { box } }, [a, b, c]) => {
      const scale = (widthOf(own) * lerp(least, most, b)) / widthOf(box);
      const from = { x: centreOf(box).x, y: box.top + (height + jitter(0.05, a)) * heightOf(box) };
      const to = { x: centreOf(own).x + jitter(0.1, c) * widthOf(own), y: own.bottom };
      return { object: pinPoint(scale, from, to), front: "subject" };
    };
  }
  if (flat.test(objectText)) return placeOnFlat;
  const notch = notched.test(objectText) ? findNotch(object) : undefined;
  return (
    notch &&
    (({ subject: { box: own }, object: { box } }, [a, b, c]) => {
      const scale = Math.max(
        widthOf(own) / (2 * notch.half * lerp(0.9, 1.25, b)),
        (0.9 * heightOf(own)) / heightOf(box),
      );
      const from = { x: notch.x, y: notch.y + lerp(0.02, 0.08, a) * heightOf(box) };
      const to = { x: centreOf(own).x + jitter(0.06, c) * widthOf(own), y: own.bottom };
      return { object: pinPoint(scale, from, to), front: "subject" };
    })
  );
}

const placeOnFlat: Prior = ({ subject: { box: own }, object: { box }, objectText }, [a, b, c]) => {
  const size = lerp(flatSize.least, flatSize.most, b);
  if (isRound(objectText)) {
    const fit = (Math.max(widthOf(own), heightOf(own)) * size) / widthOf(box);
    return { object: pinPoint(fit, centreOf(box), centreOf(own)), front: "subject" };
  }
  const scale = (widthOf(own) * size) / widthOf(box);
  const from = { x: centreOf(box).x, y: box.top + lerp(flatSize.high, flatSize.low, a) * heightOf(box) };
  const to = { x: centreOf(own).x + jitter(0.1, c) * widthOf(own), y: own.bottom };
  return { object: pinPoint(scale, from, to), front: "subject" };
};

const placeHung: Prior = (pair, dials) => {
  const { object, front } = placeOnSurface(pair, dials);
  const { x, y } = centreOf(pair.subject.box);
  // The surface becomes larger about the middle of the thing.
  const scale = 1 / hungSize;
  return {
    object: {
      scale: scale * object.scale,
      x: x + scale * (object.x - x),
      y: y + scale * (object.y - y),
    },
    front,
  };
};
