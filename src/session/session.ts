import { type ClipModels, type Encoder, createEncoder, loadClips } from "../embedding/index.js";
import { type EngineName } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import {
  type EditReport,
  type EditRequest,
  type FinishedEdit,
  type FinishedGenerate,
  type GenerateReport,
  type GenerateRequest,
  type RunEvent,
  type RunRecord,
  type RunSession,
  type RunTools,
  createMemoryStore,
  openRunSession,
  runEdit,
  runGenerate,
} from "../runs/index.js";
import {
  type ClassifyRequest,
  type EmbedRequest,
  type Embedded,
  type LabelScore,
  classifyPictures,
  embedAll,
} from "./clips.js";
import { defaultPack } from "../runs/requests/index.js";
import { type InputPicture, type Inputs, createInputs } from "./inputs.js";
import { type ResultPicture, createResultPicture } from "./picture.js";
import { type Run, createRun } from "./run.js";

/** Pack, engine and threads of a session. */
export interface SessionOptions {
  /** Name of a pack, or path of its folder; the bundled pack when absent. */
  readonly generator?: string;
  /** Engine; `compiled` (ONNX Runtime) when absent. */
  readonly engine?: EngineName;
  /** Number of threads; one for each core when absent. */
  readonly threads?: number;
  /** Ends the opening. It has no effect on the opened session. */
  readonly signal?: AbortSignal | undefined;
}

/** Option to stop a run. Its result is then the best picture so far. */
export interface Stoppable {
  /** Stops the run after its present step. */
  readonly signal?: AbortSignal;
}

type Own = "generator" | "engine" | "threads" | "count" | "variations";

/** Options of `Session.generate`: the fields of a request, with pictures as paths, bytes or pixels. */
export interface GenerateOptions
  extends Omit<GenerateRequest, Own | "text" | "imagePrompt" | "init">, Stoppable {
  /** Picture to start from. */
  readonly init?: InputPicture;
  /** Pictures that the result should resemble in meaning. */
  readonly imagePrompt?: readonly (InputPicture | WeightedPicture)[];
}

/** A picture as a prompt, with its weight relative to the other prompts. */
export interface WeightedPicture {
  /** A path, bytes of a file, or pixels. */
  readonly picture: InputPicture;
  /** Weight relative to the other prompts, 1 for one without a weight; a negative weight steers away from the picture. */
  readonly weight: number;
}

/** Options of `Session.edit`: the fields of a request, with masks as shapes, paths, bytes or pixels. */
export interface EditOptions
  extends
    Omit<EditRequest, Own | "picture" | "prompt" | "from" | "mask" | "maskPrompt" | "edits">,
    Stoppable {
  /** Source text: a description of the original picture. */
  readonly from?: string;
  /** Mask: a shape (`"circle 0.5 0.5 0.3"`), or a picture in which white may change and black may not. */
  readonly mask?: InputPicture;
  /** Text that describes the part that may change. */
  readonly maskPrompt?: string;
}

/** A generated picture and its measurements. */
export interface Generated {
  /** The result, ready to be saved. */
  readonly picture: ResultPicture;
  /** Scores, steps and time. */
  readonly report: GenerateReport;
  /** Whether the signal stopped it before its end. */
  readonly stopped: boolean;
}

/** An edited picture with one report for each prompt. */
export interface Edited {
  /** The result at the input's size. */
  readonly picture: ResultPicture;
  /** One report for each prompt, in their order. */
  readonly reports: readonly EditReport[];
  /** Whether the signal stopped it before its end. */
  readonly stopped: boolean;
}

/** Loaded models and compiled programs of one pack. Methods may be called at any time. Runs are queued. */
export interface Session extends AsyncDisposable {
  /** Name of the pack. */
  readonly pack: string;
  /**
   * Makes a picture from one prompt or several. `text::weight` sets a prompt's weight; a negative weight steers away from it.
   * @throws {ConfigError} for options that cannot be; {InputError} for a picture that cannot be read.
   */
  generate(text: string | readonly string[], options?: GenerateOptions): Run<Generated>;
  /**
   * Edits a picture towards a prompt, or towards several prompts in turn. Parts unrelated to the prompt are preserved.
   * @throws {ConfigError} for options that cannot be; {InputError} for a picture that cannot be read.
   */
  edit(picture: InputPicture, prompt: string | readonly string[], options?: EditOptions): Run<Edited>;
  /** Reproduces a picture from its record. */
  replay(
    record: RunRecord,
    options?: Stoppable & {
      /** Input pictures of the original run, in any order. */
      readonly inputs?: readonly InputPicture[];
    },
  ): Run<Generated | Edited>;
  /** Embeds texts and pictures as unit vectors with each CLIP of the pack. */
  embed(request: EmbedRequest, options?: Stoppable): Promise<Embedded>;
  /** Classifies a picture without training (zero-shot). @returns all labels with their probabilities, most probable first. */
  classify(
    picture: InputPicture,
    labels: readonly string[],
    options?: ClassifyRequest & Stoppable,
  ): Promise<LabelScore[]>;
  /** Releases models and programs after all started runs have ended. */
  dispose(): Promise<void>;
}

/**
 * Loads the models of a pack and opens a session with which pictures are made, edited, embedded and classified.
 * @param options the pack's name or folder, or an object with engine and threads as well; the bundled pack when absent.
 * @returns the session; the caller disposes it, or `await using` does.
 * @throws {ConfigError} for an unknown option, an unknown pack or a pack without a generator; {WeightsError} for a damaged pack; the
 * signal's reason.
 */
