import type { HostTensor } from "../../tensor/index.js";
import type { AscentConfig } from "../ascent/contract.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { addLayers } from "./addedLayers.js";
import type { Drawing } from "./drawing.js";
import { arrangeDrawing, chooseDrawnText, drawAddedPart } from "./drawings.js";
import { addBody } from "./figure.js";
import { createDrawings } from "./painted.js";
import { addLooseEyes } from "./partScores.js";
import { type ScenePlan, listThings } from "./plan.js";
import { findLayouts, joinSceneLatents } from "./sceneDrafts.js";

/** Number of layouts that are checked by geometry. */
const sketchedLayouts = 16;

/**
 * Sketches a scene without any CLIP: a known drawing of each part, in the first layout that passes the geometric checks.
 * @returns latents `[1, layers, size]`. If a part has no known drawing, latents `[1, size]` of the first part alone; undefined if the first
 * part has none.
 */
export async function sketchScene(
  programs: SessionPrograms,
  plan: ScenePlan,
  config: Pick<AscentConfig, "seed" | "style">,
): Promise<HostTensor | undefined> {
  const style = config.style ?? programs.models.generator.styles[0];
  const drawings: Drawing[][] = [];
  let first: HostTensor | undefined;
  const things = new Set(listThings(plan));
  for (const part of plan.parts.keys()) {
    if (!things.has(part)) {
      const setting = await drawAddedPart(programs, plan, part, drawings, style);
      if (!setting) return first;
      drawings.push([setting]);
      continue;
    }
    const text = chooseDrawnText(plan, part, programs.models);
    const latents = await programs.sketcher.sketch(text, style);
    const candidates = latents && (await createDrawings(programs, text, [{ latents, score: 0 }]));
    if (!candidates || candidates.length === 0) return first;
    first ??= latents;
    const arranged = candidates.map((each) =>
      arrangeDrawing(
        addLooseEyes(each, plan.parts[part]!),
        plan,
        part,
        programs.models.phrases?.read(plan.parts[part]!)?.colour?.rgb,
      ),
    );
    const bodied = await Promise.all(arranged.map((each) => addBody(programs, plan, part, each, style)));
    drawings.push(await Promise.all(bodied.map((each) => addLayers(programs, plan, part, each, style))));
  }
  return joinSceneLatents(findLayouts(drawings, plan, config.seed, sketchedLayouts)[0]!);
}
