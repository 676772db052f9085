import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { EngineName } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import {
  type RunOptions,
  type Session,
  type SteerModels,
  createSession,
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
  readonly source: Pack;
  readonly models: SteerModels;
  /** Engine and threads of programs. */
  readonly run: RunOptions;
  /** Compiled programs of `generate`. They are compiled on first use. */
  programs(): Session;
  /** Releases the programs. */
  dispose(): Promise<void>;
}

/** Options of `openRunSession`. */
export interface RunSessionOptions {
  readonly engine?: EngineName;
  /** Number of threads; one for each core when absent. */
  readonly threads?: number | undefined;
  /** Ends the opening. */
  readonly signal?: AbortSignal | undefined;
}

/** A pack's fingerprint: the first 16 hexadecimal digits of a hash over the hashes of its files. */
export function fingerprintOf({ manifest }: Pick<Pack, "manifest">): string {
  const text = JSON.stringify(Object.entries(manifest.sha256).sort());
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Opens a session for an opened pack. @throws {ConfigError} for a pack without a generator; {WeightsError} for a damaged pack; the signal's reason. */
export async function sessionOf(
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
  const run: RunOptions = threads === undefined ? { engine } : { engine, threads };
  let programs: Session | undefined;
  const dispose = async (): Promise<void> => {
    const opened = programs;
    programs = undefined;
    await opened?.dispose();
  };
  return {
    generator,
    pack: { name: basename(pack.folder), fingerprint: fingerprintOf(pack) },
    source: pack,
    models,
    run,
    programs: () => (programs ??= createSession(models, run)),
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/**
 * Loads the models of a pack for runs; programs are compiled when they are first used.
 * @param generator name of a pack, or its folder.
 * @returns the session; the caller disposes it.
 * @throws {ConfigError} for an unknown pack or a pack without a generator; {WeightsError} for a damaged pack; the signal's reason.
 */
export async function openRunSession(
  generator = defaultPack,
  options: RunSessionOptions = {},
): Promise<RunSession> {
  options.signal?.throwIfAborted();
  return sessionOf(await loadPack(generator), { ...options, generator });
}

/** Checks a request against a session. @throws {ConfigError} when the request names a different pack or engine. */
export function requireSession(
  { generator, run }: RunSession,
  request: { readonly generator: string; readonly engine: EngineName },
): void {
  if (request.generator !== generator)
    throw new ConfigError(
      `the request asks for the pack "${request.generator}", the session holds "${generator}"; open a session for that pack`,
    );
  if (request.engine !== run.engine)
    throw new ConfigError(
      `the request asks for the engine ${request.engine}, the session runs on ${run.engine}; open a session for that engine`,
    );
}
