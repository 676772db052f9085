import { readCommandObject, normalizeCommand, readEditCommand } from "./editCommands.js";

/** Which of several equal things a command means; all of them when absent. */
export type WhichThing = "one" | "left" | "right";

/** Where one thing is in relation to another. */
export type LayerPlace = "on" | "in" | "above" | "under" | "beside" | "left" | "right" | "behind" | "before";

/** A thing in a scene, by its words without article. */
export interface NamedThing {
  readonly thing: string;
  readonly which?: WhichThing | undefined;
}

/** A change of a scene that leaves all its other layers as they are. Lengths are in half widths of the canvas. */
export type LayerCommand =
  | ({ readonly kind: "remove" } & NamedThing)
  /** The thing becomes what `goal` names, with its article. */
  | ({ readonly kind: "replace"; readonly goal: string } & NamedThing)
  /** `than` names a thing than which it becomes larger, or smaller where `factor` is below 1. */
  | ({ readonly kind: "resize"; readonly factor: number; readonly than?: string | undefined } & NamedThing)
  | ({ readonly kind: "move"; readonly right: number; readonly down: number } & NamedThing)
  /** The thing moves to another thing. */
  | ({ readonly kind: "place"; readonly at: LayerPlace; readonly other: string } & NamedThing)
  /** What `goal` names, with its article, is drawn in addition: at another thing, or where there is room. */
  | {
      readonly kind: "add";
      readonly goal: string;
      readonly at?: LayerPlace | undefined;
      readonly other?: string | undefined;
    }
  | ({ readonly kind: "order"; readonly to: "front" | "back" } & NamedThing)
  /** The thing faces the other way. */
  | ({ readonly kind: "mirror" } & NamedThing)
  /** Everything is drawn in the style of the generator that begins with this word. */
  | { readonly kind: "restyle"; readonly style: string };

const removal =
  /^(?:(?:remove|delete|erase|hide|drop|lose|take away|take off|take out|get rid of|cut out|without|no(?: more)?|there should be no|i (?:do not|don['’]?t) want|.+ should (?:not|n['’]t) (?:have|hold|wear)) (.+?)|take (.+?) (?:away|out|off))(?: from (?:it|(?:the|this) (?:picture|image|scene))|, .+)?$/;
const degrees = "much|a lot|a bit|a little|slightly";
const sizes =
  "bigger|larger|taller|huge|smaller|shorter|tiny|(?:twice|half) as (?:big|large)|half (?:the|its) size";
const resizing = new RegExp(
  `^(?:make |could |can )?(.+?)(?: (?:(?:should|must) )?be)? (?:(${degrees}) )?(${sizes})(?: instead)?(?: than (?:the |an? )?(.+))?$`,
);
const sized = /^(?:an? )?(?:(much) )?(bigger|larger|smaller|taller|giant|huge|tiny) (.+?)(?:, .+)?$/;
const judged = /^(.+?) (?:is|are|looks?) (?:much |way )?too (small|short|big|large|tall)(?:, .+)?$/;
const scaling = new RegExp(`^(enlarge|grow|shrink) (.+?)(?: (${degrees}))?$`);
const moving =
  /^(?:move|shift|slide|put|place) (.+?) (?:(a bit|a little|slightly|far|much) )?(?:(?:further|more) )?(?:(?:to|in|into|at|on) (?:the )?)?(left|right|up|down|upwards?|downwards?|higher|lower|top|bottom)(?: (?:side|edge))?(?:, .+)?$/;
const ordering =
  /^(?:move|bring|put|send|place) (.+?) (?:to|in|into) the (front|foreground|back|background)$/;
const mirroring =
  /^(?:(?:mirror|flip) (.+?)(?: (?:horizontally|over))?|turn (.+?) (?:around|the other way(?: a?round)?))(?:,? so(?: that)? .+)?$/;
