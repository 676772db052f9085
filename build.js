/**
 * What users run, made of src: `npm run build`. Type declarations by TypeScript; the code as a few files, in which the libraries of
 * plain JavaScript are, because reading hundreds of small modules took a tenth of a second of every command.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { buildPage } from "./studio/build.js";
import { removeOldBuild, swapBuild } from "./swapBuild.js";

const typescript = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** Hash of all that the build is made of; npx asks for a build each time it is called in a clone. */
function sourceHash() {
  const hash = createHash("sha256");
  const add = (/** @type {string} */ path) => hash.update(path).update(readFileSync(path));
  for (const folder of ["src", "studio"])
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) add(`${entry.parentPath}/${entry.name}`);
  for (const file of [
    "build.js",
    "swapBuild.js",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
  ])
    if (existsSync(file)) add(file);
  return hash.digest("hex");
}

const entryPoints = [
  "src/index.ts",
  "src/cli/main.ts",
  "src/engine/worker.js",
  "src/studio/engineProcess.ts",
];
const stamp = "dist/source.sha256";
const hash = sourceHash();
const isPacking = ["pack", "publish"].includes(process.env.npm_command ?? "");
const isCurrent = existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
// Builds nothing; the exit code tells whether the build is as new as the source.
if (process.argv.includes("--check")) process.exit(isCurrent ? 0 : 1);
if (isCurrent) {
  if (isPacking) removeOldBuild("dist");
  process.exit();
}
// Built beside the old one, which other processes may be using.
const folder = `dist.${process.pid}.new`;
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
// Types are checked by `npm run check`; to declare them takes half the time.
const declaring = [
  "-p",
  "tsconfig.build.json",
  "--noCheck",
  "--composite",
  "false",
  "--tsBuildInfoFile",
  "null",
];
execFileSync(process.execPath, [typescript, ...declaring, "--declaration", "--outDir", folder], {
  stdio: "inherit",
});
// The compiler writes out every type of TensorFlow.js, by files that its package does not export.
writeFileSync(`${folder}/tf.d.ts`, 'export * from "@tensorflow/tfjs";\n');
await build({
  entryPoints,
  outbase: "src",
  outdir: folder,
  // As deep as the modules are, which look for the packs and for the worker beside them.
  chunkNames: "engine/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // Native code, what is loaded when it is needed, what reads a file beside it, and what may be absent.
  external: [
    ...["@tensorflow/*", "canvas", "onnxruntime-node", "sharp", "undici", "yaml"],
    ...["word-list", "@lancedb/lancedb", "usearch"],
  ],
  // Some libraries ask for Node's modules as CommonJS does.
  banner: {
    js: 'import { createRequire as making } from "node:module"; const require = making(import.meta.url);',
  },
  logLevel: "warning",
});
await buildPage(`${folder}/studio/page`);
writeFileSync(`${folder}/source.sha256`, hash);
const entries = entryPoints.map((path) => path.replace(/^src\//, "").replace(/\.ts$/, ".js"));
swapBuild(folder, "dist", [...entries, "source.sha256"]);
if (isPacking) removeOldBuild("dist");
