/** The process that the studio runs its models in. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, ToolkitError } from "../errors.js";
import { computeRelevanceMask, usualSizeOf, weakCertainty } from "../guidance/index.js";
import { inspectMachine } from "../machine/index.js";
import { type Picture, encodePicture, loadPictureFrom } from "../images/index.js";
import {
  type Asset,
  type Assets,
  type EditRequest,
  type GenerateRequest,
  type RunEvent,
  type RunSession,
  type RunTools,
  makeAsset,
  expectRecord,
  createFolderStore,
  openRunSession,
  parseRecord,
  readUnfinished,
  runEdit,
  runGenerate,
} from "../runs/index.js";
import { classifyFolder } from "./classifying.js";
import { type ContentHit, type ContentSearch, openContentSearch } from "./contentSearch.js";
import { endWithParent } from "./endWithParent.js";
import { createEventSender } from "./eventSender.js";
import { measureBias, tuneTemplates } from "./measuring.js";
import { defaultPack } from "./packs.js";
import { type Reader, openReader } from "./reader.js";
import { paintRecord } from "./paintRecord.js";
import { warmUp } from "./warmUp.js";
import type { EngineCalls, EngineMessage, RunTask, ServerMessage } from "./messages.js";

/** Sends a message; one that the server no longer reads is dropped, since the process then ends. */
const send = (message: EngineMessage): void =>
  void (process.connected && process.send?.(message, undefined, {}, () => undefined));

/** The cached session; a session for another pack replaces it. */
let cachedSession: { key: string; session: Promise<RunSession> } | undefined;
/** The warm-up of the cached session; it ends when a run starts. */
let currentWarmUp: { key: string; stop: AbortController; done: Promise<void> } | undefined;

/** Number of ascents that run or wait. */
let ascentCount = 0;

/** Opens programs while the process is idle, once for each session. */
function startWarmUp(session: RunSession, key: string): void {
  if (ascentCount > 0 || currentWarmUp?.key === key) return;
  const stop = new AbortController();
  const done = warmUp(session, stop.signal).catch(() => undefined); // a run reports what fails
  currentWarmUp = { key, stop, done };
}

async function openCachedSession(
  generator: string,
  engine: RunSession["runOptions"]["engine"] = "compiled",
): Promise<RunSession> {
  const key = `${generator} ${engine}`;
  if (cachedSession?.key !== key) {
    const previous = cachedSession?.session;
    currentWarmUp?.stop.abort();
    const warmUpDone = currentWarmUp?.done;
    cachedSession = { key, session: openRunSession(generator, { engine }) };
    cachedSession.session.catch(() => (cachedSession = undefined)); // reported by whoever waits for it
    await warmUpDone;
    await (await previous?.catch(() => undefined))?.dispose();
  }
  return cachedSession.session;
}

let cachedReader: { pack: string; reader: Promise<Reader> } | undefined;

/** Opens the CLIPs of a pack; the last ones stay loaded. */
function openCachedReader(pack: string): Promise<Reader> {
  if (cachedReader?.pack !== pack) cachedReader = { pack, reader: openReader(pack) };
  const { reader } = cachedReader;
  reader.catch(() => (cachedReader = undefined)); // reported by whoever waits for it
  return reader;
}

let contentSearch: Promise<ContentSearch> | undefined;
/** Searches run one after the other, since they share an index. */
let lastSearch: Promise<unknown> = Promise.resolve();

function searchContent({ pack, ...query }: EngineCalls["search"]["given"]): Promise<readonly ContentHit[]> {
  contentSearch ??= openContentSearch(pack);
  const search = contentSearch;
  const found = lastSearch.then(async () => (await search).search(query));
  lastSearch = found.catch(() => undefined);
  return found;
}

/** Opens the input pictures of runs: uploads, named by their SHA-256. */
function openUploadedAssets(folder: string): Assets {
  const read = async (sha256: string, known?: string): Promise<Asset> => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new InputError("an input is not a picture of the studio");
    const name = known ?? (await readFile(join(folder, `${sha256}.name`), "utf8").catch(() => "picture.png"));
    const bytes = await readFile(join(folder, sha256)).catch((cause: unknown) => {
      throw new InputError(`${name}: is no longer available; add the picture again`, { cause });
    });
    return makeAsset(name, bytes);
  };
  return { read: (sha256) => read(sha256), find: ({ name, sha256 }) => read(sha256, name) };
}

