import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import { EngineError } from "../errors.js";
import { type CacheEntry, cacheEntry } from "./cache.js";
import { type OnnxModel, placed, weightsFile, weightsIn } from "./onnx.js";
import { chooseProviders, warnOfFailure } from "./provider.js";
import { type RemoteSession, backends, openRemote } from "./thread.js";

/** How a session runs. */
export interface SessionOptions {
  readonly threads?: number;
  readonly profile?: string;
}

/** Bytes of weights from which they are mapped from a file: ONNX Runtime holds up to three copies of what it is handed in memory. */
const mapped = 64 << 20;

/**
 * Whether as many processes want to run as there are cores. Threads that spin while they wait for work then take the time
 * from others and from each other: a steering step took 1.3 to 2 times as long with spinning at a load of 15 a core.
 */
export function isBusy(load: number, cores: number = availableParallelism()): boolean {
  return load >= cores;
}

/** Makes a model runnable on the best provider that works here; an optimised form kept from before is used as it is. */
export async function openSession(model: OnnxModel, options: SessionOptions): Promise<RemoteSession> {
  const { supported, version } = await backends();
  const large = placed(model.external).size > mapped;
  const common: InferenceSession.SessionOptions = {
    logSeverityLevel: 4, // errors reach us as exceptions
    enableCpuMemArena: true,
    enableMemPattern: false, // one block as large as all that the second run needs, beside the pieces that the first one left
    ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
    ...(options.profile !== undefined && { enableProfiling: true, profileFilePrefix: options.profile }),
    extra: {
      session: {
        set_denormal_as_zero: "1",
        "intra_op.allow_spinning": isBusy(loadavg()[0]!) ? "0" : "1",
        ...(large && { disable_prepacking: "1" }), // packed weights are copies, one for each use
      },
    },
  };
  const failures: string[] = [];
  for (const provider of chooseProviders(supported)) {
    const onProvider = { ...common, executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"] };
    // What another provider optimises may hold its own compiled code; only the CPU's form is kept.
    // Nor is the form of a model whose weights are mapped: it would point to their file, which is gone by then.
    const entry = provider === "cpu" && !large ? cacheEntry(model, ["cpu", version]) : undefined;
    try {
      const session = await create(model, onProvider, large, entry);
      if (failures.length > 0) warnOfFailure(failures, provider);
      return session;
    } catch (error) {
      if (provider === "cpu") throw error;
      failures.push(`${provider}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  throw new EngineError("compile: ONNX Runtime reports no CPU provider; run npm ci");
}

async function create(
  model: OnnxModel,
  options: InferenceSession.SessionOptions,
  large: boolean,
  entry: CacheEntry | undefined,
): Promise<RemoteSession> {
  const kept = await entry?.read();
  if (kept)
    return openRemote(kept, { ...options, graphOptimizationLevel: "disabled" }, [
      kept.buffer as ArrayBuffer, // of a file just read: nobody else's
    ]);
  const path = await entry?.reserve();
  const fresh: InferenceSession.SessionOptions = {
    ...options,
    graphOptimizationLevel: "all",
    ...(path !== undefined && { optimizedModelFilePath: path }),
  };
  const session = await (large ? openFromDisk(model, fresh) : openFromMemory(model, fresh));
  if (path !== undefined) await entry!.add(path);
  return session;
}

function openFromMemory(model: OnnxModel, options: InferenceSession.SessionOptions): Promise<RemoteSession> {
  const data = weightsIn(model);
  const externalData = data.length > 0 ? [{ path: weightsFile, data }] : [];
  return openRemote(model.bytes, { ...options, externalData }, [data.buffer]);
}

async function openFromDisk(
  { bytes, external }: OnnxModel,
  options: InferenceSession.SessionOptions,
): Promise<RemoteSession> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-model-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const { offsets } = placed(external);
    const file = await open(join(folder, weightsFile), "w");
    try {
      for (const [at, part] of external.entries()) await file.write(part.read(), 0, part.length, offsets[at]);
    } finally {
      await file.close();
    }
    const path = join(folder, "model.onnx");
    await writeFile(path, bytes);
    const session = await openRemote(path, options, []);
    if (process.platform !== "win32") await remove(); // what is mapped stays readable
    return process.platform === "win32" ? { ...session, close: () => session.close().then(remove) } : session;
  } catch (error) {
    await remove();
    throw error;
  }
}
