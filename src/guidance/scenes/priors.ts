import { type PlacingKind, isBeing, isRiddenSitting, isSeated } from "../../prompts/index.js";
import { type Dials, type Prior, jitter, lerp, pinPoint } from "./relate.js";
import {
  facesSideways,
  placeAtShoulder,
  placeAtWrist,
  placeInPaws,
  placeInSnout,
  placePaws,
} from "./bodies.js";
import { placeAbove } from "./beneath.js";
import { placeOnBack } from "./backs.js";
import { placeAtNeck, placeOnBody } from "./clothes.js";
import { placeInContainer, surrounds } from "./containers.js";
import { placeAtFeet } from "./feet.js";
import { createFlankPrior } from "./flanks.js";
import { placeOnMount } from "./mounts.js";
import { placeOnTrunk } from "./climbing.js";
import {
  type Placement,
  type Sprite,
  centreOf,
  measureTopContour,
  heightOf,
  identity,
  invertPlacement,
  widthOf,
} from "./sprite.js";
import { computeCarrierFactor, computeHeldFactor, computeRelativeScale } from "./sizes.js";
import { findSupportPrior, isRound, isSeat } from "./supports.js";
import { placeStateSign } from "./stateSigns.js";
import { placeAround, placeFace, findHead, placeOnHead, placeOverEyes, scatterOver } from "./wornPriors.js";

/** Things in whose crown others sit. */
const crowns = /\b(?:tree|palm|bush|oak|pine)$/;
/** Soft things, into which others sink. */
const soft = /\b(?:cloud|snow|wave|water|grass|bed|pillow|nest|moon|hay|sand|leaf|couch|sofa)s?$/;
/** Things that are held up, above the hand. */
const raised = /\b(?:balloons?|umbrellas?|flags?|kites?|parasols?|torch|lollipops?|sword|wand)$/;
/** Flowers: the centre of the bloom is in the upper half of a drawing. */
const blooms = /\b(?:flower|sunflower|rose|tulip|blossom|hibiscus|lotus|daisy)$/;
/** Animals so small that they sit on a thing's surface. */
const crawlers =
  /\b(?:bee|bumblebee|wasp|butterfly|ladybug|ladybird|lady beetle|beetle|ant|fly|bug|spider|caterpillar|worm|snail|dragonfly|cricket|moth)$/;
/** Places an umbrella over its bearer. */
const placeUmbrella: Prior = ({ subject, object, subjectText }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const head = findHead(subject, subjectText);
  const width = Math.max(1.35 * head.width, 0.8 * widthOf(own)) * lerp(0.95, 1.15, b);
  const scale = width / widthOf(box);
  // The canopy, the upper half of an umbrella, is above the head; the body covers the end of the stick.
  const to = {
    x: head.x + jitter(0.12, c) * head.width,
    y: head.top + lerp(0.36, 0.46, a) * scale * heightOf(box),
  };
  return { object: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, to), front: "subject" };
};

const placeHeld: Prior = (pair, dials) => {
  const { subject, object, subjectText, objectText } = pair;
  if (crawlers.test(objectText) && !subject.eyes)
    return { object: perch(object, subject, subjectText, dials), front: "object" };
  if (/\b(?:umbrella|parasol)s?$/.test(objectText)) return placeUmbrella(pair, dials);
  if (subject.trunk) return placeInPaws(pair, dials);
  if (subject.isBust) return placeAtShoulder(pair, dials);
  if (facesSideways(subject)) return placeInSnout(pair, dials);
  const [a, b, c, d] = dials;
  const [own, box] = [subject.box, object.box];
  const up = raised.test(objectText);
  const scale = (heightOf(own) * (up ? lerp(0.6, 0.85, b) : lerp(0.42, 0.62, b))) / heightOf(box);
  // Animals whose eyes are not found look to the left, as in most icon sets.
  const looksLeft = isBeing(subjectText) && !subject.eyes && widthOf(own) > heightOf(own);
  const side = looksLeft || d < 0.5 ? -1 : 1;
  // Most of it is in front of the bearer, where a hand would be.
  const reach = (widthOf(own) / 2 + scale * widthOf(box) * lerp(-0.2, 0.1, c)) * side;
  const x = centreOf(own).x + reach;
  const y = up
    ? own.top + heightOf(own) * lerp(0.55, 0.8, a) - (scale * heightOf(box)) / 2
    : own.top + heightOf(own) * lerp(0.5, 0.78, a);
  // The body covers the lower end of a thing that is held up, such as the string of a balloon.
  return {
    object: pinPoint(scale, centreOf(box), { x, y }),
    front: up && !/\b(?:sword|wand|torch)$/.test(objectText) ? "subject" : "object",
  };
};

