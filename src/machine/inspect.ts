import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, freemem, totalmem } from "node:os";
import { join } from "node:path";
import { findProgramCache, chooseProviders, tensorflowPackages } from "../engine/index.js";
import { listPacks, loadPack } from "../packs/index.js";

/** Something that may be installed. */
export interface Part {
  readonly name: string;
  readonly found: boolean;
  /** What was found, or how to get it. */
  readonly detail: string;
}

/** A model pack on this machine. */
export interface PackPart {
  readonly name: string;
  readonly megabytes: number;
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** What this machine has for clipsteer. */
export interface MachineReport {
  readonly node: { readonly version: string; readonly ok: boolean };
  readonly platform: string;
  /** Threads that run at once. */
  readonly threads: number;
  readonly memory: { readonly totalGb: number; readonly freeGb: number };
  readonly engines: readonly Part[];
  /** The first engine that was found. */
  readonly engine: string;
  readonly optional: readonly Part[];
  readonly packs: readonly PackPart[];
}

const require = createRequire(import.meta.url);

/** Tries to load a package. @returns the first line of the error if that fails. */
async function findImportProblem(name: string): Promise<string | undefined> {
  try {
    await import(name);
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n")[0]!;
  }
}

async function inspectCompiledEngine(): Promise<Part> {
  const missing = await findImportProblem("onnxruntime-node");
  if (missing !== undefined)
    return {
      name: "compiled",
      found: false,
      detail: `onnxruntime-node does not load (${missing}); run npm ci`,
    };
  const ort = await import("onnxruntime-node");
  const reported = ort.listSupportedBackends();
  const providers = reported.map(({ name, bundled }) => `${name}${bundled ? "" : " (not installed)"}`);
  const { version } = require("onnxruntime-node/package.json") as { version: string };
  const details = [
    `onnxruntime-node ${version}: ${providers.join(", ")}`,
    `tried in turn: ${chooseProviders(reported).join(", ")}`,
    "CUDA: reinstall with ONNXRUNTIME_NODE_INSTALL=cuda12 set",
    `cache: ${findProgramCache() ?? "off"}`,
  ];
  return { name: "compiled", found: true, detail: details.join("; ") };
}

async function findEngines(): Promise<Part[]> {
  let tensorflow: string | undefined;
  for (const name of tensorflowPackages)
    if ((await findImportProblem(name)) === undefined) tensorflow ??= name;
  const wasm = await findImportProblem("@tensorflow/tfjs-backend-wasm");
  return [
    await inspectCompiledEngine(),
    {
      name: "tensorflow",
      found: tensorflow !== undefined,
      detail:
        tensorflow ??
        `needs the library of TensorFlow; to download it (without a hash), run: npm explore ${tensorflowPackages[0]} -- npm run install`,
    },
    { name: "wasm", found: wasm === undefined, detail: wasm ?? "one thread, slow; no training" },
    { name: "cpu", found: true, detail: "plain JavaScript, very slow; the reference in tests" },
  ];
}

async function findOptional(): Promise<Part[]> {
  const [gpu, canvas] = [
    await findImportProblem("@tensorflow/tfjs-node-gpu"),
    await findImportProblem("canvas"),
  ];
  return [
    {
      name: "@tensorflow/tfjs-node-gpu",
      found: gpu === undefined,
      detail:
        gpu === undefined
          ? "used by the tensorflow engine"
          : "optional, its library is not installed: runs the tensorflow engine on NVIDIA cards; npm explore @tensorflow/tfjs-node-gpu -- npm run install fetches it from storage.googleapis.com without a hash; needs CUDA 11.2, cuDNN 8.1 and Node below 23",
    },
    {
      name: "canvas",
      found: canvas === undefined,
      detail:
        canvas === undefined
          ? "used to measure label text on contact sheets"
          : "optional, not installed: measures label text on contact sheets, which is otherwise truncated by length; its prebuilt file comes from github.com, or install libcairo2-dev libpango1.0-dev libjpeg-dev libgif-dev librsvg2-dev and run npm install canvas",
    },
  ];
}

function findPacks(names: readonly string[]): Promise<PackPart[]> {
  return Promise.all(
    names.map(async (name) => {
      try {
        const pack = await loadPack(name);
        const files = Object.keys(pack.manifest.sha256);
        const sizes = await Promise.all(
          files.map(async (file) => (await stat(join(pack.folder, file))).size),
        );
        return { name, megabytes: Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e5) / 10 };
      } catch (error) {
        return { name, megabytes: 0, problem: (error as Error).message };
      }
    }),
  );
}

/**
 * Reports Node, memory, engines, optional packages and packs. Packages are loaded to test whether they work.
 * @returns what is present, and advice for what is missing.
 */
export async function inspectMachine(): Promise<MachineReport> {
  const engines = await findEngines();
  return {
    node: { version: process.versions.node, ok: Number(process.versions.node.split(".")[0]) >= 20 },
    platform: `${process.platform}-${process.arch}`,
    threads: availableParallelism(),
    memory: { totalGb: Math.round(totalmem() / 1e8) / 10, freeGb: Math.round(freemem() / 1e8) / 10 },
    engines,
    engine: engines.find(({ found }) => found)!.name,
    optional: await findOptional(),
    packs: await findPacks(await listPacks()),
  };
}
