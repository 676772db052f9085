import { dirname, resolve } from "node:path";
import { ConfigError } from "../errors.js";
import { bytesOf } from "../images/index.js";
import {
  type Assets,
  type RunRecord,
  type RunSession,
  type RunStore,
  type UnfinishedRun,
  expectRecord,
  fileAssets,
  folderStore,
  openRunSession,
  readRecord,
  readUnfinished,
  storeAround,
} from "../runs/index.js";

/** Options that decide where a run comes from and goes to. */
interface SourceOptions {
  readonly out: string;
  readonly replay?: string | undefined;
  readonly inputs?: string | undefined;
  readonly resume?: string | undefined;
  readonly threads?: number | undefined;
}

type Command = RunRecord["command"];
type RecordOf<T extends Command> = Extract<RunRecord, { command: T }>;

/** What a run is started with. */
export interface Start<T extends Command> {
  /** The record to replay. */
  readonly replay?: RecordOf<T>;
  /** The run to resume. */
  readonly resume?: UnfinishedRun<Extract<UnfinishedRun["job"], { command: T }>>;
  readonly session: RunSession;
  readonly store: RunStore;
  readonly assets: Assets;
}

/**
 * Opens what the options name: a picture to replay, a run to resume, or nothing, and the session that it needs.
 * @param request pack and engine of a new request, asked for when there is neither.
 */
export async function startRun<T extends Command>(
  command: T,
  { out, replay, inputs, resume, threads }: SourceOptions,
  given: Readonly<Record<string, unknown>>,
  request: () => Pick<Parameters<typeof openRunSession>[1] & { generator: string }, "engine" | "generator">,
): Promise<Start<T>> {
  const openFor = ({ pack, settings: { engine } }: RunRecord): Promise<RunSession> => {
    if (typeof given.generator === "string") return openRunSession(given.generator, { engine, threads });
    return openRunSession(pack.name, { engine, threads }).catch((error: unknown) => {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(`${error.message}; name the folder of the pack "${pack.name}" by --generator`, {
        cause: error,
      });
    });
  };
  if (resume !== undefined) {
    const run = await readUnfinished(resume, command);
    return {
      resume: run,
      session: await openFor(run.job.record),
      store: storeAround(resume),
      assets: fileAssets(),
    };
  }
  const store = folderStore(resolve(out));
  if (replay !== undefined) {
    const record = expectRecord(await readRecord(await bytesOf(replay), replay), command, replay);
    const folders = inputs === undefined ? [dirname(replay), "."] : [inputs];
    return {
      replay: record,
      session: await openFor(record),
      store,
      assets: fileAssets({ folders, except: replay }),
    };
  }
  const { generator, engine } = request();
  return { session: await openRunSession(generator, { engine, threads }), store, assets: fileAssets() };
}
