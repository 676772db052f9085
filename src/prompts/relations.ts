/**
 * Spatial relations of two parts of a scene: "subject … object". The first seven place the object on the subject: a hat on the head,
 * glasses over the eyes, a scarf at the neck, a shirt over the body, shoes at the feet, a face on a thing, wings behind it.
 */
export const relationKinds = [
  "head",
  "eyes",
  "neck",
  "body",
  "feet",
  "face",
  "around",
  "holding",
  "on",
  "in",
  "above",
  "below",
  "beside",
  "left",
  "right",
  "behind",
  "front",
] as const;

/** Kind of a relation. */
export type RelationKind = (typeof relationKinds)[number];

/** A word or phrase, without articles, between the names of two things. */
export interface Connective {
  readonly words: readonly string[];
  /** `and` places the things beside each other. For `with` and `wearing` the object determines the relation. */
  readonly kind: RelationKind | "and" | "with" | "wearing";
}

const phrases: readonly (readonly [Connective["kind"], string])[] = [
  ["and", "and|&|,|plus|as well as|together with|along with|;"],
  ["wearing", "wearing|dressed in|in pair of"],
  ["with", "with|having|who has|that has"],
  ["holding", "holding|carrying|playing|eating|drinking|waving|reading|pushing|pulling|hugging"],
  ["on", "on top of|on|upon|atop|riding|riding on"],
  ["in", "inside of|inside|in|within|driving"],
  ["above", "above|over"],
  ["below", "below|under|underneath|beneath"],
  ["beside", "next to|beside|near|alongside|by|besides|close to|at side of"],
  ["left", "to left of|on left of|left of"],
  ["right", "to right of|on right of|right of"],
  ["behind", "behind|in back of"],
  ["front", "in front of|before"],
];

/** All connectives, longest first. */
export const connectives: readonly Connective[] = phrases
  .flatMap(([kind, list]) => list.split("|").map((phrase) => ({ kind, words: phrase.split(" ") })))
  .sort((a, b) => b.words.length - a.words.length);

/** Verbs of position and auxiliary words. They are ignored before a connective. */
export const placingVerbs = new Set(
  (
    "sitting standing lying resting sleeping flying floating hovering jumping running walking swimming hanging perched parked placed " +
    "balancing dancing leaning is are that who which sits stands lies"
  ).split(" "),
);

const places: readonly (readonly [RelationKind, RegExp])[] = [
  [
    "head",
    /\b(?:hats?|caps?|crowns?|helmets?|tiaras?|beanies?|sombreros?|halos?|headphones?|headphone|wigs?|headbands?)$/,
  ],
  ["eyes", /\b(?:glasses|sunglasses|goggles|spectacles|monocles?|eyepatch|masks?)$/],
  ["neck", /\b(?:scarf|scarves|neckties?|ties?|bowties?|necklaces?|collars?|ribbons?|medals?)$/],
  [
    "body",
    /\b(?:shirts?|t-shirts?|dress|dresses|coats?|jackets?|vests?|kimonos?|robes?|sweaters?|pants|jeans|shorts|bikinis?|swimsuits?)$/,
  ],
  ["feet", /\b(?:shoes?|boots?|socks?|skates?|slippers?|sandals?|heels?|sneakers?|skis?)$/],
  ["face", /\b(?:faces?|eyes|smiles?|mouths?|moustaches?)$/],
  ["around", /\b(?:wings|capes?|fire|flames?|auras?|rays)$/],
];

/** Relation of a worn or attached thing to its bearer, by the thing's last word: a hat is on the head; undefined for a thing that is held. */
export function bearingOf(text: string): RelationKind | undefined {
  return places.find(([, pattern]) => pattern.test(text))?.[0];
}
