import { takeColour } from "./colours.js";
import { isFigure } from "./people.js";

/** What a text commands, if it names a change and not the content of the picture. Things are without articles. */
export type EditCommand =
  /** `thing` gets the colour; absent for the whole picture. */
  | { readonly kind: "recolour"; readonly thing?: string; readonly colour: string }
  /** `thing` becomes what `goal` names, with its article; absent for the whole picture. */
  | { readonly kind: "replace"; readonly thing?: string; readonly goal: string }
  /** The picture gets a quality: "sleepy". */
  | { readonly kind: "qualify"; readonly quality: string }
  /** The picture is drawn in the style of the generator that begins with this word. */
  | { readonly kind: "restyle"; readonly style: string }
  /** A change that no edit makes. */
  | { readonly kind: "impossible"; readonly change: "remove" | "resize" | "move" | "setting" };

const courtesy = /^(?:(?:please|kindly|now|just|can you|could you|would you|i want you to)\s+)+/i;
const courtesyAtEnd = /,? (?:please|thanks|thank you)$/i;
/** Verb and object of a command that is not read as one: "make the kitten look sleepy". */
const unreadCommand =
  /^(?:make|turn|let|have|change|transform|draw) (?:(?:the|this|that|my|an?) )?(?=\p{L}+ \p{L})/iu;
const resultVerb = / (?:look(?: like)?|be|become|appear|(?:in)?to) (?=\p{L})/iu;

/** Normalizes a command: lower case, single blanks, without courtesy and final punctuation. */
export const normalizeCommand = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[.!?]+$/, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(courtesy, "")
    .replace(courtesyAtEnd, "");

/** Removes the words of a command from a text, so that it describes the picture: "please make the kitten look sleepy" → "kitten sleepy". */
export function removeCommandWords(text: string): string {
  const plain = text.trim().replace(courtesy, "").replace(courtesyAtEnd, "");
  return unreadCommand.test(plain) ? plain.replace(unreadCommand, "").replace(resultVerb, " ") : plain;
}

const whole =
  /^(?:it|this|that|him|her|them|everything|(?:the|this|my) (?:picture|image|drawing|thing|emoji|sticker))$/;
// Names of signs are no commands.
const removal =
  /^(?:without|no(?! (?:entry|smoking|bicycles|littering|mobile phones|pedestrians|one under))|remove|delete|erase|hide|drop|take (?:off|away)|get rid of|cut (?:out|off)|undress)\b/;
const resizing =
  /^(?:(?:enlarge|shrink|resize|rescale|scale|zoom|crop)\b|make .+ (?:bigger|larger|smaller|taller|shorter|wider|thinner|huge|tiny|twice as (?:big|large))$)/;
const moving =
  /^(?:move|shift|rotate|turn .+ (?:around|left|right|upside down|over)$|flip|mirror|tilt|swap the)\b/;

/** Times and weathers: they are around a thing, and no quality of it. */
const settings =
  /^(?:night|nighttime|day|daytime|evening|morning|dusk|dawn|winter|summer|spring|autumn|fall|sunny|rainy|snowy|cloudy|foggy|windy|stormy)$/;

/** What covers all of a thing: with a colour it is no thing to add. */
const coverings = /^(?:colou?r|colou?ring|fur|skin|body|feathers|plumage|wool|shell|scales|paint)$/;
/** Tells whether a word names what covers all of a thing. The coat of a person is a garment. */
const covers = (word: string, thing: string): boolean =>
  coverings.test(word) || (word === "coat" && !isFigure(thing));

