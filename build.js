/**
 * What users run, made of src: `npm run build`. Type declarations by TypeScript; the code as a few files, in which the libraries of
 * plain JavaScript are, because reading hundreds of small modules took a tenth of a second of every command.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { buildPage } from "./studio/build.js";

const typescript = createRequire(import.meta.url).resolve("typescript/bin/tsc");
rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, [typescript, "-p", "tsconfig.build.json"], { stdio: "inherit" });
await build({
  entryPoints: ["src/index.ts", "src/cli/main.ts", "src/engine/worker.js", "src/studio/engineProcess.ts"],
  outbase: "src",
  outdir: "dist",
  // As deep as the modules are, which look for the packs and for the worker beside them.
  chunkNames: "engine/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Native code, what is loaded when it is needed, and what may be absent.
  external: [
    ...["@tensorflow/*", "canvas", "onnxruntime-node", "sharp", "undici", "yaml"],
    ...["@lancedb/lancedb", "usearch"],
  ],
  // Some libraries ask for Node's modules as CommonJS does.
  banner: {
    js: 'import { createRequire as making } from "node:module"; const require = making(import.meta.url);',
  },
  logLevel: "warning",
});
await buildPage("dist/studio/page");
