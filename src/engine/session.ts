import { availableParallelism, loadavg } from "node:os";
import type { InferenceSession } from "onnxruntime-node";
import { EngineError } from "../errors.js";
import { type CacheEntry, cacheEntry } from "./cache.js";
import type { OnnxModel } from "./onnx.js";
import { chooseProviders, warnOfFailure } from "./provider.js";

/** How a session runs. */
export interface SessionOptions {
  readonly threads?: number;
  readonly profile?: string;
}

/**
 * Whether as many processes want to run as there are cores. Threads that spin while they wait for work then take the time
 * from others and from each other: a steering step took 1.3 to 2 times as long with spinning at a load of 15 a core.
 */
export function isBusy(load: number, cores: number = availableParallelism()): boolean {
  return load >= cores;
}

/** Makes a model runnable on the best provider that works here; an optimised form kept from before is used as it is. */
export async function openSession(model: OnnxModel, options: SessionOptions): Promise<InferenceSession> {
  const ort = await import("onnxruntime-node");
  ort.env.logLevel = "fatal"; // errors reach us as exceptions
  const common: InferenceSession.SessionOptions = {
    logSeverityLevel: 3,
    enableCpuMemArena: true,
    ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
    ...(options.profile !== undefined && { enableProfiling: true, profileFilePrefix: options.profile }),
    extra: {
      session: { set_denormal_as_zero: "1", "intra_op.allow_spinning": isBusy(loadavg()[0]!) ? "0" : "1" },
    },
  };
  const failures: string[] = [];
  for (const provider of chooseProviders(ort.listSupportedBackends())) {
    const onProvider = { ...common, executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"] };
    // What another provider optimises may hold its own compiled code; only the CPU's form is kept.
    const entry = provider === "cpu" ? cacheEntry(model, ["cpu", ort.env.versions.node!]) : undefined;
    try {
      const session = await create(ort.InferenceSession, model, onProvider, entry);
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
  factory: typeof InferenceSession,
  model: OnnxModel,
  options: InferenceSession.SessionOptions,
  entry: CacheEntry | undefined,
): Promise<InferenceSession> {
  const kept = await entry?.read();
  if (kept) return factory.create(kept, { ...options, graphOptimizationLevel: "disabled" });
  const path = await entry?.reserve();
  const session = await factory.create(model.bytes, {
    ...options,
    graphOptimizationLevel: "all",
    externalData: model.external as { path: string; data: Uint8Array }[],
    ...(path !== undefined && { optimizedModelFilePath: path }),
  });
  if (path !== undefined) await entry!.add(path);
  return session;
}
