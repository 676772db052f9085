import { isEnclosed } from "../../prompts/index.js";
import { placeInAdded } from "./doors.js";
import { findLargestBox } from "./faces.js";
import { type Pair, type Prior, type Related, jitter, lerp, pinPoint } from "./relate.js";
import { findIslands } from "./look.js";
import { type Notch, findNotch } from "./notches.js";
import {
  type Box,
  type Run,
  type Sprite,
  centreOf,
  measureFoot,
  measureTopContour,
  heightOf,
  placeCut,
  findWidestRun,
  widthOf,
} from "./sprite.js";

/** Closed or transparent containers: their content is drawn on their surface. */
const surfaces =
  /\b(?:glass|bottle|jar|flask|ball|bubble|thought balloon|speech balloon|bulb|mirror|picture|frame|screen|television|monitor|phone|cave|locket|envelope|egg|shell|aquarium|fish ?bowl|fish tank|terrarium|snow globe|sun|moon|heart|pan|plate|tray)$/;
/** Containers whose content is drawn at a window. */
const windowed =
  /\b(?:house|home|cottage|hut|castle|palace|tower|school|hotel|hospital|building|car|automobile|taxi|bus|minibus|van|truck|lorry|train|tram|trolleybus|ambulance|airplane|plane|helicopter|rocket|spaceship|submarine|window|door)$/;
/** Containers with bars in front of their content. */
const barred = /\b(?:cage|goal net)$/;

/** Range of the hidden part of a thing in an open container / its height. */
const depth = { least: 0.18, most: 0.36 };
/** Range of a thing's width / width of the opening, and its maximum height / container height. */
const openingSize = { least: 0.78, most: 0.95, tallest: 1.25 };
/** Range of a thing's visible height / window height, its minimum / container height, and its maximum width / window width. */
const windowSize = { least: 1.1, most: 1.35, minimum: 0.42, widest: 1.15 };
/** Lowest height of a rim / container height. */
const lowestRim = 0.6;
/** Minimum width of a rim / container width. Handles and taps are narrower. */
const rimWidth = 0.42;
/** Maximum area of a hole / box area, for a hole of a grid. */
const smallHole = 0.03;

/** Places a thing on the surface of a closed container, in its largest free box. */
export const placeOnSurface: Prior = ({ subject, object }, [a, b, c]) => {
  const own = subject.box;
  const surface = Uint8Array.from(object.alpha, (alpha) => Number(alpha > 0.5));
  const free = findLargestBox(surface, object.side, widthOf(own) / heightOf(own)) ?? object.box;
  const scale = widthOf(own) / (widthOf(free) * lerp(0.62, 0.92, b));
  const from = {
    x: centreOf(free).x + jitter(0.05, c) * widthOf(free),
    y: centreOf(free).y + jitter(0.05, a) * heightOf(free),
  };
  return { object: pinPoint(scale, from, centreOf(own)), front: "subject" };
};

/** Places a thing in an opening: its lower part is hidden below a curve, the front edge of the opening. */
function placeBehindEdge(
  { subject: { box: own } }: Pair,
  edge: { readonly x: number; readonly y: number; readonly half: number; readonly sag: number },
  { size, sink, shift }: { size: number; sink: number; shift: number },
): Related {
  const lowest = edge.y + edge.sag;
  const scale = 1 / size;
  // The hidden part of the thing is below the lowest point of the edge.
  const from = { x: edge.x + shift, y: lowest };
  const to = { x: centreOf(own).x, y: own.bottom - sink * heightOf(own) };
  const object = pinPoint(scale, from, to);
  return { object, front: "subject", cut: placeCut(edge, object) };
}

/** Maximum width of a stem / width of the thing, and maximum width of a thing with a stem / width of the mouth. */
const stem = { widest: 0.6, above: 1.35 };

/**
 * Computes the size at which a thing fits a mouth: its whole width, or that of its hidden part if that is a stem.
 * @param sink share of the hidden part. @param mouth width of the mouth. @param widest maximum width of a thing with a stem.
 */
function fitMouth(thing: Sprite, sink: number, mouth: number, widest: number): number {
  const width = widthOf(thing.box);
  const foot = measureFoot(thing, 1 - sink);
  return foot < stem.widest * width ? Math.min(mouth / foot, Math.max(mouth, widest) / width) : mouth / width;
}