/** A thing in a mouth that is seen from the front: its width, and its distance below the eyes / distance of the eyes. */
const inMouth = { width: 2.1, down: 1.05 };

/** Places a thing in a mouth: at the snout of an animal from the side, else below the eyes. */
const placeInMouth: Prior = (pair, dials) => {
  const { subject, object } = pair;
  const { eyes } = subject;
  if (facesSideways(subject)) return placeInSnout(pair, dials);
  if (!eyes) return placeHeld(pair, dials);
  const [a, b] = dials;
  const extent = Math.max(widthOf(object.box), heightOf(object.box));
  const scale = (inMouth.width * eyes.distance * lerp(0.9, 1.15, b)) / extent;
  const to = { x: eyes.x, y: eyes.y + lerp(0.95, 1.15, a) * inMouth.down * eyes.distance };
  return { object: pinPoint(scale, centreOf(object.box), to), front: "object" };
};

/** Places a held thing, larger or smaller about its middle where its text says so: a giant tooth. */
const placeHeldBySize: Prior = (pair, dials) => {
  const { object, ...related } = placeHeld(pair, dials);
  const factor = computeHeldFactor(pair.objectText);
  const { x, y } = centreOf(pair.object.box);
  const middle = { x: object.scale * x + object.x, y: object.scale * y + object.y };
  return { ...related, object: pinPoint(factor * object.scale, { x, y }, middle) };
};

/** Places a small animal on a larger thing: a bee in the middle of a flower, a worm at the side of an apple. */
function perch(animal: Sprite, thing: Sprite, thingText: string, [a, b, c, d]: Dials): Placement {
  const [own, box] = [animal.box, thing.box];
  const extent = Math.max(widthOf(box), heightOf(box));
  const scale = (extent * lerp(0.36, 0.5, b)) / Math.max(widthOf(own), heightOf(own));
  const isBloom = blooms.test(thingText);
  const isOpen = isRound(thingText) || /\bleaf$/.test(thingText);
  const aside = isBloom || isOpen ? jitter(0.08, c) : (d < 0.5 ? -1 : 1) * lerp(0.12, 0.3, c);
  const down = isOpen ? lerp(0.4, 0.55, a) : isBloom ? lerp(0.24, 0.36, a) : lerp(0.1, 0.3, a);
  const to = { x: centreOf(box).x + aside * widthOf(box), y: box.top + down * heightOf(box) };
  return pinPoint(scale, centreOf(own), to);
}

const placeUnderFeet: Prior = (pair, dials) => {
  const { subject, object, subjectText, objectText } = pair;
  if (crawlers.test(subjectText) && !crawlers.test(objectText))
    return { object: invertPlacement(perch(subject, object, objectText, dials)), front: "subject" };
  if (isSeated(subjectText) && isRiddenSitting(objectText)) return placeOnMount(pair, dials);
  const support = findSupportPrior(pair);
  if (support) return support(pair, dials);
  const [a, b, c] = dials;
  const [own, box] = [subject.box, object.box];
  const x = centreOf(own).x + jitter(0.1, c) * widthOf(own);
  const share = (subject.trunk ? lerp(1.5, 2.2, b) : lerp(1.15, 1.9, b)) * computeCarrierFactor(pair);
  const scale = (widthOf(own) * share) / widthOf(box);
  const half = (widthOf(own) * 0.35) / scale;
  const contour = measureTopContour(object, centreOf(box).x - half, centreOf(box).x + half);
  const sink = (soft.test(objectText) ? lerp(0.15, 0.32, a) : lerp(0.02, 0.12, a)) * heightOf(box);
  return {
    object: pinPoint(scale, { x: centreOf(box).x, y: contour + sink }, { x, y: own.bottom }),
    front: "subject",
  };
};

