import { connectThings } from "./connectThings.js";
import type { ConnectedThings } from "./relating.js";
import type { SceneRelation } from "./connected.js";
import {
  type FigureScene,
  countAddedLayers,
  findCollarWearers,
  hasLayout,
  hasPaws,
  listAddedTexts,
  pawText,
} from "./figures.js";
import type { RelationKind } from "./relations.js";
import { isAttire, isSleeping, nameBeing } from "./people.js";
import type { HasDrawing, PluralNames } from "./readThing.js";
import { type KnownNames, type Segment, splitSegments } from "./segments.js";
import { type StagePart, moveSetting } from "./settings.js";
import { nameFamily, splitContents, splitFlanks } from "./splits.js";
import { showState } from "./states.js";
import { joinWords, tokenize } from "./tokens.js";
import { useParticiples } from "./verbForms.js";
import { dressUp } from "./costumes.js";
import { chooseSenses } from "./senses.js";
import { replaceIdioms } from "./idioms.js";
import { showMotion } from "./moving.js";
import { relateSides } from "./sides.js";
import { reorderPhrases } from "./wordings.js";
import { removeOwnParts } from "./ownParts.js";
import { shareBoth } from "./shared.js";

/** Things of a prompt with their relations. */
export interface SceneText {
  /** Things in the order of the text, without articles, then signs of their states and what the setting is drawn by; at least one. */
  readonly parts: readonly string[];
  /** Number of copies of each part: 2 for "two cats". */
  readonly counts: readonly number[];
  /** Relations that connect all parts: one fewer than parts. */
  readonly relations: readonly SceneRelation[];
  /** Things beyond the limit of parts. They are not in `parts`. */
  readonly omitted: readonly string[];
  /** Pairs of contradictory relations, in words. The first of each pair is in `relations`. */
  readonly contradictions: readonly (readonly [string, string])[];
  /** Parts of things that are not drawn apart, since the things' own drawings show them; none when absent. */
  readonly ownParts?: readonly string[];
}

/** How a prompt is read. */
export interface SceneReading extends PluralNames {
  /** Maximum number of things, 1 or more; 3 when absent. Signs and the parts of the setting do not count. */
  readonly most?: number;
  /** Whether a state needs no sign. When absent, things alone are read: states and settings are words of theirs. */
  readonly hasDrawing?: HasDrawing | undefined;
  /** Replaces the texts of parts once their relations are known, for example of persons by whole figures. */
  readonly stand?: ((scene: FigureScene) => readonly string[]) | undefined;
  /** Whether a phrase is a name: "bowl of rice" is not a bowl with rice in it. By default only known names are. */
  readonly isName?: ((phrase: string) => boolean) | undefined;
  /** Returns the name of the person or animal that a phrase is drawn as: "woman" for "mum"; undefined for other things. */
  readonly beingOf?: ((phrase: string) => string | undefined) | undefined;
}

/** A scene of one part without relations. */
const makeSinglePart = (part: string): SceneText => ({
  parts: [part],
  counts: [1],
  relations: [],
  omitted: [],
  contradictions: [],
});

/** Adds a part to a scene, related to one of its parts. */
function addPart(
  { parts, counts, relations }: ConnectedThings,
  subject: number,
  kind: RelationKind,
  part: { readonly text: string; readonly count: number },
): void {
  relations.push({ subject, kind, object: parts.push(part.text) - 1 });
  counts.push(part.count);
}

/** Maximum number of beings whose hands are drawn, because a scene has few layers. */
const mostHolders = 2;

/** Verbs of who is on a chair and does not sit there. */
const standingVerb = /\b(?:stand(?:s|ing)|jumping|climbing)\b/;

/** Maximum number of signs of states. */
const mostSigns = 2;

/** Adds what shows the things better: balloons above baskets, the sign of a state, paws that hold something, collars. */
function addSigns(things: ConnectedThings, hasDrawing: HasDrawing | undefined): void {
  const { parts, counts, relations } = things;
  for (const { part, balloon } of things.lifted) {
    addPart(things, part, "below", { text: balloon, count: 1 });
    // The balloon is placed first: what is below both is as wide as both.
    relations.unshift(relations.pop()!);
  }
  // One sign for each state is enough, because a scene has few layers.
  for (const { part, state } of things.states
    .filter(({ part, state }) => !state.isLying || !isSleeping(parts[part]!))
    .filter(({ state }, at, shown) => shown.findIndex((each) => each.state === state) === at)
    .slice(0, mostSigns)) {
    const sign = showState(parts[part]!, state);
    const hasFace = relations.some(({ subject, kind }) => subject === part && kind === "face");
    if (sign && !hasFace) addPart(things, part, sign.kind, sign);
  }
  if (!hasDrawing) return;
  const holders = new Set(relations.filter(({ kind }) => kind === "holding").map(({ subject }) => subject));
  for (const holder of [...holders].slice(0, mostHolders))
    if (hasPaws({ parts, counts, relations }, holder))
      addPart(things, holder, "paws", { text: pawText, count: 2 });
  for (const wearer of findCollarWearers({ parts, counts, relations }))
    addPart(things, wearer, "collar", { text: parts[wearer]!, count: 1 });
}