/** Places a thing in the opening of a container that is seen from above. */
function placeInOpening(pair: Pair, mouth: Box, [a, b, c]: Parameters<Prior>[1]): Related {
  const { subject, object } = pair;
  const [own, box] = [subject.box, object.box];
  const sink = lerp(depth.least, depth.most, a);
  const wide = widthOf(mouth) * lerp(openingSize.least, openingSize.most, b);
  const size = Math.min(
    fitMouth(subject, sink, wide, stem.above * widthOf(mouth)),
    (openingSize.tallest * heightOf(box)) / heightOf(own),
  );
  const freeHalf = Math.max(0, widthOf(mouth) - size * widthOf(own)) / 2;
  const { x, y } = centreOf(mouth);
  const edge = { x, y, half: widthOf(mouth) / 2, sag: heightOf(mouth) / 2 };
  return placeBehindEdge(pair, edge, { size, sink, shift: jitter(0.6 * freeHalf, c) });
}

/** Places a thing at a window, with its lower part hidden below the sill. */
function placeAtWindow(pair: Pair, row: Box, [a, b, c]: Parameters<Prior>[1]): Related {
  const { subject, object } = pair;
  const [own, box] = [subject.box, object.box];
  const sink = lerp(depth.least, depth.most, a);
  const tall = Math.max(
    lerp(windowSize.least, windowSize.most, b) * heightOf(row),
    windowSize.minimum * heightOf(box),
  );
  const widest = Math.max(windowSize.widest * widthOf(row), windowSize.minimum * widthOf(box));
  const size = Math.min(tall / ((1 - sink) * heightOf(own)), widest / widthOf(own));
  const freeHalf = Math.max(0, widthOf(row) - size * widthOf(own)) / 2;
  const edge = { x: centreOf(row).x, y: row.bottom, half: widthOf(row) / 2, sag: 0 };
  return placeBehindEdge(pair, edge, { size, sink, shift: jitter(0.8 * freeHalf, c) });
}

/** Lowest level of a notch that things are in / container height. */
const lowestNotch = 0.7;
/** Size of a thing in a notch / width of the notch, and its maximum height / container height. */
const notchSize = { least: 1, most: 1.3, tallest: 0.75 };

/** Places a thing in the low part of a container: before the tank of a toilet, below the hood of a stroller. */
function placeInNotch(pair: Pair, { x, y, half }: Notch, [a, b, c]: Parameters<Prior>[1]): Related {
  const own = pair.subject.box;
  const size = Math.min(
    (2 * half * lerp(notchSize.least, notchSize.most, b)) / widthOf(own),
    (notchSize.tallest * heightOf(pair.object.box)) / heightOf(own),
  );
  const sink = lerp(depth.least, depth.most, a);
  return placeBehindEdge(pair, { x, y, half, sag: 0 }, { size, sink, shift: jitter(0.1 * half, c) });
}

/** Fills the small holes of a sprite, such as the grid of a cart. */
function fillSmallHoles(sprite: Sprite): Sprite {
  const { alpha, side, box } = sprite;
  const largest = (smallHole * widthOf(box) * heightOf(box) * side ** 2) / 4;
  const filled = Float32Array.from(alpha);
  const air = Uint8Array.from(alpha, (value) => (value > 0.5 ? 1 : 2));
  for (const hole of findIslands(air, side)) {
    const { value, pixels, left, top, right, bottom } = hole;
    if (value !== 2 || pixels > largest) continue;
    for (let row = top; row < bottom; row++) filled.fill(1, row * side + left, row * side + right);
  }
  return { ...sprite, alpha: filled };
}

/** Cached rims: the layouts of a scene need the same ones many times. */
const rims = new WeakMap<Sprite, { readonly part: number; readonly run: Run }>();

/** Finds the rim of a container without an opening: the topmost wide run. `part` is its height / container height. */
function findRim(container: Sprite): { readonly part: number; readonly run: Run } {
  const known = rims.get(container);
  if (known) return known;
  const filled = fillSmallHoles(container);
  const isWide = (part: number): boolean =>
    findWidestRun(filled, part).width >= rimWidth * widthOf(filled.box);
  const parts = Array.from({ length: 24 }, (_, at) => (at + 0.5) / 40);
  // A handle is wide only at its top.
  const part = parts.find((each) => [0, 0.05, 0.1].every((below) => isWide(each + below))) ?? lowestRim;
  const rim = { part, run: findWidestRun(filled, Math.min(part + 0.04, lowestRim)) };
  rims.set(container, rim);
  return rim;
}

/** Places a thing behind the front of an open container. Its upper part is visible above the rim and not wider than it. */
const placeBehindRim: Prior = ({ subject, object }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const { part, run } = findRim(object);
  const half = 0.3 * run.width;
  const contour = measureTopContour(object, run.centre - half, run.centre + half);
  const top = Math.max(contour, box.top + part * heightOf(box));
  const scale = widthOf(own) / (run.width * lerp(0.66, 0.86, b));
  const to = {
    x: centreOf(own).x + jitter(0.04, c) * widthOf(own),
    y: own.bottom - lerp(0.26, 0.38, a) * heightOf(own),
  };
  return { object: pinPoint(scale, { x: run.centre, y: top }, to), front: "object" };
};

