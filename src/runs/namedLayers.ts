import { partSeparator } from "../guidance/index.js";
import type { NamedThing } from "../prompts/index.js";
import { selectLayers } from "./knownLayers.js";
import type { SceneLayer } from "./requests/index.js";

/** The visible layers of a scene, bottom to top. */
export interface NamedLayers {
  readonly layers: readonly SceneLayer[];
  /** What each layer shows, as `KnownLayers.names`. */
  readonly names: readonly string[];
}

/** Names of layers that are the place of a scene. */
const settings: ReadonlySet<string> = new Set(["background", "ground", "sea"]);
/** Tells whether a layer is a plain shape, such as a hand before what it holds. */
export const isShape = ({ text }: SceneLayer): boolean => / (?:square|circle)$/.test(text);
/** Tells whether a layer is a thing, not a part of one that is drawn apart. */
export const isMain = (name: string): boolean => !name.includes(partSeparator);
/** Tells whether a layer is the place of a scene. */
export const isSetting = ({ names, layers }: NamedLayers, at: number): boolean =>
  settings.has(names[at]!) || / square$/.test(layers[at]!.text);

/** Adds the article, except to a plural. */
const addArticle = (name: string): string =>
  /[^s]s$/.test(name) ? name : `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;

/** Lists the things of a scene, by the names of its layers: each once, without its place and parts that are drawn apart. */
export const listThings = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name) => isMain(name) && !settings.has(name))),
];

/** Most things that a description names: a CLIP reads no more. */
const mostDescribed = 3;

/** Describes a scene by the names of its layers: "a cat and a hat". */
export const describeNames = (names: readonly string[]): string =>
  listThings(names).slice(-mostDescribed).map(addArticle).join(" and ");

/**
 * Selects the layers that a command names, and the parts of the thing that are drawn apart.
 * @returns indices; none when the scene does not show the thing.
 */
export function selectNamed(
  { names, layers }: { readonly names: readonly string[]; readonly layers?: readonly SceneLayer[] },
  { thing, which }: NamedThing,
): number[] {
  const singular = thing.replace(/([^s])s$/, "$1");
  const byName = [thing, singular].map((words) => selectLayers(names, words));
  // "yarn" names a ball of yarn, where nothing else is called so.
  const byWord = [thing, singular].map((words) =>
    [...names.keys()].filter((at) => ` ${names[at]!} `.includes(` ${words} `)),
  );
  const found = [...byName, ...byWord].find(({ length }) => length > 0);
  if (!found) return [];
  const mains = found.filter((at) => isMain(names[at]!));
  if (which === undefined || !layers || mains.length < 2) return found;
  const sorted = mains.toSorted((a, b) => layers[a]!.pose.x - layers[b]!.pose.x);
  return which === "left" ? sorted.slice(0, 1) : sorted.slice(-1);
}
