import { type Picture, renderForTerminal } from "../images/index.js";
import { type FinishedEdit, type FinishedGenerate, type RunEvent, formatEditReport } from "../runs/index.js";
import { explainFinding } from "./advice.js";
import { type Context, type Progress, formatDuration } from "./context.js";

const previewColumns = 36;
/** Returns a preview that fits the terminal and its colours. */
function previewText(picture: Picture): string {
  const { columns = 80 } = process.stderr;
  const colours = (process.stderr.getColorDepth?.() ?? 24) >= 24 ? "all" : "256";
  return renderForTerminal(picture, Math.min(previewColumns, columns - 1), colours);
}

/** How the events of a run are shown. */
export interface RenderOptions {
  /** The command that runs. */
  readonly command: "generate" | "edit";
  /** Whether to draw previews; where stderr is a terminal when absent. */
  readonly preview?: boolean | undefined;
}

/**
 * Shows the events of a run on stderr: progress, previews, findings and reports.
 * @returns what the run returns.
 */
export async function renderRun<T>(
  events: AsyncGenerator<RunEvent, T>,
  context: Context,
  { command, preview = context.terminal }: RenderOptions,
): Promise<T> {
  let progress: Progress | undefined;
  let edits = 1;
  const stop = (): void => {
    progress?.stop();
    progress = undefined;
  };
  const show = (edit: number, done: number, total: number, note: string, picture?: Picture): void => {
    progress ??= context.progress(edits > 1 ? `${command} ${edit}/${edits}` : command, total);
    progress.update(done, { total, note, picture: picture && previewText(picture) });
  };
  for (;;) {
    const next = await events.next();
    if (next.done) {
      stop();
      return next.value;
    }
    const event = next.value;
    switch (event.type) {
      case "planned": {
        const { settings } = event.record;
        edits = "edits" in settings ? settings.edits.length : 1;
        show(1, 0, settings.steps, "begins", preview ? await event.sketch(previewColumns) : undefined);
        break;
      }
      case "draft":
      case "step": {
        const { edit = 1, steps, picture } = event;
        if (event.type === "draft" && event.inversionPsnr !== undefined)
          context.note(`inversion: ${event.inversionPsnr.toFixed(1)} dB`);
        show(edit, "index" in event ? event.index : 0, steps, noteOf(event), preview ? picture : undefined);
        break;
      }
      case "finding": {
        const { finding } = event;
        const text = explainFinding(finding, command);
        if (finding.level === "warning") context.warn(text);
        else context.note(text);
        break;
      }
      case "edited":
        stop();
        for (const line of formatEditReport(event.report, event.masked)) context.note(line);
        break;
      case "finished":
        stop();
        context.note(formatFinished(event.result));
        break;
    }
  }
}

/** What follows the counts of a step; after the last one, the picture is painted, judged and written. */
function noteOf(event: Extract<RunEvent, { type: "draft" | "step" }>): string {
  if (event.type === "step")
    return `loss ${event.loss.toFixed(3)}${event.index < event.steps ? "" : " · finishing"}`;
  return event.inversionPsnr === undefined ? "draft" : "copied";
}

function formatFinished(result: FinishedGenerate | FinishedEdit): string {
  const { seed, seconds } = result;
  if (!("report" in result)) return `seed ${seed} · ${formatDuration(seconds)}`;
  const { guideScore, judgeScore, passes } = result.report;
  return `seed ${seed} · guides ${guideScore.toFixed(3)} · judge ${judgeScore.toFixed(3)} · ${formatDuration(seconds)} · ${passes} passes`;
}
