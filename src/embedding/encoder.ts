import {
  type ClipConfig,
  type ImageConfig,
  type Tokenizer,
  embedImages,
  embedTexts,
  inputSideOf,
} from "../clip/index.js";
import { type EngineName, type Program, type TensorSpec, compile, disposeOpened } from "../engine/index.js";
import { WeightsError } from "../errors.js";
import { type Picture, sharesOf } from "../images/index.js";
import {
  type TensorRecord,
  hostFloats,
  hostInts,
  parametersFrom,
  sizeOf,
  selectPrefix,
  withPrefix,
} from "../tensor/index.js";
import type * as tf from "../tf.js";
import { openShown, prepare, describeView } from "./prepare.js";

/** A CLIP to embed with. Weights of an unused tower may be missing. */
export interface EncoderClip {
  readonly config: ClipConfig;
  readonly weights: TensorRecord;
  /** Its own tokenizer, where it does not share that of the others. */
  readonly tokenizer?: Tokenizer | undefined;
}

/** Settings of an encoder. */
export interface EncoderOptions {
  /** Default `compiled`. */
  readonly engine?: EngineName;
  readonly threads?: number;
  /** Pictures or texts a pass; default 64. */
  readonly batch?: number;
}

/** Embeds pictures and texts with one or several CLIPs, in batches; each tower is compiled when first used. */
export interface Encoder {
  /** Decodes a picture file's bytes, only as large as the CLIPs need it. @throws {InputError} naming `path`. */
  open(file: Buffer, path: string): Promise<Picture>;
  /**
   * Computes the unit embeddings of pictures in their order, each prepared for every CLIP as its authors do (`prepare`). The next
   * batch is read and laid out while one is computed.
   * @returns for each picture one row `[features]` a CLIP.
   * @throws {WeightsError} when an embedding is infinite or NaN.
   */
  encodeImages(pictures: AsyncIterable<Picture> | Iterable<Picture>): AsyncGenerator<Float32Array[]>;
  /** Computes the unit embeddings of texts. @returns `[texts, features]` for each CLIP. @throws {WeightsError} as `encodeImages`. */
  encodeTexts(texts: readonly string[]): Promise<Float32Array[]>;
  /** Frees the compiled encoders. */
  dispose(): Promise<void>;
}

/**
 * Creates an encoder for one or several CLIPs.
 * @param clips at least one CLIP; each gives one row for a picture or text.
 * @param tokenizer used by the CLIPs that have none of their own.
 * @param options engine, threads and batch size.
 * @returns the encoder; the caller disposes it.
 */
