import type { Connective } from "./relations.js";
import type { Segment } from "./segments.js";
import { isFigure } from "./people.js";
import { isBeing } from "./states.js";

/** What one wears or holds who is dressed as somebody, by words for whom. */
const outfits: readonly (readonly [whom: string, outfit: string, connective?: Connective["kind"]])[] = [
  ["pirate", "pirate hat"],
  ["witch|wizard|sorcerer|sorceress|mage", "wizard hat"],
  ["magician|gentleman|butler", "top hat"],
  ["chef|cook|baker", "chef hat"],
  ["cowboy|cowgirl|sheriff|wild west", "cowboy hat"],
  ["king|queen|prince|princess|royal", "crown"],
  ["santa|santa claus|father christmas", "santa hat"],
  ["astronaut|cosmonaut|spaceman", "space helmet"],
  ["viking", "viking helmet"],
  ["knight", "knight helmet"],
  ["samurai", "samurai helmet"],
  ["firefighter|fireman", "rescue worker's helmet"],
  ["soldier", "military helmet"],
  ["builder|construction worker|miner", "hard hat"],
  ["jester|joker", "jester hat"],
  ["sailor|captain|sea captain", "captain's hat"],
  ["superhero|vampire|dracula", "cape"],
  ["karate|ninja", "karate suit"],
  ["ballerina|ballet dancer", "tutu"],
  ["graduate|student", "graduation cap"],
  ["farmer|gardener|scarecrow", "straw hat"],
  ["doctor|nurse|vet", "stethoscope"],
  ["diver|scuba diver", "diving mask"],
  ["boxer", "boxing gloves"],
  ["fairy|angel", "wings"],
  ["unicorn", "unicorn costume"],
  ["detective|sherlock", "magnifying glass", "holding"],
  ["police|policeman|policewoman|police officer", "police hat"],
];
const byName: ReadonlyMap<string, readonly [outfit: string, connective: Connective["kind"]]> = new Map(
  outfits.flatMap(([names, outfit, connective = "wearing"]) =>
    names.split("|").map((name) => [name, [outfit, connective]] as const),
  ),
);
/** Longest name of `byName`, in words. */
const mostWords = 2;
/** Names of costumes by whom they show. */
const costume = / (?:costume|outfit|fancy dress|onesie)$/;
/** Costumes whose drawings have the hat above the dress, so that they cannot be put on a figure. */
const drawnWithHat = /^(?:pirate|witch|princess|police) (?:costume|outfit|uniform)$/;
/** Animals whose names begin with a person's. */
const ownNames =
  /^(?:king|queen|emperor|soldier|sailor|miner|knight|gardener|vampire|fairy|angel|captain|student|nurse) (?:penguin|bee|ant|cobra|crab|shark|bat|squid|fish|wren|tern|salmon|snake)$/;

/** Returns what shows that somebody is dressed as another. @param isName whether a phrase names a drawing. */
function outfitOf(whom: string, isName: (phrase: string) => boolean): Pick<Segment, "text" | "connectives"> {
  const known = byName.get(whom);
  const own = `${whom} costume`;
  const [text, connective] =
    known && (!isName(own) || drawnWithHat.test(own)) ? known : [own, "wearing" as const];
  return { text, connectives: [connective] };
}

/** Finds the person as whom an animal appears: `pirate` in "pirate cat" and in "cat pirate". */
function findRole(text: string): { readonly role: string; readonly animal: string } | undefined {
  const words = text.split(" ");
  const isAnimal = (each: string): boolean => isBeing(each) && !isFigure(each);
  for (let length = mostWords; length > 0; length--) {
    const last = words.slice(-length).join(" ");
    const before = words.slice(0, -length);
    if (byName.has(last) && before.length > 0 && isAnimal(before.join(" ")))
      return { role: last, animal: before.join(" ") };
    for (let first = 0; first + length < words.length; first++) {
      const role = words.slice(first, first + length).join(" ");
      const rest = [...words.slice(0, first), ...words.slice(first + length)];
      if (byName.has(role) && isAnimal(words.slice(first + length).join(" ")))
        return { role, animal: rest.join(" ") };
    }
  }
  return undefined;
}

/**
 * Dresses animals as the persons they are said to be: a "pirate cat", and a cat "dressed as a pirate", wears a pirate hat. A person is not
 * dressed: a woman dressed as a witch is drawn with the hat, too.
 * @param isName whether a phrase names a drawing.
 */
export function dressUp(
  segments: readonly Segment[],
  isName: (phrase: string) => boolean,
): readonly Segment[] {
  return segments.flatMap((segment, at): readonly Segment[] => {
    const { text, connectives } = segment;
    const isWorn = connectives.some((kind) => kind === "in" || kind === "wearing" || kind === "with");
    if (connectives.includes("costume")) return [{ ...segment, ...outfitOf(text, isName) }];
    if (at > 0 && isWorn && (drawnWithHat.test(text) || (costume.test(text) && !isName(text))))
      return [{ ...segment, ...outfitOf(text.replace(/ uniform$/, "").replace(costume, ""), isName) }];
    const found = isName(text) || ownNames.test(text) ? undefined : findRole(text);
    if (!found) return [segment];
    const outfit = { ...segment, ...outfitOf(found.role, isName), definite: false, possessive: false };
    return [
      { ...segment, text: found.animal, place: undefined },
      { ...outfit, stateVerb: undefined, place: undefined },
    ];
  });
}