const placeInside: Prior = (pair, dials) => {
  const { subject, object, subjectText, objectText } = pair;
  if (isSeat(objectText)) return placeUnderFeet(pair, dials);
  if (crawlers.test(subjectText) && !surrounds(pair))
    return { object: invertPlacement(perch(subject, object, objectText, dials)), front: "subject" };
  const [a, b, c] = dials;
  const [own, box] = [subject.box, object.box];
  if (crowns.test(objectText)) {
    const scale = (heightOf(own) / heightOf(box)) * lerp(1.9, 2.6, b);
    const crown = {
      x: centreOf(box).x + jitter(0.12, c) * widthOf(box),
      y: box.top + lerp(0.28, 0.4, a) * heightOf(box),
    };
    return { object: pinPoint(scale, crown, centreOf(own)), front: "subject" };
  }
  return placeInContainer(pair, dials);
};

/** Places the object below the subject, with a gap. */
const placeBelow: Prior = (pair, [a, b, c]) => {
  const [own, box] = [pair.subject.box, pair.object.box];
  const size = computeRelativeScale(pair);
  const scale = size * lerp(0.85, 1.4, b);
  const top = { x: centreOf(box).x, y: box.top };
  const to = {
    x: centreOf(own).x + jitter(0.15, c) * widthOf(own),
    y: own.bottom + lerp(0.02, 0.15, a) * heightOf(own),
  };
  return { object: pinPoint(scale, top, to), front: "either" };
};

/** Most width / height of several things and one at their end. */
const mostStrip = 2.8;

const createBesidePrior =
  (direction: 1 | -1, isAnySide = false): Prior =>
  (pair, [a, b, c]) => {
    const [own, box] = [pair.subject.box, pair.object.box];
    const size = computeRelativeScale(pair);
    const scale = size * lerp(0.85, 1.15, b);
    const { copies = 1 } = pair;
    const height = Math.max(heightOf(own), scale * heightOf(box));
    const isStrip = copies > 1 || widthOf(own) + scale * widthOf(box) > mostStrip * height;
    if (isAnySide && (copies > 1 || copies < 1) && isStrip) {
      // In front of a row of things: at its end, the picture would be a narrow strip.
      const to = {
        x: centreOf(own).x + jitter(0.06, c) * widthOf(own),
        y: own.bottom + lerp(-0.2, -0.06, a) * Math.min(heightOf(own), scale * heightOf(box)),
      };
      return { object: pinPoint(scale, { x: centreOf(box).x, y: box.top }, to), front: "object" };
    }
    const gap = lerp(-0.02, 0.1, a) * widthOf(own);
    const edge = direction > 0 ? box.left : box.right;
    const to = {
      x: (direction > 0 ? own.right : own.left) + direction * gap,
      y: own.bottom + jitter(0.03, c) * heightOf(own),
    };
    return { object: pinPoint(scale, { x: edge, y: box.bottom }, to), front: "either" };
  };

/** Low things over which those behind them look. */
const barriers =
  /\b(?:fence|wall|hedge|bush|desk|counter|table|gate|sofa|couch|bench|rock|boulder|log|barrel|crate|box|haystack|hay bale|podium|stall|railing|barrier|bar|newspaper|laptop|piano|sandcastle|snowdrift|snow fort|gravestone|headstone)$/;
/** Width of such a thing / width of what is behind it, and the part of the latter's height that is seen, and how much more of a head alone. */
const barrierSize = { least: 1.15, most: 1.5, seen: { least: 0.46, most: 0.58 }, ofHead: 0.26 };

/** Places a low thing before the lower part of the subject. */
const placeBarrier: Prior = ({ subject: { box: own, isHead }, object: { box } }, [a, b, c]) => {
  const seen = lerp(barrierSize.seen.least, barrierSize.seen.most, a) + (isHead ? barrierSize.ofHead : 0);
  const scale = Math.max(
    (widthOf(own) * lerp(barrierSize.least, barrierSize.most, b)) / widthOf(box),
    ((1.02 - seen) * heightOf(own)) / heightOf(box),
  );
  const to = { x: centreOf(own).x + jitter(0.1, c) * widthOf(own), y: own.top + seen * heightOf(own) };
  return { object: pinPoint(scale, { x: centreOf(box).x, y: box.top }, to), front: "object" };
};

