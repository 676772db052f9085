import { isBeing } from "../../prompts/index.js";
import type { Pair } from "./relate.js";
import { heightOf, widthOf } from "./sprite.js";

/** Things that are much larger or much smaller than an animal. */
const large =
  /\b(?:house|castle|tree|mountain|building|church|tower|rainbow|lighthouse|windmill|barn|skyscraper|volcano|rocket|bus|train|truck|ship|elephant|whale|dinosaur|palm|tent|stadium|bridge|tractor|car|automobile|taxi|van|ambulance|fire engine|helicopter|airplane|plane|cottage|shop|bakery|cave|pyramid|iceberg|piano|waterfall|hotel|school|hospital|factory|sun|planet|ferris wheel)s?$/;
const small =
  /\b(?:bee|ant|mouse|butterfly|ladybug|beetle|spider|snail|worm|fly|bug|chick|egg|cherry|cherries|strawberry|ring|key|coin|candle|mushroom|shrimp|acorn|seed|leaf|leaves|flower|tulip|rose|daisy|daffodil|poppy|cookie|nail|screw|button|coin|nut|berry|berries|ball|football|baseball|mug|cup|teacup|spoon|pencil)s?$/;
const toy = /\b(?:toy|model|paper|plastic|rubber|remote control(?:led)?) /;
/** Maximum ratio of areas due to different numbers of copies. */
const mostCopyFactor = 2.5;
/** Words for sizes, and the steps by which they change the size class. */
const sizeWords: readonly (readonly [word: RegExp, steps: number])[] = [
  [/\b(?:huge|giant|gigantic|enormous|massive)\b/, 2],
  [/\b(?:big|large|tall)\b/, 1],
  [/\b(?:small|little)\b/, -1],
  [/\b(?:tiny|miniature|mini)\b/, -2],
];
/** Ratio of the scales of two adjacent size classes. */
const classRatio = 1.35;

/** Children and young animals, and by how many size classes they are smaller. */
const young =
  /\b(?:child|kid|toddler|baby|boy|girl|schoolboy|schoolgirl|calf|kitten|puppy|lamb|foal|chick|duckling|piglet|cub|pup|owlet|joey|fawn|gosling)$/;
const youngStep = 0.7;

/** Computes by how many size classes an object is larger than a subject because one of two beings is young. */
function compareAges({ subjectText, objectText }: Pick<Pair, "subjectText" | "objectText">): number {
  if (![subjectText, objectText].every((text) => isBeing(text) && !small.test(text))) return 0;
  return youngStep * (Number(young.test(subjectText)) - Number(young.test(objectText)));
}

/** Finds the size class of a thing by its name and by words such as "tiny": 0 for most animals, 1 for what is larger. */
function findSizeClass(text: string): number {
  const isBaby = /^baby /.test(text) && isBeing(text);
  const ofKind = large.test(text) && !toy.test(text) ? 1 : small.test(text) ? -1 : 0;
  const own = Math.max(-1, ofKind - Number(isBaby));
  return sizeWords.reduce((sum, [word, steps]) => (word.test(text) ? sum + steps : sum), own);
}

/** Tells whether a thing is much smaller than an animal. */
export const isSmall = (text: string): boolean => findSizeClass(text) < 0;

/** Ratio of the sizes of a held thing for each step of a word such as "giant". */
const heldRatio = 1.18;

/** Computes by how much a held thing is larger because of words such as "giant" or "tiny". */
export const computeHeldFactor = (text: string): number =>
  heldRatio ** sizeWords.reduce((sum, [word, steps]) => (word.test(text) ? sum + steps : sum), 0);

/** Ratio of the sizes of what carries and what is carried for each step between their classes, and the maximum number of steps. */
const carried = { ratio: 1.22, most: 2 };

/** Computes by how much what carries a thing is larger, if their size classes differ: an elephant below a mouse. */
export const computeCarrierFactor = ({
  subjectText,
  objectText,
}: Pick<Pair, "subjectText" | "objectText">): number =>
  carried.ratio **
  Math.min(carried.most, Math.max(0, findSizeClass(objectText) - findSizeClass(subjectText)));

/** Computes the ratio of the scales of an object and a subject by their size classes; 1 where the object is not larger. */
export const computeSizeRatio = ({
  subjectText,
  objectText,
}: Pick<Pair, "subjectText" | "objectText">): number =>
  classRatio ** Math.max(0, findSizeClass(objectText) - findSizeClass(subjectText));

/**
 * Computes the scale of an object relative to a subject: equal box areas of single copies, times `classRatio` for each step between their
 * size classes.
 */
export function computeRelativeScale(pair: Pair): number {
  const { subject, object, subjectText, objectText, copies = 1 } = pair;
  const [own, box] = [subject.box, object.box];
  const areas = (widthOf(own) * heightOf(own)) / (widthOf(box) * heightOf(box));
  const equal = Math.sqrt(areas * Math.max(1 / mostCopyFactor, Math.min(mostCopyFactor, copies)));
  const classes = findSizeClass(objectText) - findSizeClass(subjectText) + compareAges(pair);
  return equal * classRatio ** classes;
}

/** Computes the ratio of the sizes of two things of equal box areas by their size classes: below 1 where the second one is smaller. */
export const compareSizeClasses = (first: string, second: string): number =>
  classRatio ** (findSizeClass(second) - findSizeClass(first));
