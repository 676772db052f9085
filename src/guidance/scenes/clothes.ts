import { isPerson } from "../../prompts/index.js";
import { type Dials, type Pair, type Prior, type Related, jitter, lerp, pinPoint } from "./relate.js";
import {
  type Run,
  type Sprite,
  centreOf,
  measureTopContour,
  heightOf,
  findRunAround,
  findWidestRun,
  widthOf,
} from "./sprite.js";
import { placeAtAnchor } from "./wardrobe.js";
import { findHead, placeOnHead, relativeHeight, createWornPrior } from "./wornPriors.js";

/** Range of the height of a garment's middle on an animal / height; its minimum and maximum width and maximum height / animal size. */
const overBody = { top: 0.6, bottom: 0.72, widest: 0.78, least: 0.46, tallest: 0.68 };

/** Places a garment over the body of an animal: over the run of ink below its head, without a raised tail. */
const placeOverBody: Prior = ({ subject, object }, [a, b, c]) => {
  const { box, eyes } = subject;
  const own = object.box;
  const part = lerp(overBody.top, overBody.bottom, a);
  // Half of the way from the head to the middle.
  const below = eyes && (eyes.x + centreOf(box).x) / 2;
  const run = below === undefined ? findWidestRun(subject, part) : findRunAround(subject, part, below);
  const limits = [overBody.least * widthOf(box), overBody.widest * widthOf(box)] as const;
  const width = Math.min(Math.max(run.width, limits[0]), limits[1]) * lerp(0.85, 1.05, b);
  const scale = Math.min(width / widthOf(own), (overBody.tallest * heightOf(box)) / heightOf(own));
  const to = { x: run.centre + jitter(0.03, c) * run.width, y: box.top + part * heightOf(box) };
  return { object: pinPoint(scale, centreOf(own), to), front: "object" };
};

/** Limits of a neck seen from the side: width / animal width, lowest height / animal height, and range of garment width / neck width. */
const neck = { widest: 0.5, lowest: 0.62, garment: { least: 1.9, most: 2.3 } };

/** Finds the neck of an animal seen from the side. @returns undefined if its head does not rise above its body. */
function findNeck(subject: Sprite): { readonly y: number; readonly run: Run } | undefined {
  const { eyes, box } = subject;
  if (eyes?.distance !== 0) return undefined;
  const depth = Math.max(
    eyes.y - measureTopContour(subject, eyes.x - 0.04, eyes.x + 0.04),
    0.05 * heightOf(box),
  );
  const lowest = box.top + neck.lowest * heightOf(box);
  const [narrowest] = [1.4, 1.7, 2, 2.4]
    .map((times) => eyes.y + times * depth)
    .filter((y) => y < lowest)
    .map((y) => ({ y, run: findRunAround(subject, relativeHeight(subject, y), eyes.x) }))
    // A neck is the only ink in its row.
    .filter(({ y, run }) => findWidestRun(subject, relativeHeight(subject, y)).width <= run.width)
    .sort((one, other) => one.run.width - other.run.width);
  return narrowest && narrowest.run.width <= neck.widest * widthOf(box) ? narrowest : undefined;
}

/** Replaces the body of an animal seen from the side by a garment, since the body cannot be dressed: a duck in a jacket. */
function placeBelowNeck({ subject, object }: Pair, [, b]: Dials): Related | undefined {
  const narrowest = findNeck(subject);
  if (!narrowest) return undefined;
  const { y, run } = narrowest;
  const own = object.box;
  const scale = (run.width * lerp(neck.garment.least, neck.garment.most, b)) / widthOf(own);
  const collar = { x: centreOf(own).x, y: own.top };
  const to = { x: run.centre, y: y - 0.06 * scale * heightOf(own) };
  const cut = { x: run.centre, y, half: run.width / 2, sag: 0.1 * run.width };
  return { object: pinPoint(scale, collar, to), front: "subject", cut };
}

/** Sizes of things below the chin of an upright figure: widths / figure width there, and maximum height / height below the chin. */
const belowChin = { garment: 1.12, neck: 0.78, bow: 0.5, tallest: 1.05 };

/** Finds the y coordinate of the chin of a whole figure seen from the front. */
function findChin({ chin, eyes, box, isHead }: Sprite): number | undefined {
  if (chin !== undefined || isHead || !eyes || eyes.distance === 0) return chin;
  const below = eyes.y + 1.35 * eyes.distance;
  return below < box.bottom - 0.3 * heightOf(box) ? below : undefined;
}

