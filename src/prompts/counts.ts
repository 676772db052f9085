/** Words for numbers of things; `several` and `few` count as three. */
const numbers: ReadonlyMap<string, number> = new Map([
  ...["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"].flatMap(
    (word, at): [string, number][] => [
      [word, at + 2],
      [String(at + 2), at + 2],
    ],
  ),
  ["dozen", 12],
  ["several", 3],
  ["many", 5],
  ["few", 3],
]);
/** Phrases for numbers, before the noun. */
const phrases: readonly (readonly [RegExp, number])[] = [
  [
    /^pair of (?=.*(?:glasses|scissors|shears|trousers|pants|jeans|shorts|leggings|tights|goggles|spectacles|binoculars|pliers|tweezers|tongs|headphones|pyjamas|pajamas|overalls|earmuffs|handcuffs|chopsticks|(?<!(?:boxing|baseball|oven|garden) )gloves|mittens|slippers|socks|(?<!christmas )stockings|flippers|leg ?warmers|(?:rubber|rain|wellington|snow) boots|wellies|clogs|flats|flip[- ]?flops)$)/,
    1,
  ],
  [/^(?:pair|couple) of /, 2],
  [/^(?:lots|plenty|bunch|group|flock|herd) of /, 5],
  [/^dozen of /, 12],
];
/** Plurals that do not end in "s", and others that the rules below get wrong. */
const irregular: Readonly<Record<string, string>> = {
  mice: "mouse",
  geese: "goose",
  children: "child",
  men: "man",
  women: "woman",
  people: "person",
  wolves: "wolf",
  leaves: "leaf",
  scarves: "scarf",
  elves: "elf",
  calves: "calf",
  shelves: "shelf",
  loaves: "loaf",
  knives: "knife",
  butterflies: "butterfly",
  cookies: "cookie",
  fish: "fish",
  sheep: "sheep",
  deer: "deer",
};

/** Returns the singular of a noun phrase's last word; undefined when it is no plural. */
export function singularOf(noun: string): string | undefined {
  const last = noun.split(" ").at(-1)!;
  const rest = noun.slice(0, noun.length - last.length);
  const known = irregular[last];
  if (known !== undefined) return rest + known;
  if (/[^aeiou]ies$/.test(last)) return `${rest}${last.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x)es$/.test(last)) return rest + last.slice(0, -2);
  if (/(?:tomato|potato|mango|hero)es$/.test(last)) return rest + last.slice(0, -2);
  return /[^s]s$/.test(last) && !/(?:us|is)$/.test(last) && last.length > 3
    ? rest + last.slice(0, -1)
    : undefined;
}

/** Returns the singular of a noun phrase: "slice of cake" of "slices of cake". */
function singularOfPhrase(noun: string): string | undefined {
  const at = noun.indexOf(" of ");
  const head = at < 0 ? undefined : singularOf(noun.slice(0, at));
  return head === undefined ? singularOf(noun) : head + noun.slice(at);
}

/** Plurals that name one thing or one drawing. */
const single =
  /(?:glasses|goggles|spectacles|headphones|shorts|pants|jeans|trousers|leggings|scissors|drums|flowers|fries|chips|noodles|clothes|grapes|cherries|beans|peanuts|pancakes|blueberries|skis|bubbles|fireworks|books|dice|stairs|overalls|pyjamas|pajamas)$/;

/**
 * Finds the singular of a plural without a number, for several things; undefined for other phrases and for plurals of one
 * drawing.
 */
export const findUncountedPlural = (text: string): string | undefined => {
  const singular = single.test(text) ? undefined : singularOf(text);
  return singular === text ? undefined : singular;
};

/** Things of which a drawing shows several, or that belong to one body. */
const parts = /(?:ears|eyes|hands|arms|legs|feet|paws|teeth|lips|wings|hair|lights)$/;

/**
 * Finds the singular of a prompt that is only a plural: "colorful crayons".
 * @param isName whether a phrase is a name in singular or plural. @param isOwnPlural whether a plural is the name of one drawing.
 */
export function findPluralAlone(
  text: string,
  isName: (phrase: string) => boolean,
  isOwnPlural: (phrase: string) => boolean,
): string | undefined {
  const words = text.split(" ");
  const ends = words.map((_, at) => words.slice(at).join(" "));
  if (words.length > 3 || words.includes("of") || parts.test(text) || ends.some(isOwnPlural))
    return undefined;
  const singular = findUncountedPlural(text);
  const last = singular?.split(" ").at(-1);
  return last !== undefined && isName(last) ? singular : undefined;
}

/** A noun phrase with the number of its things. */
export interface CountedNoun {
  /** In the singular where several are counted. */
  readonly text: string;
  readonly count: number;
}

/**
 * Reads a number before a noun phrase: "two cats" is two of "cat". Without a number it is one of the phrase itself.
 * @param text phrase without articles; `one` is not a number here.
 */
export function parseCountedNoun(text: string): CountedNoun {
  const phrase = phrases.find(([pattern]) => pattern.test(text));
  const [first, ...rest] = text.split(" ");
  const noun = phrase ? text.replace(phrase[0], "") : rest.join(" ");
  const count = phrase?.[1] ?? numbers.get(first!);
  if (count === undefined || noun === "") return { text, count: 1 };
  return { text: count === 1 ? noun : (singularOfPhrase(noun) ?? noun), count };
}
