import {
  type RelationKind,
  type SceneRelation,
  listAddedTexts,
  listBodyTexts,
  isStage,
} from "../../prompts/index.js";
import { findLayerOrder } from "./layout.js";

/** Parts of a scene and their relations. */
export interface ScenePlan {
  /** Text of each part. */
  readonly parts: readonly string[];
  /** Number of copies of each part; one each when absent. */
  readonly counts?: readonly number[] | undefined;
  readonly relations: readonly SceneRelation[];
}

/** Lists the kinds of the relations in which a part is the subject or the object. */
export const listKinds = (
  { relations }: ScenePlan,
  role: "subject" | "object",
  part: number,
): RelationKind[] => relations.filter((relation) => relation[role] === part).map(({ kind }) => kind);

/** Whether a part is drawn as a pair of mirror images, as wings are. */
export const isPair = ({ parts, relations }: ScenePlan, part: number): boolean =>
  /\bwings$/.test(parts[part]!) && relations.some(({ object, kind }) => object === part && kind === "around");

/** Tells whether a relation is to a part of a figure that is drawn again, before what the figure holds or wears. */
const isRepeated = (kind: RelationKind): boolean => kind === "paws" || kind === "collar";

/** Lists the indices of the parts that are things of the prompt: neither parts of a setting nor hands and heads that are drawn again. */
export function listThings({ parts, relations }: ScenePlan): number[] {
  const added = new Set(
    relations.filter(({ kind }) => isStage(kind) || isRepeated(kind)).map(({ object }) => object),
  );
  return [...parts.keys()].filter((part) => !added.has(part));
}

/** Lists the texts of a part's layers from bottom to top: its body, the thing or its copies, and what is added to it. */
function listPartTexts(plan: ScenePlan, part: number): string[] {
  const copies = isPair(plan, part) ? 2 : (plan.counts?.[part] ?? 1);
  const own = new Array<string>(copies).fill(plan.parts[part]!);
  return [...listBodyTexts(plan, part), ...own, ...listAddedTexts(plan, part)];
}

/** Counts the layers beyond those in `counts`: the second wing of a pair, bodies, and what is added to things. */
export function countUncountedLayers(plan: ScenePlan): number {
  const counted = (plan.counts ?? plan.parts.map(() => 1)).reduce((sum, count) => sum + count, 0);
  return listLayerTexts(plan).length - counted;
}

/**
 * Lists the texts of a plan's layers from bottom to top.
 * @param order parts from bottom to top in a layout of the plan; the usual one when absent.
 */
export const listLayerTexts = (plan: ScenePlan, order = findLayerOrder(plan)): string[] =>
  order.flatMap((part) => listPartTexts(plan, part));

/** Names of the parts of a setting that are drawn as squares. */
const settingNames: { readonly [Kind in RelationKind]?: string } = {
  backdrop: "background",
  sea: "sea",
  ground: "ground",
};

/** Removes the words that tell in which pose a thing is drawn: "cook" of "standing cook". */
export const removePose = (text: string): string => text.replace(/\b(?:standing|seated|whole) /, "");

/** Separates the name of a thing from that of a part of it, in the name of a layer. */
export const partSeparator = ": ";

/**
 * Lists the names of a plan's layers from bottom to top: those of things, and "cat: hand" for what is drawn apart.
 * @param order as in `listLayerTexts`.
 */
export function listLayerNames(plan: ScenePlan, order = findLayerOrder(plan)): string[] {
  const { parts, relations } = plan;
  return order.flatMap((part) => {
    const bearing = relations.find(({ object }) => object === part);
    const repeated = bearing?.kind === "paws" ? "hand" : bearing?.kind === "collar" ? "head" : undefined;
    const thing = removePose(parts[repeated ? bearing!.subject : part]!);
    const settingName = / square$/.test(thing) && bearing ? settingNames[bearing.kind] : undefined;
    const own = repeated ? `${thing}${partSeparator}${repeated}` : (settingName ?? thing);
    const [bodies, additions] = [listBodyTexts(plan, part).length, listAddedTexts(plan, part).length];
    const ownCount = listPartTexts(plan, part).length - bodies - additions;
    return [
      ...new Array<string>(bodies).fill(`${thing}${partSeparator}body`),
      ...new Array<string>(ownCount).fill(own),
      ...new Array<string>(additions).fill(`${thing}${partSeparator}opening`),
    ];
  });
}
