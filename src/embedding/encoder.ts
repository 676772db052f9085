import {
  type ClipConfig,
  type Tokenizer,
  embedImages,
  embedTexts,
  imageSide,
  inputSide,
  resizeSquare,
} from "../clip/index.js";
import { type EngineName, type Program, compile } from "../engine/index.js";
import { type Picture, padToSquare, resizePicture } from "../images/index.js";
import {
  type TensorRecord,
  hostFloats,
  hostInts,
  parametersFrom,
  underPrefix,
  withPrefix,
} from "../tensor/index.js";
import type * as tf from "../tf.js";

/** A CLIP to embed with. Weights of the tower that is not used may be missing. */
export interface EncoderClip {
  readonly config: ClipConfig;
  readonly weights: TensorRecord;
}

/** How an encoder runs. */
export interface EncoderOptions {
  /** Default `compiled`. */
  readonly engine?: EngineName;
  readonly threads?: number;
  /** Pictures or texts a pass; default 64. */
  readonly batch?: number;
}

/** Embeds pictures and texts with one or several CLIPs, in batches; each tower is compiled when first used. */
export interface Encoder {
  /** Side of the pictures that the CLIPs take. */
  readonly side: number;
  /**
   * Unit embeddings of pictures in their order. The next batch is read while one is computed; a picture of another size
   * is put on a white square and resized.
   * @returns for each picture one row `[features]` a CLIP.
   */
  encodeImages(pictures: AsyncIterable<Picture> | Iterable<Picture>): AsyncGenerator<Float32Array[]>;
  /** Unit embeddings of texts. @returns `[texts, features]` for each CLIP. */
  encodeTexts(texts: readonly string[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/** A picture as the encoders take it: in the middle of a white square, 64×64 unless told another side. */
export async function encoderPicture(picture: Picture, side = imageSide): Promise<Picture> {
  if (picture.width === side && picture.height === side) return picture;
  return resizePicture(padToSquare(picture).picture, side, side);
}

/** Makes an encoder over CLIPs that share a tokenizer; pictures are as large as the largest of them takes. */
export function createEncoder(
  clips: readonly EncoderClip[],
  tokenizer: Tokenizer,
  options: EncoderOptions = {},
): Encoder {
  const { batch = 64, ...run } = options;
  const side = Math.max(...clips.map(({ config }) => inputSide(config.image)));
  const values = side * side * 3;
  const programs = new Map<string, Promise<Program>>();

  /** The program of a tower for up to `count` rows: as many as the first call brought, or whole batches. */
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
      ...clips.map((clip, at) => withPrefix(`${at}/${tower}.`, underPrefix(`${tower}.`, clip.weights))),
    ) as TensorRecord;
    return compile(
      ({ x, ...tensors }) =>
        Object.fromEntries(
          clips.map(({ config }, at) => {
            const p = parametersFrom(tensors, `${at}/`);
            return tower === "image"
              ? [at, embedImages(p, config, resizeSquare(x as tf.Tensor4D, inputSide(config.image)))]
              : [at, embedTexts(p, config, x as tf.Tensor2D)];
          }),
        ),
      {
        x:
          tower === "image"
            ? { shape: [size, side, side, 3], dtype: "float32" }
            : { shape: [size, tokenizer.contextLength], dtype: "int32" },
      },
      { weights, name: `encode ${tower}`, ...run },
    );
  };

  const encodeBatch = async (pictures: readonly Picture[]): Promise<Float32Array[][]> => {
    const [program, size] = await programFor("image", pictures.length);
    const x = new Float32Array(size * values);
    pictures.forEach(({ data }, row) => x.set(data, row * values));
    const results = await program.run({ x: hostFloats(x, [size, side, side, 3]) });
    return pictures.map((_, row) =>
      clips.map(({ config }, at) => rowOf(results[at]!.data as Float32Array, row, config.image.features)),
    );
  };

  return {
    side,
    async *encodeImages(pictures) {
      let running: Promise<Float32Array[][]> | undefined;
      for await (const chunk of chunks(pictures, batch)) {
        const done = running;
        const next = Promise.all([Promise.all(chunk.map((each) => encoderPicture(each, side))), done]);
        running = next.then(([ready]) => encodeBatch(ready));
        running.catch(() => undefined); // reported when awaited
        if (done) yield* await done;
      }
      if (running) yield* await running;
    },
    async encodeTexts(texts) {
      const { contextLength } = tokenizer;
      const out = clips.map(({ config }) => new Float32Array(texts.length * config.text.features));
      for (let start = 0; start < texts.length; start += batch) {
        const chunk = texts.slice(start, start + batch);
        const [program, size] = await programFor("text", chunk.length);
        const x = new Int32Array(size * contextLength);
        x.set(tokenizer.encode(chunk));
        const results = await program.run({ x: hostInts(x, [size, contextLength]) });
        clips.forEach(({ config: { text } }, at) => {
          const data = results[at]!.data as Float32Array;
          out[at]!.set(data.subarray(0, chunk.length * text.features), start * text.features);
        });
      }
      return out;
    },
    async dispose() {
      await Promise.all([...programs.values()].map(async (program) => (await program).dispose()));
      programs.clear();
    },
  };
}

/** Row `[features]` of a matrix `[rows, features]`, in the same memory. */
export function rowOf(matrix: Float32Array, row: number, features: number): Float32Array {
  return matrix.subarray(row * features, (row + 1) * features);
}

async function* chunks<T>(items: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
