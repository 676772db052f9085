import { animalHeads } from "./animalHeads.js";
import type { SceneRelation } from "./connected.js";
import { isFigure, isPerson, isPosed, isStanding } from "./people.js";
import { type RelationKind, isStage } from "./relations.js";
import { isRiddenSitting } from "./riding.js";
import { isBeing } from "./states.js";

/** How the body of a head is drawn: a disc with feet for an animal, a shirt and trousers for a person. */
export type Body = "round" | "clothed";

/** Animals and other beings whose drawings show a head alone. */
const heads = new RegExp(`\\b(?:${animalHeads}|alien|robot|ogre|goblin)$`);
/** Animals that are drawn whole, and for whose face there is a drawing too. */
const faced =
  /\b(?:cat|kitten|(?<!\b(?:hot|corn|chili) )dog|puppy|rabbit|bunny|mouse|monkey|pig|piglet|cow|tiger|horse|pony)$/;
/** Garments below the waist: a head alone has none, and they replace trousers. */
const belowWaist =
  /\b(?:belt|skirt|kilt|tutu|pants|jeans|shorts|trunks|trousers|leggings|overalls|dungarees)$/;

/** Tells whether a garment is worn below the waist. */
export const isBelowWaist = (text: string): boolean => belowWaist.test(text);

/** Things at the neck that go around it, behind the head. */
const aroundNeck = /\b(?:scarf|scarves|necklace|bandana|neckerchief|boa|locket|collar)$/;

/** Finds the standing figures whose heads are in front of what they wear: of the collar of a coat, or of a scarf. */
export function findCollarWearers({ parts, counts, relations }: FigureScene): readonly number[] {
  const wearers = relations
    .filter(
      ({ subject, kind, object }) =>
        isStanding(parts[subject]!) &&
        (counts?.[subject] ?? 1) === 1 &&
        (kind === "body"
          ? !isBelowWaist(parts[object]!)
          : kind === "neck" && aroundNeck.test(parts[object]!)),
    )
    .map(({ subject }) => subject);
  return [...new Set(wearers)];
}

/** Relations in which a head alone looks wrong: it has no hands, nothing to sit on, and no feet. */
const bodily = new Set<RelationKind>(["holding", "on", "riding", "feet", "neck", "wrist", "back"]);
/** Animals whose drawings show a head and neck from the side: they hold things in the mouth, and wear things at the neck that is drawn. */
const busts = /\b(?:unicorn|horse|pony)$/;
/** Tells whether a thing's drawing shows a head alone. */
export const isHeadAlone = (text: string): boolean => !isPosed(text) && (heads.test(text) || isPerson(text));

/** Tells whether a scene is laid out for what a name says: for its head, its face or its body. */
export const hasLayout = (text: string): boolean => isFigure(text) || heads.test(text) || faced.test(text);

/** Parts of a scene, their numbers of copies, and their relations. */
export interface FigureScene {
  readonly parts: readonly string[];
  /** One each when absent. */
  readonly counts?: readonly number[] | undefined;
  readonly relations: readonly SceneRelation[];
  /** Parts that lie or sleep; none when absent. */
  readonly lying?: ReadonlySet<number> | undefined;
  /** Whether the text says that somebody stands; beings on chairs sit when absent. */
  readonly stands?: boolean | undefined;
}

/** Finds the body that the scene needs and a part's drawing lacks. @returns undefined if none is needed, as for copies. */
export function findBody({ parts, counts, relations }: FigureScene, part: number): Body | undefined {
  const text = parts[part]!;
  if ((counts?.[part] ?? 1) > 1 || isPosed(text)) return undefined;
  const own = relations.filter(({ subject }) => subject === part);
  const kinds = own.map(({ kind }) => kind);
  // A person beside a thing stands there; people beside each other are recognised by their faces.
  const isThing = (other: number): boolean => other !== part && !isBeing(parts[other]!);
  const stands = relations.some(
    ({ subject, kind, object }) =>
      kind === "beside" && (subject === part ? isThing(object) : object === part && isThing(subject)),
  );
  if (isPerson(text) && stands) return "clothed";
  // A face with a body can hold things before it; an animal from the side cannot.
  const wearsLow = own.some(({ kind, object }) => kind === "body" && belowWaist.test(parts[object]!));
  const isSeat = (kind: RelationKind): boolean => kind === "on" || kind === "riding";
  if (busts.test(text) && !kinds.some(isSeat)) return undefined;
  if (faced.test(text))
    return wearsLow || kinds.some((kind) => !isSeat(kind) && bodily.has(kind)) ? "round" : undefined;
  const body = isPerson(text) ? "clothed" : heads.test(text) ? "round" : undefined;
  return body && (wearsLow || kinds.some((kind) => bodily.has(kind))) ? body : undefined;
}

