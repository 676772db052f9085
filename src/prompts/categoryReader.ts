import { categories } from "./categories.js";
import { type NamedColour, takeColour } from "./colours.js";
import { formsOf, wordsOf } from "./wordForms.js";

/** A category that a phrase names, and its members. */
export interface CategoryMeaning {
  /** Words of the phrase that name it. */
  readonly category: string;
  /** Indices of concepts; never empty. */
  readonly concepts: readonly number[];
  /** Requested colour, where it does not distinguish members: "a pink vehicle", but not "a red fruit". */
  readonly colour?: NamedColour | undefined;
}

/** Openings that ask for anything of a category: "something for", "a kind of". */
const opening =
  /^(?:(?:some|any)thing|things?|stuff|objects?)(?: (?:for|to do with|related to|about|from|to|that is|that are|typical of|typical for|suitable for))?(?: (?:a|an|the|my))? (?=.)/;
const kindOf = /^(?:kinds?|types?|sorts?|pieces?|items?|articles?) of /;
const connectives =
  /^(?:of|with|in|on|at|and|for|to|from|by|wearing|holding|riding|eating|under|over|behind|near)$/;
/** Maximum number of words of a phrase for a category, and of a prompt that is read as one. */
const longest = { phrase: 4, prompt: 6 };
/** Minimum number of concepts that share a tag that counts as a category. */
const leastSharing = 2;

/**
 * Makes a reader of phrases that name a category, an occasion or a property instead of a thing: "a sea creature", "winter sport",
 * "something spooky".
 * @param tagged concepts with a word in their label or tags.
 * @param isName whether words are the name of a concept. A longer name at the end of a phrase is that thing ("office worker"), and a name
 * that does not narrow a category makes it another thing ("dog food").
 */
export function createCategoryReader(
  concepts: readonly { readonly label: string; readonly subgroup?: string | undefined }[],
  tagged: (word: string) => ReadonlySet<number> | undefined,
  isName: (words: readonly string[]) => boolean,
): (words: readonly string[]) => CategoryMeaning | undefined {
  const phrases = new Map<string, ReadonlySet<number>>();
  const themes = new Map<string, ReadonlySet<number>>();
  // Concepts by their label, and by their subgroup after `#`.
  const byMark = new Map<string, number[]>();
  concepts.forEach(({ label, subgroup }, at) => {
    for (const mark of [label, `#${subgroup}`]) {
      const marked = byMark.get(mark);
      if (marked) marked.push(at);
      else byMark.set(mark, [at]);
    }
  });
  for (const [names, text] of Object.entries(categories)) {
    const marks = new Set(text.split("|"));
    const members = [...new Set([...marks].flatMap((mark) => byMark.get(mark) ?? []))]
      .filter((at) => !marks.has(`-${concepts[at]!.label}`))
      .sort((a, b) => a - b);
    if (members.length === 0) continue;
    for (const name of names.split("|"))
      (name.startsWith("~") ? themes : phrases).set(wordsOf(name).join(" "), new Set(members));
  }
  const lookUp = (words: readonly string[], isTheme: boolean): ReadonlySet<number> | undefined => {
    const leading = words.slice(0, -1);
    for (const form of formsOf(words.at(-1)!)) {
      const name = [...leading, form].join(" ");
      const members = phrases.get(name) ?? (isTheme ? themes.get(name) : undefined);
      if (members) return members;
    }
    return undefined;
  };
  /** Returns the members of the longest phrase for a category that ends the words, and the words before it. */
  const takeLast = (words: readonly string[], isTheme: boolean) => {
    for (let count = Math.min(longest.phrase, words.length); count > 0; count--) {
      const members = lookUp(words.slice(-count), isTheme);
      if (members) return { members, rest: words.slice(0, -count) };
    }
    return undefined;
  };
  const both = (one: ReadonlySet<number>, other: ReadonlySet<number> = new Set()): ReadonlySet<number> =>
    new Set([...one].filter((at) => other.has(at)));
  /** Narrows a category by the words before it, as far as any member is left: "winter", "farm", "angry". */
  const narrowed = (
    members: ReadonlySet<number>,
    words: readonly string[],
  ): ReadonlySet<number> | undefined => {
    if (words.length === 0) return members;
    const category = takeLast(words, true);
    const word = words.at(-1)!;
    const left = [category && both(members, category.members), both(members, tagged(word))].find(
      (each) => each && each.size > 0,
    );
    if (!left && isName([word])) return undefined;
    return narrowed(left ?? members, left && category ? category.rest : words.slice(0, -1));
  };

  return (words) => {
    const text = words.join(" ");
    const stripped = text.replace(kindOf, "").replace(opening, "");
    const isOpen = opening.test(text);
    const content = stripped.split(" ").filter((word) => word !== "with" || !isOpen);
    if (content.length > longest.prompt) return undefined;
    const last = takeLast(content, isOpen);
    if (!last) {
      const shared = isOpen && content.length === 1 ? tagged(content[0]!) : undefined;
      return shared && shared.size >= leastSharing
        ? { category: stripped, concepts: [...shared] }
        : undefined;
    }
    const { members, rest } = last;
    const isThing = content.some((_, at) => at <= rest.length && isName(content.slice(at)));
    if ((isThing && !isOpen) || rest.some((word) => connectives.test(word))) return undefined;
    const whole = narrowed(members, rest);
    const { words: uncoloured, colour } = takeColour([...rest, content.at(-1)!]);
    const plain = narrowed(members, uncoloured.slice(0, -1));
    if (!whole || !plain) return undefined;
    const isPainted = whole.size === plain.size;
    return { category: stripped, concepts: [...whole], colour: isPainted ? colour : undefined };
  };
}