/** Adds the parts of the setting. A scene has at most nine layers: things come first, the setting takes what remains, with fewer copies of stars. */
function addSetting(things: ConnectedThings, setting: readonly StagePart[]): void {
  const { parts, counts, relations } = things;
  const staged = [...relations, ...setting.map(({ kind }) => ({ subject: 0, kind, object: 0 }))];
  const layers = parts.reduce(
    (sum, _, part) => sum + counts[part]! + countAddedLayers({ parts, counts, relations: staged }, part),
    // Wings are a pair.
    parts.filter((part) => /\bwings$/.test(part)).length,
  );
  for (const each of setting.slice(0, Math.max(0, 9 - layers))) addPart(things, 0, each.kind, each);
}

/** Removes what the drawing of its bearer shows. What follows after "and" is worn or held as the removed thing is. */
function removeAttire(segments: readonly Segment[], beingOf: SceneReading["beingOf"]): readonly Segment[] {
  const result: Segment[] = [];
  let removed: Segment | undefined;
  for (const segment of segments) {
    const isJoined = removed !== undefined && segment.connectives.every((kind) => kind === "and");
    const { connectives } = isJoined ? removed! : segment;
    const bearer = result.at(-1);
    removed =
      bearer && isAttire(nameBeing(bearer.text, hasLayout, beingOf), connectives, segment.text)
        ? { ...segment, connectives }
        : undefined;
    if (!removed) result.push({ ...segment, connectives });
  }
  return result;
}

/** Tells whether a text of one part joins its words by an "and" that the part does not have: "a brown and fluffy yeti". */
const hasJoin = (text: string, part: string): boolean =>
  text.split(" ").includes("and") && !part.split(" ").includes("and");

/**
 * Splits a prompt into things with their relations, signs of states, and a setting. A prompt that is a known name or names one thing
 * without a state or a setting is one part.
 * @param knownNames names that are not split at words such as "with".
 */
export function splitScene(
  text: string,
  knownNames: KnownNames,
  {
    most = 3,
    hasDrawing,
    isName = (phrase) => knownNames.has(phrase),
    beingOf,
    stand,
    isOwnPlural,
  }: SceneReading = {},
): SceneText {
  const phrased = reorderPhrases(relateSides(tokenize(text)));
  const written = showMotion(useParticiples(phrased, isName), { isName, beingOf });
  const asWritten = joinWords(written);
  if (most < 2 || knownNames.has(asWritten)) return makeSinglePart(asWritten);
  const tokens = replaceIdioms(hasDrawing ? moveSetting(written) : written);
  const wholeText = joinWords(tokens);
  const { segments: all, setting } = splitSegments(tokens, knownNames, hasDrawing !== undefined);
  const meant = chooseSenses(all, isName);
  const dressed = dressUp(shareBoth(meant), isName);
  const read = removeAttire(dressed, beingOf);
  const { segments: whole, removed: ownParts } = removeOwnParts(read, isName);
  const segments = splitFlanks(nameFamily(whole)).flatMap((segment) =>
    splitContents(segment, knownNames, isName),
  );
  const isAlone = segments.length === 1 && setting.length === 0;
  const things = connectThings(segments, {
    knownNames,
    most,
    hasDrawing,
    isName,
    isOwnPlural,
    beingOf,
    isAlone,
  });
  const { parts, counts, relations, omitted, contradictions } = things;
  if (parts.length === 0) return makeSinglePart(wholeText);
  const lying = new Set(things.states.flatMap(({ part, state }) => (state.isLying ? [part] : [])));
  if (stand && parts.length + setting.length + lying.size > 1)
    parts.splice(
      0,
      parts.length,
      ...stand({ parts, counts, relations, lying, stands: standingVerb.test(wholeText) }),
    );
  addSigns(things, hasDrawing);
  addSetting(things, setting);
  const isDressed = hasDrawing && listAddedTexts({ parts, counts, relations }, 0).length > 0;
  if (parts.length < 2 && (counts[0] ?? 1) < 2 && !isDressed)
    return {
      ...makeSinglePart(
        segments.length < dressed.length ||
          meant[0]?.text !== all[0]?.text ||
          isSleeping(parts[0]!) ||
          hasJoin(wholeText, parts[0]!)
          ? parts[0]!
          : wholeText,
      ),
      omitted,
      ownParts,
    };
  return { parts, counts, relations, omitted, contradictions, ownParts };
}
