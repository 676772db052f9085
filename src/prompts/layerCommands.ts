import { readCommandObject, normalizeCommand, readEditCommand } from "./editCommands.js";

/** Which of several equal things a command means; all of them when absent. */
export type WhichThing = "one" | "left" | "right";

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
  | ({ readonly kind: "resize"; readonly factor: number } & NamedThing)
  | ({ readonly kind: "move"; readonly right: number; readonly down: number } & NamedThing)
  | ({ readonly kind: "order"; readonly to: "front" | "back" } & NamedThing)
  /** The thing faces the other way. */
  | ({ readonly kind: "mirror" } & NamedThing)
  /** Everything is drawn in the style of the generator that begins with this word. */
  | { readonly kind: "restyle"; readonly style: string };

const removal =
  /^(?:remove|delete|erase|hide|drop|take away|take off|take out|get rid of|cut out|without) (.+?)(?: from (?:it|(?:the|this) (?:picture|image|scene)))?$/;
const resizing =
  /^make (.+?) (?:(much|a lot|a bit|a little|slightly) )?(bigger|larger|taller|huge|smaller|shorter|tiny|(?:twice|half) as (?:big|large)|half (?:the|its) size)$/;
const scaling = /^(enlarge|grow|shrink) (.+)$/;
const moving =
  /^(?:move|shift|slide|put|place) (.+?) (?:(a bit|a little|slightly|far|much) )?(?:(?:further|more) )?(?:(?:to|in|into|at|on) (?:the )?)?(left|right|up|down|upwards?|downwards?|higher|lower|top|bottom)(?: (?:side|edge))?$/;
const ordering =
  /^(?:move|bring|put|send|place) (.+?) (?:to|in|into) the (front|foreground|back|background)$/;
const mirroring =
  /^(?:(?:mirror|flip) (.+?)(?: (?:horizontally|over))?|turn (.+?) (?:around|the other way(?: (?:a)?round)?))$/;

const factors: readonly (readonly [pattern: RegExp, factor: number])[] = [
  [/^(?:huge|twice)/, 2],
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
  if (removed) return make(removed[1]!, (named) => ({ kind: "remove", ...named }));
  const resized = resizing.exec(plain);
  if (resized)
    return make(resized[1]!, (named) => ({
      kind: "resize",
      ...named,
      factor: readFactor(resized[3]!, resized[2]),
    }));
  const scaled = scaling.exec(plain);
  if (scaled)
    return make(scaled[2]!, (named) => ({
      kind: "resize",
      ...named,
      factor: readFactor(scaled[1]!, undefined),
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
  return mirrored
    ? make((mirrored[1] ?? mirrored[2])!, (named) => ({ kind: "mirror", ...named }))
    : undefined;
}

/**
 * Reads a command that changes the layers of a scene: removes, replaces, resizes, moves or mirrors a thing, brings it to the front, or draws
 * everything in another style.
 * @param styles names of the generator's drawing styles.
 * @returns undefined for all other texts, and for commands about the whole picture.
 * @example readLayerCommand("make the dog bigger", []) // { kind: "resize", thing: "dog", factor: 1.4 }
 */
export function readLayerCommand(text: string, styles: readonly string[]): LayerCommand | undefined {
  const arrangement = readArrangement(normalizeCommand(text));
  if (arrangement) return arrangement;
  const command = readEditCommand(text, styles);
  if (command?.kind === "restyle") return { kind: "restyle", style: command.style };
  if (command?.kind !== "replace" || command.thing === undefined) return undefined;
  const named = readThing(command.thing);
  return named && { kind: "replace", ...named, goal: command.goal };
}
