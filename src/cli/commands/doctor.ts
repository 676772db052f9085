import { createRequire } from "node:module";
import { availableParallelism, freemem, totalmem } from "node:os";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../command.js";

interface Finding {
  readonly name: string;
  readonly found: boolean;
  readonly detail: string;
}

const require = createRequire(import.meta.url);

async function tryImport(name: string): Promise<string | undefined> {
  try {
    await import(name);
    return undefined;
  } catch (error) {
    return (error as Error).message.split("\n")[0]!;
  }
}

async function engines(): Promise<Finding[]> {
  const { tensorflowPackages } = await import("../../engine/index.js");
  const findings: Finding[] = [];
  const missing = await tryImport("onnxruntime-node");
  if (missing === undefined) {
    const ort = await import("onnxruntime-node");
    const { cacheFolder, chooseProviders } = await import("../../engine/index.js");
    const reported = ort.listSupportedBackends();
    const providers = reported.map(({ name, bundled }) => `${name}${bundled ? "" : " (not installed)"}`);
    const kept = cacheFolder() ?? "off";
    const { version } = require("onnxruntime-node/package.json") as { version: string };
    const gpu = "CUDA: reinstall with ONNXRUNTIME_NODE_INSTALL=cuda12 set";
    findings.push({
      name: "compiled",
      found: true,
      detail: `onnxruntime-node ${version}: ${providers.join(", ")}; tried in turn: ${chooseProviders(reported).join(", ")}; ${gpu}; cache: ${kept}`,
    });
  } else
    findings.push({
      name: "compiled",
      found: false,
      detail: `onnxruntime-node does not load (${missing}); run npm ci`,
    });
  let tensorflow: string | undefined;
  for (const name of tensorflowPackages) if ((await tryImport(name)) === undefined) tensorflow ??= name;
  findings.push({
    name: "tensorflow",
    found: tensorflow !== undefined,
    detail:
      tensorflow ??
      `needs ${tensorflowPackages.join(" or ")}, which npm could not build or fetch here: npm install ${tensorflowPackages[1]}`,
  });
  const wasm = await tryImport("@tensorflow/tfjs-backend-wasm");
  findings.push({ name: "wasm", found: wasm === undefined, detail: wasm ?? "one thread, slow; no training" });
  findings.push({ name: "cpu", found: true, detail: "plain JavaScript, very slow; the reference in tests" });
  return findings;
}

async function extras(): Promise<Finding[]> {
  const gpu = await tryImport("@tensorflow/tfjs-node-gpu");
  const canvas = await tryImport("canvas");
  return [
    {
      name: "@tensorflow/tfjs-node-gpu",
      found: gpu === undefined,
      detail:
        gpu === undefined
          ? "used by --engine tensorflow"
          : "optional, not here: would serve --engine tensorflow on NVIDIA cards; needs CUDA 11.2 and cuDNN 8.1, Node below 23, and a network that reaches storage.googleapis.com when npm installs",
    },
    {
      name: "canvas",
      found: canvas === undefined,
      detail:
        canvas === undefined
          ? "used to measure label text on contact sheets"
          : "optional, not here: would measure label text on contact sheets, which are cut by length instead; its prebuilt file comes from github.com, or install libcairo2-dev libpango1.0-dev libjpeg-dev libgif-dev librsvg2-dev and run npm install canvas",
    },
  ];
}

async function packs(): Promise<{ name: string; megabytes: number; problem?: string }[]> {
  const { listPacks, loadPack } = await import("../../packs/index.js");
  return Promise.all(
    (await listPacks()).map(async (name) => {
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

/** `clipsteer doctor`. */
export const doctor = defineCommand({
  usage: "doctor",
  describe: "Show what this machine has for clipsteer, and what is missing",
  schema: z.strictObject({}),
  examples: [
    ["clipsteer doctor", "a list for people"],
    ["clipsteer doctor --json", "the same as one JSON object"],
  ],
  async run(_options, context) {
    const major = Number(process.versions.node.split(".")[0]);
    const found = await engines();
    const report = {
      node: { version: process.versions.node, ok: major >= 20 },
      platform: `${process.platform}-${process.arch}`,
      threads: availableParallelism(),
      memory: { totalGb: Math.round(totalmem() / 1e8) / 10, freeGb: Math.round(freemem() / 1e8) / 10 },
      engines: found,
      engine: found.find((engine) => engine.found)!.name,
      optional: await extras(),
      packs: await packs(),
    };
    context.printJson(report);
    const mark = (good: boolean): string => (good ? "✓" : "–");
    context.print(
      `${mark(report.node.ok)} Node ${report.node.version}${report.node.ok ? "" : " (20 or newer is needed)"}`,
    );
    context.print(
      `✓ ${report.platform}, ${report.threads} threads, ${report.memory.totalGb} GB memory (${report.memory.freeGb} free)`,
    );
    context.print("Engines");
    for (const { name, found: here, detail } of found)
      context.print(`  ${mark(here)} ${name}${name === report.engine ? " (chosen)" : ""}: ${detail}`);
    context.print("Optional packages");
    for (const { name, found: here, detail } of report.optional)
      context.print(`  ${mark(here)} ${name}: ${detail}`);
    context.print("Packs");
    for (const { name, megabytes, problem } of report.packs)
      context.print(`  ${mark(!problem)} ${name}: ${problem ?? `${megabytes} MB`}`);
    if (report.packs.length === 0)
      context.print("  – none found; install again, or make one with clipsteer pack emoji");
  },
});
