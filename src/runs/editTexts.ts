import { ConfigError } from "../errors.js";
import { isAdditionAlone } from "../guidance/index.js";
import {
  findBearing,
  parsePromptArgument,
  readEditCommand,
  readPartColour,
  removeCommandWords,
} from "../prompts/index.js";
import { type Finding, makeNote } from "./findings.js";
import { joint, splitPhrases, splitThing } from "./describedThings.js";
import { selectLayers } from "./knownLayers.js";
import { listThings } from "./namedLayers.js";
import type { EditTexts, RequestedTexts, Sight } from "./editRequest.js";
import { resolveLayerTexts } from "./layerTexts.js";

/** Source text when the request has none and the picture does not show the requested thing. */
const unknown = "an emoji";

const refusals = {
  remove:
    "an edit cannot remove a thing; describe the picture without it and say what it shows now, such as 'a cat' from 'a cat with a hat', and it is drawn anew",
  resize: "an edit does not change the size of a thing; scale or crop the picture in an image editor",
  setting:
    "an edit does not draw a setting such as the night around a picture; generate a picture of the whole text instead",
  move: "an edit does not move, turn or mirror a thing; use an image editor, or generate a scene and edit its scene file",
} as const;

/** Adds the article, except to a plural. */
const addArticle = (words: string): string =>
  /(?:[^s]s|^an? .*|^the .*)$/.test(words) ? words : `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;

/** The subject of a text that also names what it has: "a cat wearing a hat". */
const bearing = /^(.+?) (?:with|wearing|holding) (.+)$/i;
/** Words before the description of a picture. */
const wish = /^(?:i want|i['’]?d like|i would like)(?: (?:it to be|to see|to have))? /i;
/** A place or time without a thing: "at night", "on a skateboard". */
const situation = /^(?:at|in|on|under|during) (?:(?:the|an?) )?\p{L}+/iu;

/** Returns the thing that a text's subject has in a colour: "hat" of "a dog with a green hat". */
function readBorneColour(text: string): { thing: string; colour: string } | undefined {
  const [, subject, borne] = bearing.exec(text) ?? [];
  if (borne === undefined || splitThing(subject!).colour !== undefined) return undefined;
  const { noun, colour } = splitThing(borne);
  return colour === undefined ? undefined : { thing: noun, colour };
}

/** Tells whether a name contains another one as words. */
const includesName = (name: string, other: string): boolean => ` ${name} `.includes(` ${other} `);

/** Guesses the source text of a prompt that describes the changed picture. @returns undefined when the picture shows something else. */
async function guessSource(prompt: string, sight: Sight): Promise<string | undefined> {
  const { noun, colour } = splitThing(prompt);
  if (colour !== undefined && !readBorneColour(prompt) && (await sight.shows(noun))) return noun;
  const subject = bearing.exec(prompt)?.[1];
  return subject !== undefined && (await sight.shows(subject)) ? subject : undefined;
}

/** Returns the number of words before the first one that begins another thing. */
function findJoint(text: string): number {
  const at = text.split(" ").findIndex((word) => joint.test(word));
  return at < 1 ? Infinity : at;
}

/**
 * Finds the thing whose colour alone differs between two descriptions of a picture with several things: "book" of "an owl reading a
 * book" and "an owl reading a green book".
 */
function findRecolouredThing(from: string, to: string): { thing: string; colour: string } | undefined {
  const [before, after] = [splitPhrases(from), splitPhrases(to)];
  if (before.length < 2 || before.length !== after.length) return undefined;
  if (before.some(({ noun }, at) => noun !== after[at]!.noun)) return undefined;
  const [changed, ...others] = after.filter(({ colour }, at) => colour !== before[at]!.colour);
  return changed?.colour === undefined || others.length > 0
    ? undefined
    : { thing: changed.noun, colour: changed.colour };
}

/** Tells whether a thing is the subject of the picture, not a part of it or one of several things. */
async function isSubject(thing: string, from: string | undefined, sight: Sight): Promise<boolean> {
  const layers = await sight.layers();
  const own = selectLayers(layers, thing);
  if (own.length > 0) return own.length === layers.length;
  const { noun } = splitThing(thing);
  const named = splitThing(from ?? (await sight.name()) ?? "").noun;
  // What others wear is rarely alone in a picture: in "cowboy hat face" the hat is a part.
  const isWorn = findBearing(thing) !== undefined;
  if (isWorn ? ` ${named}`.endsWith(` ${noun}`) : includesName(named, noun))
    return includesName(named.split(" ").slice(0, findJoint(named)).join(" "), noun);
  return from === undefined && !isWorn && (await sight.shows(thing));
}

/** @throws {ConfigError} where a text is no change of a scene, as it would replace all its things. */
function requireOneThing(prompt: string, things: readonly string[]): void {
  if (things.length < 2) return;
  const example = `"replace the ${things.at(-1)!} with …"`;
  throw new ConfigError(
    `edit "${prompt}": the picture shows ${things.join(", ")}; say what becomes of one of them, such as ${example}`,
    { reason: "no-layer" },
  );
}

/**
 * Finds the texts of an edit: rewrites a command ("make it blue") as a description of the changed picture, and guesses what the picture
 * shows where the request does not say it.
 * @throws {ConfigError} for a change that no edit makes, such as removal.
 */
export async function resolveEditTexts(requested: RequestedTexts, sight: Sight): Promise<EditTexts> {
  const { prompt: request, from, change, masked } = requested;
  const arranged = await resolveLayerTexts(requested, sight);
  if (arranged) return arranged;
  const wished = request.replace(wish, "");
  const wishedText = parsePromptArgument(wished).text;
  let command = wishedText === undefined ? undefined : readEditCommand(wishedText, sight.styles);
  const isDescribed = command === undefined && !isAdditionAlone(wished);
  const prompt = isDescribed ? removeCommandWords(wished) : wished;
  const { text, weight } = parsePromptArgument(prompt);
  const isDescription =
    !command && text !== undefined && weight === 1 && (change === "auto" || change === "colour");
  const { noun: described, colour: describedColour } = splitThing(text ?? "");
  const layers = isDescription ? await sight.layers() : [];
  const isPart = ({ thing }: { thing: string }): boolean => selectLayers(layers, thing).length > 0;
  const sentence = isDescription ? findRecolouredThing(from ?? described, text) : undefined;
  // Without a source text, a coloured thing is one that the picture shows, or one to add.
  const recoloured = sentence && (from !== undefined || isPart(sentence)) ? sentence : undefined;
  const borne = isDescription && from === undefined ? readBorneColour(text) : undefined;
  const whole = { thing: described, colour: describedColour! };
  /** Tells whether the described thing is one of several that a text names. */
  const isOneOf = (source: string): boolean => {
    const { noun } = splitThing(source);
    return noun !== described && includesName(noun, described);
  };
  if (recoloured) command = { kind: "recolour", ...recoloured };
  else if (borne && (isPart(borne) || includesName((await sight.name()) ?? "", borne.thing)))
    command = { kind: "recolour", ...borne };
  else if (describedColour !== undefined && (from === undefined ? isPart(whole) : masked && isOneOf(from)))
    command = { kind: "recolour", ...whole };
  const findings: Finding[] = [];
  if (command?.kind === "impossible") {
    const things = masked || command.change === "setting" ? [] : listThings(await sight.layers());
    const refusal =
      things.length === 0
        ? refusals[command.change]
        : `the picture has no layer of this name; it has ${things.join(", ")}`;
    throw new ConfigError(`edit "${prompt}": ${refusal}`);
  }
  const part =
    masked && !command && from === undefined && text !== undefined ? readPartColour(text) : undefined;
  if (part)
    return { prompt: addArticle(`${part.colour} ${part.thing}`), from: addArticle(part.thing), change: change === "auto" ? "colour" : change, findings }; // prettier-ignore
  // A colour alone is that of what the mask covers.
  const isPlain =
    !command || (masked && command.kind === "recolour" && command.thing === undefined) || weight !== 1;
  if (isPlain && from !== undefined) return { prompt, from, change, findings };

  const guessed = from === undefined && isPlain ? await guessSource(text!, sight) : undefined;
  if (guessed !== undefined) {
    const isColour = splitThing(text!).noun === guessed;
    const data = { prompt, thing: guessed };
    const consequence = isColour ? "so its colour changes and its shapes stay" : "so it stays";
    findings.push(
      makeNote("guessed-source", `"${prompt}": the picture shows "${guessed}", ${consequence}`, data),
    );
    return { prompt, from: guessed, change, findings };
  }
  const isSituation = isPlain && situation.test(text!);
  if (isPlain && !isSituation && !isAdditionAlone(text!)) {
    if (change === "auto" && !masked) requireOneThing(prompt, listThings(await sight.layers()));
    return { prompt, from: unknown, change, findings };
  }

  const nameSource = async (): Promise<string> => {
    if (from !== undefined) return from;
    const scene = await sight.scenePrompt();
    const subject = scene === undefined ? undefined : splitPhrases(scene)[0]?.noun;
    return addArticle(subject ?? (await sight.name()) ?? "emoji");
  };
  const read = (texts: Omit<EditTexts, "findings">): EditTexts => {
    const { maskPrompt } = texts;
    const message =
      `"${prompt}": the picture is taken for "${texts.from}"` +
      (texts.prompt === prompt ? "" : ` and the change for "${texts.prompt}"`) +
      (maskPrompt === undefined ? "" : `, only where it shows "${maskPrompt}"`) +
      (from === undefined && maskPrompt === undefined ? "; if it shows something else, name it" : "");
    findings.push(makeNote("guessed-source", message, { prompt, resolved: texts }));
    return { ...texts, findings };
  };
  if (isPlain || command === undefined) {
    const source = await nameSource();
    return read({ prompt: isSituation ? `${source} ${text!}` : prompt, from: source, change });
  }
  if (command.kind === "restyle") {
    const source = await nameSource();
    const style = sight.styles.find((each) => each.startsWith(command.style))!;
    const { noun } = splitThing(source);
    return read({ prompt: `${noun}, ${style}`, from: noun, change });
  }
  if (command.kind === "qualify") {
    const source = await nameSource();
    return read({
      prompt: addArticle(`${command.quality} ${splitThing(source).noun}`),
      from: source,
      change,
    });
  }
  const { thing } = command;
  const isWhole = thing === undefined || (!masked && !recoloured && (await isSubject(thing, from, sight)));
  const source =
    isWhole && from !== undefined ? from : thing === undefined ? await nameSource() : addArticle(thing);
  const maskPrompt = isWhole || masked ? undefined : `the ${thing}`;
  if (command.kind === "replace") return read({ prompt: command.goal, from: source, change, maskPrompt });
  const { noun } = splitThing(source);
  return read({
    prompt: addArticle(`${command.colour} ${noun}`),
    from: source,
    change: "colour",
    maskPrompt,
  });
}
