import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Series, plotCurves, savePicture } from "../images/index.js";
import type { TrainingStep } from "./run.js";

const logFile = "steps.jsonl";

/** Adds a step to a run folder's log. */
export async function logStep(folder: string, step: TrainingStep): Promise<void> {
  await appendFile(join(folder, logFile), `${JSON.stringify(step)}\n`);
}

/** Drops log lines after a step: what a stopped run logged beyond its checkpoint is done again. */
export async function cutLog(folder: string, after: number): Promise<void> {
  const text = await readFile(join(folder, logFile), "utf8").catch(() => "");
  const kept = text
    .split("\n")
    .filter((line) => line !== "" && (JSON.parse(line) as TrainingStep).step <= after);
  await writeFile(join(folder, logFile), kept.map((line) => `${line}\n`).join(""));
}

/** Draws the log's losses as `losses.png` of the run folder. */
export async function drawLosses(folder: string, title: string): Promise<void> {
  const text = await readFile(join(folder, logFile), "utf8").catch(() => "");
  const steps = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TrainingStep);
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
