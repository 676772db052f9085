import {
  type PlacingKind,
  type Rgb,
  findBearing,
  isStage,
  sceneNameOf,
  splitScene,
  takeColour,
} from "../../prompts/index.js";
import { type SteerModels, findDraftSubject, findNamedStyle } from "../steerModels.js";
import { type ChangeKind, type RequestedChange, classifyChange } from "./changeKind.js";

/** A thing that an edit adds to a picture. */
export interface AddedThing {
  readonly text: string;
  readonly relation: PlacingKind;
}

/**
 * How an edit is made. `recolour`: the picture's fills get a colour. `add`: new layers over or under the picture. `redraw`: a drawing of
 * a known thing takes the picture's place, at its place and size. `steer`: ascent from the generator's copy of the picture.
 */
export type EditPlan =
  | {
      readonly kind: "recolour";
      readonly rgb: Rgb;
      readonly named: Rgb | undefined;
      /** Whether the thing is food in a cup or a cone, which keeps its colours. */
      readonly served: boolean;
    }
  | {
      readonly kind: "add";
      readonly subject: string;
      readonly things: readonly AddedThing[];
      /** What the picture shows afterwards, in words. */
      readonly target: string;
    }
  | {
      readonly kind: "redraw";
      readonly concepts: readonly number[];
      /** Whether the texts differ in their drawing style alone. */
      readonly sameThing: boolean;
    }
  | {
      readonly kind: "steer";
      readonly change: ChangeKind;
      /** The requested thing and style, of which the generator has no drawing. */
      readonly undrawn?: string;
    };

/** A text that names only the added thing, not the content of the picture: "add a crown", "give it a crown", "put a crown on its head". */
const addition =
  /^(?:please )?(?:add|give (?:it|him|her|them|this|(?:the|this|my) \p{L}+)(?= (?:an?|the|some|\p{N}+)\b| (?:\p{L}+ )*\p{L}+s$)|(?:make|let|have) (?:it|him|her|them|this|(?:the|this|my) (?:\p{L}+ )?\p{L}+) (?:wear|hold)(?= )|put(?: on)?(?= (?:an?|the|some|\p{N}+)\b)|wearing|holding|with|plus)\s+/iu;
/** Tells whether a text names only what is added, not what the picture shows. */
export const isAdditionAlone = (text: string): boolean => addition.test(text);
/** Where an addition goes, after its name: "to it", "on its head". The drawing decides the place. */
const additionPlace =
  /\s+(?:to|on|onto|in) (?:it|him|her|them|(?:its|his|her|their|the) (?:other |left |right |own )?(?:head|hand|hands|paw|paws|face|eyes|neck))$/i;
/** The same with a name: "on the dog". */
const additionBearer = /\s+(?:to|on|onto) (?:the|this|my) ([\p{L} ]+)$/iu;

/** Returns the things that a text adds, without the command and the place on the subject. */
function stripAddition(to: string, from: string): string {
  const rest = to.replace(addition, "").replace(additionPlace, "");
  const bearer = additionBearer.exec(rest);
  const isSubject = bearer && ` ${sceneNameOf(from)} `.includes(` ${sceneNameOf(bearer[1]!)} `);
  return isSubject ? rest.slice(0, bearer.index) : rest;
}
const bow = /\b(?:hair )?bow$/;
/** Largest number of things that one edit adds. */
const mostAdded = 2;

/** Food that is drawn in a cup or a cone. */
const servedFood = /\b(?:ice creams?|sundae|gelato|shaved ice|snow cone|frozen yogh?urt|cupcake)$/i;

/** Finds the colour that a text names, if any. */
function findColour(text: string): Rgb | undefined {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  return takeColour(words.filter((word) => !["a", "an", "the"].includes(word))).colour?.rgb;
}

/** Words of a text that ask for a new colour without naming a thing of their own. */
const partWords: ReadonlySet<string> = new Set(
  (
    "a an the its his her their it this that one make paint colour color turn dye part area region side top bottom middle background " +
    "head hair fur face skin body belly back neck chest ear ears eye eyes eyebrow eyebrows nose snout mouth lips beak cheek cheeks chin " +
    "beard arm arms hand hands leg legs foot feet paw paws hoof hooves tail wing wings fin fins horn horns mane shell spot spots stripe " +
    "stripes wheel wheels tyre tyres window windows door doors roof wall walls chimney frame screen handle button buttons lid rim base " +
    "stem stalk leaf leaves petal petals trunk crust icing filling sleeve sleeves collar strap straps"
  ).split(" "),
);

/** Finds the new colour of a masked part ("a red head", "make it blue"); undefined when the text names a thing to draw. */
function findPartColour(text: string): Rgb | undefined {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const { words: others, colour } = takeColour([...words, "part"]);
  const isPart = (word: string): boolean => partWords.has(word) || ["left", "right", "in"].includes(word);
  return others.every(isPart) ? colour?.rgb : undefined;
}

/** Returns the names of a generator's concepts, in the form of `sceneNameOf`. */
function namesOf({ generator }: Pick<SteerModels, "generator">): Set<string> {
  const concepts = generator.vocabulary ?? [];
  return new Set(concepts.flatMap(({ label, names }) => [label, ...names]).map(sceneNameOf));
}