export async function openSession(options: string | SessionOptions = {}): Promise<Session> {
  const {
    generator = defaultPack,
    engine,
    threads,
    signal,
    ...others
  } = typeof options === "string" ? { generator: options } : options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new ConfigError(
      `openSession: no option "${unknown}"; there are generator, engine, threads and signal`,
    );
  const session = await openRunSession(generator, { engine, threads, signal });
  return createSession(session);
}

function createSession(session: RunSession): Session {
  const runQueue = createQueue();
  let clips: Promise<{ models: ClipModels; encoder: Encoder }> | undefined;
  let isDisposed = false;
  const openClips = async (): Promise<{ models: ClipModels; encoder: Encoder }> => {
    const models = await loadClips(session.openedPack, "all");
    return { models, encoder: createEncoder(models.clips, models.tokenizer, session.runOptions) };
  };
  const requireOpen = (): void => {
    if (isDisposed) throw new ConfigError("the session was disposed of; open another one");
  };
  const request = { generator: session.generator, engine: session.runOptions.engine };
  /** Makes a run that waits for all earlier runs. */
  const start = <T>(
    begin: () => AsyncGenerator<RunEvent, T> | Promise<AsyncGenerator<RunEvent, T>>,
  ): Run<T> =>
    createRun(async function* () {
      requireOpen();
      const leave = await runQueue.enter();
      try {
        return yield* await begin();
      } finally {
        leave();
      }
    });
  const toGenerated = async (finished: FinishedGenerate, metadata: boolean): Promise<Generated> => ({
    picture: await createResultPicture(finished, metadata),
    report: finished.report,
    stopped: finished.stopped,
  });
  const toEdited = async (finished: FinishedEdit, metadata: boolean): Promise<Edited> => ({
    picture: await createResultPicture(finished, metadata),
    reports: finished.reports,
    stopped: finished.stopped,
  });
  const dispose = async (): Promise<void> => {
    if (isDisposed) return;
    isDisposed = true;
    const leave = await runQueue.enter();
    await session.dispose();
    await (await clips)?.encoder.dispose();
    leave();
  };
  return {
    pack: session.pack.name,
    generate: (text, { signal, init, imagePrompt = [], ...options } = {}) =>
      start(async function* () {
        const inputs = createInputs();
        const full: GenerateRequest = {
          ...options,
          ...request,
          text: typeof text === "string" ? [text] : [...text],
          imagePrompt: await addPrompts(inputs, imagePrompt),
          init: init === undefined ? undefined : await inputs.add(init),
        };
        const tools: RunTools = { session, store: createMemoryStore(), assets: inputs.assets(), signal };
        const { pictures } = yield* runGenerate(full, tools);
        return toGenerated(pictures[0]!, options.metadata ?? true);
      }),
    edit: (picture, prompt, { signal, from, mask, maskPrompt, ...options } = {}) =>
      start(async function* () {
        const inputs = createInputs();
        const full: EditRequest = {
          ...options,
          ...request,
          picture: await inputs.add(picture),
          prompt: typeof prompt === "string" ? [prompt] : [...prompt],
          from: from === undefined ? undefined : [from],
          mask: mask === undefined ? undefined : [await inputs.addMask(mask)],
          maskPrompt: maskPrompt === undefined ? undefined : [maskPrompt],
        };
        const tools: RunTools = { session, store: createMemoryStore(), assets: inputs.assets(), signal };
        const { pictures } = yield* runEdit(full, tools);
        return toEdited(pictures[0] as FinishedEdit, options.metadata ?? true);
      }),
    replay: (record, { signal, inputs: inputPictures = [] } = {}) =>
      start<Generated | Edited>(async function* () {
        const inputs = createInputs();
        for (const each of inputPictures) await inputs.add(each);
        const tools: RunTools = { session, store: createMemoryStore(), assets: inputs.assets(), signal };
        if (record.command === "generate") {
          const { pictures } = yield* runGenerate({ replay: record }, tools);
          return toGenerated(pictures[0]!, true);
        }
        const { pictures } = yield* runEdit({ replay: record }, tools);
        return toEdited(pictures[0] as FinishedEdit, true);
      }),
    async embed(embedRequest, { signal } = {}) {
      requireOpen();
      const leave = await runQueue.enter();
      try {
        return await embedAll(await (clips ??= openClips()), embedRequest, signal);
      } finally {
        leave();
      }
    },
    async classify(picture, labels, { signal, ...options } = {}) {
      requireOpen();
      const leave = await runQueue.enter();
      try {
        return await classifyPictures(await (clips ??= openClips()), picture, labels, options, signal);
      } finally {
        leave();
      }
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Adds pictures as prompts. @returns the prompts in the form `name::weight`. */
async function addPrompts(
  inputs: Inputs,
  prompts: readonly (InputPicture | WeightedPicture)[],
): Promise<string[]> {
  const promptArguments: string[] = [];
  for (const prompt of prompts) {
    const weighted = typeof prompt === "object" && "picture" in prompt;
    const name = await inputs.add(weighted ? prompt.picture : prompt);
    promptArguments.push(`${name.replaceAll("::", "\\::")}::${weighted ? prompt.weight : 1}`);
  }
  return promptArguments;
}

/** Makes a queue. `enter` waits for all earlier entries and returns a function that ends the own entry. */
function createQueue(): { enter(): Promise<() => void> } {
  let last: Promise<void> = Promise.resolve();
  return {
    async enter() {
      const previous = last;
      let leave: () => void = () => undefined;
      last = new Promise((resolve) => (leave = resolve));
      await previous;
      return leave;
    },
  };
}