/** Words for the place of a thing, the longest first. */
const places: readonly (readonly [words: string, at: LayerPlace])[] = [
  ["(?:to|on) the left(?: side)? of", "left"],
  ["(?:to|on) the right(?: side)? of", "right"],
  ["(?:to|on) the other side of", "beside"],
  ["on top of", "on"],
  ["onto", "on"],
  ["in front of", "before"],
  ["next to", "beside"],
  ["beside", "beside"],
  ["near", "beside"],
  ["by", "beside"],
  ["behind", "behind"],
  ["above", "above"],
  ["over", "above"],
  ["under", "under"],
  ["below", "under"],
  ["beneath", "under"],
  ["inside", "in"],
  ["into", "in"],
  ["in", "in"],
  ["on", "on"],
  ["to", "on"],
];
const placeWords = places.map(([words]) => words).join("|");
const placing = new RegExp(`^(?:move|shift|put|place|set|lay) (.+?) (${placeWords}) (?:the |an? )?(.+)$`);
/** What a thing does at its place adds nothing: "sitting" of "a mouse sitting on the bread". */
const adding = new RegExp(
  `^(?:also )?(?:add|put|place|draw|include|have) ((?:an?|some|another|one more|an extra) .+?)(?: (?:sitting|standing|lying|flying|hanging|floating|resting|perched))?(?: (${placeWords}) (?:the |an? )?(.+))?$`,
);
/** What a thing of the picture is given: "give the cactus some flowers". */
const giving = /^give (?:the|my|this) (.+?) ((?:an?|some) .+)$/;
/** An exchange by what it was: "a pancake instead of a pizza", "instead of a pizza … a pancake", "oranges, not apples". */
const exchanges: readonly (readonly [pattern: RegExp, old: number, goal: number])[] = [
  [/^instead of (?:the |an? )?(.+?),? (?:.+ )?(an? .+?)(?: (?:on|in|at) (?:the|an?) .+)?$/, 1, 2],
  [/^(?:.* )?(an? .+?) (?:instead of|rather than) (?:the |an? )?(.+)$/, 2, 1],
  [/^(\p{L}+)(?: (?:in|on) .+)?,? not (\p{L}+)$/u, 2, 1],
  [/^(?:switch|trade) (.+?) (?:to|with|for) (.+)$/, 1, 2],
  [/^(?:use|have|put|make it) (.+?) in (?:the )?place of (?:the |an? )?(.+)$/, 2, 1],
  [/^(?:i(?:['’]d| would) )?rather have (.+?) than (?:the |an? )?(.+)$/, 2, 1],
  [/^the (.+?) (?:should|must) be (an? .+)$/, 1, 2],
  [/^make the (.+?) (an? .+)$/, 1, 2],
];

const factors: readonly (readonly [pattern: RegExp, factor: number])[] = [
  [/^(?:huge|giant|twice)/, 2],
  [/^(?:tiny|half)/, 0.5],
  [/^(?:bigger|larger|taller|enlarge|grow)/, 1.4],
  [/^(?:smaller|shorter|shrink)/, 0.7],
];

/** Returns the factor of a word such as "bigger", and of how much it is said to be. */
function readFactor(word: string, degree: string | undefined): number {
  const [, factor] = factors.find(([pattern]) => pattern.test(word))!;
  if (degree === undefined) return factor;
  return /^(?:much|a lot)$/.test(degree) ? (factor > 1 ? 2 : 0.5) : factor > 1 ? 1.2 : 0.85;
}

const directions: readonly (readonly [pattern: RegExp, right: number, down: number])[] = [
  [/^left/, -1, 0],
  [/^right/, 1, 0],
  [/^(?:up|higher|top)/, 0, -1],
  [/^(?:down|lower|bottom)/, 0, 1],
];

/** Distances of a move, in half widths of the canvas. */
const distances = { usual: 0.4, little: 0.15, far: 0.8 };

function readDistance(degree: string | undefined, goal: string): number {
  if (degree !== undefined) return /^(?:far|much)$/.test(degree) ? distances.far : distances.little;
  return /^(?:top|bottom)/.test(goal) ? distances.far : distances.usual;
}

/** Reads the words for a thing: "one of the cats", "the left dog", "the dog on the right". @returns undefined for the whole picture. */
function readThing(words: string): NamedThing | undefined {
  const [, counted] = /^one (?:of the )?(.+)$/.exec(words) ?? [];
  const [, side, sided] = /^the (left|right) (.+)$/.exec(words) ?? [];
  const [, placed, place] = /^(.+?) (?:on|to|at) the (left|right)$/.exec(words) ?? [];
  const thing = readCommandObject(counted ?? sided ?? placed ?? words);
  if (thing === undefined) return undefined;
  const which = counted === undefined ? (side ?? place) : "one";
  return { thing, which: which as WhichThing | undefined };
}

/** Reads the commands of which only the pattern decides. */
function readArrangement(plain: string): LayerCommand | undefined {
  const make = (words: string, rest: (named: NamedThing) => LayerCommand): LayerCommand | undefined => {
    const named = readThing(words);
    return named && rest(named);
  };
  const removed = removal.exec(plain);
  if (removed) return make((removed[1] ?? removed[2])!, (named) => ({ kind: "remove", ...named }));
  const [, thing, fault] = judged.exec(plain) ?? [];
  if (thing !== undefined) {
    const wish = /^(?:small|short)$/.test(fault!) ? "bigger" : "smaller";
    return make(thing, (named) => ({ kind: "resize", ...named, factor: readFactor(wish, undefined) }));
  }
  const resized = resizing.exec(plain);
  if (resized)
    return make(resized[1]!, (named) => ({
      kind: "resize",
      ...named,
      factor: readFactor(resized[3]!, resized[2]),
      than: resized[4],
    }));
  const [, degree, size, words] = sized.exec(plain) ?? [];
  if (words !== undefined)
    return make(words, (named) => ({ kind: "resize", ...named, factor: readFactor(size!, degree) }));
  const scaled = scaling.exec(plain);
  if (scaled)
    return make(scaled[2]!, (named) => ({
      kind: "resize",
      ...named,
      factor: readFactor(scaled[1]!, scaled[3]),
    }));
  const ordered = ordering.exec(plain);
  if (ordered)
    return make(ordered[1]!, (named) => ({
      kind: "order",
      ...named,
      to: ordered[2]!.startsWith("front") || ordered[2] === "foreground" ? "front" : "back",
    }));
  const moved = moving.exec(plain);
  if (moved) {
    const [, right, down] = directions.find(([pattern]) => pattern.test(moved[3]!))!;
    const distance = readDistance(moved[2], moved[3]!);
    return make(moved[1]!, (named) => ({
      kind: "move",
      ...named,
      right: right * distance,
      down: down * distance,
    }));
  }
  const mirrored = mirroring.exec(plain);
  if (mirrored) return make((mirrored[1] ?? mirrored[2])!, (named) => ({ kind: "mirror", ...named }));
  for (const [pattern, old, goal] of exchanges) {
    const found = pattern.exec(plain);
    if (found) return make(found[old]!, (named) => ({ kind: "replace", ...named, goal: found[goal]! }));
  }
  return undefined;
}

/** Reads what is added once more as the thing: "a donut" of "a second donut". */
const readGoal = (words: string): string =>
  words.replace(/^some /, "").replace(/^(?:another|one more|an extra|an? (?:second|third)) /, "a ");

const readPlace = (words: string): LayerPlace =>
  places.find(([pattern]) => new RegExp(`^${pattern}$`).test(words))![1];

/** Reads the commands that bring a thing to another one, or add one. */
function readPlacing(plain: string): LayerCommand | undefined {
  const added = adding.exec(plain);
  if (added) {
    const [, goal, words, other] = added;
    const at = words === undefined ? undefined : readPlace(words);
    return { kind: "add", goal: readGoal(goal!), at, other };
  }
  const given = giving.exec(plain);
  if (given) return { kind: "add", goal: readGoal(given[2]!), at: "on", other: given[1]! };
  const [, words, place, other] = placing.exec(plain) ?? [];
  const named = words === undefined ? undefined : readThing(words);
  return named && { kind: "place", ...named, at: readPlace(place!), other: other! };
}

/**
 * Reads a command that changes the layers of a scene: removes, replaces, resizes, moves or mirrors a thing, brings it to the front, or draws
 * everything in another style.
 * @param styles names of the generator's drawing styles.
 * @returns undefined for all other texts, and for commands about the whole picture.
 * @example readLayerCommand("make the dog bigger", []) // { kind: "resize", thing: "dog", factor: 1.4 }
 */
export function readLayerCommand(text: string, styles: readonly string[]): LayerCommand | undefined {
  const plain = normalizeCommand(text);
  const arrangement = readArrangement(plain) ?? readPlacing(plain);
  if (arrangement) return arrangement;
  const command = readEditCommand(text, styles);
  if (command?.kind === "restyle") return { kind: "restyle", style: command.style };
  if (command?.kind !== "replace" || command.thing === undefined) return undefined;
  const named = readThing(command.thing);
  return named && { kind: "replace", ...named, goal: command.goal };
}
