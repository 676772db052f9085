import type { Segment } from "./segments.js";

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
  [/\b(?:arrow|spear|dart)$/, /\b(?:tip|head|point|feathers)$/],
];

/**
 * Removes the parts that a thing's own drawing shows: an axe "with a wooden handle" is an axe.
 * @returns the other segments, and the words for the removed parts.
 */
export function removeOwnParts(segments: readonly Segment[]): {
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
    isAfterPart = isHad && parts.some(([things, own]) => things.test(owner) && own.test(segment.text));
    if (isAfterPart) removed.push(segment.text);
    else result.push(segment);
  }
  return { segments: result, removed };
}