export function createEncoder(
  clips: readonly EncoderClip[],
  tokenizer: Tokenizer,
  options: EncoderOptions = {},
): Encoder {
  const { batch = 64, ...run } = options;
  /** Views by key: CLIPs with the same view share an input. */
  const views = new Map(clips.map(({ config }) => [describeView(config.image), config.image]));
  const tokenizers = [...new Set(clips.map((clip) => clip.tokenizer ?? tokenizer))];
  const tokensOf = (clip: EncoderClip): string => `tokens ${tokenizers.indexOf(clip.tokenizer ?? tokenizer)}`;
  const programs = new Map<string, Promise<Program>>();

  /** Returns the program of a tower for up to `count` rows, and its batch size: that of the first call, or a whole batch. */
  const programFor = async (tower: "image" | "text", count: number): Promise<[Program, number]> => {
    const size = programs.has(`${tower}/${batch}`) ? batch : Math.min(count, batch);
    const key = `${tower}/${size}`;
    let program = programs.get(key);
    if (!program) {
      program = compileTower(tower, size);
      programs.set(key, program);
    }
    return [await program, size];
  };

  const compileTower = (tower: "image" | "text", size: number): Promise<Program> => {
    const weights = Object.assign(
      {},
      ...clips.map((clip, at) => withPrefix(`${at}/${tower}.`, selectPrefix(`${tower}.`, clip.weights))),
    ) as TensorRecord;
    return compile(
      (tensors) =>
        Object.fromEntries(
          clips.map((clip, at) => {
            const parameters = parametersFrom(tensors, `${at}/`);
            const { config } = clip;
            return tower === "image"
              ? [at, embedImages(parameters, config, tensors[describeView(config.image)] as tf.Tensor4D)]
              : [at, embedTexts(parameters, config, tensors[tokensOf(clip)] as tf.Tensor2D)];
          }),
        ),
      tower === "image"
        ? Object.fromEntries([...views].map(([view, config]) => [view, pixelsSpec(size, config)]))
        : Object.fromEntries(tokenizers.map((each, at) => [`tokens ${at}`, tokensSpec(size, each)])),
      {
        weights,
        name: `encode ${tower}`,
        recipe: clips.map((clip) => [clip.config, tower === "text" && tokensOf(clip)]),
        ...run,
      },
    );
  };

  /** Input buffers of finished passes, reused to spare the garbage collector. */
  const spare: Float32Array[] = [];
  const takeBuffer = (length: number): Float32Array => {
    const at = spare.findIndex((each) => each.length === length);
    return at < 0 ? new Float32Array(length) : spare.splice(at, 1)[0]!;
  };

  /** Starts a pass over pictures; the engine runs passes one after another. */
  const sendBatch = async (pictures: readonly Prepared[]): Promise<{ done: Promise<Float32Array[][]> }> => {
    const [program, size] = await programFor("image", pictures.length);
    const inputs = [...views].map(([view, config], at) => {
      const { shape } = pixelsSpec(size, config);
      const x = takeBuffer(sizeOf(shape));
      const width = x.length / size;
      pictures.forEach((picture, row) => {
        const values = picture[at]!;
        const place = x.subarray(row * width, (row + 1) * width);
        if (values instanceof Uint8Array) sharesOf(values, place);
        else place.set(values);
      });
      return [view, hostFloats(x, shape)] as const;
    });
    const running = program.run({}, {}, Object.fromEntries(inputs));
    const rowsOf = async (): Promise<Float32Array[][]> => {
      const results = await running;
      for (const [view] of inputs) spare.push(results[view]!.data as Float32Array);
      requireFinite(clips, results, pictures.length, "image");
      return pictures.map((_, row) =>
        clips.map(({ config }, at) => rowOf(results[at]!.data as Float32Array, row, config.image.features)),
      );
    };
    return { done: rowsOf() };
  };

  /** Returns a picture's values for every view. */
  const prepared = (picture: Picture): Promise<Prepared> =>
    Promise.all([...views.values()].map((config) => prepare(picture, config)));

  return {
    open: (file, path) => openShown([...views.values()], file, path),
    async *encodeImages(pictures) {
      let running: Promise<Float32Array[][]> | undefined;
      let sent: ReturnType<typeof sendBatch> | undefined;
      for await (const chunk of processInChunks(pictures, batch, prepared)) {
        const before = running;
        const turn = Promise.all([Promise.all(chunk), sent]);
        sent = turn.then(([ready]) => sendBatch(ready));
        running = sent.then(({ done }) => done);
        running.catch(() => undefined); // reported when awaited
        if (before) yield* await before;
      }
      if (running) yield* await running;
    },
    async encodeTexts(texts) {
      const out = clips.map(({ config }) => new Float32Array(texts.length * config.text.features));
      for (let start = 0; start < texts.length; start += batch) {
        const chunk = texts.slice(start, start + batch);
        const [program, size] = await programFor("text", chunk.length);
        const inputs = tokenizers.map((each, at) => {
          const { shape } = tokensSpec(size, each);
          const x = new Int32Array(sizeOf(shape));
          x.set(each.encode(chunk));
          return [`tokens ${at}`, hostInts(x, shape)] as const;
        });
        const results = await program.run(Object.fromEntries(inputs));
        requireFinite(clips, results, chunk.length, "text");
        clips.forEach(({ config: { text } }, at) => {
          const data = results[at]!.data as Float32Array;
          out[at]!.set(data.subarray(0, chunk.length * text.features), start * text.features);
        });
      }
      return out;
    },
    async dispose() {
      await disposeOpened(programs.values());
      programs.clear();
      spare.length = 0;
    },
  };
}

/** Checks the first `count` rows of each CLIP: damaged weights would otherwise give scores that are no numbers. */
function requireFinite(
  clips: readonly EncoderClip[],
  results: TensorRecord,
  count: number,
  tower: "image" | "text",
): void {
  clips.forEach(({ config }, at) => {
    const rows = (results[at]!.data as Float32Array).subarray(0, count * config[tower].features);
    if (!rows.every(Number.isFinite))
      throw new WeightsError(
        `CLIP ${at + 1} of ${clips.length}: its ${tower} embeddings are not finite numbers; its weights are damaged`,
      );
  });
}

/** A picture's values, one for each view. */
type Prepared = readonly (Float32Array | Uint8Array)[];

/** Returns the shape of an image program's input: `batchSize` pictures. */
function pixelsSpec(batchSize: number, config: ImageConfig): TensorSpec {
  const side = inputSideOf(config);
  return { shape: [batchSize, side, side, 3], dtype: "float32" };
}

/** Returns the shape of a text program's input: `batchSize` texts of token ids. */
function tokensSpec(batchSize: number, { contextLength }: Tokenizer): TensorSpec {
  return { shape: [batchSize, contextLength], dtype: "int32" };
}

/**
 * Returns the row `[features]` of a matrix `[rows, features]`, in the same memory.
 * @param matrix flat `[rows × features]`, row by row.
 * @param row index of the row, from 0.
 * @param features length of a row.
 * @returns a view, not a copy.
 */
export function rowOf(matrix: Float32Array, row: number, features: number): Float32Array {
  return matrix.subarray(row * features, (row + 1) * features);
}

/** Processes items in chunks; work on each item starts when it arrives. */
async function* processInChunks<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  size: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<Promise<R>[]> {
  let chunk: Promise<R>[] = [];
  for await (const item of items) {
    const begun = work(item);
    begun.catch(() => undefined); // reported when its group is awaited
    chunk.push(begun);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
