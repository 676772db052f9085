import { isBeing } from "../../prompts/index.js";
import { findLargestBox } from "./faces.js";
import { type Prior, jitter, lerp, pinPoint } from "./relate.js";
import { computeRelativeScale } from "./sizes.js";
import { type Box, type Sprite, centreOf, heightOf, widthOf } from "./sprite.js";

/** Things with space for other things below them. */
const archWords =
  /\b(?:rainbow|umbrella|tree|bridge|palm|tent|parasol|arch|mushroom|toadstool|waterfall|gazebo|pavilion|shelter|canopy|awning|willow|oak|pine|tower|mountain|volcano|cliff)s?$/;
/** Things with a trunk or a stem in the middle: what is under them stands before it. */
const crowned =
  /\b(?:tree|palm|mushroom|toadstool|umbrella|parasol|waterfall|willow|oak|pine|tower|mountain|volcano|cliff)s?$/;
/** Things in the air, below which there is a gap. */
const aloft =
  /\b(?:balloon|cloud|moon|sun|stars?|comet|helicopter|airplane|plane|jet|rocket|ufo|flying saucer|zeppelin|kite|planet|bird|eagle|butterfly|bee|bat|dragon|drone|ceiling lamp|chandelier|rain|snow|snowflake|lightning|storm|tornado|sky)$/;
/** Balloons whose ropes end at the basket below. */
const airship = /\bhot[ -]air balloon$/;
/** Maximum aspect (width / height) of a post, such as a street lamp, at whose foot things stand; and its height / their height. */
const post = { widest: 0.62, least: 1.5, most: 1.9, aside: 0.3 };
/** Flat and soft things, from under which others look out. */
const covers =
  /\b(?:doormat|mat|rug|carpet|blanket|quilt|duvet|bedspread|towel|tablecloth|sheet|pillow|cushion)$/;
/** Size of such a cover / width of what is under it, and the part of its height that is hidden. */
const coverSize = { least: 1.1, most: 1.35, hidden: { least: 0.28, most: 0.37 } };
/** Heavy things with little space below them: things under them look out below their lower edge. */
const heavy =
  /\b(?:sofa|couch|armchair|bed|mattress|car|automobile|taxi|van|truck|lorry|tractor|bus|refrigerator|fridge|radiator|bookshelf|bookcase|wardrobe|chest of drawers|dresser|cabinet|counter|piano|oven|stove|log|rock|boulder|flower ?pot|box|crate|suitcase|barrel|bucket)$/;
/** Size of such a thing / width of what is under it, and the part of its height that is hidden. */
const heavySize = { least: 1.9, most: 2.5, hidden: { least: 0.3, most: 0.4 } };
/** Trees, beside whose trunks others stand: their height / height of those, and distance from the trunk / their width. */
const trees = /\b(?:tree|palm|willow|oak|pine)s?$/;
const treeSize = { least: 1.75, most: 2.1, aside: 0.24 };
/** Overlap of a thing without a space below it with the top of what is under it / height. */
const contact = { least: 0.04, most: 0.12 };

/** Finds the largest free box of a given aspect under an arch. @returns undefined when there is none. */
function findBoxUnder({ alpha, side, box }: Sprite, aspect: number): Box | undefined {
  const free = new Uint8Array(side * side);
  const lowest = Math.round(((box.bottom + 1) / 2) * side);
  for (let column = 0; column < side; column++)
    for (let row = 1, under = false; row < lowest; row++) {
      under ||= alpha[(row - 1) * side + column]! > 0.5;
      free[row * side + column] = Number(under && alpha[row * side + column]! < 0.5);
    }
  return findLargestBox(free, side, aspect);
}

/** Minimum width or height of the space under an arch / that of the arch, for things that stand in it. */
const leastHollow = { width: 0.36, height: 0.42 };
/** Height of a thing in such a space / height of the space: its feet are in front of the legs of a table. */
const beforeLegs = 1.35;

/** Minimum aspect (width / height) of what lies, and the width of a table / its width. */
const low = { aspect: 1.5, least: 1.3, most: 1.65 };