/** Places a garment from the chin downwards. */
function placeBelowChin({ subject, object }: Pair, [a, b]: Dials, chin: number): Related {
  const { box } = subject;
  const own = object.box;
  const part = Math.min(0.95, relativeHeight(subject, chin + 0.12 * (box.bottom - chin)));
  const run = subject.eyes ? findRunAround(subject, part, subject.eyes.x) : findWidestRun(subject, part);
  const scale =
    Math.min(
      (belowChin.garment * Math.min(run.width, 0.85 * widthOf(box))) / widthOf(own),
      // Below the shoulders of a bust, the garment is the body.
      subject.isBust ? Infinity : (belowChin.tallest * (box.bottom - chin)) / heightOf(own),
    ) * lerp(0.95, 1.05, b);
  const top = { x: centreOf(own).x, y: own.top };
  return {
    object: pinPoint(scale, top, { x: run.centre, y: chin + jitter(0.02, a) * heightOf(box) }),
    front: "object",
  };
}

/** Garments below the waist: their width / width of a shirt and of a body. */
const lowGarments: readonly (readonly [name: RegExp, sizes: { onShirt: number; onBody: number }])[] = [
  [/\bbelt$/, { onShirt: 0.62, onBody: 1.02 }],
  [/\b(?:skirt|kilt)$/, { onShirt: 0.8, onBody: 1.05 }],
  // With a bodice, or a bib.
  [/\btutu$/, { onShirt: 0.8, onBody: 1.4 }],
  [/\b(?:overalls|dungarees)$/, { onShirt: 0.54, onBody: 1.1 }],
  [/\b(?:pants|jeans|shorts|trunks|trousers|leggings)$/, { onShirt: 0.54, onBody: 0.9 }],
];

/** Places a garment below the waist of a figure: at the lower end of an added shirt, in the middle of a body, or at the end of a bust. */
function placeBelowWaist(
  { subject, object, subjectText, objectText }: Pair,
  [, b]: Dials,
  low: { readonly onShirt: number; readonly onBody: number },
): Related {
  const { trunk, isBust, box } = subject;
  const own = object.box;
  const vary = lerp(0.95, 1.05, b);
  const top = { x: centreOf(own).x, y: own.top };
  if (trunk) {
    const isShirt = isBust === undefined && (people.test(subjectText) || isPerson(subjectText));
    const scale = ((isShirt ? low.onShirt : low.onBody) * widthOf(trunk) * vary) / widthOf(own);
    const y = trunk.top + (isShirt ? 0.9 : 0.52) * heightOf(trunk);
    return { object: pinPoint(scale, top, { x: centreOf(trunk).x, y }), front: "object" };
  }
  const run = findWidestRun(subject, 0.95);
  const isBelt = /\bbelt$/.test(objectText);
  const scale = ((isBelt ? 0.86 : 0.8) * run.width * vary) / widthOf(own);
  const y = box.bottom - (isBelt ? 0.4 * scale * heightOf(own) : 0.06 * heightOf(box));
  return { object: pinPoint(scale, top, { x: run.centre, y }), front: "object" };
}

/** Places a shirt over the body; if the drawing is a head alone, the shirt is the body. */
export const placeOnBody: Prior = (pair, dials) => {
  const { subject, object, subjectText } = pair;
  const { trunk } = subject;
  const anchored = placeAtAnchor(pair, dials);
  if (anchored) return anchored;
  const low = lowGarments.find(([name]) => name.test(pair.objectText))?.[1];
  if (low && (trunk || subject.isBust)) return placeBelowWaist(pair, dials, low);
  const chin = trunk && subject.chin === undefined ? undefined : findChin(subject);
  if (chin !== undefined) return placeBelowChin(pair, dials, chin);
  if (!subject.isHead && !trunk) return placeBelowNeck(pair, dials) ?? placeOverBody(pair, dials);
  const [a, b] = dials;
  const { box } = object;
  const neck = trunk?.top ?? subject.box.bottom;
  const width = trunk
    ? widthOf(trunk) * lerp(1.05, 1.15, b)
    : Math.min(widthOf(subject.box), 1.15 * findHead(subject, subjectText).width) * lerp(0.95, 1.1, b);
  const scale = width / widthOf(box);
  const top = { x: centreOf(box).x, y: box.top };
  const to = {
    x: subject.eyes && subject.eyes.distance > 0 ? subject.eyes.x : centreOf(subject.box).x,
    y: neck - (trunk ? 0 : lerp(0.08, 0.16, a)) * scale * heightOf(box),
  };
  return { object: pinPoint(scale, top, to), front: trunk ? "object" : "subject" };
};
const placeOnMiddle = createWornPrior([0.42, 0.6], [0.55, 0.95]);

/** Height of the chin / trunk height, and sizes of things at the neck / trunk size. */
const collar = { chin: 0.17, width: 0.8, bow: 0.55, height: 0.8 };

