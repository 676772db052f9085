import { type SceneRelation, isStage } from "../../prompts/index.js";
import { layerOrder } from "./layout.js";

/** Parts of a scene and their relations. */
export interface ScenePlan {
  /** Text of each part. */
  readonly parts: readonly string[];
  /** Number of copies of each part; one each when absent. */
  readonly counts?: readonly number[] | undefined;
  readonly relations: readonly SceneRelation[];
}

/** Whether a part is drawn as a pair of mirror images: wings. */
export const isPair = ({ parts, relations }: ScenePlan, part: number): boolean =>
  /\bwings$/.test(parts[part]!) && relations.some(({ object, kind }) => object === part && kind === "around");

/** Indices of the parts that are not parts of a setting. */
export function thingsOf({ parts, relations }: ScenePlan): number[] {
  const ofSetting = new Set(relations.filter(({ kind }) => isStage(kind)).map(({ object }) => object));
  return [...parts.keys()].filter((part) => !ofSetting.has(part));
}

/** Number of layers that a part is drawn in. */
export const layersOfPart = (plan: ScenePlan, part: number): number =>
  isPair(plan, part) ? 2 : (plan.counts?.[part] ?? 1);

/** Texts of the layers that a plan is drawn in, from bottom to top. */
export const layerTexts = (plan: ScenePlan): string[] =>
  layerOrder(plan).flatMap((part) => new Array<string>(layersOfPart(plan, part)).fill(plan.parts[part]!));
