import { collectParameters } from "../engine/index.js";
import { WeightsError } from "../errors.js";
import { type HostTensor, type TensorRecord, scope } from "../tensor/index.js";
import type * as tf from "../tf.js";
import { type ClipHints, findUnevenHeads, inferClipConfig } from "./architecture.js";
import { type ClipConfig, computePairLogits } from "./clip.js";
import { arrangeProjections, convert, foldBatchNorms } from "./convert.js";
import { computeImageFeatures, inputSideOf } from "./image.js";
import { type Naming, namings, passengers, describeResemblance, translateName, wrappers } from "./names.js";
import { computeTextFeatures } from "./text.js";

/** A CLIP in memory: its shape, and its weights under the names that `embedImages` and `embedTexts` ask for. */
export interface LoadedClip {
  readonly config: ClipConfig;
  readonly weights: TensorRecord;
}

/** A tensor of a file whose values were not read yet. */
export interface UnreadTensor {
  readonly shape: readonly number[];
  read(): Promise<HostTensor>;
}

type Published = Readonly<Record<string, HostTensor | UnreadTensor>>;

const shown = 8;

/** Names without wrappers that all of them carry, and without OpenCLIP's `text.` before the text encoder's. */
function unwrap(tensors: Published): Published {
  let entries = Object.entries(tensors).filter(([name]) => !passengers.some((each) => each.test(name)));
  for (let again = true; again;) {
    const wrapper = wrappers.find((each) => entries.every(([name]) => name.startsWith(each)));
    again = wrapper !== undefined && entries.length > 0;
    if (again) entries = entries.map(([name, value]) => [name.slice(wrapper!.length), value]);
  }
  if (!entries.some(([name]) => name === "text.token_embedding.weight")) return Object.fromEntries(entries);
  return Object.fromEntries(entries.map(([name, value]) => [name.replace(/^text\./, ""), value]));
}

function findNaming(source: string, tensors: Published): Naming {
  const names = Object.keys(tensors);
  const found = namings.find(({ marks }) => marks.every((mark) => mark in tensors));
  if (found) return found;
  const first = names.slice(0, shown).map((name) => `"${name}" [${tensors[name]!.shape}]`);
  const nearest = [...namings].sort(
    (a, b) => listMissing(a, tensors).length - listMissing(b, tensors).length,
  )[0]!;
  throw new WeightsError(
    `${source}: not a readable CLIP: looks like ${describeResemblance(names)} (${names.length} tensors: ${first.join(", ")}${
      names.length > shown ? ", …" : ""
    }); expected ${namings.map(({ title }) => title).join(", ")}; nearest is ${nearest.title}, which lacks ${listMissing(
      nearest,
      tensors,
    )
      .map((name) => `"${name}"`)
      .join(", ")}`,
  );
}

const listMissing = ({ marks }: Naming, tensors: Published): string[] =>
  marks.filter((mark) => !(mark in tensors));

/** Declares the weights of a CLIP of this shape. */
export function declareClipParameters(config: ClipConfig): ReturnType<typeof collectParameters> {
  const side = inputSideOf(config.image);
  return collectParameters(
    (parameters, { images, tokens }) =>
      computePairLogits(
        parameters,
        config,
        computeImageFeatures(scope(parameters, "image"), config.image, images as tf.Tensor4D),
        computeTextFeatures(scope(parameters, "text"), config.text, tokens as tf.Tensor2D),
      ),
    {
      images: { shape: [1, side, side, 3], dtype: "float32" },
      tokens: { shape: [1, config.text.contextLength], dtype: "int32" },
    },
  );
}

/**
 * Loads a published CLIP from the tensors of its file: OpenAI's and OpenCLIP's vision transformers and residual networks, and
 * SigLIP, under the names of OpenAI, OpenCLIP or Hugging Face. The architecture is read from names and shapes, and
 * from `options`. Every tensor except sizes and index tables must be used, and every weight must have a tensor of the right shape.
 * Converted values are computed on access.
 * @param tensors unchanged tensors of the file; tensors without values are read here.
 * @param options settings that names and shapes do not show, and the file's name.
 * @returns shape and weights of the CLIP in the layout of this toolkit.
 * @throws {WeightsError} for a checkpoint of another architecture, with a guess of its kind; or for tensors that do not fit, with
 * their number and the first of them; or for heads that do not divide the width of an encoder.
 */
export async function loadClip(
  tensors: Published,
  options: ClipHints & {
    /** The file's name, for messages. */
    readonly source: string;
  },
): Promise<LoadedClip> {
  const { source } = options;
  const named = unwrap(tensors);
  const naming = findNaming(source, named);
  const misfits: string[] = [];
  const renamed = new Map<string, HostTensor>();
  for (const [name, tensor] of Object.entries(named)) {
    const rule = translateName(naming, name);
    if (!rule) misfits.push(`"${name}" [${tensor.shape}] is not known`);
    else if (renamed.has(rule.to)) misfits.push(`"${name}" occurs twice`);
    else renamed.set(rule.to, convert(rule.to, "data" in tensor ? tensor : await tensor.read(), rule.layout));
  }
  arrangeProjections(renamed);
  foldBatchNorms(renamed);
  const weights = Object.fromEntries(renamed);
  const config = inferClipConfig(weights, options);
  const uneven = "missing" in config ? undefined : findUnevenHeads(config);
  if (uneven !== undefined)
    throw new WeightsError(
      `${source}: ${uneven}; correct the heads in its config.json or open_clip_config.json`,
    );
  if ("missing" in config) misfits.push(...config.missing.map((name) => `${name} is missing`));
  else misfits.push(...compare(declareClipParameters(config), weights));
  if (misfits.length > 0 || "missing" in config) {
    const more = misfits.length > shown ? `; and ${misfits.length - shown} more` : "";
    throw new WeightsError(
      `${source}: ${misfits.length} tensors do not fit ${naming.title}, whose names it has: ${misfits
        .slice(0, shown)
        .join("; ")}${more}; is the file whole and unchanged?`,
    );
  }
  return { config, weights };
}

function compare(
  expected: Readonly<Record<string, { shape: readonly number[] }>>,
  weights: Readonly<Record<string, HostTensor>>,
): string[] {
  const misfits: string[] = [];
  for (const [name, { shape }] of Object.entries(expected)) {
    const got = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (!got) misfits.push(`${name} [${shape}] is missing`);
    else if (got.shape.join() !== shape.join())
      misfits.push(`${name} is [${got.shape}], expected [${shape}]`);
  }
  for (const [name, { shape }] of Object.entries(weights))
    if (!Object.hasOwn(expected, name)) misfits.push(`${name} [${shape}] is not expected`);
  return misfits;
}
