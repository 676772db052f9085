/** Returns the one that the judge scores highest, the first of equal ones; undefined where none has a score. */
export function findBest<T>(all: readonly T[], judgeOf: (each: T) => number | undefined): T | undefined {
  let best: { each: T; judge: number } | undefined;
  for (const each of all) {
    const judge = judgeOf(each);
    if (judge !== undefined && (!best || judge > best.judge)) best = { each, judge };
  }
  return best?.each;
}
