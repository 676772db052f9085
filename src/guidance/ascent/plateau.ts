/** How a falling loss goes: its moving average, the best of it, and the steps since that was reached. */
export interface Plateau {
  readonly average: number;
  readonly best: number;
  readonly since: number;
}

/** Share of the moving average that a step keeps. */
const kept = 0.9;
/** Part of the best average by which a new one must be lower to count as better. */
const gain = 0.002;

/** Takes one more loss into account. */
export function watchLoss(before: Plateau | undefined, loss: number): Plateau {
  if (!before) return { average: loss, best: loss, since: 0 };
  const average = kept * before.average + (1 - kept) * loss;
  const better = average < before.best - gain * Math.abs(before.best);
  return { average, best: better ? average : before.best, since: better ? 0 : before.since + 1 };
}
