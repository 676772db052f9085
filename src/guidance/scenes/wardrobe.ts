import { findIslands } from "./look.js";
import { type Dials, type Pair, type Related, jitter, pinPoint } from "./relate.js";
import { type Box, type Sprite, centreOf, heightOf, widthOf } from "./sprite.js";
import { places } from "./standingFigure.js";

/** Place of a thing on a standing figure, in the units of the template. */
interface Anchor {
  /** Width of the thing. */
  readonly width: number;
  /** Height of its upper edge. */
  readonly top: number;
  /** Height below which it would hide the feet; it is cut off there. */
  readonly hem?: number;
  /** Maximum height of the thing; none when absent. */
  readonly tallest?: number;
}

/** Garments and things at the neck. The first name that matches applies. */
const anchors: readonly (readonly [name: RegExp, anchor: Anchor])[] = [
  // The hood is behind the head.
  [/\braincoat$/, { width: 74, top: 23 }],
  [/\bhoodie$/, { width: 72, top: 32 }],
  [/\b(?:poncho|cloak)$/, { width: 72, top: 47 }],
  [/\b(?:vest|waistcoat|life jacket|tank top|corset)$/, { width: 46, top: 50 }],
  [/\bbib$/, { width: 34, top: 50, tallest: 36 }],
  [/\bshawl$/, { width: 66, top: 48, tallest: 44 }],
  [/\b(?:diaper|nappy)$/, { width: 44, top: 76, tallest: 26 }],
  [/\bapron$/, { width: 50, top: 52, tallest: 64 }],
  [/\b(?:toga|tunic)$/, { width: 58, top: 50, tallest: 72 }],
  [/\b(?:pyjamas|pajamas|onesie|spacesuit|wetsuit|costume)$/, { width: 66, top: 49, tallest: 74 }],
  [/\b(?:robe|bathrobe|gown|kimono)$/, { width: 74, top: 49, tallest: 76 }],
  [/\b(?:wedding dress)$/, { width: 70, top: 51, tallest: 74 }],
  [/\b(?:swimsuit|bikini)$/, { width: 42, top: 52, tallest: 58 }],
  [/\b(?:dress|nightgown|nightie)$/, { width: 60, top: 50, tallest: 70 }],
  [/\b(?:pants|jeans|trousers|leggings)$/, { width: 42, top: 80, hem: 118 }],
  // With a bib, or a bodice.
  [/\b(?:overalls|dungarees)$/, { width: 46, top: 54, tallest: 66 }],
  [/\btutu$/, { width: 66, top: 53, tallest: 62 }],
  [/\bbelt$/, { width: 46, top: 82 }],
  [/\b(?:suspenders|braces)$/, { width: 38, top: 50, tallest: 42 }],
  [/\b(?:shorts|trunks)$/, { width: 44, top: 80, hem: 112 }],
  [/\b(?:skirt|kilt)$/, { width: 50, top: 78, hem: 117 }],
  [
    /\b(?:sweater|jumper|cardigan|pullover|turtleneck|coat|overcoat|jacket|blazer|shirt|t-shirt|blouse|tuxedo|suit|uniform)$/,
    { width: 71, top: 49, tallest: 70 },
  ],
  [/\b(?:scarf|scarves)$/, { width: 42, top: 46, tallest: 46 }],
  [/\b(?:necklace|locket|collar|choker)$/, { width: 34, top: 46, tallest: 36 }],
  [/\b(?:bandana|neckerchief)$/, { width: 38, top: 48 }],
  [/\bboa$/, { width: 46, top: 46 }],
  [/\b(?:bow[ -]?tie|bowtie|bow|ribbon)$/, { width: 25, top: 50, tallest: 18 }],
  [/\b(?:tie|necktie)$/, { width: 16, top: 54, tallest: 38 }],
  [/\bmedal$/, { width: 26, top: 52, tallest: 34 }],
];

/** Maximum share of the ink of a speck. */
const speck = 0.02;

