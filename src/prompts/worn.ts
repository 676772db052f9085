/** What is worn, and what is worn in pairs. */
import { findBearing } from "./relations.js";

/** Things for hands and feet that are drawn one by one. */
const singles =
  /\b(?:leg|shoe|(?<!(?:rubber|rain|wellington) )boot|sneaker(?!s)|sandal|skate|heel|loafer|clog|boxing glove)s?$/;
/** Tells whether a drawing of a thing that is worn in pairs shows one of the two. */
export const isDrawnSingly = (thing: string): boolean => singles.test(thing);

/** Pairs whose drawings show both. */
const pairs = /\b(?:gloves|mittens|mitts|slippers|sneakers|flippers|flip[- ]?flops|leg ?warmers)$/;

/** Tells whether one of a thing is worn on each hand or foot. */
export const isWornInPairs = (thing: string): boolean => isDrawnSingly(thing) || pairs.test(thing);

/** Things of feet, hands and backs for which "in" means "wearing": a cat in boots, but not a mouse in a shoe. */
const worn =
  /\b(?:shoes|boots|socks|stockings|skates|slippers|sneakers|sandals|wellies|heels|flippers|leg ?warmers|gloves|mittens|cape|cloak)$/;

/** Things to wear in which a small animal can lie, unless they are put on for a feast. */
const bed = /\b(?:hat|beanie|boot|shoe|slipper|mitten|sock)$/;
const festive = /\b(?:santa|party|birthday|christmas|witch|wizard|cowboy|chef) /;

/** Tells whether a being that is "in" a thing wears it: a dog in a sweater. A hedgehog that naps in a hat lies in it. */
export function isWornWithIn(thing: string, isLying: boolean): boolean {
  if (isLying && bed.test(thing) && !festive.test(thing)) return false;
  return worn.test(thing) || ["body", "head", "eyes", "neck"].includes(findBearing(thing) ?? "");
}
