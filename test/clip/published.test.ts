import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  computeImageFeatures,
  inputSideOf,
  loadClip,
  computePairLogits,
  readClipHints,
  computeTextFeatures,
} from "../../src/clip/index.js";
import { compile } from "../../src/engine/index.js";
import { WeightsError } from "../../src/errors.js";
import { readSafetensors } from "../../src/packs/index.js";
import {
  type Activation,
  type HostTensor,
  type TensorRecord,
  hostFloats,
  parametersFrom,
  scope,
  selectPrefix,
  normaliseRows,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const fixture = async (name: string): Promise<TensorRecord> =>
  (await readSafetensors(join(import.meta.dirname, "fixtures", `${name}.safetensors`))).tensors;

const published = (tensors: TensorRecord): TensorRecord =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith("expected.")));

/** The pictures of make_clips.py. */
function pictures(side: number): HostTensor {
  const values = Float32Array.from(
    { length: 2 * side * side * 3 },
    (_, at) => 0.5 + 0.5 * Math.sin(at * 1.7 + at * at * 0.003),
  );
  return hostFloats(values, [2, side, side, 3]);
}

/** Largest difference, as a part of the largest value. */
function apart(got: HostTensor, expected: HostTensor): number {
  expect(got.shape).toEqual(expected.shape);
  const largest = Math.max(...expected.data.map(Math.abs));
  expect(largest).toBeGreaterThan(1e-6);
  return Math.max(...got.data.map((value, at) => Math.abs(value - expected.data[at]!))) / largest;
}

const kinds: readonly { kind: string; weights?: string; activation: Activation; side?: number }[] = [
  { kind: "openai-vit", activation: "quickGelu" },
  { kind: "openai-resnet", activation: "quickGelu" },
  { kind: "open-clip-gelu", activation: "gelu" },
  { kind: "open-clip-quick", weights: "open-clip-gelu", activation: "quickGelu" },
  { kind: "open-clip-custom", activation: "gelu" },
  { kind: "hf-clip", activation: "quickGelu" },
  // 10 pixels are two patches of 4 and a rest, as in SigLIP's so400m-patch14-384.
  { kind: "hf-siglip", activation: "geluTanh", side: 10 },
  { kind: "open-clip-siglip", activation: "geluTanh" },
];

describe("published CLIPs, against the reference code (fixtures/make_clips.py)", () => {
  for (const { kind, weights: file = kind, ...hints } of kinds)
    for (const engine of ["compiled", "cpu"] as const)
      it(`${kind}, ${engine}: features, logits and input gradient within 1e-4`, async () => {
        const expected = selectPrefix("expected.", await fixture(kind));
        const { config, weights } = await loadClip(published(await fixture(file)), {
          source: file,
          ...hints,
          imageHeads: 2,
          textHeads: 2,
        });
        const feeds = { pictures: pictures(inputSideOf(config.image)), tokens: expected.tokens! };
        const program = await compile(
          ({ pictures: x, tokens, ...rest }) => {
            const parameters = parametersFrom(rest);
            const features = (images: tf.Tensor): tf.Tensor2D =>
              computeImageFeatures(scope(parameters, "image"), config.image, images as tf.Tensor4D);
            const image = features(x!);
            const text = computeTextFeatures(scope(parameters, "text"), config.text, tokens as tf.Tensor2D);
            const waves = tf.reshape(tf.cos(tf.range(0, image.size)), image.shape);
            const gradient = tf.grad((images: tf.Tensor) => tf.sum(tf.mul(features(images), waves)))(x!);
            return {
              image,
              text,
              logits: computePairLogits(parameters, config, normaliseRows(image), normaliseRows(text)),
              gradient,
            };
          },
          feeds,
          { weights, engine },
        );
        const got = await program.run(feeds);
        await program.dispose();
        const stride = inputSideOf(config.image) < 32 ? 7 : 31;
        const sampled = (got.gradient!.data as Float32Array).filter((_, at) => at % stride === 0);
        const gradient = hostFloats(sampled, [sampled.length]);
        for (const name of ["image", "text", "logits"] as const)
          expect([name, apart(got[name]!, expected[name]!)]).toEqual([
            name,
            expect.toSatisfy((e: number) => e < 1e-4),
          ]);
        expect(apart(gradient, expected.gradient!)).toBeLessThan(1e-4);
      });
});