/** High things, beside which those behind them look out. */
const screens =
  /\b(?:curtains?|door|screen|wardrobe|closet|bookcase|bookshelf|fridge|refrigerator|column|pillar|gravestone|tent|cupboard|locker|vending machine)$/;
/** Height of such a thing / height of what is behind it, and the part of the latter's width that is seen. */
const screenSize = { least: 1.15, most: 1.4, seen: { least: 0.5, most: 0.62 } };

/** Places a high thing before the rear half of the subject. */
const placeScreen: Prior = ({ subject: { box: own, eyes }, object: { box } }, [a, b, c]) => {
  const scale = (heightOf(own) * lerp(screenSize.least, screenSize.most, b)) / heightOf(box);
  const seen = lerp(screenSize.seen.least, screenSize.seen.most, a) * widthOf(own);
  const aside = eyes ? (eyes.x - centreOf(own).x) / widthOf(own) : 0;
  const isAtRight = Math.abs(aside) > 0.08 ? aside < 0 : c < 0.5;
  const foot = { x: isAtRight ? box.left : box.right, y: box.bottom };
  const to = { x: isAtRight ? own.left + seen : own.right - seen, y: own.bottom + 0.03 * heightOf(own) };
  return { object: pinPoint(scale, foot, to), front: "object" };
};

/** Places the object in front of the subject. */
const placeInFront: Prior = (pair, dials) => {
  const isBehindOf = (things: RegExp): boolean => things.test(pair.objectText) && isBeing(pair.subjectText);
  if (isBehindOf(barriers)) return placeBarrier(pair, dials);
  if (isBehindOf(screens)) return placeScreen(pair, dials);
  const [a, b, c] = dials;
  const [own, box] = [pair.subject.box, pair.object.box];
  const size = computeRelativeScale(pair);
  const scale = size * lerp(0.7, 0.95, b);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const shift = (c < 0.5 ? -1 : 1) * lerp(0.2, 0.5, (2 * c) % 1);
  const to = {
    x: centreOf(own).x + shift * widthOf(own),
    y: own.bottom + lerp(0.02, 0.12, a) * heightOf(own),
  };
  return { object: pinPoint(scale, foot, to), front: "object" };
};

const placeBehind: Prior = (pair, [a, b, c]) => {
  const [own, box] = [pair.subject.box, pair.object.box];
  const size = computeRelativeScale(pair);
  const scale = size * lerp(1.15, 1.6, b);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const to = {
    x: centreOf(own).x + jitter(0.35, c) * widthOf(own),
    y: own.bottom - lerp(0.05, 0.2, a) * heightOf(own),
  };
  return { object: pinPoint(scale, foot, to), front: "subject" };
};

/** Layout priors by relation. `on` means that the subject is on the object, so its prior places the object under the subject. */
export const priors: Readonly<Record<PlacingKind, Prior>> = {
  head: placeOnHead,
  eyes: placeOverEyes,
  neck: placeAtNeck,
  body: placeOnBody,
  feet: placeAtFeet,
  wrist: placeAtWrist,
  back: placeOnBack,
  face: placeFace,
  scattered: scatterOver,
  around: placeAround,
  mouth: placeInMouth,
  holding: placeHeldBySize,
  on: placeUnderFeet,
  riding: placeOnMount,
  climbing: placeOnTrunk,
  in: placeInside,
  above: placeBelow,
  below: placeAbove,
  beside: createBesidePrior(1, true),
  left: createBesidePrior(1),
  right: createBesidePrior(-1),
  leftFlank: createFlankPrior(-1),
  rightFlank: createFlankPrior(1),
  behind: placeInFront,
  front: placeBehind,
  mark: placeStateSign,
  paws: placePaws,
  collar: () => ({ object: identity, front: "object" }),
};
