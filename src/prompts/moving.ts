import { colourWords } from "./colours.js";
import { singularOf } from "./counts.js";
import { isFigure } from "./people.js";
import { type Token, joinWords } from "./tokens.js";

/** First word of the names of beings in motion: `running fox`, seen from the side; `dancing fox`, from the front with raised arms. */
type Motion = "running" | "dancing";

/** Words for what a being does that a drawing in motion shows. */
const motions: ReadonlyMap<string, Motion | "jumping"> = new Map(
  Object.entries({
    running:
      "running ran jogging sprinting galloping galloped dashing rushing charging fleeing trotting scampering prancing",
    dancing: "dancing danced cheering celebrating partying twirling rejoicing waving",
    jumping: "jumping jumped leaping leapt hopping hopped bounding",
  }).flatMap(([motion, words]) =>
    words.split(" ").map((word) => [word, motion as Motion | "jumping"] as const),
  ),
);

/**
 * Phrases between two beings that both move, how they move, where the first one is then (beings that run look to
 * the left), and whether only two beings are drawn so.
 */
const pairs: readonly (readonly [phrases: string, motion: Motion, relation: string, needsBoth: boolean])[] = [
  [
    "running away from|running from|fleeing from|escaping from|chased by|being chased by|followed by",
    "running",
    "left of",
    false,
  ],
  ["running after|chasing after|chasing|chases|pursuing", "running", "right of", false],
  ["racing|racing against|running with|racing with|jogging with", "running", "left of", true],
  ["dancing with|partying with|celebrating with", "dancing", "beside", true],
];
/** The same, a row for each phrase, the longest first. */
const pairRows = pairs
  .flatMap(([phrases, motion, relation, needsBoth]) =>
    phrases
      .split("|")
      .map((phrase) => ({ words: phrase.split(" "), motion, relation: relation.split(" "), needsBoth })),
  )
  .sort((one, other) => other.words.length - one.words.length);

/** Words by which a being wears, has or does something that its drawing in motion does not show. */
const hindering = new Set(
  "wearing wears holding carrying with riding eating drinking playing pulling pushing dressed".split(" "),
);
/** Things on a head, which drawings in motion can wear. */
const headwear = new Set(
  "hat cap crown tiara helmet beanie headband headphones sunglasses glasses goggles wreath hats crowns".split(
    " ",
  ),
);
/** Words between a being and its verb. */
const between = new Set("is are who that which happily quickly fast joyfully and".split(" "));
/** Words after a verb that say how, and not where, a being moves. */
const manner = new Set(
  "around along away fast quickly happily joyfully wildly together hello goodbye freely gracefully about".split(
    " ",
  ),
);
/** Largest number of words of a being's name. */
const longestName = 3;

/** What is known about names. */
interface Names {
  isName(phrase: string): boolean;
  /** Returns the name of the person or animal that a phrase is drawn as. */
  readonly beingOf?: ((phrase: string) => string | undefined) | undefined;
}

/** Where a being is in a text: tokens `from` to before `to`, of which the last ones are its name. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/** Returns the words of the drawing of a being in motion, a plural as one. @param words the words of its name. */
function nameInMotion(
  words: readonly string[],
  motion: Motion,
  { isName, beingOf }: Names,
): string[] | undefined {
  const last = words.at(-1)!;
  const forms = isName(`${motion} ${words.join(" ")}`) ? [last] : [last, singularOf(last)];
  for (const form of forms) {
    if (form === undefined) continue;
    const name = [...words.slice(0, -1), form].join(" ");
    const label = beingOf?.(name);
    // A nurse is a "woman health worker".
    const being = [name, label, label?.replace(/^(?:man|woman) /, "")].find(
      (each) => each !== undefined && isName(`${motion} ${each}`),
    );
    if (being === undefined) continue;
    const all = being.split(" ");
    return form === last
      ? [motion, ...all]
      : [motion, ...all.slice(0, -1), pluralLike(all.at(-1)!, form, last)];
  }
  return undefined;
}

/** Returns a noun in the plural, as a text has it, if it is the text's own noun. */
const pluralLike = (noun: string, singular: string, plural: string): string =>
  noun === singular ? plural : `${noun}s`;

/** Tells the motion of a verb: animals leap as they run, and people jump for joy. */
function motionOf(verb: string, being: string): Motion | undefined {
  const motion = motions.get(verb);
  return motion === "jumping" ? (isFigure(being) ? "dancing" : "running") : motion;
}

/** Finds the being whose name ends before a token, or starts at it, and names it in motion. */
function findBeing(
  tokens: readonly Token[],
  at: number,
  isBefore: boolean,
  motionFor: (being: string) => Motion | undefined,
  names: Names,
): (Place & { readonly name: readonly string[] }) | undefined {
  for (let length = longestName; length > 0; length--) {
    const [from, to] = isBefore ? [at - length, at] : [at, at + length];
    if (from < 0 || to > tokens.length) continue;
    // A name starts after its article, and ends before the next one.
    if (tokens.slice(from + 1, to).some(({ article }) => article)) continue;
    const words = tokens.slice(from, to).map(({ word }) => word);
    if (words.some((word) => motions.has(word))) continue;
    const motion = motionFor(words.join(" "));
    // Colours are painted: the drawing of a white horse is that of a horse.
    if (colourWords.has(words[0]!) && !(motion && names.isName(`${motion} ${words.join(" ")}`))) continue;
    const name = motion && nameInMotion(words, motion, names);
    if (name) return { from, to, name };
  }
  return undefined;
}

