import { ConfigError } from "../errors.js";
import { type HostTensor, type Random, hostFloats } from "../tensor/index.js";
import type { CaptionedSet } from "./captioned.js";

/**
 * Returns the captions of a batch with their words swapped, so that they are wrong: hard negatives. Where the batch has too few,
 * those of other pictures of the set follow.
 * Source: Yuksekgonul et al. 2023, "When and why vision-language models behave like bags-of-words", §4; here colours and things
 * are exchanged by the rules of `compose`.
 * @param captions one for each picture of the batch.
 * @throws {ConfigError} when no picture of the set has a swapped caption.
 */
export function listSwappedTexts(
  set: CaptionedSet,
  batch: readonly number[],
  captions: readonly string[],
  count: number,
  random: Random,
): string[] {
  if (count === 0) return [];
  const own = batch.flatMap((item, at) => {
    const swap = set.swap?.(item);
    return swap && captions[at]!.includes(swap.from) ? [captions[at]!.replace(swap.from, swap.to)] : [];
  });
  const { swappable = [] } = set;
  if (swappable.length === 0)
    throw new ConfigError(
      "training: no caption of the pictures can be swapped; set the share of swapped texts to 0",
    );
  const others = (): string => set.swap!(swappable[random.integer(swappable.length)]!)!.to;
  return Array.from({ length: count }, (_, at) => own[at] ?? others());
}

/** Returns the targets with columns added for texts that are wrong for every picture: `[pictures, texts + count]`. */
export function addFalseTexts(targets: HostTensor, count: number): HostTensor {
  if (count === 0) return targets;
  const [rows, columns] = targets.shape as [number, number];
  const data = new Float32Array(rows * (columns + count));
  for (let row = 0; row < rows; row++)
    data.set(
      (targets.data as Float32Array).subarray(row * columns, (row + 1) * columns),
      row * (columns + count),
    );
  return hostFloats(data, [rows, columns + count]);
}
