import type { Graph, Value } from "../graph.js";
import { reshape, slice } from "./kit.js";
import { type Window, gatherPatches } from "./window.js";

/** Bytes of patches that are there at a time: small enough to stay in a core's share of the cache. */
const portion = 8 << 20;

/**
 * Computes the gradient of a convolution to its filter: what the taps saw, times the gradients, as matrix products of a few
 * pictures each that add up. Measured on one core at 16×16×48, batch 128: 16.2 ms in portions or whole, 20 ms by planes shifted a
 * tap each.
 */
export function computeFilterGradient(graph: Graph, x: Value, dy: Value, window: Window): Value {
  const places = window.output.reduce((product, side) => product * side, 1);
  const depth = window.taps.reduce((product, taps) => product * taps, x.shape[x.shape.length - 1]!);
  const channels = dy.shape[dy.shape.length - 1]!;
  const most = Math.max(1, Math.floor(portion / (4 * places * depth)));
  const portions = Math.max(1, Math.ceil(window.batch / most));
  const pictures = (value: Value, from: number, to: number): Value =>
    slice(graph, value, [from, ...value.shape.slice(1).map(() => 0)], [to, ...value.shape.slice(1)]);
  let sum: Value | undefined;
  for (let at = 0; at < portions; at++) {
    const [from, to] = [at, at + 1].map((end) => Math.round((end * window.batch) / portions)) as [
      number,
      number,
    ];
    const patches = gatherPatches(graph, pictures(x, from, to), { ...window, batch: to - from });
    const left = reshape(graph, patches, [(to - from) * places, depth]);
    const right = reshape(graph, pictures(dy, from, to), [(to - from) * places, channels]);
    const spec = { shape: [depth, channels], dtype: "float32" } as const;
    sum = graph.add("Gemm", sum ? [left, right, sum] : [left, right], spec, { transA: { int: 1 } });
  }
  return sum!;
}
