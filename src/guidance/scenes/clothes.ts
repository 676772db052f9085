import { type Dials, type Pair, type Prior, type Related, around, between, pin } from "./relate.js";
import { centreOf, contourBelow, heightOf, runAround, runAt, widthOf } from "./sprite.js";
import { headOf, partAt, worn } from "./wornPriors.js";

const overBody = worn([0.6, 0.72], [0.8, 1.1]);

/** Limits of a neck from the side: its width, and its lowest place, as parts of the animal's, and the width of its garment, as a multiple of the neck's. */
const neck = { widest: 0.5, lowest: 0.62, garment: { least: 1.9, most: 2.3 } };

/**
 * A garment below the neck of an animal from the side, in place of its body, which cannot be dressed: a duck in a jacket. Undefined when
 * its head does not rise above its body.
 */
function belowNeck({ subject, object }: Pair, [, b]: Dials): Related | undefined {
  const { eyes, box } = subject;
  if (eyes?.distance !== 0) return undefined;
  const depth = Math.max(eyes.y - contourBelow(subject, eyes.x - 0.04, eyes.x + 0.04), 0.05 * heightOf(box));
  const lowest = box.top + neck.lowest * heightOf(box);
  const [narrowest] = [1.4, 1.7, 2, 2.4]
    .map((times) => eyes.y + times * depth)
    .filter((y) => y < lowest)
    .map((y) => ({ y, run: runAround(subject, partAt(subject, y), eyes.x) }))
    // No other part of the body is beside a neck.
    .filter(({ y, run }) => runAt(subject, partAt(subject, y)).width <= run.width)
    .sort((one, other) => one.run.width - other.run.width);
  if (!narrowest || narrowest.run.width > neck.widest * widthOf(box)) return undefined;
  const { y, run } = narrowest;
  const own = object.box;
  const scale = (run.width * between(neck.garment.least, neck.garment.most, b)) / widthOf(own);
  const collar = { x: centreOf(own).x, y: own.top };
  const to = { x: run.centre, y: y - 0.06 * scale * heightOf(own) };
  const cut = { x: run.centre, y, half: run.width / 2, sag: 0.1 * run.width };
  return { object: pin(scale, collar, to), front: "subject", cut };
}

/** A shirt over the body; below a head, as its body. */
export const onBody: Prior = (pair, dials) => {
  const { subject, object, subjectText } = pair;
  if (!subject.isHead && !subject.trunk) return belowNeck(pair, dials) ?? overBody(pair, dials);
  const [a, b] = dials;
  const { box } = object;
  const { trunk } = subject;
  const neck = trunk?.top ?? subject.box.bottom;
  const width = trunk
    ? widthOf(trunk) * between(1.05, 1.15, b)
    : Math.min(widthOf(subject.box), 1.15 * headOf(subject, subjectText).width) * between(0.92, 1.1, b);
  const scale = width / widthOf(box);
  const top = { x: centreOf(box).x, y: box.top };
  const to = {
    x: subject.eyes && subject.eyes.distance > 0 ? subject.eyes.x : centreOf(subject.box).x,
    y: neck - (trunk ? 0 : between(0.08, 0.16, a)) * scale * heightOf(box),
  };
  return { object: pin(scale, top, to), front: trunk ? "object" : "subject" };
};
const onMiddle = worn([0.42, 0.6], [0.55, 0.95]);

/** Where the chin of a figure ends on its trunk, as a part of the trunk's height; and sizes of what is there, as parts of the trunk's. */
const collar = { chin: 0.17, width: 0.8, bow: 0.55, height: 0.8 };

/** What is worn at the neck of a figure with a body: below its chin, before its chest. */
const atCollar: Prior = ({ subject, object, objectText }, [a, b, c]) => {
  const trunk = subject.trunk!;
  const own = object.box;
  const isBow = /ribbon|bow$/.test(objectText);
  const scale =
    Math.min(
      ((isBow ? collar.bow : collar.width) * widthOf(trunk)) / widthOf(own),
      (collar.height * heightOf(trunk)) / heightOf(own),
    ) * between(0.9, 1.05, b);
  const top = { x: centreOf(own).x, y: own.top };
  const to = {
    x: centreOf(trunk).x + around(0.02, c) * widthOf(trunk),
    y: trunk.top + (collar.chin + around(0.02, a)) * heightOf(trunk),
  };
  return { object: pin(scale, top, to), front: "object" };
};

/** People whose drawings show head and shoulders: their eyes are near each other. */
const people =
  /\b(?:astronaut|wizard|mage|witch|pilot|cook|chef|farmer|artist|singer|teacher|scientist|firefighter|judge|vampire|elf|superhero|prince|princess|queen|king)$/;

/** A scarf or a ribbon below the head; on the middle of a thing without eyes. */
export const atNeck: Prior = (pair, dials) => {
  const { subject, object, subjectText, objectText } = pair;
  if (subject.trunk) return atCollar(pair, dials);
  if (!subject.eyes) return onMiddle(pair, dials);
  const [a, b, c] = dials;
  const { box, eyes } = subject;
  const head = headOf(subject, subjectText);
  // A drawing of a head alone ends at the neck.
  const chin = people.test(subjectText) ? 1.8 : 0.8;
  const below = eyes.y + Math.max(0.9 * (eyes.y - head.top), chin * eyes.distance);
  const isHead = subject.isHead ?? box.bottom - eyes.y < 0.85 * head.width;
  const y = isHead ? box.bottom - 0.06 * heightOf(box) : Math.min(below, box.bottom - 0.2 * heightOf(box));
  const x = eyes.distance > 0 ? eyes.x : eyes.x + 0.45 * head.width * Math.sign(centreOf(box).x - eyes.x);
  const run = runAround(subject, partAt(subject, y), x);
  const share = /ribbon|bow|medal|tie$/.test(objectText) ? between(0.4, 0.6, b) : between(0.7, 0.95, b);
  const width = isHead ? 0.85 * head.width * share : Math.min(run.width, 1.3 * head.width) * share;
  const own = object.box;
  const tall = heightOf(own) > 1.1 * widthOf(own);
  const knot = { x: centreOf(own).x, y: tall ? own.top + 0.2 * heightOf(own) : centreOf(own).y };
  const to = { x: x + around(0.03, c) * width, y: y + around(0.04, a) * head.width };
  return { object: pin(width / widthOf(own), knot, to), front: "object" };
};