async function startRun(
  task: RunTask,
  signal: AbortSignal,
): Promise<AsyncGenerator<RunEvent, { stopped: boolean }>> {
  const { command, request = {}, resume, replay, out, uploads } = task;
  const rest = { store: createFolderStore(out), assets: openUploadedAssets(uploads), signal };
  const openTools = async (
    pack = defaultPack,
    engine?: RunSession["runOptions"]["engine"],
  ): Promise<RunTools> => ({
    ...rest,
    session: await openCachedSession(pack, engine),
  });
  if (resume !== undefined && command === "generate") {
    const unfinished = await readUnfinished(resume, "generate");
    const { pack, settings } = unfinished.job.record;
    return runGenerate({ resume: unfinished }, await openTools(pack.name, settings.engine));
  }
  if (resume !== undefined) {
    const unfinished = await readUnfinished(resume, "edit");
    const { pack, settings } = unfinished.job.record;
    return runEdit({ resume: unfinished }, await openTools(pack.name, settings.engine));
  }
  if (replay !== undefined) {
    const record = parseRecord(JSON.stringify(replay), "the picture");
    const { pack, settings } = record;
    const tools = await openTools(pack.name, settings.engine);
    return command === "generate"
      ? runGenerate({ replay: expectRecord(record, "generate", "the picture") }, tools)
      : runEdit({ replay: expectRecord(record, "edit", "the picture") }, tools);
  }
  const { generator, engine } = request as Pick<GenerateRequest, "generator" | "engine">;
  const tools = await openTools(generator, engine);
  return command === "generate"
    ? runGenerate(request as GenerateRequest, tools)
    : runEdit(request as EditRequest, tools);
}

const encodePng = (picture: Picture): Promise<Uint8Array> => encodePicture(picture, { format: "png" });

/** Ascents run one after the other, since they share compiled programs. */
let lastAscent: Promise<unknown> = Promise.resolve();

function queueAscent<T>(ascent: () => Promise<T>): Promise<T> {
  ascentCount++;
  const done = lastAscent.then(ascent).finally(() => ascentCount--);
  lastAscent = done.catch(() => undefined);
  return done;
}

async function run(id: number, task: RunTask, signal: AbortSignal): Promise<{ stopped: boolean }> {
  currentWarmUp?.stop.abort();
  const events = await startRun(task, signal);
  const sender = createEventSender(task.resume !== undefined, (event) => send({ id, kind: "event", event }));
  try {
    for (;;) {
      const next = await events.next();
      if (next.done) return { stopped: next.value.stopped };
      await sender.send(next.value);
    }
  } catch (error) {
    await events.return({ stopped: true }); // the run closes what it opened
    throw error;
  } finally {
    await sender.finish();
  }
}

const calls: {
  readonly [Name in keyof EngineCalls]: (
    given: EngineCalls[Name]["given"],
  ) => Promise<EngineCalls[Name]["result"]>;
} = {
  search: searchContent,
  classify: async ({ pack, folder, ...options }) =>
    classifyFolder(await openCachedReader(pack), folder, options),
  bias: async ({ pack, folder, ...question }) => measureBias(await openCachedReader(pack), folder, question),
  tune: async ({ pack, folder, ...options }) => tuneTemplates(await openCachedReader(pack), folder, options),
  paint: ({ format, record: given, uploads, guide }) =>
    queueAscent(async () => {
      const record = expectRecord(
        parseRecord(JSON.stringify(given), "the picture"),
        "generate",
        "the picture",
      );
      const session = await openCachedSession(record.pack.name, record.settings.engine);
      return paintRecord(session, record, { format, assets: openUploadedAssets(uploads), guide });
    }),
  machine: () => inspectMachine(),
  async models({ pack }) {
    const session = await openCachedSession(pack);
    const { models } = session;
    const { styles, resolution } = models.generator;
    setImmediate(() => startWarmUp(session, pack)); // the answer first
    return { pack, styles: [...styles], resolution, size: usualSizeOf(models) };
  },
  async relevance({ pack, picture: bytes, words }) {
    const { models, runOptions: options } = await openCachedSession(pack);
    const picture = await loadPictureFrom(Buffer.from(bytes), "the picture");
    const { mask, certainty } = await computeRelevanceMask(models, picture, words, options);
    const grey = Float32Array.from({ length: mask.length * 3 }, (_, at) => mask[Math.floor(at / 3)]!);
    const { width, height } = picture;
    return {
      mask: await encodePng({ width, height, data: grey }),
      certainty,
      weak: certainty < weakCertainty,
    };
  },
};

const controllers = new Map<number, AbortController>();

async function handleMessage(message: ServerMessage): Promise<void> {
  const { id } = message;
  if (message.kind === "stop") return controllers.get(id)?.abort();
  const controller = new AbortController();
  controllers.set(id, controller);
  try {
    const value =
      message.kind === "run"
        ? await queueAscent(() => run(id, message.task, controller.signal))
        : await (calls[message.name] as (given: unknown) => Promise<unknown>)(message.given);
    send({ id, kind: "done", value });
  } catch (error) {
    const code = error instanceof ToolkitError ? error.code : "internal";
    send({ id, kind: "error", code, message: error instanceof Error ? error.message : String(error) });
  } finally {
    controllers.delete(id);
  }
}

// Ctrl-C reaches the whole group; the server decides when this process ends.
process.on("SIGINT", () => undefined);
// Without the server, what runs has its snapshot, and is resumed by the next one.
endWithParent();
process.on("message", (message: ServerMessage) => void handleMessage(message));