/** Containers whose rim is their top, however narrow it is. */
const openAtTop = /\b(?:boot|shoe|hat|backpack|vase)$/;
/** Height at which the width of such a top is measured / container height, and half of the width used for its contour. */
const topOf = { part: 0.16, half: 0.18 };

/** Places a thing behind the top of a boot, a hat or a backpack. */
const placeOutOfTop: Prior = ({ subject, object }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const run = findWidestRun(object, topOf.part);
  const half = topOf.half * run.width;
  const y = measureTopContour(object, run.centre - half, run.centre + half);
  const sink = lerp(0.2, 0.3, a);
  const wide = run.width * lerp(0.8, 1, b);
  const size = Math.min(
    fitMouth(subject, sink, wide, stem.above * widthOf(box)),
    (0.85 * heightOf(box)) / heightOf(own),
  );
  const to = {
    x: centreOf(own).x + jitter(0.04, c) * widthOf(own),
    y: own.bottom - sink * heightOf(own),
  };
  return { object: pinPoint(1 / size, { x: run.centre, y }, to), front: "object" };
};

/** Size of a thing in a tent / tent size, and its distance above the tent's lower edge. */
const inTentSize = { least: 0.5, most: 0.6, widest: 0.5, foot: 0.03 };

/** Places a thing in the entrance of a tent. */
const placeInEntrance: Prior = ({ subject, object }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const size = Math.min(
    (lerp(inTentSize.least, inTentSize.most, b) * heightOf(box)) / heightOf(own),
    (inTentSize.widest * widthOf(box)) / widthOf(own),
  );
  const x = object.entrance ?? centreOf(box).x;
  const from = {
    x: x + jitter(0.03, c) * widthOf(box),
    y: box.bottom - (inTentSize.foot + jitter(0.01, a)) * heightOf(box),
  };
  return { object: pinPoint(1 / size, from, { x: centreOf(own).x, y: own.bottom }), front: "subject" };
};

/** Places a thing behind bars. */
const placeBehindBars: Prior = ({ subject, object }, [a, b, c]) => {
  const [own, box] = [subject.box, object.box];
  const share = lerp(0.6, 0.72, b);
  const scale = Math.max(
    widthOf(own) / (share * widthOf(box)),
    heightOf(own) / ((share + 0.12) * heightOf(box)),
  );
  const from = {
    x: centreOf(box).x + jitter(0.04, c) * widthOf(box),
    y: box.bottom - lerp(0.02, 0.05, a) * heightOf(box),
  };
  return { object: pinPoint(scale, from, { x: centreOf(own).x, y: own.bottom }), front: "object" };
};

/** Tells whether a container surrounds what is in it, even an insect: a jar, a cage, a house. */
export const surrounds = ({ object, objectText }: Pick<Pair, "object" | "objectText">): boolean =>
  object.added !== undefined ||
  [barred, surfaces, windowed, /\b(?:tent|nest|box|bathtub|bed|boot|shoe|hat)$/].some((names) =>
    names.test(objectText),
  );

/** Places a thing in a container: in its opening, behind its rim or bars, at its window, or on its surface. */
export const placeInContainer: Prior = (pair, dials) => {
  const { object, objectText } = pair;
  if (object.added) return placeInAdded(pair, object.added, dials);
  if (barred.test(objectText)) return placeBehindBars(pair, dials);
  if (/\btent$/.test(objectText)) return placeInEntrance(pair, dials);
  if (openAtTop.test(objectText)) return placeOutOfTop(pair, dials);
  if (surfaces.test(objectText)) return placeOnSurface(pair, dials);
  if (windowed.test(objectText) || isEnclosed(objectText)) {
    const row = object.windows ?? {
      // Without a window, use the middle.
      ...object.box,
      top: centreOf(object.box).y - 0.2 * heightOf(object.box),
      bottom: centreOf(object.box).y + 0.05 * heightOf(object.box),
      left: centreOf(object.box).x - 0.25 * widthOf(object.box),
      right: centreOf(object.box).x + 0.25 * widthOf(object.box),
    };
    return placeAtWindow(pair, row, dials);
  }
  if (object.opening) return placeInOpening(pair, object.opening, dials);
  const notch = findNotch(object);
  const isDeep = notch && notch.y > object.box.top + lowestNotch * heightOf(object.box);
  return notch && !isDeep ? placeInNotch(pair, notch, dials) : placeBehindRim(pair, dials);
};
