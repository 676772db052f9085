import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { loadPublishedClip } from "../../src/embedding/index.js";
import { ConfigError, WeightsError } from "../../src/errors.js";
import { describeWeights } from "../../src/models/index.js";
import { readSafetensors, writeSafetensors } from "../../src/packs/index.js";
import { hostInts } from "../../src/tensor/index.js";
import { fittedWeights, fixtureContext } from "../publishedFiles.js";

const fixtures = resolve(import.meta.dirname, "../clip/fixtures");
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-clip-"));
  await copyFile(join(fixtures, "tiny_bpe.txt.gz"), join(folder, "bpe_simple_vocab_16e6.txt.gz"));
});

const published = async (kind: string) => {
  const { tensors } = await readSafetensors(join(fixtures, `${kind}.safetensors`), {
    only: (name) => !name.startsWith("expected."),
  });
  return tensors;
};

describe("loadPublishedClip", () => {
  it("reads a Hugging Face folder: weights, configuration, tokenizer", async () => {
    const embedding = "text_model.embeddings.token_embedding.weight";
    const fitted = await fittedWeights("hf-clip", embedding);
    await writeSafetensors(join(folder, "model.safetensors"), fitted, { dtype: "F16" });
    const config = {
      model_type: "clip",
      vision_config: { hidden_act: "gelu", num_attention_heads: 2, image_size: 8 },
      text_config: { hidden_act: "gelu", num_attention_heads: 2 },
    };
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    const clip = await loadPublishedClip(folder);
    expect(clip.config.image).toMatchObject({ kind: "vit", side: 8, heads: 2, activation: "gelu" });
    expect(clip.tokenizer.contextLength).toBe(fixtureContext);
    expect(Object.keys(clip.weights)).toContain("image.layer1.attention.in.weight");
  });

  it("knows OpenAI's archives by their form, and asks for a configuration otherwise", async () => {
    const tensors = await fittedWeights("openai-resnet", "token_embedding.weight");
    const path = join(folder, "RN50.safetensors");
    await writeSafetensors(path, tensors, { dtype: "F16" });
    await expect(loadPublishedClip(path)).rejects.toThrow(ConfigError);
    const whole = (value: number) => hostInts(Int32Array.of(value), []);
    const sizes = { input_resolution: whole(64), context_length: whole(8), vocab_size: whole(40) };
    await writeSafetensors(path, { ...tensors, ...sizes }, { dtype: "F16" });
    const clip = await loadPublishedClip(path);
    expect(clip.config.image).toMatchObject({ kind: "resnet", side: 64, blocks: [2, 1, 1, 1] });
    expect(clip.config.text.activation).toBe("quickGelu");
  });

  it.each([
    ["state_dict.module.", "state_dict.module"],
    ["state_dict.", "state_dict"],
    ["module.", "module"],
    ["model.", "model"],
  ])("finds the model in a training's checkpoint, below %s", async (prefix, part) => {
    const tensors = await fittedWeights("openai-resnet", "token_embedding.weight");
    const path = join(folder, "epoch_32.safetensors");
    const put = (before: string, factor: number) =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [
          before + name,
          { ...tensor, data: (tensor.data as Float32Array).map((value) => value * factor) },
        ]),
      );
    const hints = { activation: "quickGelu", imageHeads: 2, textHeads: 2 } as const;
    const rest = { "optimizer.state.0.exp_avg": hostInts(Int32Array.of(1), []) };
    await writeSafetensors(path, { ...put(prefix, 1), ...rest }, { dtype: "F32" });
    const clip = await loadPublishedClip(path, { hints });
    expect(clip.part).toBe(part);
    expect(clip.config.image).toMatchObject({ kind: "resnet" });
    expect((await describeWeights(path)).architecture).toContain(`, in ${part}`);
    // Averaged weights beside it are better.
    await writeSafetensors(path, { ...put(prefix, 1), ...put("state_dict_ema.", 2) }, { dtype: "F32" });
    expect((await loadPublishedClip(path, { hints })).part).toBe("state_dict_ema");
    // Not where they are of a few tensors alone.
    const [few] = Object.entries(put("state_dict_ema.", 2)).filter(([name]) => /visual/.test(name));
    await writeSafetensors(path, { ...put(prefix, 1), [few![0]]: few![1] }, { dtype: "F32" });
    expect((await loadPublishedClip(path, { hints })).part).toBe(part);
  });

  it.each([
    ["vision", { vision_config: { num_attention_heads: 3 } }, "3 heads of the image encoder do not divide"],
    ["text", { text_config: { num_attention_heads: 65 } }, "65 heads of the text encoder do not divide"],
    [
      "head width",
      { model_cfg: { vision_cfg: { width: 16, head_width: 5 }, text_cfg: { heads: 2 } } },
      "3.2 heads of the image encoder do not divide",
    ],
  ])("names the file whose heads do not divide the width: %s", async (_, config, message) => {
    const embedding = "text_model.embeddings.token_embedding.weight";
    const path = join(folder, "model.safetensors");
    await writeSafetensors(path, await fittedWeights("hf-clip", embedding), { dtype: "F16" });
    await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "clip", ...config }));
    const error = await loadPublishedClip(folder).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WeightsError);
    expect((error as Error).message).toMatch(`${path}: ${message} its width 16;`);
  });

  it("refuses a tokenizer with more tokens than the weights have", async () => {
    const path = join(folder, "ViT.safetensors");
    await writeSafetensors(path, await published("openai-vit"), { dtype: "F16" });
    const hints = { activation: "quickGelu", imageHeads: 2, textHeads: 2 } as const;
    await expect(loadPublishedClip(path, { hints })).rejects.toThrow(
      /its tokenizer has 674 tokens, .*ViT.safetensors only 40/,
    );
  });

  it("refuses folders without weights or tokenizer, and damaged configurations", async () => {
    await expect(loadPublishedClip(folder)).rejects.toThrow(/holds no weights; expected model.safetensors/);
    await expect(loadPublishedClip(join(folder, "none"))).rejects.toThrow(WeightsError);
    await writeSafetensors(join(folder, "model.safetensors"), await published("hf-clip"), { dtype: "F16" });
    await writeFile(join(folder, "config.json"), "{");
    await expect(loadPublishedClip(folder)).rejects.toThrow(/config.json: corrupt: not JSON/);
    await writeFile(join(folder, "config.json"), '{"model_type": "clip"}');
    await rm(join(folder, "bpe_simple_vocab_16e6.txt.gz"));
    await expect(loadPublishedClip(folder)).rejects.toThrow(/no tokenizer|do not fit/);
  });
});
