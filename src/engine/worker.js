// @ts-check
/**
 * The thread in which ONNX Runtime runs: its Node package computes on the thread that calls it, which would stop timers and
 * Ctrl-C for as long as a step takes. Plain JavaScript, since a thread loads its first file without a compiler.
 *
 * @import { Answer, Backends, Feed, Request } from "./thread.js"
 * @import { InferenceSession } from "onnxruntime-node"
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { MessageChannel, parentPort, workerData } from "node:worker_threads";

/** Required, not imported: to import it, Node would scan it for names first. @type {typeof import("onnxruntime-node")} */
const ort = createRequire(import.meta.url)("onnxruntime-node");
ort.env.logLevel = "fatal"; // errors reach us as exceptions

/** See `flags` in thread.ts. @type {Int32Array} */
const flags = workerData;

/** The model goes with its session, which may use its bytes as they are. @type {Map<number, { session: InferenceSession, profiled: boolean, model: string | Uint8Array }>} */
const sessions = new Map();
let opened = 0;

/** @param {number} id */
function opening(id) {
  const found = sessions.get(id);
  if (!found) throw new Error("the program was disposed of");
  return found;
}

/**
 * Frees a buffer at once. A thread that allocates little of its own rarely collects garbage, and models are up to 64 MB.
 * @param {ArrayBuffer} buffer
 */
function free(buffer) {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(undefined, [buffer]);
  port1.close();
  port2.close();
}

/** A hash of all code of the toolkit as it runs, and of package.json, which fixes the versions of what they use. */
function hashOfCode() {
  const root = new URL("../", import.meta.url);
  const names = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.d)\.[jt]s$/.test(name))
    .sort();
  const hash = createHash("sha256").update(readFileSync(new URL("../package.json", root)));
  for (const name of names) hash.update(name).update(readFileSync(new URL(name.replaceAll("\\", "/"), root)));
  return hash.digest("hex");
}

/**
 * @param {Request} request
 * @returns {Promise<{ value?: Backends | number | Feed[], moved?: ArrayBuffer[] }>}
 */
async function answer(request) {
  switch (request.kind) {
    case "backends":
      return {
        value: {
          supported: ort.listSupportedBackends(),
          version: ort.env.versions.node ?? "",
          code: hashOfCode(),
        },
      };
    case "open": {
      const { model, options } = request;
      // One signature takes a path, the other bytes.
      const session = await ort.InferenceSession.create(/** @type {string} */ (model), options);
      sessions.set(++opened, { session, profiled: options.enableProfiling === true, model });
      return { value: opened };
    }
    case "run": {
      const { session } = opening(request.session);
      const tensors = request.feeds.map(
        ({ name, dtype, shape, data }) =>
          /** @type {const} */ ([name, new ort.Tensor(dtype, /** @type {Float32Array} */ (data), shape)]),
      );
      const results = Object.entries(await session.run(Object.fromEntries(tensors)));
      const value = results.map(
        ([name, { dims, type, data }]) => /** @type {Feed} */ ({ name, dtype: type, shape: dims, data }),
      );
      value.push(...request.feeds.filter(({ name }) => request.back.includes(name)));
      return { value, moved: value.map(({ data }) => /** @type {ArrayBuffer} */ (data.buffer)) };
    }
    case "close": {
      const { session, profiled, model } = opening(request.session);
      sessions.delete(request.session);
      if (profiled) session.endProfiling();
      await session.release();
      if (typeof model !== "string") free(/** @type {ArrayBuffer} */ (model.buffer));
      return {};
    }
  }
}

parentPort?.on("message", async (/** @type {Request} */ request) => {
  /** @type {Answer} */
  let reply;
  /** @type {ArrayBuffer[]} */
  let transfer = [];
  Atomics.store(flags, 0, 1);
  try {
    if (Atomics.load(flags, 1) === 1) throw new Error("the process ends");
    const { value, moved = [] } = await answer(request);
    reply = { id: request.id, value };
    transfer = moved;
  } catch (error) {
    reply = { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
  Atomics.store(flags, 0, 0);
  Atomics.notify(flags, 0);
  parentPort?.postMessage(reply, transfer);
});