/** Returns the thing that an object of a command names, without its article and what covers it; undefined for the whole picture. */
export function readCommandObject(words: string): string | undefined {
  if (whole.test(words)) return undefined;
  const thing = words.replace(/^(?:the|its|his|her|their|my|this|that|an?) /, "");
  const [, owner, covering] = /^(.+?)['’]s? (\p{L}+)$/u.exec(thing) ?? [];
  const [, other, coveredThing] = /^(\p{L}+) of (?:the|this|that|my) (.+)$/u.exec(thing) ?? [];
  if (owner !== undefined && covers(covering!, owner)) return owner;
  return coveredThing !== undefined && covers(other!, coveredThing) ? coveredThing : thing;
}

/** Returns a colour that is all of a phrase: "dark blue", "a blue colour". With an article alone, "an orange" is a thing. */
function readColour(phrase: string): string | undefined {
  const words = phrase.replace(/^(?:an? )?(.+) colou?r$/, "$1").split(" ");
  const { words: others, colour } = takeColour([...words, "thing"]);
  return others.length === 1 ? colour?.name : undefined;
}

/** Splits "the car dark blue" into the object and the colour at its end. */
function splitColour(text: string): { object: string; colour: string } | undefined {
  const words = text.split(" ");
  for (const count of [4, 3, 2, 1]) {
    if (count >= words.length) continue;
    const colour = readColour(words.slice(-count).join(" "));
    const isThing = words.at(-count - 1)?.match(/^an?$/);
    if (colour && !isThing)
      return {
        object: words
          .slice(0, -count)
          .join(" ")
          .replace(/ (?:in|into|to|be)$/, ""),
        colour,
      };
  }
  return undefined;
}

/** A thing and what it has, at the end of a text: "a dog with blue fur". */
const having = /^(?:(?:an?|the|my|this) )?(.+?) with (?:an? |the )?(.+) (\p{L}+)$/u;
/** A thing in a colour: "a car in blue colour". */
const inColour = /^(?:(?:an?|the|my|this) )?(.+?) in (?:an? |the )?(.+) (colou?r|colou?ring|paint)$/u;
/** Parts that every drawing of a thing has: with a colour they are no things to add. */
const ownParts =
  /^(?:ears?|eyes?|nose|snout|mouth|lips|beak|cheeks?|horns?|mane|tail|wings?|fins?|paws?|legs?|feet|wheels?|tyres|roof|stem|leaf|leaves|petals?|spots|stripes)$/;

/** More parts, whose names with a colour may also describe a whole picture: "a blue face". */
const bodyParts = /^(?:face|head|hair|neck|throat|breast|chest|belly|tummy|back)$/;

/** Colours that are things, too: alone, they name the thing. */
const namesThing = /^(?:orange|lime|olive|violet|lavender)$/;

/** Returns the colour of which a word is the comparative: "green" of "greener", "red" of "redder". */
function readComparative(word: string): string | undefined {
  if (!word.endsWith("er")) return undefined;
  return [2, 1, 3].map((end) => readColour(word.slice(0, -end))).find((colour) => colour !== undefined);
}

/** Reads "a dog with blue fur" and "a car with red wheels": a new colour for a thing or for a part that it has. */
function readColouredPart(plain: string): EditCommand | undefined {
  const [, thing, words, part] = having.exec(plain) ?? inColour.exec(plain) ?? [];
  const colour = words === undefined ? undefined : readColour(words);
  if (colour === undefined) return undefined;
  if (coverings.test(part!)) return { kind: "recolour", thing, colour };
  return ownParts.test(part!) ? { kind: "recolour", thing: part, colour } : undefined;
}

/**
 * Reads "a blue beak": a colour and a part that a drawing has already. Where it is painted over, such words are no thing to add.
 * @returns undefined for other texts.
 */
export function readPartColour(
  text: string,
): { readonly thing: string; readonly colour: string } | undefined {
  const [, words, thing] =
    /^(?:(?:an?|the|its|his|her) )?(.+) (\p{L}+)$/u.exec(text.toLowerCase().trim()) ?? [];
  const colour = words === undefined ? undefined : readColour(words);
  const isPart = [coverings, ownParts, bodyParts].some((names) => names.test(thing ?? ""));
  return colour !== undefined && isPart ? { thing: thing!, colour } : undefined;
}

/** Finds the style that a phrase such as "the noto style", "look like twemoji" ends with. @returns its first word. */
function readStyle(phrase: string, styles: readonly string[]): string | undefined {
  const words = phrase.replace(/ (?:emoji|emojis|style|flat|drawing|one)\b/g, "").split(" ");
  const last = words.at(-1)!;
  return styles.map((style) => style.split(" ")[0]!).find((name) => name === last);
}

/**
 * Reads a text as a command to change a picture: "make it blue", "turn the dog into a cat", "make it look like noto", "remove the hat",
 * or as a description of a new colour of what the thing has: "a dog with blue fur".
 * @param styles names of the generator's drawing styles.
 * @returns undefined for a text that describes a picture, or commands to add a thing.
 * @example readEditCommand("paint the car dark blue", []) // { kind: "recolour", thing: "car", colour: "dark blue" }
 */
export function readEditCommand(text: string, styles: readonly string[]): EditCommand | undefined {
  // "blue and not brown" says no more than "blue".
  const plain = normalizeCommand(text).replace(
    /,? (?:and not|not|instead of|rather than) (\p{L}+)$/u,
    (end, word: string) => (readColour(word) === undefined ? end : ""),
  );
  if (removal.test(plain)) return { kind: "impossible", change: "remove" };
  if (resizing.test(plain)) return { kind: "impossible", change: "resize" };
  const style = readStyle(plain, styles);
  if (style && /^(?:make|turn|draw|redraw|render|convert|change|in|as|use|like)\b/.test(plain))
    return { kind: "restyle", style };

  const changed =
    /^change (?:(?:the |its |his |her )?colou?r(?: of (.+?))?|(.+?)(?:'s)? colou?r) (?:in)?to (.+)$/.exec(
      plain,
    );
  const changedColour = changed && readColour(changed[3]!);
  if (changed && changedColour)
    return {
      kind: "recolour",
      thing: readCommandObject(changed[1] ?? changed[2] ?? "it"),
      colour: changedColour,
    };
  const verb = /^(?:make|paint|colou?r|recolou?r|dye|turn|change) (.+)$/.exec(plain)?.[1];
  const recoloured = verb === undefined ? undefined : splitColour(verb);
  if (recoloured)
    return { kind: "recolour", thing: readCommandObject(recoloured.object), colour: recoloured.colour };

  const alone = namesThing.test(plain) ? undefined : readColour(plain.replace(/^in /, ""));
  if (alone) return { kind: "recolour", colour: alone };
  const wished = /^(.+?) (?:should|must|shall|to) be (.+)$/.exec(plain);
  const wishedColour = wished && readColour(wished[2]!);
  if (wished && wishedColour)
    return { kind: "recolour", thing: readCommandObject(wished[1]!), colour: wishedColour };
  const stated = /^the (.+)$/.exec(plain)?.[1];
  const statedColour = stated === undefined ? undefined : splitColour(stated);
  if (statedColour && statedColour.object !== "")
    return { kind: "recolour", thing: readCommandObject(statedColour.object), colour: statedColour.colour };
  const coloured = readColouredPart(plain);
  if (coloured) return coloured;

  const replaced =
    /^(?:turn|change|transform|convert|make) (.+?) into (.+)$/.exec(plain) ??
    /^change (.+?) to (.+)$/.exec(plain) ??
    /^(?:replace|swap|exchange) (.+?) (?:with|by|for) (.+)$/.exec(plain) ??
    /^make (it|this|that) (an? .+)$/.exec(plain);
  if (replaced) return { kind: "replace", thing: readCommandObject(replaced[1]!), goal: replaced[2]! };
  if (moving.test(plain)) return { kind: "impossible", change: "move" };
  const quality = /^make (?:it|this|him|her|them) (?:look )?(\p{L}+)$/u.exec(plain)?.[1];
  if (quality !== undefined && settings.test(quality)) return { kind: "impossible", change: "setting" };
  const comparative = quality === undefined ? undefined : readComparative(quality);
  if (comparative) return { kind: "recolour", colour: comparative };
  return quality === undefined ? undefined : { kind: "qualify", quality };
}