/** Largest number of parts of a text in which a setting is searched for. */
const settingParts = 9;

/** Tells whether a text names a setting: "a cat at night". */
export function namesSetting(models: Pick<SteerModels, "generator">, text: string | undefined): boolean {
  if (text === undefined || !models.generator.vocabulary) return false;
  const reading = { most: settingParts, hasDrawing: () => true };
  return splitScene(text, namesOf(models), reading).relations.some(({ kind }) => isStage(kind));
}

/**
 * Finds the things that a text adds to those of another, with the whole text; undefined when it does not add things to the same
 * subject.
 */
function findAddition(
  models: Pick<SteerModels, "generator">,
  from: string,
  to: string,
): Extract<EditPlan, { kind: "add" }> | undefined {
  const short = addition.test(to);
  const rest = short ? stripAddition(to, from) : to;
  const target = short
    ? `${from} ${/^(?:wearing|holding)/i.exec(to)?.[0].toLowerCase().trim() ?? "with"} ${rest}`
    : to;
  const known = namesOf(models);
  known.delete(sceneNameOf(target));
  const { parts, relations } = splitScene(target, known, { most: 1 + mostAdded });
  const [subject, ...others] = parts;
  if (others.length === 0 || sceneNameOf(subject!) !== sceneNameOf(from)) return undefined;
  if (relations.some((relation) => relation.subject !== 0)) return undefined;
  const things = relations.flatMap(({ object, kind }): AddedThing[] => {
    const text = parts[object]!;
    if (isStage(kind)) return [];
    // A bow that is worn is a ribbon, not the weapon.
    if (kind !== "beside" && bow.test(text)) return [{ text: text.replace(bow, "ribbon"), relation: "head" }];
    return [{ text, relation: short && kind === "beside" ? (findBearing(text) ?? "holding") : kind }];
  });
  return { kind: "add", subject: subject!, things, target };
}

/** Selects the concepts that differ from a concept in the word "face" alone: "cat face" for "cat". */
function selectFaces({ generator }: Pick<SteerModels, "generator">, concepts: readonly number[]): number[] {
  const { vocabulary = [] } = generator;
  const plain = (label: string): string => sceneNameOf(label).replace(/ face$/, "");
  const requestedNames = new Set(concepts.slice(0, 1).map((at) => plain(vocabulary[at]!.label)));
  const faces = vocabulary.flatMap(({ label }, at) =>
    requestedNames.has(plain(label)) && !concepts.includes(at) ? [at] : [],
  );
  return [...concepts.slice(0, 1), ...faces, ...concepts.slice(1)];
}

/**
 * Plans an edit from its texts. `shape` steers; `colour` recolours where the text names a colour and the generator paints regions, and
 * steers otherwise. `drawing` redraws where the text names a known thing, and `layer` adds the things that the text names; both steer
 * otherwise. `auto` also recolours where a mask points at a part and the text names its new colour alone ("a red head").
 */
export function planEdit(
  models: Pick<SteerModels, "generator" | "phrases">,
  from: string,
  to: string | undefined,
  change: RequestedChange,
  { masked = false }: { readonly masked?: boolean } = {},
): EditPlan {
  const kind = change === "auto" ? classifyChange(from, to ?? "") : change === "colour" ? "colour" : "shape";
  if (to === undefined || change === "shape" || !models.generator.regions)
    return { kind: "steer", change: kind };
  const partColour = masked && change === "auto" ? findPartColour(to) : undefined;
  if (partColour) return { kind: "recolour", rgb: partColour, named: findColour(from), served: false };
  const rgb = findColour(to);
  if (kind === "colour")
    return rgb
      ? { kind: "recolour", rgb, named: findColour(from), served: servedFood.test(to) }
      : { kind: "steer", change: kind };
  const style = findNamedStyle(models, to);
  if (change !== "drawing" && style === undefined) {
    const added = findAddition(models, from, to);
    if (added) return added;
  }
  if (change === "layer") return findAddition(models, from, `with ${to}`) ?? { kind: "steer", change: kind };
  const { concepts, isName } = findDraftSubject(models, to);
  const things = [from, to].map((text) => {
    const own = findNamedStyle(models, text);
    return sceneNameOf(own === undefined ? text : text.slice(0, -own.length).replace(/[\s,;]+$/, ""));
  });
  const sameThing = style !== undefined && things[0] === things[1];
  if (sameThing && !isName) return { kind: "steer", change: kind, undrawn: things[1] };
  if (!concepts) return { kind: "steer", change: kind };
  return { kind: "redraw", concepts: sameThing ? concepts : selectFaces(models, concepts), sameThing };
}

/** Returns the text of the whole picture that an edit asks for: "a cat with a crown" where "give it a crown" is asked for "a cat". */
export function describeGoal(
  models: Pick<SteerModels, "generator" | "phrases">,
  from: string,
  to: string,
  change: RequestedChange,
): string {
  const plan = planEdit(models, from, to, change);
  return plan.kind === "add" ? plan.target : to;
}
