import type { TensorRecord } from "../../tensor/index.js";
import { type TrainingStep, drawLosses, logStep } from "../stepLog.js";
import { type TrainingRun, train } from "../run.js";
import type { PreparedTraining } from "../sessions.js";

/** How a front end follows a training. */
export interface TrainingHandlers {
  /** Stops the training at the next step, with a checkpoint; before that, ends its preparation. */
  readonly signal?: AbortSignal | undefined;
  /** Called with a line of progress. */
  onNote?(message: string): void;
  /** Called with a warning of one line. */
  onWarning?(message: string): void;
  /** Called while data is built: `done` of `total` parts of a stage. */
  onProgress?(progress: { readonly stage: string; readonly done: number; readonly total: number }): void;
}

/** A training that is ready to run: read `steps` to its end, then call `dispose`. */
export interface Training {
  /** Title to display, such as `train gan`. */
  readonly title: string;
  /** Folder of checkpoint, log and loss curve. */
  readonly folder: string;
  /** Total number of steps. */
  readonly total: number;
  /** Steps done before, in a run that is resumed. */
  readonly started: number;
  /** Yields every step. Checkpoints, `steps.jsonl` and `losses.png` are written on the way and when it ends. */
  readonly steps: AsyncGenerator<TrainingStep, void>;
  /** Frees the compiled programs. */
  dispose(): Promise<void>;
}

/** What a training consists of. */
interface TrainingParts {
  readonly title: string;
  readonly folder: string;
  readonly total: number;
  readonly saveEvery: number;
  readonly session: PreparedTraining<{ readonly step: TrainingRun["step"]; dispose(): Promise<void> }>;
  /** Replaces the trainer's step. */
  readonly step?: TrainingRun["step"];
  /** Called beside each checkpoint. */
  readonly onSave?: TrainingRun["onSave"];
  /** Freed with the trainer. */
  readonly sampler?: { dispose(): Promise<void> };
}

/** Creates a training of a prepared session, with its log. */
export function createTraining(parts: TrainingParts, { signal }: TrainingHandlers): Training {
  const { title, folder, total, saveEvery, session, sampler } = parts;
  const { start, settings, trainer } = session;
  const run: TrainingRun = {
    folder,
    steps: total,
    settings,
    start,
    step: parts.step ?? trainer.step,
    saveEvery,
    async onSave(state: TensorRecord, step: number) {
      await drawLosses(folder, title);
      await parts.onSave?.(state, step);
    },
  };
  return {
    title,
    folder,
    total,
    started: start.step,
    steps: logSteps(train(run, signal), { folder, title, started: start.step }),
    async dispose() {
      await trainer.dispose();
      await sampler?.dispose();
    },
  };
}

const logInterval = 10;

/** Yields the steps unchanged. The first and every tenth are added to the folder's log; the losses are drawn at the end. */
async function* logSteps(
  steps: AsyncGenerator<TrainingStep, unknown>,
  { folder, title, started }: { readonly folder: string; readonly title: string; readonly started: number },
): AsyncGenerator<TrainingStep, void> {
  for await (const step of steps) {
    if (step.step % logInterval === 0 || step.step === started + 1) await logStep(folder, step);
    yield step;
  }
  await drawLosses(folder, title);
}
