import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../src/packs/index.js";
import { type TensorRecord, createRandom, hostFloats, hostInts } from "../src/tensor/index.js";

const fixtures = join(import.meta.dirname, "clip/fixtures");

/** Tokens of tiny_bpe.txt.gz: bytes, bytes that end a word, 160 merges, start and end. */
const bpeTokens = 256 * 2 + 160 + 2;
const unigramTokens = 120;
/** Longest text of the fixtures. */
export const fixtureContext = 8;

/** Weights as the reference code named them, with a vocabulary that fits a whole tokenizer. */
export async function fittedWeights(
  kind: string,
  embedding: string,
  tokens = bpeTokens,
): Promise<TensorRecord> {
  const { tensors } = await readSafetensors(join(fixtures, `${kind}.safetensors`), {
    only: (name) => !name.startsWith("expected."),
  });
  const values = createRandom(kind)
    .normals(tokens * 16)
    .map((value) => value * 0.3);
  return { ...tensors, [embedding]: hostFloats(values, [tokens, 16]) };
}

const whole = (value: number) => hostInts(Int32Array.of(value), []);

/** OpenAI's form: one file that brings its sizes, and the list of merges beside it. @returns its path. */
export async function writeOpenAi(kind: "openai-vit" | "openai-resnet", folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const sizes = {
    input_resolution: whole(kind === "openai-vit" ? 8 : 64),
    context_length: whole(fixtureContext),
    vocab_size: whole(bpeTokens),
  };
  const tensors = await fittedWeights(kind, "token_embedding.weight");
  const path = join(folder, `${kind}.safetensors`);
  await writeSafetensors(path, { ...tensors, ...sizes }, { dtype: "F16" });
  await copyFile(join(fixtures, "tiny_bpe.txt.gz"), join(folder, "bpe_simple_vocab_16e6.txt.gz"));
  return path;
}

/** OpenCLIP's form: weights, open_clip_config.json, merges. @returns the folder. */
export async function writeOpenClip(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const tensors = await fittedWeights("open-clip-gelu", "token_embedding.weight");
  await writeSafetensors(join(folder, "open_clip_model.safetensors"), tensors, { dtype: "F32" });
  const config = {
    model_cfg: {
      embed_dim: 12,
      vision_cfg: { image_size: 12, width: 16, head_width: 8 },
      text_cfg: { heads: 2 },
    },
    preprocess_cfg: { mean: [0.5, 0.4, 0.4], std: [0.3, 0.3, 0.3] },
  };
  await writeFile(join(folder, "open_clip_config.json"), JSON.stringify(config));
  await copyFile(join(fixtures, "tiny_bpe.txt.gz"), join(folder, "bpe_simple_vocab_16e6.txt.gz"));
  return folder;
}

/** Hugging Face's SigLIP: weights, config.json, a unigram tokenizer.json. @returns the folder. */
export async function writeSiglip(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const tensors = await fittedWeights(
    "hf-siglip",
    "text_model.embeddings.token_embedding.weight",
    unigramTokens,
  );
  await writeSafetensors(join(folder, "model.safetensors"), tensors, { dtype: "F16" });
  const towers = { num_attention_heads: 2 };
  const config = {
    model_type: "siglip",
    vision_config: { ...towers, image_size: 10 },
    text_config: towers,
  };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  await copyFile(join(fixtures, "unigram.json"), join(folder, "tokenizer.json"));
  return folder;
}
