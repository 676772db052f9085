/** How a learning rate changes over a run: linearly up, constant, then down. */
export interface RateSchedule {
  /** Largest rate. */
  readonly peak: number;
  /** Steps of warm-up. */
  readonly warmUp: number;
  /** Step at which the rate begins to fall; default the end of the warm-up. */
  readonly decayFrom?: number;
  /** How it falls; default half a cosine. */
  readonly decay?: "cosine" | "linear";
  /** Part of the peak that it falls to, 0 to 1. */
  readonly floor: number;
}

/** Returns the learning rate at a step (from 0) of a run; the first step is not zero. */
export function learningRateAt(
  step: number,
  steps: number,
  { peak, warmUp, decayFrom = warmUp, decay = "cosine", floor }: RateSchedule,
): number {
  const rise = Math.min(1, (step + 1) / Math.max(1, warmUp));
  const part = Math.min(1, Math.max(0, (step - decayFrom) / Math.max(1, steps - decayFrom)));
  const left = decay === "linear" ? 1 - part : 0.5 * (1 + Math.cos(Math.PI * part));
  return peak * rise * (floor + (1 - floor) * left);
}

/** Warm-up, then half a cosine down to `floor` times the peak: the schedule of training. */
export function cosineRateAt(
  step: number,
  steps: number,
  peak: number,
  warmUp: number,
  floor = 0.02,
): number {
  return learningRateAt(step, steps, { peak, warmUp, floor });
}
