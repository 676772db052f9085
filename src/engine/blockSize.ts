import { Graph } from "./graph.js";
import { writeOnnx } from "./onnx.js";
import { chooseProviders } from "./provider.js";
import { loadBackends, openRemote } from "./thread.js";

const channels = 64; // a multiple of every block size that ONNX Runtime uses (8 and 16)
const places = 2;

/**
 * Measures the block size: reorders a tensor whose values are their own positions. In blocks of `n` channels the second pixel of channel 0
 * (value 1) lands at position `n`.
 */
async function measureBlockSize(): Promise<number> {
  const { supported } = await loadBackends();
  if (chooseProviders(supported)[0] !== "cpu") return 1; // the operators exist on the CPU only
  const graph = new Graph();
  const spec = { shape: [1, channels, 1, places], dtype: "float32" } as const;
  const x = graph.addInput("x", spec);
  const y = graph.add("com.microsoft.nchwc.ReorderInput", [x], spec, { channels_last: { int: 0 } });
  const { bytes } = writeOnnx({ inputs: { x }, outputs: { y } }, {});
  const session = await openRemote(bytes, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 }, []);
  const data = Float32Array.from({ length: channels * places }, (_, at) => at);
  const [laid] = await session.run([{ name: "in:x", ...spec, data }], []);
  await session.close();
  return laid!.data.indexOf(1);
}

let known: Promise<number> | undefined;

/** Returns the number of channels in a block of ONNX Runtime's blocked (NCHWc) layout on this machine; 1 where it has no such operators. */
export function getBlockSize(): Promise<number> {
  known ??= measureBlockSize().catch(() => 1); // any failure, such as a build without these operators, means no blocks
  return known;
}
