import { describeGoal } from "../guidance/index.js";
import { parsePromptArgument } from "../prompts/index.js";
import { editLayers } from "./editLayers.js";
import { type EditOutcome, type EditTask, composePair, toGreyPicture } from "./editOutcome.js";
import type { EditReport, RunEvent } from "./events.js";
import { type Finding, makeWarning } from "./findings.js";
import { requireFinite } from "./finite.js";
import { findKnownLayers } from "./knownLayers.js";
import { maskOf } from "./masks.js";
import { paintOf } from "./preview.js";
import type { RunTools } from "./tools.js";
import { findUnknownWords, ignoreDrawnWords } from "./words.js";

/** Peak signal-to-noise ratio (dB) of the copy below which the generator cannot represent the picture. */
const poorCopy = 18;

/** Makes one edit of a run. @throws {InputError} for a mask that is black everywhere. */
export async function* editOne(
  { job, edit: number, run, picture, inputs, log, snapshot }: EditTask,
  { session, signal }: RunTools,
): AsyncGenerator<RunEvent, EditOutcome> {
  const { models } = session;
  const { settings } = job.record;
  const item = settings.edits[number - 1]!;
  if (item.layers) return yield* editLayers({ job, edit: number, run, picture, inputs }, { session, signal });
  const finding = (raised: Finding): RunEvent => ({ type: "finding", run, finding: raised });
  const { text, weight } = parsePromptArgument(item.prompt);
  if (text!.toLowerCase() === item.from.trim().toLowerCase())
    yield finding(
      makeWarning("equal-texts", `"${item.prompt}": both texts are the same, so there is nothing to change`, {
        prompt: item.prompt,
      }),
    );
  const goal = describeGoal(models, item.from, text!, item.change);
  // Only steps towards the words need a CLIP that knows them; a drawing or a layer is found by its name.
  const readers = item.change === "shape" ? models : ignoreDrawnWords(models);
  for (const each of await findUnknownWords(readers, [goal, item.from], models.templates))
    yield finding(each);
  const { mask, findings } = await maskOf(item, picture, inputs, models, {
    ...session.runOptions,
    signal,
    // A new colour leaves the layers of the picture where they are.
    findLayers: async () =>
      job.done.every(({ change }) => change === "colour")
        ? findKnownLayers(inputs.get(settings.picture.sha256)!, session, signal)
        : undefined,
  });
  for (const each of findings) yield finding(each);
  const { seed, steps, views, lr } = settings;
  const edits = session.getPrograms().edit(
    picture,
    { text: text!, weight, templates: models.templates },
    { seed, steps, views, lr, from: item.from, strength: item.strength, change: item.change },
    {
      signal,
      mask,
      from: snapshot,
    },
  );
  let next = await edits.next();
  for (; !next.done; next = await edits.next()) {
    const { index, steps: planned, loss, terms = {}, picture: shown, inversionPsnr } = next.value;
    if (loss !== undefined) requireFinite(`the loss of step ${index}`, loss);
    const failed = await log.record(next.value, job);
    if (failed) yield finding(failed);
    const common = { run, edit: number, steps: planned, picture: shown, paint: paintOf(next.value) };
    yield loss === undefined
      ? { type: "draft", ...common, inversionPsnr }
      : { type: "step", ...common, index, loss, terms };
    if (inversionPsnr !== undefined && inversionPsnr < poorCopy)
      yield finding(makeCopyFinding(models.pack, inversionPsnr));
  }
  const result = next.value;
  const { bytes, before, after, kind, inversionError } = result;
  requireFinite("the guide score", result.report.score.guide);
  requireFinite("the judge score", result.report.score.judge);
  const report = {
    prompt: item.prompt,
    change: kind,
    ...result.report,
    inversionError,
    steps: result.steps,
  };
  yield {
    type: "edited",
    run,
    edit: number,
    edits: settings.edits.length,
    masked: mask !== undefined,
    report,
  };
  const end = makeEndFinding(report);
  if (end) yield finding(end);
  for (const { code, level, message, data } of result.findings)
    yield finding({
      ...makeWarning(code, `"${item.prompt}": ${message}`, { ...data, prompt: item.prompt }),
      level,
    });
  return {
    bytes,
    pair: await composePair(before, after),
    maskPicture: mask && toGreyPicture(mask, picture),
    report,
  };
}

function makeCopyFinding(pack: string, psnr: number): Finding {
  return makeWarning(
    "poor-inversion",
    `the generator of the pack ${pack} cannot reproduce this picture (${psnr.toFixed(1)} dB); expect a rough change`,
    { psnr },
  );
}

function makeEndFinding({ prompt, changed, judgeAgrees, recolouring }: EditReport): Finding | undefined {
  if (changed === 0) return makeWarning("unchanged", `"${prompt}": nothing was changed`, { prompt });
  if (judgeAgrees || recolouring?.isReached) return undefined;
  return makeWarning(
    "judge-disagrees",
    `"${prompt}": the judge does not see the change that the guides see; look at the picture before you use it`,
    { prompt },
  );
}
