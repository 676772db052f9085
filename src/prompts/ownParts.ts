import { colourWords } from "./colours.js";
import { parseCountedNoun, singularOf } from "./counts.js";
import { isFigure } from "./people.js";
import type { Segment } from "./segments.js";
import { isBeing } from "./states.js";

/** Parts that things have in their drawings, by the things. */
const parts: readonly (readonly [things: RegExp, parts: RegExp])[] = [
  [
    /\b(?:axe|hammer|sword|dagger|knife|spoon|fork|shovel|spade|rake|broom|brush|hairbrush|toothbrush|paintbrush|pan|frying pan|pot|saucepan|mug|cup|teacup|teapot|jug|pitcher|basket|bucket|umbrella|bag|suitcase|door|drawer|racket|whip|saw|screwdriver|lantern|scythe|pickaxe|mop|ladle|spatula|magnifying glass)$/,
    /\b(?:handles?|hilt|grip|shaft|blade|head|bristles|spout)$/,
  ],
  [
    /\b(?:table|desk|chair|armchair|stool|bench|sofa|couch|bed|piano)$/,
    /\b(?:legs?|feet|back|seat|frame|armrests?|keys)$/,
  ],
  [
    /\b(?:pumpkin|apple|pear|cherry|cherries|mushroom|flower|rose|tulip|sunflower|leaf|grapes|strawberry|tomato|pepper|melon|watermelon)$/,
    /\b(?:stems?|stalks?)$/,
  ],
  [
    /\b(?:car|automobile|bus|truck|van|taxi|train|tractor|bicycle|bike|motorcycle|scooter|cart|wagon|skateboard|pram|stroller)$/,
    /\b(?:wheels?|tyres?|tires?|headlights?|saddle|handlebars?)$/,
  ],
  [/\b(?:house|cottage|hut|barn|castle|church|cabin|shed)$/, /\b(?:roof|walls?)$/],
  [/\b(?:doll|clock|mirror|glasses|picture|window)$/, /\b(?:face|frame|lens|lenses)$/],
  [/\b(?:snowman|clown)$/, /\bnose$/],
  [/\b(?:deer|reindeer|moose|elk|stag)$/, /\bantlers?$/],
  [/\b(?:unicorn|rhinoceros|rhino|narwhal|cow|bull|ox|goat|ram|yak|buffalo|bison|devil)$/, /\bhorns?$/],
  [/\b(?:turtle|tortoise|snail|crab)$/, /\bshell$/],
  [/\b(?:elephant|mammoth|tapir)$/, /\btrunk$/],
  [/\b(?:arrow|spear|dart)$/, /\b(?:tip|head|point|feathers)$/],
];

/** Parts of the bodies of animals and of persons. */
const ofAnimals =
  /^(?:eyes?|nose|snout|muzzle|beak|bill|ears?|tails?|fur|mane|tusks?|teeth|fangs|claws|talons|scales|feathers|plumage|fins?|hooves|whiskers|paws?|tentacles|belly|tummy|humps?|wool|fleece|skin|cheeks)$/;
const ofPersons = /^(?:eyes?|nose|ears?|teeth|skin|cheeks|lips|eyebrows|eyelashes|fingers|belly|tummy|hair|arms|hands|legs|feet)$/; // prettier-ignore
/** Limbs, and the animals that have none. */
const limbs = /^(?:legs?|arms)$/;
const limbless =
  /\b(?:\w*fish|snake|cobra|python|worm|snail|slug|whale|dolphin|shark|seal|eel|tadpole|mermaid|ghost)$/;

/** Tells whether a phrase names a part of a being's own body: "long ears" of a rabbit, but no "rabbit ears" of a cat. */
function isOfBody(owner: string, phrase: string, isName: (phrase: string) => boolean): boolean {
  const being = singularOf(parseCountedNoun(owner).text) ?? parseCountedNoun(owner).text;
  if (!isBeing(being)) return false;
  const words = phrase.split(" ");
  const part = words.pop()!;
  const own = isFigure(being) ? ofPersons : ofAnimals;
  if (!own.test(part) && !own.test(`${part}s`) && !(limbs.test(part) && !limbless.test(being))) return false;
  const isThing = (word: string): boolean =>
    isBeing(word) || (isName(word) && !colourWords.has(word) && word !== "floppy");
  return !words.some(isThing);
}

/**
 * Removes the parts that a thing's own drawing shows: an axe "with a wooden handle" is an axe. What "and" joins to a removed
 * part is had as well.
 * @returns the other segments, and the words for the removed parts.
 */
export function removeOwnParts(
  segments: readonly Segment[],
  isName: (phrase: string) => boolean,
): {
  segments: readonly Segment[];
  removed: readonly string[];
} {
  const result: Segment[] = [];
  const removed: string[] = [];
  let isAfterPart = false;
  for (const segment of segments) {
    const owner = result.at(-1)?.text ?? "";
    const isHad: boolean =
      segment.connectives.includes("with") ||
      (isAfterPart && segment.connectives.every((kind) => kind === "and"));
    const wasAfterPart: boolean = isAfterPart && isHad;
    isAfterPart =
      isHad &&
      (parts.some(([things, own]) => things.test(owner) && own.test(segment.text)) ||
        isOfBody(owner, segment.text, isName));
    if (isAfterPart) removed.push(segment.text);
    else
      result.push(
        wasAfterPart && segment.connectives.length > 0 ? { ...segment, connectives: ["with"] } : segment,
      );
  }
  return { segments: result, removed };
}
