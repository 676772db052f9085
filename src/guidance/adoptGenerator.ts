import { type PackCard, gatherClips } from "../embedding/index.js";
import { compile } from "../engine/index.js";
import { WeightsError } from "../errors.js";
import {
  type ConvertOptions,
  type ForeignSpec,
  type Generator,
  convertCheckpoint,
  createGenerator,
  findGeneratorSection,
  latentWeightsOf,
} from "../gan/index.js";
import {
  type CheckpointFile,
  type Pack,
  type PackManifest,
  type WeightsFile,
  mapTensors,
  openWeights,
  writePack,
} from "../packs/index.js";
import { type TensorRecord, createRandom, parametersFrom, fitWhitening } from "../tensor/index.js";
import * as tf from "../tf.js";
import type { RunOptions } from "./steerModels.js";

/** Settings that are not in a checkpoint, and the engine that computes the statistics of its latents. */
export type AdoptOptions = Omit<ConvertOptions, "clamp"> &
  RunOptions & {
    /** Ends it between two batches of samples. */
    readonly signal?: AbortSignal | undefined;
  };

const samples = 4096;
const samplesAtOnce = 512;

/** Draws latents of samples, one row each, of a generator whose steering coordinates are the space itself. */
async function drawLatentSamples(
  generator: Generator,
  size: number,
  { signal, ...options }: RunOptions & { readonly signal?: AbortSignal | undefined },
): Promise<Float32Array> {
  const random = createRandom("latent statistics");
  const draw = (): TensorRecord => generator.sample(random, samplesAtOnce, { truncation: 1 });
  const first = draw();
  const program = await compile(
    (tensors) => {
      const latents = generator.map(parametersFrom(tensors), tensors, tf.zeros([1, 0]));
      // W+ has the same w in every row.
      const rows = latents.rank === 3 ? tf.slice(latents, [0, 0, 0], [-1, 1, -1]) : latents;
      return { rows: tf.reshape(rows, [samplesAtOnce, size]) };
    },
    first,
    { weights: generator.weights, name: "latent statistics", ...options },
  );
  try {
    const all = new Float32Array(samples * size);
    for (let at = 0; at < samples; at += samplesAtOnce) {
      signal?.throwIfAborted();
      const { rows } = await program.run(at === 0 ? first : draw());
      all.set(rows!.data as Float32Array, at * size);
    }
    return all;
  } finally {
    await program.dispose();
  }
}

/** Reads the largest activation that NVIDIA's StyleGAN2 was trained with; only its pickles hold it. */
function clampOf(file: WeightsFile): number | undefined {
  if (!("module" in file)) return undefined;
  const layer = (file as CheckpointFile).module("G_ema.synthesis.b4.conv1");
  const clamp = layer?.attributes.conv_clamp;
  return typeof clamp === "number" ? clamp : undefined;
}

/**
 * Reads the generator of another project from the file that its authors publish: StyleGAN2, StyleGAN3, BigGAN-deep or VQGAN,
 * from safetensors, PyTorch or NVIDIA's files. The kind is determined from names and shapes; the latents are whitened with
 * statistics of samples.
 * @param path weight file of the generator.
 * @param options what names and shapes do not show, and the abort signal.
 * @returns kind and shape of the generator, and its weights in the layout of this toolkit.
 * @throws {WeightsError} when the file is damaged, refused, or not a known generator; the signal's reason.
 */
export async function adoptGenerator(
  path: string,
  options: AdoptOptions,
): Promise<{ spec: ForeignSpec; weights: TensorRecord }> {
  const file = await openWeights(path, { inert: ["pytorch_lightning.", "omegaconf."] });
  try {
    const section = findGeneratorSection([...file.tensors.keys()]);
    const clamp = clampOf(file);
    const tensors = mapTensors(file, (name) => name.startsWith(section));
    const { spec, weights, statistics: size } = convertCheckpoint(tensors, { ...options, clamp });
    if (size === 0) return { spec, weights };
    const basis = Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
    const plain = latentWeightsOf({ mean: new Float32Array(size), basis });
    const rows = await drawLatentSamples(createGenerator(spec, { ...weights, ...plain }), size, options);
    return { spec, weights: { ...weights, ...latentWeightsOf(fitWhitening(rows, size)) } };
  } catch (cause) {
    if (!(cause instanceof WeightsError)) throw cause;
    throw new WeightsError(cause.message.replace(/^checkpoint: /, `${path}: `), { cause });
  } finally {
    await file.close();
  }
}

/** Description of a new pack, and the CLIPs that steer its generator. */
export interface PackGeneratorOptions extends AdoptOptions, PackCard {
  readonly out: string;
  /** Packs whose CLIPs are the guides. The templates are those of the first. */
  readonly guides: readonly Pack[];
  /** Pack whose judge, or only CLIP, is the judge. */
  readonly judge: Pack;
}

/**
 * Writes another project's generator and the CLIPs of packs as a new pack.
 * @param path weight file of the generator.
 * @param options folder and card of the pack, the packs of its CLIPs, and the options of `adoptGenerator`.
 * @returns kind and shape of the generator, and the side of its pictures in pixels.
 * @throws {ConfigError} when two CLIPs have the same name; otherwise as `adoptGenerator` and `writePack`.
 */
export async function packGenerator(
  path: string,
  { out, name, description, license, guides, judge, ...options }: PackGeneratorOptions,
): Promise<{ spec: ForeignSpec; resolution: number }> {
  const clips = await gatherClips(guides, judge);
  const { spec, weights } = await adoptGenerator(path, options);
  const { resolution } = createGenerator(spec, weights);
  const file = "generator.safetensors";
  const manifest: Omit<PackManifest, "sha256"> = {
    format: 1,
    name,
    description,
    license,
    resolution,
    generator: { ...spec, file } as PackManifest["generator"], // lists of the spec are readonly
    ...clips.manifest,
  };
  const files = { ...clips.files, weights: { [file]: weights, ...clips.files.weights } };
  await writePack(out, manifest, files, { signal: options.signal });
  return { spec, resolution };
}
