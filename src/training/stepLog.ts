import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { appendText, writeFileAtomic } from "../files/index.js";
import { type Series, plotCurves, savePicture } from "../images/index.js";

/** Number, losses and time of one training step. */
export interface TrainingStep {
  /** Steps done, this one included. */
  readonly step: number;
  /** Losses of the step by name. */
  readonly losses: Readonly<Record<string, number>>;
  /** Seconds since this process began to train. */
  readonly seconds: number;
}

const logFile = "steps.jsonl";

/** Adds a step to a run folder's log. */
export async function logStep(folder: string, step: TrainingStep): Promise<void> {
  await appendText(join(folder, logFile), `${JSON.stringify(step)}\n`);
}

/** Reads the steps of a run folder's log, in their order. Lines left incomplete by a kill or a full disk are skipped. */
async function readSteps(folder: string): Promise<TrainingStep[]> {
  const text = await readFile(join(folder, logFile), "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line);
      return isStep(parsed) ? [parsed] : [];
    } catch {
      return [];
    }
  });
}

function isStep(value: unknown): value is TrainingStep {
  const { step, losses } = (value ?? {}) as Partial<TrainingStep>;
  return typeof step === "number" && typeof losses === "object" && losses !== null;
}

/** Removes log lines after a step. A resumed run repeats the steps after its checkpoint. */
export async function cutLog(folder: string, lastStep: number): Promise<void> {
  if (!(await stat(join(folder, logFile)).then(Boolean, () => false))) return;
  const steps = (await readSteps(folder)).filter(({ step }) => step <= lastStep);
  await writeFileAtomic(join(folder, logFile), steps.map((step) => `${JSON.stringify(step)}\n`).join(""));
}

/** Draws the log's losses as `losses.png` of the run folder. */
export async function drawLosses(folder: string, title: string): Promise<void> {
  const steps = await readSteps(folder);
  if (steps.length < 2) return;
  const names = [...new Set(steps.flatMap(({ losses }) => Object.keys(losses)))].filter(
    (name) => name !== "norm",
  );
  const series: Series[] = names.map((name) => ({
    name,
    points: steps.flatMap(({ step, losses }) =>
      losses[name] === undefined ? [] : [{ x: step, y: losses[name] }],
    ),
  }));
  const chart = await plotCurves(series, { title, xLabel: "step", yLabel: "loss" });
  await savePicture(join(folder, "losses.png"), chart, { format: "png" });
}
