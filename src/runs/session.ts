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

/** Loaded models and compiled programs, for any number of runs one after the other. */
export interface RunSession extends AsyncDisposable {
  /** The pack as requested: a name or a folder. */
  readonly generator: string;
  /** The pack as records refer to it. */
  readonly pack: GenerateRecord["pack"];
  /** The pack itself. */
  readonly source: Pack;
  readonly models: SteerModels;
  /** Where programs run. */
  readonly run: RunOptions;
  /** Compiled programs of `generate`, made when first used. */
  programs(): Session;
  /** Releases the programs. */
  dispose(): Promise<void>;
}

/** What a session is opened with. */
export interface RunSessionOptions {
  readonly engine?: EngineName;
  /** Threads; one a core when absent. */
  readonly threads?: number | undefined;
}

/** A pack's fingerprint: 16 hexadecimal digits of a hash over its files' hashes. */
export function fingerprintOf({ manifest }: Pick<Pack, "manifest">): string {
  const text = JSON.stringify(Object.entries(manifest.sha256).sort());
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Opens a session on a pack that is open already. @throws {ConfigError} when it makes no pictures; {WeightsError} when damaged. */
export async function sessionOf(
  pack: Pack,
  { engine = "compiled", threads, generator = pack.folder }: RunSessionOptions & { generator?: string } = {},
): Promise<RunSession> {
  const models = await loadModels(pack);
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
 * Loads a pack's models.
 * @param generator name of a pack, or its folder.
 * @throws {ConfigError} for an unknown pack, or one that makes no pictures; {WeightsError} when it is damaged.
 */
export async function openRunSession(
  generator = defaultPack,
  options: RunSessionOptions = {},
): Promise<RunSession> {
  return sessionOf(await loadPack(generator), { ...options, generator });
}

/** @throws {ConfigError} when a request asks for another pack or engine than the session holds. */
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