const plain = { definite: false, article: false, possessive: false };

/** Replaces the name of a being by that of its drawing in motion. The article stays at the first word. */
function rename(
  tokens: readonly Token[],
  { from, to, name }: Place & { readonly name: readonly string[] },
): Token[] {
  return [
    ...tokens.slice(0, from),
    ...name.map((word, at) => (at === 0 ? { ...tokens[from]!, word } : { ...plain, word })),
    ...tokens.slice(to),
  ];
}

/** Shows two beings that move together, where the generator has such drawings. */
function showPair(tokens: readonly Token[], names: Names): Token[] | undefined {
  for (const { words, motion, relation, needsBoth } of pairRows) {
    const at = tokens.findIndex((_, start) =>
      words.every((word, offset) => tokens[start + offset]?.word === word),
    );
    if (at < 1) continue;
    const start = skipBack(tokens, at);
    const isMoving = (): Motion => motion;
    const subject = findBeing(tokens, start, true, isMoving, names);
    if (!subject) continue;
    const rest = tokens.slice(at + words.length);
    // "Two foxes chasing each other", "a puppy chasing its tail": no other one is there.
    const own = /^(?:each other|(?:own )?tail)\b/.exec(joinWords(rest));
    if (own) return [...rename(tokens.slice(0, start), subject), ...rest.slice(own[0].split(" ").length)];
    const object = findBeing(rest, countColours(rest, 0), false, isMoving, names);
    if (!object && needsBoth) continue;
    const connective = relation.map((word) => ({ ...plain, word }));
    return [
      ...rename(tokens.slice(0, start), subject),
      ...connective,
      ...(object ? rename(rest, object) : rest),
    ];
  }
  return undefined;
}

/** Returns the end of what is before a verb, without "is" and the like. */
function skipBack(tokens: readonly Token[], verb: number): number {
  let end = verb;
  while (end > 1 && between.has(tokens[end - 1]!.word)) end--;
  return end;
}

/** Number of words for colours that start at a token. */
function countColours(tokens: readonly Token[], at: number): number {
  let count = 0;
  while (colourWords.has(tokens[at + count]?.word ?? "")) count++;
  return count;
}

/** Renames a being, and the one that "and" joins to it: "a cat and a dog dancing". */
function renameJoined(
  tokens: readonly Token[],
  being: Place & { readonly name: readonly string[] },
  motionFor: (being: string) => Motion | undefined,
  names: Names,
): Token[] {
  const renamed = rename(tokens, being);
  const joint = being.from - 1;
  const other = tokens[joint]?.word === "and" ? findBeing(tokens, joint, true, motionFor, names) : undefined;
  return other ? rename(renamed, other) : renamed;
}

/** Number of words at the start that say how something moves, which no drawing shows. */
function countManner(tokens: readonly Token[]): number {
  let count = 0;
  while (manner.has(tokens[count]?.word ?? "") && !tokens[count + 1]?.article) count++;
  return tokens[count]?.word === "for" && tokens[count + 1]?.word === "joy" ? count + 2 : count;
}

/** Tells whether what is waved is a hand: "waving a flag" holds one. */
const isWithoutObject = (tokens: readonly Token[], at: number): boolean =>
  tokens[at + 1] === undefined || /^(?:hello|goodbye|at|to|in|on|and)$/.test(tokens[at + 1]!.word);

/**
 * Names beings by their drawings in motion where the generator has them: "a dog running in the park" is a `running dog` in the park, and
 * "a dog chasing a cat" a `running dog` on the right of a `running cat`. What they wear, hold or ride is not shown in motion.
 * @param tokens the words of a prompt.
 */
export function showMotion(tokens: readonly Token[], names: Names): Token[] {
  const isWorn = tokens.some(({ word }) => headwear.has(word));
  const hindrances = tokens.filter(({ word }) => hindering.has(word) && !(isWorn && /^wear/.test(word)));
  const pair = hindrances.length > 1 ? undefined : showPair(tokens, names);
  if (pair) return pair;
  // "A squirrel holding an acorn and running": no drawing shows both.
  const isAfterAll = tokens.at(-2)?.word === "and" && motions.has(tokens.at(-1)!.word);
  if (hindrances.length > 0) return isAfterAll ? tokens.slice(0, -2) : [...tokens];
  let result = [...tokens];
  for (let at = result.length - 1; at >= 0; at--) {
    const verb = result[at]!.word;
    if (!motions.has(verb)) continue;
    const motionFor = (being: string): Motion | undefined =>
      motionOf(verb, isFigure(being) ? being : (names.beingOf?.(being) ?? being));
    const start = skipBack(result, at);
    const hasObject = verb === "waving" && !isWithoutObject(result, at);
    const before =
      result[at]!.article || hasObject ? undefined : findBeing(result, start, true, motionFor, names);
    if (before) {
      const rest = result.slice(at + 1);
      result = [
        ...renameJoined(result.slice(0, start), before, motionFor, names),
        ...rest.slice(countManner(rest)),
      ];
      continue;
    }
    const colours = countColours(result, at + 1);
    const after = findBeing(result, at + 1 + colours, false, motionFor, names);
    if (!after) continue;
    // "A dancing brown bear" is a brown `dancing bear`.
    const moved = rename(result, after);
    const [first, ...others] = moved.splice(at, 1 + colours);
    moved.splice(
      at,
      0,
      ...others.map((token, index) => (index === 0 ? { ...first!, word: token.word } : token)),
    );
    result = moved;
  }
  return result;
}
