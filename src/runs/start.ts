import { dirname, resolve } from "node:path";
import { ConfigError } from "../errors.js";
import { readPictureBytes } from "../images/index.js";
import { type Assets, createFileAssets } from "./assets.js";
import { type UnfinishedRun, readUnfinished } from "./jobs.js";
import { type RunRecord, expectRecord, readRecord } from "./records.js";
import { type RunSession, openRunSession } from "./session.js";
import { type RunStore, createFolderStore, createStoreAround } from "./store.js";

/** Source of a run, and the folder for its result. */
export interface RunSource {
  /** Folder for run folders. */
  readonly out: string;
  /** Picture whose record is replayed. */
  readonly replay?: string | undefined;
  /** Folder of the record's input pictures; by default the picture's folder and the working directory. */
  readonly inputs?: string | undefined;
  /** Folder of an interrupted run. */
  readonly resume?: string | undefined;
  /** Pack that replaces the pack of a record. */
  readonly generator?: string | undefined;
  /** Threads of the engine; one for each core when absent. */
  readonly threads?: number | undefined;
  /** Ends the loading of the models. */
  readonly signal?: AbortSignal | undefined;
}

type Command = RunRecord["command"];
type RecordOf<T extends Command> = Extract<RunRecord, { command: T }>;

/** What a run starts from: its session, store and inputs, and the record or interrupted run if there is one. */
export interface RunStart<T extends Command> {
  /** The record to replay. */
  readonly replay?: RecordOf<T>;
  /** The run to resume. */
  readonly resume?: UnfinishedRun<Extract<UnfinishedRun["job"], { command: T }>>;
  /** Session of the pack; the caller disposes it. */
  readonly session: RunSession;
  /** Where the result is written: beside a resumed run, or in `RunSource.out`. */
  readonly store: RunStore;
  /** Input pictures, looked up in `RunSource.inputs` for a replay. */
  readonly assets: Assets;
}

/**
 * Opens a source and its session. A source is a picture to replay, a run to resume, or a new run.
 * @param command `generate` or `edit`; records of the other one are refused.
 * @param source what is replayed or resumed, and the folder for the result.
 * @param request returns pack and engine of a new run. It is not called for a replay or a resumed run.
 * @returns session, store and input pictures of the run; the record or the unfinished run, if there is one.
 * @throws {InputError} when the picture has no record, or the folder has no unfinished run.
 * @throws {ConfigError} when the record belongs to another command, or its pack is unknown; the signal's reason.
 */
export async function openRunStart<T extends Command>(
  command: T,
  { out, replay, inputs, resume, generator: override, threads, signal }: RunSource,
  request: () => { readonly generator: string; readonly engine: RunRecord["settings"]["engine"] },
): Promise<RunStart<T>> {
  const openFor = ({ pack, settings: { engine } }: RunRecord): Promise<RunSession> => {
    if (override !== undefined) return openRunSession(override, { engine, threads, signal });
    return openRunSession(pack.name, { engine, threads, signal }).catch((cause: unknown) => {
      if (!(cause instanceof ConfigError)) throw cause;
      throw new ConfigError(`${cause.message}; name the folder of the pack "${pack.name}"`, {
        cause,
        reason: "unknown-recorded-pack",
      });
    });
  };
  if (resume !== undefined) {
    const run = await readUnfinished(resume, command);
    const session = await openFor(run.job.record);
    return { resume: run, session, store: createStoreAround(resume), assets: createFileAssets() };
  }
  const store = createFolderStore(resolve(out));
  if (replay !== undefined) {
    const record = expectRecord(await readRecord(await readPictureBytes(replay), replay), command, replay);
    const folders = inputs === undefined ? [dirname(replay), "."] : [inputs];
    const assets = createFileAssets({ folders, except: replay });
    return { replay: record, session: await openFor(record), store, assets };
  }
  const { generator, engine } = request();
  return {
    session: await openRunSession(generator, { engine, threads, signal }),
    store,
    assets: createFileAssets(),
  };
}