/** Places a thing over the subject: above it in the air, around it as an arch or a table, or behind it as a lamp or a tree. */
export const placeAbove: Prior = (pair, [a, b, c, d]) => {
  const [own, box] = [pair.subject.box, pair.object.box];
  if (covers.test(pair.objectText)) {
    const scale = (widthOf(own) * lerp(coverSize.least, coverSize.most, b)) / widthOf(box);
    const hidden = lerp(coverSize.hidden.least, coverSize.hidden.most, a) * heightOf(own);
    const to = { x: centreOf(own).x + jitter(0.08, c) * widthOf(own), y: own.bottom - hidden };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.top }, to), front: "object" };
  }
  // Beings are placed below instead, where they are seen whole.
  if (heavy.test(pair.objectText) && !isBeing(pair.subjectText)) {
    const size = Math.max(widthOf(own), 0.8 * heightOf(own)) * lerp(heavySize.least, heavySize.most, b);
    const hidden = lerp(heavySize.hidden.least, heavySize.hidden.most, a) * heightOf(own);
    const to = { x: centreOf(own).x + jitter(0.3, c) * widthOf(own), y: own.top + hidden };
    const scale = size / widthOf(box);
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, to), front: "object" };
  }
  if (trees.test(pair.objectText)) {
    const scale = Math.max(
      (lerp(treeSize.least, treeSize.most, b) * heightOf(own)) / heightOf(box),
      (1.3 * widthOf(own)) / widthOf(box),
    );
    const aside = (d < 0.5 ? -1 : 1) * treeSize.aside * lerp(0.9, 1.1, c) * scale * widthOf(box);
    const to = { x: centreOf(own).x + aside, y: own.bottom - lerp(0.02, 0.08, a) * heightOf(own) };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, to), front: "subject" };
  }
  const isAloft = aloft.test(pair.objectText);
  const hollow =
    isAloft || crowned.test(pair.objectText)
      ? undefined
      : findBoxUnder(pair.object, (beforeLegs * widthOf(own)) / heightOf(own));
  // What lies is low: it lies on the ground before the legs.
  if (hollow && widthOf(own) > low.aspect * heightOf(own)) {
    const scale = (widthOf(own) * lerp(low.least, low.most, b)) / widthOf(box);
    const to = {
      x: centreOf(own).x + jitter(0.08, c) * widthOf(own),
      y: own.bottom - lerp(0.02, 0.1, a) * heightOf(own),
    };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, to), front: "subject" };
  }
  // A quarter of a rainbow has no space below it.
  if (
    hollow &&
    (widthOf(hollow) > leastHollow.width * widthOf(box) ||
      heightOf(hollow) > leastHollow.height * heightOf(box))
  ) {
    const scale = widthOf(own) / widthOf(hollow) / lerp(0.95, 1.1, b);
    const from = { x: centreOf(hollow).x, y: hollow.top };
    const to = {
      x: centreOf(own).x + jitter(0.05, c) * widthOf(own),
      y: own.top - lerp(-0.02, 0.05, a) * heightOf(own),
    };
    return { object: pinPoint(scale, from, to), front: "subject" };
  }
  const isPost = widthOf(box) < post.widest * heightOf(box);
  if (!isAloft && isPost && !archWords.test(pair.objectText)) {
    const scale = (lerp(post.least, post.most, b) * heightOf(own)) / heightOf(box);
    const to = {
      x: centreOf(own).x + (d < 0.5 ? -1 : 1) * lerp(0.6, 1, c) * post.aside * widthOf(own),
      y: own.bottom - lerp(0.02, 0.08, a) * heightOf(own),
    };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, to), front: "subject" };
  }
  if (archWords.test(pair.objectText)) {
    const scale = Math.max(
      (widthOf(own) * lerp(1.5, 2.1, b)) / widthOf(box),
      crowned.test(pair.objectText) ? (1.3 * heightOf(own)) / heightOf(box) : 0,
    );
    const foot = { x: centreOf(box).x, y: box.bottom };
    const to = {
      x: centreOf(own).x + jitter(0.06, c) * widthOf(own),
      y: own.bottom - lerp(0, 0.15, a) * heightOf(own),
    };
    const object = pinPoint(scale, foot, to);
    // The arch must be above the subject's top.
    const top = scale * box.top + object.y;
    const clear = own.top - 0.25 * heightOf(own);
    return { object: top > clear ? { ...object, y: object.y + clear - top } : object, front: "subject" };
  }
  if (!isAloft) {
    const scale = computeRelativeScale(pair) * lerp(0.95, 1.3, b);
    const to = {
      x: centreOf(own).x + jitter(0.08, c) * widthOf(own),
      y: own.top + lerp(contact.least, contact.most, a) * heightOf(own),
    };
    return { object: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, to), front: "subject" };
  }
  // The string of a balloon ends at the thing below it.
  const isAirship = airship.test(pair.objectText);
  const carries = isAirship || /\bballoon$/.test(pair.objectText);
  const size = isAirship
    ? (1.6 * widthOf(own)) / widthOf(box)
    : carries
      ? (1.15 * heightOf(own)) / heightOf(box)
      : computeRelativeScale(pair);
  const foot = { x: centreOf(box).x, y: box.bottom };
  const to = {
    x: centreOf(own).x + jitter(carries ? 0.04 : 0.15, c) * widthOf(own),
    y:
      own.top -
      (isAirship ? -lerp(0.1, 0.25, a) : carries ? jitter(0.03, a) : lerp(0.02, 0.15, a)) * heightOf(own),
  };
  const scale = size * (isAirship ? lerp(0.9, 1.15, b) : lerp(0.7, 1.2, b));
  return { object: pinPoint(scale, foot, to), front: isAirship ? "subject" : "either" };
};
