// @ts-check
/** Runs on TensorFlow what asks for the compiled engine: in a process started with `--import` of this file, and in tests. */
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";
import "./tfjs-node.mjs";

/** The module that chooses the engine. */
export const program = /src\/engine\/program\.ts$/;

/** @param {string} source @returns {string} that module, with the compiled engine replaced by TensorFlow */
export function onTensorflow(source) {
  const replaced = source.replace(
    /engine\s*=\s*"compiled",\s*name\s*=\s*"program"\s*\}\s*=\s*options;/,
    `engine: requested = "compiled", name = "program" } = options; const engine = requested === "compiled" ? "tensorflow" : requested;`,
  );
  if (replaced === source) throw new Error("tensorflow.mjs: the choice of the engine is not where it was");
  return replaced;
}

/** Node's hook. @type {import("node:module").LoadHook} */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  return program.test(url) ? { ...loaded, source: onTensorflow(String(loaded.source)) } : loaded;
}

if (isMainThread) register(import.meta.url);
