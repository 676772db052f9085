import {
  type EditResult,
  type EditStep,
  type ReportCard,
  type RunOptions,
  type Snapshot,
  type SteerModels,
  edit,
} from "../guidance/index.js";
import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  contactSheet,
  terminalPreview,
} from "../images/index.js";
import { parsePromptArgument } from "../prompts/index.js";
import type { EditOptions } from "./commands/edit.js";
import { warnOfWords } from "./clips.js";
import type { Context } from "./context.js";
import { maskOf } from "./editMasks.js";
import type { EditItem } from "./editPlan.js";
import type { EditSettings } from "./editSettings.js";

/** What one edit of a run made. */
export interface EditOutcome {
  readonly bytes: RgbaBytes;
  /** The generator's copy and what became of it, side by side. */
  readonly pair: Picture;
  readonly maskPicture?: Picture;
  readonly card: ReportCard & {
    readonly prompt: string;
    readonly change: EditResult["kind"];
    readonly inversionError: number;
    readonly steps: number;
  };
}

/** How an edit is shown, continued and kept. */
interface EditWatch {
  readonly label: string;
  /** Where it is continued from. */
  readonly from?: Snapshot | undefined;
  onStep(step: EditStep): Promise<void>;
}

const previewColumns = 36;
/** Peak signal-to-noise ratio, dB, below which the generator plainly cannot make such a picture. */
const poorCopy = 18;

/** Makes one edit and says on stderr what came of it. */
export async function editOnce(
  item: EditItem,
  picture: LoadedPicture,
  models: SteerModels,
  settings: Omit<EditSettings, "engine"> & RunOptions,
  options: Pick<EditOptions, "preview">,
  context: Context,
  { label, from, onStep }: EditWatch,
): Promise<EditOutcome> {
  const term = parsePromptArgument(item.prompt);
  await warnOfWords(models, [term.text!, item.from], models.templates, context);
  const run: RunOptions = {
    engine: settings.engine,
    ...(settings.threads !== undefined && { threads: settings.threads }),
  };
  const mask = await maskOf(item, picture, models, run, context);
  const { seed, steps, views, lr } = settings;
  const edits = edit(
    models,
    picture,
    { text: term.text!, weight: term.weight, templates: models.templates },
    { seed, steps, views, lr, from: item.from, strength: item.strength, change: item.change },
    { ...run, signal: context.signal, ...(mask && { mask }), ...(from && { from }) },
  );
  const progress = context.progress(label, steps);
  const previews = options.preview ?? context.terminal;
  let result: EditResult;
  for (;;) {
    const next = await edits.next();
    if (next.done) {
      result = next.value;
      break;
    }
    await onStep(next.value);
    const { index, loss, picture: shown, inversionPsnr } = next.value;
    if (inversionPsnr !== undefined) {
      context.note(`inversion: ${inversionPsnr.toFixed(1)} dB`);
      if (inversionPsnr < poorCopy)
        context.warn(
          `the generator cannot make this picture (${inversionPsnr.toFixed(1)} dB): it knows ${models.pack}; expect a rough change`,
        );
    }
    progress.update(index, {
      note: loss === undefined ? "copied" : `loss ${loss.toFixed(3)}`,
      ...(previews && { picture: terminalPreview(shown, previewColumns) }),
    });
  }
  progress.stop();
  const { bytes, before, after, report, kind, inversionError } = result;
  tell(item, result, mask !== undefined, context);
  const scale = Math.max(1, Math.round(192 / before.width));
  const pair = await contactSheet([before, after], { columns: 2, scale, labels: ["copy", "edited"] });
  return {
    bytes,
    pair,
    ...(mask && { maskPicture: greyOf(mask, picture) }),
    card: { prompt: item.prompt, change: kind, ...report, inversionError, steps: result.steps },
  };
}

function greyOf(mask: Float32Array, { width, height }: RgbaBytes): Picture {
  return {
    width,
    height,
    data: Float32Array.from({ length: mask.length * 3 }, (_, at) => mask[Math.floor(at / 3)]!),
  };
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** The report card in three lines, and a warning where the judge disagrees. */
function tell(item: EditItem, { report, kind }: EditResult, masked: boolean, context: Context): void {
  const { direction, gain, score, changed, changedOutside, realism, judgeAgrees } = report;
  context.note(
    `"${item.prompt}" along the text: guides ${signed(direction.guide)}, judge ${signed(direction.judge)} · gain: guides ${signed(gain.guide)}, judge ${signed(gain.judge)} · now: guides ${score.guide.toFixed(3)}, judge ${score.judge.toFixed(3)}`,
  );
  const outside = masked ? ` · pixels changed outside the mask: ${changedOutside}` : "";
  const real = realism ? ` · realism ${realism.before.toFixed(2)} → ${realism.after.toFixed(2)}` : "";
  context.note(`${kind} change · ${changed} pixels changed${outside}${real}`);
  if (changed === 0) context.warn(`"${item.prompt}": nothing was changed`);
  else if (!judgeAgrees)
    context.warn(
      `"${item.prompt}": the judge does not see the change that the guides see; look at the picture before you use it`,
    );
}