/** Whether a part of a scene holds things with hands that are drawn. */
export const hasPaws = (scene: FigureScene, part: number): boolean =>
  findBody(scene, part) !== undefined || (isFigure(scene.parts[part]!) && (scene.counts?.[part] ?? 1) === 1);

/** Texts of the layers of a part's body, from bottom to top. A scene with a setting has bodies without feet: layers are few. */
export function listBodyTexts(scene: FigureScene, part: number): readonly string[] {
  const body = findBody(scene, part);
  if (body === undefined) return [];
  // The legs of a rider are not seen. On other things people stand.
  const isRiding = scene.relations.some(
    ({ subject, kind, object }) =>
      subject === part && (kind === "riding" || (kind === "on" && isRiddenSitting(scene.parts[object]!))),
  );
  const clothes = ["jeans", "t-shirt"];
  const hasLegs = scene.relations.some(
    ({ subject, kind, object }) =>
      subject === part &&
      kind === "body" &&
      /(?<!\bbelt)$/.test(scene.parts[object]!) &&
      belowWaist.test(scene.parts[object]!),
  );
  if (body === "clothed") return isRiding || hasLegs ? clothes.slice(1) : clothes;
  const hasSetting = scene.relations.some(({ kind }) => isStage(kind));
  return hasSetting ? ["brown circle"] : ["brown circle", "brown circle", "brown circle"];
}

/** Buildings and the like that are seen from outside, with an entrance at the ground. */
const entered =
  /\b(?:igloo|barn|stable|shed|garage|cave|hut|cabin|log cabin|church|castle|palace|temple|tower|lighthouse|windmill|school|hospital|hotel|building|bank|factory|museum|shop|store|house|home|cottage|dog house|greenhouse|station|tipi|silo|pyramid|tunnel|wardrobe|closet|cupboard|safe|refrigerator|fridge|freezer|elevator|lift|locker|phone box|telephone box|well|mine)$/;
/** Vehicles that are seen from outside and have no large window. */
const closed =
  /\b(?:airplane|plane|aeroplane|jet|rocket|spaceship|space shuttle|submarine|ufo|flying saucer|zeppelin|tank|ship|washing machine|vending machine|dryer|tumble dryer|dishwasher|oven|microwave|microwave oven)$/;
/** What an entrance and a window are drawn by. */
export const [entranceText, portholeText] = ["black circle", "blue circle"];

/** Returns what the opening of a container is drawn by that is seen from outside; undefined for other things. */
export const findOpeningText = (text: string): string | undefined =>
  entered.test(text) ? entranceText : closed.test(text) ? portholeText : undefined;

/** Lists the texts of the additional layers of a part: the opening of a closed container. Copies of a thing have none. */
export function listAddedTexts({ parts, counts, relations }: FigureScene, part: number): readonly string[] {
  const text = parts[part]!;
  const holds = relations.some(({ kind, object }) => kind === "in" && object === part);
  if (!holds || (counts?.[part] ?? 1) > 1) return [];
  const opening = findOpeningText(text);
  return opening === undefined ? [] : [opening];
}

/** Number of layers of a part beyond its copies. */
export const countAddedLayers = (scene: FigureScene, part: number): number =>
  listBodyTexts(scene, part).length + listAddedTexts(scene, part).length;

/** What the paws or hands of a body are drawn by. */
export const pawText = "brown circle";