describe("a checkpoint that does not fit", () => {
  const hints = { source: "x.pt", activation: "quickGelu", imageHeads: 2, textHeads: 2 } as const;

  it("is refused with every misfit of names and shapes", async () => {
    const { "visual.ln_post.bias": _bias, ...tensors } = published(await fixture("openai-vit"));
    const broken = {
      ...tensors,
      "visual.extra.weight": hostFloats(new Float32Array(6), [2, 3]),
      text_projection: hostFloats(new Float32Array(15 * 12), [15, 12]),
    };
    await expect(loadClip(broken, hints)).rejects.toThrow(
      'x.pt: 3 tensors do not fit the vision transformer of OpenAI or OpenCLIP, whose names it has: "visual.extra.weight" [2,3] is not known; image.norm.bias [16] is missing; text.project.weight is [15,12], expected [16,12]',
    );
  });

  it("loses no tensor unnoticed: whichever is left out is missed", async () => {
    for (const kind of ["openai-resnet", "hf-siglip", "open-clip-siglip"]) {
      const tensors = published(await fixture(kind));
      const weighty = Object.keys(tensors).filter((name) => !name.endsWith("num_batches_tracked"));
      for (const name of weighty.filter((_, at) => at % 5 === 0 || at > weighty.length - 3)) {
        const rest = Object.fromEntries(Object.entries(tensors).filter(([each]) => each !== name));
        const loading = loadClip(rest, { ...hints, activation: "geluTanh" });
        await expect(loading, name).rejects.toThrow(WeightsError);
      }
    }
  });

  it("says what it looks like, what was expected, and its first names and shapes", async () => {
    const gan = { "synthesis.b4.const": hostFloats(new Float32Array(4), [1, 2, 2]) };
    await expect(loadClip(gan, hints)).rejects.toThrow(
      /looks like a StyleGAN generator \(1 tensors: "synthesis.b4.const" \[1,2,2\]\); expected the vision transformer of OpenAI or OpenCLIP, .*nearest is/,
    );
  });

  it("reads names that training tools wrapped", async () => {
    const tensors = published(await fixture("openai-vit"));
    const wrapped = Object.fromEntries(
      Object.entries(tensors).map(([name, value]) => [`state_dict.module.${name}`, value]),
    );
    expect(await loadClip(wrapped, hints)).toEqual(await loadClip(tensors, hints));
  });
});

describe("what stands beside the weights", () => {
  it("is read from Hugging Face's config.json, whose usual values may be left out", () => {
    expect(readClipHints({ model_type: "clip" }, "config.json").activation).toBe("quickGelu");
    const json = {
      model_type: "siglip",
      vision_config: { hidden_act: "gelu", num_attention_heads: 16, image_size: 384 },
      text_config: { hidden_act: "gelu" },
    };
    expect(readClipHints(json, "config.json")).toEqual({ activation: "gelu", imageHeads: 16, side: 384 });
  });

  it("is read from OpenCLIP's configuration", () => {
    const json = (model: object): object => ({
      model_cfg: {
        embed_dim: 512,
        vision_cfg: { width: 1280, head_width: 80, image_size: 224 },
        text_cfg: { heads: 16 },
        ...model,
      },
      preprocess_cfg: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    });
    expect(readClipHints(json({}), "x")).toEqual({
      activation: "gelu",
      imageHeads: 16,
      textHeads: 16,
      side: 224,
      pixels: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
    });
    expect(readClipHints(json({ quick_gelu: true }), "x").activation).toBe("quickGelu");
    const tanh = { text_cfg: { act_kwargs: { approximate: "tanh" } } };
    expect(readClipHints(json(tanh), "x").activation).toBe("geluTanh");
  });

  it("is refused when it is of another model, or asks for an unknown activation", () => {
    expect(() => readClipHints({ model_type: "bert" }, "config.json")).toThrow(WeightsError);
    const odd = { model_type: "clip", vision_config: { hidden_act: "relu" } };
    expect(() => readClipHints(odd, "config.json")).toThrow(/relu and quick_gelu; one of quick_gelu, gelu/);
  });
});
