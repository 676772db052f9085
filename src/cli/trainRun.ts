import type { Training, TrainingHandlers, TrainingStep } from "../training/index.js";
import { type Context, formatDuration } from "./context.js";
import { createStageProgress } from "./stages.js";

/** Opens a training, with its remarks on stderr, and drives it to its end. */
export async function runTraining<T extends Training>(
  open: (handlers: TrainingHandlers) => Promise<T>,
  context: Context,
  onOpened?: (training: T) => Promise<void>,
): Promise<T> {
  const stages = createStageProgress(context);
  const training = await open({
    signal: context.signal,
    onNote: context.note,
    onWarning: context.warn,
    onProgress: stages.onProgress,
  });
  stages.finish();
  try {
    await onOpened?.(training);
    await followTraining(training, context);
  } finally {
    await training.dispose();
  }
  return training;
}

async function followTraining(
  { folder, total, started, title, steps }: Training,
  context: Context,
): Promise<void> {
  const progress = context.progress(title, total - started);
  let last: TrainingStep | undefined;
  for await (const step of steps) {
    last = step;
    const summary = Object.entries(step.losses).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
    progress.update(step.step - started, { note: summary.join(" ") });
  }
  progress.stop();
  const stopped = context.signal.aborted;
  const { step = started, losses = {}, seconds = 0 } = last ?? {};
  context.note(
    stopped ? "stopped; continue with the same command and --resume" : `done in ${formatDuration(seconds)}`,
  );
  context.printJson({ out: folder, step, losses, seconds, stopped });
  context.print(folder);
}