/** Places a thing at the neck of a figure with an added body: below the chin, in front of the chest. */
const placeAtCollar: Prior = ({ subject, object, objectText }, [a, b, c]) => {
  const trunk = subject.trunk!;
  const own = object.box;
  const isBow = bow.test(objectText);
  const scale =
    Math.min(
      ((isBow ? collar.bow : collar.width) * widthOf(trunk)) / widthOf(own),
      (collar.height * heightOf(trunk)) / heightOf(own),
    ) * lerp(0.9, 1.05, b);
  const top = { x: centreOf(own).x, y: own.top };
  const to = {
    x: centreOf(trunk).x + jitter(0.02, c) * widthOf(trunk),
    y: trunk.top + (collar.chin + jitter(0.02, a)) * heightOf(trunk),
  };
  return { object: pinPoint(scale, top, to), front: "object" };
};

/** People whose drawings show head and shoulders: their eyes are near each other. */
const people =
  /\b(?:astronaut|wizard|mage|witch|pilot|cook|chef|farmer|artist|singer|teacher|scientist|firefighter|judge|vampire|elf|superhero|prince|princess|queen|king)$/;

/** Places a thing at the neck of a whole upright figure, with its knot or upper edge at the chin. */
function placeBelowFace({ subject, object, objectText }: Pair, [a, b, c]: Dials, chin: number): Related {
  const { box } = subject;
  const own = object.box;
  const run = findWidestRun(subject, relativeHeight(subject, chin));
  const width = Math.min(run.width, 0.8 * widthOf(box));
  const scale =
    Math.min(
      ((bow.test(objectText) ? belowChin.bow : belowChin.neck) * width) / widthOf(own),
      (0.9 * (box.bottom - chin)) / heightOf(own),
    ) * lerp(0.92, 1.05, b);
  const to = { x: run.centre + jitter(0.02, c) * width, y: chin + jitter(0.015, a) * heightOf(box) };
  return {
    object: pinPoint(scale, { x: centreOf(own).x, y: own.top + 0.06 * heightOf(own) }, to),
    front: "object",
  };
}

/** Bows: they are placed on the head if no neck is found. */
const bow = /\b(?:ribbon|bow)$/;

/** Animals whose trunk hangs where the neck of another animal begins: distance of the neck from the eye / head width. */
const trunked = /\b(?:elephant|mammoth)$/;
const neckBehind = { trunked: 0.75, others: 0.45 };

/** Places a scarf or a ribbon below the head, or on the middle of a thing without eyes. */
export const placeAtNeck: Prior = (pair, dials) => {
  const { subject, object, subjectText, objectText } = pair;
  const { chin } = subject;
  const anchored = placeAtAnchor(pair, dials);
  if (anchored) return anchored;
  if (subject.trunk && chin === undefined) return placeAtCollar(pair, dials);
  if (chin !== undefined) return placeBelowFace(pair, dials, chin);
  if (!subject.eyes) return placeOnMiddle(pair, dials);
  if (bow.test(objectText) && !findNeck(subject) && subject.eyes.distance === 0 && !subject.isHead)
    return placeOnHead(pair, dials);
  const [a, b, c] = dials;
  const { box, eyes } = subject;
  const head = findHead(subject, subjectText);
  // A drawing of a head alone ends at the neck.
  const times = people.test(subjectText) ? 1.8 : 0.8;
  const below = eyes.y + Math.max(0.9 * (eyes.y - head.top), times * eyes.distance);
  const behind = trunked.test(subjectText) ? neckBehind.trunked : neckBehind.others;
  const isHead = subject.isHead ?? box.bottom - eyes.y < 0.85 * head.width;
  const y = isHead ? box.bottom - 0.06 * heightOf(box) : Math.min(below, box.bottom - 0.2 * heightOf(box));
  const x = eyes.distance > 0 ? eyes.x : eyes.x + behind * head.width * Math.sign(centreOf(box).x - eyes.x);
  const run = findRunAround(subject, relativeHeight(subject, y), x);
  const share = /ribbon|bow|medal|tie$/.test(objectText) ? lerp(0.4, 0.6, b) : lerp(0.7, 0.95, b);
  const width = isHead ? 0.85 * head.width * share : Math.min(run.width, 1.3 * head.width) * share;
  const own = object.box;
  const tall = heightOf(own) > 1.1 * widthOf(own);
  const knot = { x: centreOf(own).x, y: tall ? own.top + 0.2 * heightOf(own) : centreOf(own).y };
  const to = { x: x + jitter(0.03, c) * width, y: y + jitter(0.04, a) * head.width };
  return { object: pinPoint(width / widthOf(own), knot, to), front: "object" };
};
