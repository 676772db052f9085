import { type HostTensor, hostFloats } from "../../tensor/index.js";

/** Latents by part of the run, 0 to 1. */
export type Path = (part: number) => HostTensor;

/** Minimum duration of the transition between two prompts / duration of the run. */
const turn = 0.2;
/** Number of samples, around a part of the run, over which weights are averaged. */
const sampleCount = 9;

/**
 * Returns the path of the anchor in a run whose prompts change. It begins at the start latents and moves from the draft of one
 * prompt to the draft of the next, in proportion to their weights. A fixed anchor would hold the picture at the first prompt.
 * @param stops drafts of the prompts, `[1, …latentShape]`; @param weightsAt weights of the prompts at a part; those below zero do
 * not count.
 */
export function pathOf(
  start: HostTensor,
  stops: readonly HostTensor[],
  weightsAt: (part: number) => readonly number[],
): Path {
  const size = start.data.length;
  const mixed = (part: number): Float32Array => {
    const out = new Float32Array(size);
    for (let sample = 0; sample < sampleCount; sample++) {
      const near = part + turn * (sample / (sampleCount - 1) - 0.5);
      const weights = weightsAt(Math.min(1, Math.max(0, near))).map((weight) => Math.max(0, weight));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      stops.forEach(({ data }, stop) => {
        const share = (total > 0 ? weights[stop]! / total : 1 / stops.length) / sampleCount;
        if (share > 0) for (let at = 0; at < size; at++) out[at]! += share * data[at]!;
      });
    }
    return out;
  };
  const first = mixed(0);
  return (part) => {
    const values = mixed(part).map((value, at) => value + (1 - part) * (start.data[at]! - first[at]!));
    return hostFloats(values, start.shape);
  };
}
