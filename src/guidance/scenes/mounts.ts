import { isBeing, isFigure, isRiddenSitting, isSeated } from "../../prompts/index.js";
import { type Prior, jitter, lerp, pinPoint } from "./relate.js";
import { computeCarrierFactor } from "./sizes.js";
import { type Sprite, centreOf, heightOf, isInkAt, measureTopContour, widthOf } from "./sprite.js";

/** Range of the width of a mount / rider width, with and without an added body; minimum height of a mount / rider height. */
const mountSize = { least: 1.35, most: 1.8, ofBody: 1.3, shortest: 0.72 };
/**
 * Half width of the seat / mount width, its distance from the middle, away from the head, and for vehicles the maximum distance, and the
 * weights of the distance and of the height against the unevenness of their outline.
 */
const seat = { half: 0.13, behind: 0.07, farthest: 0.25, aside: 0.1, high: 0.4 };
/** Height of the legs of a whole figure / its height, and the row that shows whether there are two. */
const legs = { height: 0.25, row: 0.06 };
/** Range of the depth to which a rider sinks into the mount / mount height. */
const sink = { least: 0.05, most: 0.15 };

/** Finds the x coordinate of a vehicle's seat: where its outline is even and low, near its middle: the deck of a scooter. */
function findSeat(vehicle: Sprite): number {
  const { box } = vehicle;
  const half = seat.half * widthOf(box);
  const steps = [0, -0.25, 0.25, -0.5, 0.5, -0.75, 0.75, -1, 1];
  const seats = steps.map((step) => {
    const x = centreOf(box).x + step * seat.farthest * widthOf(box);
    const heights = [-1, -0.5, 0, 0.5, 1].map((at) =>
      measureTopContour(vehicle, x + at * half, x + at * half),
    );
    const rough = (Math.max(...heights) - Math.min(...heights)) / heightOf(box);
    const high = (box.bottom - Math.min(...heights)) / heightOf(box);
    return { x, cost: rough + seat.aside * Math.abs(step) + seat.high * high };
  });
  return seats.reduce((best, each) => (each.cost < best.cost ? each : best)).x;
}

/** Whether a figure stands on two legs: in the lowest part of its drawing, there is ink at both sides of a gap; a staff is ink, too. */
function hasLegs(sprite: Sprite): boolean {
  const { box, side } = sprite;
  const y = box.bottom - legs.row * heightOf(box);
  const columns = Array.from({ length: side }, (_, column) =>
    isInkAt(sprite, (2 * column + 1) / side - 1, y),
  );
  const starts = columns.filter((isInk, at) => isInk && !columns[at - 1]).length;
  return starts >= 2;
}

/**
 * Template of seated figures (generators/drawings/README.md), in a square of side 128: the height of the eyes, of the seat and of the sole,
 * the x coordinates of the eyes, of the middle of the hips and of the shoe's tip, and the usual top.
 */
const template = { eyes: { x: 57.5, y: 35 }, hips: 65, seat: 93, sole: 123, tip: 31, top: 8 };
/** Range of the width of the mount of a seated figure / width of the figure without a tail or wings, and its depth in the mount / mount height. */
const seatedSize = { least: 2, most: 2.7, width: 53, sink: { least: 0, most: 0.06 } };

/** Finds the middle of a seated figure's seat, and the size of the template's unit. */
function findHips({ box, eyes }: Sprite): { x: number; y: number; unit: number } {
  const { sole, seat, hips, tip, top } = template;
  const isFound = eyes !== undefined && eyes.distance > 0;
  const unit = isFound ? (box.bottom - eyes.y) / (sole - template.eyes.y) : heightOf(box) / (sole - top);
  const x = isFound ? eyes.x + (hips - template.eyes.x) * unit : box.left + (hips - tip) * unit;
  return { x, y: box.bottom - (sole - seat) * unit, unit };
}

/** Where seated figures sit on an animal's back: distances from the middle, to the right, and half the width of the place / animal width. */
const saddle = { places: [0.02, 0.07, 0.12, 0.17, 0.22], half: 0.05 };

/** Finds the lowest place of the back of an animal that looks to the left, as seated riders do. */
function findSaddle(animal: Sprite): { x: number; y: number } {
  const width = widthOf(animal.box);
  const places = saddle.places.map((distance) => {
    const x = centreOf(animal.box).x + distance * width;
    return { x, y: measureTopContour(animal, x - saddle.half * width, x + saddle.half * width) };
  });
  return places.reduce((best, each) => (each.y > best.y ? each : best));
}

/** Places a mount under its rider, who sits on its back: behind the head of an animal from the side, else in the middle. */
export const placeOnMount: Prior = (pair, [a, b, c]) => {
  const { subject, object, subjectText, objectText } = pair;
  const [own, box] = [subject.box, object.box];
  const share =
    lerp(mountSize.least, mountSize.most, b) *
    (subject.trunk ? mountSize.ofBody : 1) *
    computeCarrierFactor(pair);
  const scale = Math.max(
    (share * widthOf(own)) / widthOf(box),
    (mountSize.shortest * heightOf(own)) / heightOf(box),
  );
  const { eyes } = object;
  const middle = centreOf(box).x;
  const isSide = eyes !== undefined && eyes.distance === 0;
  const away = isSide ? Math.sign(middle - eyes.x) * seat.behind * widthOf(box) : 0;
  const seatAt = isBeing(objectText) ? middle + away : findSeat(object);
  const x = seatAt + jitter(0.04, c) * widthOf(box);
  const half = seat.half * widthOf(box);
  if (isSeated(subjectText)) {
    const hips = findHips(subject);
    const width = seatedSize.width * hips.unit * lerp(seatedSize.least, seatedSize.most, b);
    const size = (width * computeCarrierFactor(pair)) / widthOf(box);
    const place = isBeing(objectText)
      ? findSaddle(object)
      : { x, y: measureTopContour(object, x - half, x + half) };
    const sunk = place.y + lerp(seatedSize.sink.least, seatedSize.sink.most, a) * heightOf(box);
    return { object: pinPoint(size, { x: place.x, y: sunk }, hips), front: "subject" };
  }
  const y = measureTopContour(object, x - half, x + half) + lerp(sink.least, sink.most, a) * heightOf(box);
  // The legs of a figure hang down before the mount.
  const hangs = isRiddenSitting(objectText) && isFigure(subjectText) && hasLegs(subject);
  const bottom = own.bottom - (hangs ? legs.height * heightOf(own) : 0);
  return {
    object: pinPoint(scale, { x, y }, { x: centreOf(own).x, y: bottom }),
    front: "subject",
  };
};
