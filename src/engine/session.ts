import { open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import { EngineError } from "../errors.js";
import { createScratchFolder, explainUnwritable, writeAt } from "../files/index.js";
import { type TensorRecord, sizeOf } from "../tensor/index.js";
import { type CacheEntry, type Signature, createCacheEntry } from "./cache.js";
import { type Maker, type Source, keyOfModel, keyOfSource } from "./keys.js";
import { type OnnxModel, layOutWeights, weightsFile, joinWeights } from "./onnxModel.js";
import { limitOpen } from "./openPrograms.js";
import { chooseProviders, warnOfFailure } from "./provider.js";
import { type RemoteSession, loadBackends, openRemote } from "./thread.js";

/** How a session runs. */
export interface OnnxSessionOptions {
  readonly threads?: number;
  readonly profile?: string;
  /** Whether weights are packed, which takes a copy of them; default yes, unless they are mapped. */
  readonly packed?: boolean;
  /** Whether the memory of a run is kept for the next one; default yes. */
  readonly arena?: boolean;
}

/**
 * Weights of more bytes than this are mapped from a file: ONNX Runtime holds up to three copies of weights that are handed over in
 * memory.
 */
const largestInMemory = 64 << 20;

/**
 * Tells whether the key of weights takes little time: values of tensors without a source are hashed. Weights with a source may be of any
 * size, since a program may use few of them.
 */
function isCheapToKey(weights: TensorRecord): boolean {
  const size = Object.values(weights).reduce(
    (sum, { shape, source }) => sum + (source === undefined ? 4 * sizeOf(shape) : 0),
    0,
  );
  return size <= largestInMemory;
}

/**
 * Microseconds that a thread spins while it waits for others before it sleeps. ONNX Runtime's own second makes a step 5 % faster than
 * no spinning on an idle machine, and 1.5 times slower beside one busy process; this is as fast as the better of the two in both.
 */
export const spin = "20";

/** A program to open. */
export interface ProgramSource {
  /** What it is made from, where plain values say it all: an optimised form kept from before is then used without making it. */
  readonly source?: Source;
  make(): Promise<OnnxModel>;
}

/** A program that runs, and what it takes and gives. */
export interface Opened {
  readonly session: RemoteSession;
  readonly signature: Signature;
}

/** Makes a program runnable; it is closed while many others are in use (`openPrograms.ts`), unless it is profiled. */
export async function openSession(
  programSource: ProgramSource,
  options: OnnxSessionOptions,
): Promise<Opened> {
  const opened = await openOnProvider(programSource, options);
  if (options.profile !== undefined) return opened;
  const reopen = async (): Promise<RemoteSession> => (await openOnProvider(programSource, options)).session;
  return { ...opened, session: limitOpen(opened.session, reopen) };
}

/** Opens a program on the best provider that works here; an optimised form kept from before is used as it is. */
async function openOnProvider(programSource: ProgramSource, options: OnnxSessionOptions): Promise<Opened> {
  const backendsInfo = loadBackends();
  backendsInfo.catch(() => undefined); // the error is rethrown where the promise is awaited
  // ONNX Runtime's thread starts in the meantime.
  let model = programSource.source ? undefined : await programSource.make();
  const { supported, version, code } = await backendsInfo;
  const failures: string[] = [];
  for (const provider of chooseProviders(supported)) {
    const onCpu = provider === "cpu";
    const common = { ...makeCommonOptions(options), executionProviders: onCpu ? ["cpu"] : [provider, "cpu"] };
    const maker = [provider, version];
    try {
      // What another provider optimises may hold its own compiled code; only the CPU's form is kept.
      const { source } = programSource;
      const sourceEntry =
        onCpu && source && isCheapToKey(source.weights)
          ? createCacheEntry(keyOfSource(source, [...maker, code]))
          : undefined;
      const cachedSession = sourceEntry && (await openCached(sourceEntry, common));
      if (cachedSession) return cachedSession;
      model ??= await programSource.make();
      const opened = await openModel(model, common, onCpu ? maker : undefined, sourceEntry);
      if (failures.length > 0) warnOfFailure(failures, provider);
      return opened;
    } catch (error) {
      if (onCpu) throw error;
      failures.push(`${provider}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  throw new EngineError("compile: ONNX Runtime reports no CPU provider; run npm ci");
}

function makeCommonOptions({
  threads,
  profile,
  packed = true,
  arena = true,
}: OnnxSessionOptions): InferenceSession.SessionOptions {
  return {
    logSeverityLevel: 4, // errors reach us as exceptions
    enableCpuMemArena: arena,
    enableMemPattern: false, // it would allocate one block for a whole run and keep the blocks of the first run as well
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    extra: {
      session: {
        set_denormal_as_zero: "1",
        "intra_op.spin_duration_us": spin,
        ...(!packed && { disable_prepacking: "1" }),
      },
    },
  };
}

/** Adds further entries of ONNX Runtime's own to options. */
function addExtra(
  options: InferenceSession.SessionOptions,
  extra: Readonly<Record<string, string>>,
): InferenceSession.SessionOptions {
  return { ...options, extra: { session: { ...(options.extra!.session as object), ...extra } } };
}

async function openCached(
  entry: CacheEntry,
  options: InferenceSession.SessionOptions,
): Promise<Opened | undefined> {
  const cachedModel = await entry.read();
  if (!cachedModel) return undefined;
  const { model, signature } = cachedModel;
  const inPlace = {
    load_model_format: "ORT",
    use_ort_model_bytes_directly: "1",
    use_ort_model_bytes_for_initializers: "1",
  };
  const session = await openRemote(
    model,
    { ...addExtra(options, inPlace), graphOptimizationLevel: "disabled" },
    [model.buffer], // its buffer has no other user: the file was just read
  );
  return { session, signature };
}

/**
 * Opens a session from a model and stores the optimised model in the cache where it may.
 * @param maker part of the cache key; undefined: do not cache.
 * @param sourceEntry the cache entry of the program's source, already looked up and missed; undefined: the key is computed from the model.
 */
async function openModel(
  model: OnnxModel,
  options: InferenceSession.SessionOptions,
  maker: Maker | undefined,
  sourceEntry: CacheEntry | undefined,
): Promise<Opened> {
  const { signature } = model;
  const large = layOutWeights(model.external).size > largestInMemory;
  // A model with mapped weights is not cached: its optimised form would refer to the scratch file, which `openFromDisk` removes.
  const entry = maker && !large ? (sourceEntry ?? createCacheEntry(keyOfModel(model, maker))) : undefined;
  const cachedSession = !sourceEntry && entry ? await openCached(entry, options) : undefined;
  if (cachedSession) return cachedSession;
  const openFresh = (savedAs: string | undefined): Promise<RemoteSession> => {
    const fresh: InferenceSession.SessionOptions = {
      ...addExtra(options, {
        ...(large && { disable_prepacking: "1" }), // packed weights are copies, one for each use
        ...(savedAs !== undefined && { save_model_format: "ORT" }),
      }),
      graphOptimizationLevel: "all",
      ...(savedAs !== undefined && { optimizedModelFilePath: savedAs }),
    };
    return large ? openFromDisk(model, fresh) : openFromMemory(model, fresh);
  };
  const partial = await entry?.choosePath();
  if (partial === undefined) return { session: await openFresh(undefined), signature };
  let session: RemoteSession;
  try {
    session = await openFresh(partial);
  } catch {
    // ONNX Runtime opens no program whose optimised form it cannot write, as on a full disk: do without.
    await entry!.discard(partial);
    return { session: await openFresh(undefined), signature };
  }
  await entry!.add(partial, signature);
  return { session, signature };
}

function openFromMemory(model: OnnxModel, options: InferenceSession.SessionOptions): Promise<RemoteSession> {
  const data = joinWeights(model);
  const externalData = data.length > 0 ? [{ path: weightsFile, data }] : [];
  return openRemote(model.bytes, { ...options, externalData }, [data.buffer]);
}

async function openFromDisk(
  { bytes, external }: OnnxModel,
  options: InferenceSession.SessionOptions,
): Promise<RemoteSession> {
  const folder = await createScratchFolder();
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const { offsets } = layOutWeights(external);
    const file = await open(join(folder, weightsFile), "w");
    try {
      for (const [at, part] of external.entries()) await writeAt(file, part.read(), offsets[at]!);
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
    throw explainUnwritable(folder, error);
  }
}
