import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { kernelGroups, lowerings } from "../src/engine/record.js";
import * as tf from "../src/tf.js";

// Writes the table of kernels in engine.md: `npm run docs:kernels`.

/** Why kernels have no compiled form. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  "complex numbers": ["Complex", "ComplexAbs", "Real", "Imag", "FFT", "IFFT"],
  strings: ["StaticRegexReplace", "StringNGrams", "StringSplit", "StringToHashBucketFast"],
  "the shape of the result depends on values": [
    ...["BroadcastArgs", "NonMaxSuppressionV3", "NonMaxSuppressionV4", "NonMaxSuppressionV5", "Unique"],
    ...["RaggedGather", "RaggedRange", "RaggedTensorToTensor"],
    ...["SparseFillEmptyRows", "SparseReshape", "SparseSegmentMean", "SparseSegmentSum"],
  ],
  "random numbers, which are drawn outside and passed in": ["Multinomial"],
  "a browser's canvas": ["Draw", "FromPixels"],
  "no gradient in TensorFlow.js, and no use here": [
    ...["Bincount", "CropAndResize", "DenseBincount", "MaxPoolWithArgmax", "RotateWithOffset"],
    ...["SearchSorted", "Transform"],
  ],
};

/** Kernels of TensorFlow.js that are registered for a backend here. */
export function knownKernels(): string[] {
  const all = [...tf.getKernelsForBackend("cpu"), ...tf.getKernelsForBackend("webgl")];
  return [...new Set(all.map(({ kernelName }) => kernelName))].sort();
}

const code = (names: readonly string[]): string =>
  [...names]
    .sort()
    .map((name) => `\`${name}\``)
    .join(" ");

/** The table: kernels that are recorded, and those that are not, with the reason. */
export function kernelTable(): string {
  const missing = knownKernels().filter((kernel) => !(kernel in lowerings));
  const explained = Object.values(reasons).flat();
  const differing = [
    ...missing.filter((kernel) => !explained.includes(kernel)),
    ...explained.filter((kernel) => !missing.includes(kernel)),
  ];
  if (differing.length > 0)
    throw new Error(`docs/kernels.ts: state why, or no longer: ${differing.join(", ")}`);
  const derived = missing.filter((kernel) => tf.getGradient(kernel) !== undefined);
  return [
    `${Object.keys(lowerings).length} kernels are recorded:`,
    "",
    "| what they do | kernels |",
    "| --- | --- |",
    ...Object.entries(kernelGroups).map(([title, group]) => `| ${title} | ${code(Object.keys(group))} |`),
    "",
    `${missing.length} are not (of these TensorFlow.js has a gradient for ${code(derived)} only):`,
    "",
    "| why not | kernels |",
    "| --- | --- |",
    ...Object.entries(reasons).map(([why, kernels]) => `| ${why} | ${code(kernels)} |`),
  ].join("\n");
}

const start = "<!-- kernels: made by npm run docs:kernels -->";
const end = "<!-- end of kernels -->";

/** The page with its table made anew. */
export function withTable(page: string): string {
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/kernels.ts: engine.md has no "${start}" … "${end}"`);
  return `${page.slice(0, from + start.length)}\n\n${kernelTable()}\n\n${page.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(import.meta.dirname, "engine.md");
  writeFileSync(path, withTable(readFileSync(path, "utf8")));
}
