import { type TrainingStep, drawLosses, logStep } from "../training/index.js";
import { type Context, duration } from "./context.js";

/** Drives a training: progress, log, and the curve at the end. */
export async function followTraining(
  steps: AsyncGenerator<TrainingStep, unknown>,
  { folder, total, started, title }: { folder: string; total: number; started: number; title: string },
  context: Context,
): Promise<void> {
  const progress = context.progress(title, total - started);
  let last: TrainingStep | undefined;
  for await (const step of steps) {
    last = step;
    const summary = Object.entries(step.losses).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
    progress.update(step.step - started, { note: summary.join(" ") });
    if (step.step % 10 === 0 || step.step === started + 1) await logStep(folder, step);
  }
  progress.stop();
  await drawLosses(folder, title);
  const stopped = context.signal.aborted;
  context.note(
    stopped
      ? `stopped; continue with the same command and --resume`
      : `done in ${duration(last?.seconds ?? 0)}`,
  );
  context.printJson({
    out: folder,
    step: last?.step ?? started,
    losses: last?.losses ?? {},
    seconds: last?.seconds ?? 0,
    stopped,
  });
  context.print(folder);
}
