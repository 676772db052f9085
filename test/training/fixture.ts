import type { TrainingSet } from "../../src/training/index.js";
import { createRandom } from "../../src/tensor/index.js";

/** Labels of the pictures, in turn. */
export const labels = ["a red heart", "a blue car", "a cat face", "grinning face", "hat"];

/** Pictures of noise under a few concepts, in the shape of the emoji data. */
export function noiseSet(count: number): TrainingSet {
  const random = createRandom("noise data");
  return {
    images: Uint8Array.from({ length: count * 64 * 64 * 3 }, () => random.integer(256)),
    positions: Int32Array.from({ length: count }, (_, index) => index),
    items: Array.from({ length: count }, (_, index) => ({
      id: String(index),
      set: "noto",
      style: "noto",
      icon: String(index),
      hexcode: "",
      concept: String(index % labels.length),
      label: labels[index % labels.length]!,
      tags: [],
      group: "",
      subgroup: "",
      split: "train" as const,
    })),
  };
}
