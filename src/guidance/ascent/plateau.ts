/** State of a falling loss: its moving average, the lowest average, and the steps since that was reached. */
export interface Plateau {
  readonly average: number;
  readonly best: number;
  readonly since: number;
}

/** Decay of the moving average at each step. */
const decay = 0.9;
/** Part of the best average by which a new one must be lower to count as better. */
const leastGain = 0.002;

/** Updates the state with the next loss. */
export function watchLoss(before: Plateau | undefined, loss: number): Plateau {
  if (!before) return { average: loss, best: loss, since: 0 };
  const average = decay * before.average + (1 - decay) * loss;
  const better = average < before.best - leastGain * Math.abs(before.best);
  return { average, best: better ? average : before.best, since: better ? 0 : before.since + 1 };
}
