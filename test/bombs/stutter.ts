import type { Random } from "../../src/tensor/index.js";

/** Picks one of several values. */
export const pick = <T>(random: Random, values: readonly T[]): T => values[random.integer(values.length)]!;

/** Repeats of a few pieces, each some times in a row, up to a size: lists in lists, quotes in quotes. */
export function stutter(random: Random, pieces: readonly string[], size: number): string {
  let text = "";
  while (text.length < size) {
    const piece = pick(random, pieces);
    const left = size - text.length;
    text += piece.repeat(
      1 + random.integer(Math.max(1, Math.floor(Math.min(left, size / 2) / piece.length))),
    );
  }
  return text.slice(0, size);
}
