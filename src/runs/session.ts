import { basename } from "node:path";
import type { EngineName } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import { hashSha256 } from "../files/index.js";
import {
  type RunOptions,
  type SteerSession,
  type SteerModels,
  createSteerSession,
  loadModels,
} from "../guidance/index.js";
import { defaultPack } from "./requests/index.js";
import { type Pack, loadPack } from "../packs/index.js";
import type { GenerateRecord } from "./records.js";

/** Loaded models and compiled programs. They serve any number of successive runs. */
export interface RunSession extends AsyncDisposable {
  /** The pack's name or folder, as in the request. */
  readonly generator: string;
  /** The pack's name and fingerprint, as in records. */
  readonly pack: GenerateRecord["pack"];
  /** The opened pack. */
  readonly openedPack: Pack;
  /** Models of the pack; weights are shared by all runs. */
  readonly models: SteerModels;
  /** Engine and threads of programs. */
  readonly runOptions: RunOptions;
  /** Returns the programs of `generate`; each is compiled on first use. */
  getPrograms(): SteerSession;
  /** Releases the programs. */
  dispose(): Promise<void>;
}

/** Options of `openRunSession`. */
export interface RunSessionOptions {
  readonly engine?: EngineName;
  /** Number of threads; one for each core when absent. */
  readonly threads?: number | undefined;
  /** Aborts the opening. */
  readonly signal?: AbortSignal | undefined;
}

/** Computes a pack's fingerprint: the first 16 hexadecimal digits of a hash over the hashes of its files. */
export function computeFingerprint({ manifest }: Pick<Pack, "manifest">): string {
  const text = JSON.stringify(Object.entries(manifest.sha256).sort());
  return hashSha256(text).slice(0, 16);
}

/**
 * Creates a session for an opened pack. After it was disposed, `getPrograms` compiles new programs.
 * @param options engine, threads and abort signal. `generator` is the pack's name or folder as in the request.
 * @throws {ConfigError} for a pack without a generator; {WeightsError} for a damaged pack; the signal's reason if it is aborted.
 */
export async function createRunSession(
  pack: Pack,
  {
    engine = "compiled",
    threads,
    signal,
    generator = pack.folder,
  }: RunSessionOptions & { generator?: string } = {},
): Promise<RunSession> {
  signal?.throwIfAborted();
  const models = await loadModels(pack);
  signal?.throwIfAborted();
  const runOptions: RunOptions = threads === undefined ? { engine } : { engine, threads };
  let programs: SteerSession | undefined;
  const dispose = async (): Promise<void> => {
    const compiled = programs;
    programs = undefined;
    await compiled?.dispose();
  };
  return {
    generator,
    pack: { name: basename(pack.folder), fingerprint: computeFingerprint(pack) },
    openedPack: pack,
    models,
    runOptions,
    getPrograms: () => (programs ??= createSteerSession(models, runOptions)),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/**
 * Loads the models of a pack for runs; programs are compiled when they are first used.
 * @param generator name of a pack, or its folder.
 * @param options engine, threads and abort signal.
 * @returns the session; the caller disposes it.
 * @throws {ConfigError} for an unknown pack or a pack without a generator; {WeightsError} for a damaged pack; the signal's reason if
 * it is aborted.
 */
export async function openRunSession(
  generator = defaultPack,
  options: RunSessionOptions = {},
): Promise<RunSession> {
  options.signal?.throwIfAborted();
  return createRunSession(await loadPack(generator), { ...options, generator });
}

/**
 * Checks that a request is meant for a session.
 * @throws {ConfigError} when it names a different pack (compared as written: a name and its folder's path differ) or engine.
 */
export function requireSameSession(
  { generator, runOptions }: RunSession,
  request: { readonly generator: string; readonly engine: EngineName },
): void {
  if (request.generator !== generator)
    throw new ConfigError(
      `the request asks for the pack "${request.generator}", the session holds "${generator}"; open a session for that pack`,
    );
  if (request.engine !== runOptions.engine)
    throw new ConfigError(
      `the request asks for the engine ${request.engine}, the session runs on ${runOptions.engine}; open a session for that engine`,
    );
}
