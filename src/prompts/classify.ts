import {
  type Connective,
  type RelationKind,
  findBearing,
  isCompanion,
  isEnclosed,
  ornaments,
} from "./relations.js";
import { isYoungOf } from "./splits.js";
import { isWornWithIn } from "./worn.js";

/** Things at which beings sit or stand: they are behind them. */
const tables =
  /\b(?:table|desk|counter|bar|stall|piano|keyboard|typewriter|computer|laptop|sewing machine|podium|lectern|cash register)$/;
/** Tells whether a thing is a table or the like. */
export const isTable = (thing: string): boolean => tables.test(thing);

/** Things that are carried along on wheels or runners, and what is pushed or pulled like them. */
const moved =
  /\b(?:cart|wagon|sled|sledge|sleigh|carriage|trailer|plough|plow|boat|ship|car|train|truck|tractor|caravan|rickshaw|trolley|stroller|pram|wheelbarrow|mower|swing|boulder|piano)$/;

/** Tells whether a thing is pulled and pushed along: a cart. */
export const isMoved = (thing: string): boolean => moved.test(thing);

/** High things that are climbed, and ropes and the like from which one hangs. */
const trees = /\b(?:tree|palm|oak|pine|willow)$/;
const ropes = /\b(?:rope|vine|thread|string|pole|curtains?|flagpole|trapeze|wire)$/;
const climbed =
  /\b(?:tree|palm|oak|pine|ladder|rope|vine|pole|flagpole|lamp ?post|lamppost|street lamp|street light|curtains?|drainpipe|beanstalk|trellis|tower|skyscraper|building|lighthouse|cliff|cactus|sunflower|trunk|pillar|column|bookshelf)$/;
/** Soft things that cover who is below them. */
const covers = /\b(?:blanket|quilt|duvet|towel|bedspread)$/;

/** Instruments too large to be held: those at which one sits, and those that stand at one's side. */
const playedAt = /\b(?:piano|organ|drum ?(?:kit|set)|xylophone|marimba)$/;
const standing = /\b(?:harp|cello|double bass)$/;

/** What one covered in it is shown in. */
const fluids = /\b(?:mud|water|sand|foam|fire|fog|smoke|snow|slime)$/;
/** Things for the feet on which one moves. */
const shod = /\b(?:skates?|rollerblades?|high heels|stilettos)$/;

/** Tells whether a thing covers who it is on: a blanket. */
export const isCover = (thing: string): boolean => covers.test(thing);

/**
 * Returns the relation that a connective expresses between a subject and `count` objects.
 * @param being whether the subject is an animal, a person or the like, and whether it lies.
 */
export function classifyRelation(
  connective: Connective["kind"],
  subject: string,
  object: string,
  count: number,
  { isAlive: isSubjectAlive, isLying }: { readonly isAlive: boolean; readonly isLying: boolean },
): RelationKind {
  if (connective === "and") return "beside";
  if (connective === "on" && /^(?:fire|flames?)$/.test(object)) return "around";
  if (connective === "in" && isSubjectAlive && isWornWithIn(object, isLying))
    return findBearing(object) ?? "in";
  if (connective === "full" || connective === "dreaming" || connective === "inside") return "in";
  // In a heap of things, one is before them, where it is seen.
  if (
    connective === "in" &&
    count > 1 &&
    /^(?:pile|heap) of |\b(?:leaf|flower|bubble|balloon|book|cushion)$/.test(object)
  )
    return "front";
  if (connective === "acting") return "beside";
  if (connective === "covered")
    return isCover(object) ? "holding" : fluids.test(object) ? "in" : (findBearing(object) ?? "scattered");
  if (connective === "holding" && isSubjectAlive && !/\btoy\b/.test(object)) {
    if (playedAt.test(object)) return "behind";
    if (standing.test(object)) return "beside";
  }
  // "On ice skates", but a hat stands on a shoe.
  if (connective === "on" && isSubjectAlive && shod.test(object)) return "feet";
  if (connective === "at") return tables.test(object) ? "behind" : "beside";
  if (connective === "up") return climbed.test(object) ? "climbing" : "on";
  if (connective === "hanging") return ropes.test(object) ? "climbing" : trees.test(object) ? "in" : "below";
  if (connective === "hugging") return climbed.test(object) && isSubjectAlive ? "climbing" : "holding";
  if (connective === "pulling" || connective === "pushing")
    return !moved.test(object) ? "holding" : connective === "pulling" ? "left" : "right";
  if (connective === "ridden") return isEnclosed(subject) ? "in" : "riding";
  if (connective === "borne") return findBearing(subject) ?? "holding";
  if (connective === "riding" && isEnclosed(object)) return "in";
  if (connective !== "with" && connective !== "wearing" && connective !== "costume") return connective;
  if (subject === object || (connective === "with" && isYoungOf(object, subject))) return "beside";
  if (count > 1 && ornaments.test(object)) return "scattered";
  const bearing = findBearing(object) ?? (connective === "with" ? undefined : "body");
  return bearing ?? (isSubjectAlive && isCompanion(object) ? "beside" : "holding");
}