/** Finds the extent of a drawing without specks beside it. */
export function findMainBox({ alpha, side, box }: Sprite): Box {
  const islands = findIslands(
    Uint8Array.from(alpha, (value) => Number(value >= 0.5)),
    side,
  );
  const ink = islands.reduce((sum, { pixels }) => sum + pixels, 0);
  const large = islands.filter(({ pixels }) => pixels > speck * ink);
  if (large.length === 0 || large.length === islands.length) return box;
  const edge = (pixel: number): number => (2 * pixel) / side - 1;
  return {
    left: edge(Math.min(...large.map(({ left }) => left))),
    top: edge(Math.min(...large.map(({ top }) => top))),
    right: edge(Math.max(...large.map(({ right }) => right))),
    bottom: edge(Math.max(...large.map(({ bottom }) => bottom))),
  };
}

/** Range of the size of worn things on a standing figure about their anchor. */
const variation = 0.03;

/** Computes the template's unit and middle of a standing figure, and the position of a height of the template. */
export function frameOf({ trunk }: Sprite): { unit: number; x: number; at: (y: number) => number } {
  const unit = widthOf(trunk!) / (2 * places.trunk.aside);
  return { unit, x: centreOf(trunk!).x, at: (y) => trunk!.top + (y - places.trunk.top) * unit };
}

/** Costumes with a hood, in whose hole the face is: how far they reach below the middle of the face of a standing figure, in units of the template, and where that is. */
const hooded = { name: /\b(?:costume|onesie)$/, reach: 96, face: 36 };

/** Puts a standing figure into a costume with a hood. @returns `undefined` for other things. */
function placeAroundFigure({ subject, object, objectText }: Pair, [, b]: Dials): Related | undefined {
  const { faceHole, box } = object;
  if (!faceHole || !subject.hasHands || !subject.trunk || !hooded.name.test(objectText)) return undefined;
  const { unit, x, at } = frameOf(subject);
  const hole = centreOf(faceHole);
  const scale = ((hooded.reach * unit) / (box.bottom - hole.y)) * (1 + jitter(variation, b));
  return { object: pinPoint(scale, hole, { x, y: at(hooded.face) }), front: "object" };
}

/** Places a garment or a thing at the neck of a standing figure by its anchor. @returns `undefined` for other figures and things. */
export function placeAtAnchor(
  { subject, object, subjectText, objectText }: Pair,
  dials: Dials,
): Related | undefined {
  const around = placeAroundFigure({ subject, object, subjectText, objectText }, dials);
  if (around) return around;
  const [, b] = dials;
  const anchor = subject.hasHands ? anchors.find(([name]) => name.test(objectText))?.[1] : undefined;
  if (!anchor || !subject.trunk) return undefined;
  const { unit, x, at } = frameOf(subject);
  const own = findMainBox(object);
  const { width, top, hem, tallest = Infinity } = anchor;
  const fit = Math.min((width * unit) / widthOf(own), (tallest * unit) / heightOf(own));
  const from = { x: centreOf(own).x, y: own.top };
  return {
    object: pinPoint(fit * (1 + jitter(variation, b)), from, { x, y: at(top) }),
    front: "object",
    objectCut: hem === undefined ? undefined : { x, y: at(hem), half: 3, sag: 0 },
  };
}

/** Sizes of the things of a pair at hands and at feet / their distance, and where the lower edge of shoes is, in units of the template. */
export const pairSizes = {
  wrist: { width: 0.46, height: 0.46 },
  feet: { width: 0.98, height: 1.3 },
  // They are drawn from above.
  slippers: { width: 0.9, height: 0.95 },
  sole: 124.5,
};

/** Places a pair at both hands or at both feet of a standing figure. @returns `undefined` for other figures and things. */
export function placePair({ subject, object }: Pair, kind: "wrist" | "feet"): Related | undefined {
  const { apart, box } = object;
  if (!subject.hasHands || !subject.trunk || apart === undefined) return undefined;
  const { unit, x, at } = frameOf(subject);
  const isAtHands = kind === "wrist";
  const aside = isAtHands ? places.hand.aside : places.foot.aside;
  const from = { x: centreOf(box).x, y: isAtHands ? centreOf(box).y : box.bottom };
  const to = { x, y: at(isAtHands ? places.hand.y : pairSizes.sole) };
  return { object: pinPoint((2 * aside * unit) / apart, from, to), front: "object" };
}
