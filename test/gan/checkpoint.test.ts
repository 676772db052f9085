import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import { convertCheckpoint, createGenerator } from "../../src/gan/index.js";
import { checkWeights } from "../../src/gan/weights.js";
import {
  type TensorRecord,
  createRandom,
  hostFloats,
  hostZeros,
  parametersFrom,
} from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";
import { fixtureOf, plainLatents } from "./foreign.js";

const without = (tensors: TensorRecord, lost: string): TensorRecord =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== lost));

describe("convertCheckpoint", () => {
  it("knows each kind by its names, wherever in the file the generator stands", async () => {
    const kinds = await Promise.all(
      ["stylegan2", "rosinality", "stylegan3t", "stylegan3r", "biggan", "vqgan"].map(async (name) => {
        const { checkpoint } = await fixtureOf(name);
        return convertCheckpoint(checkpoint).spec.kind;
      }),
    );
    expect(kinds).toEqual(["stylegan2", "stylegan2", "stylegan3", "stylegan3", "biggan", "vqgan"]);
    const { checkpoint } = await fixtureOf("stylegan2");
    const whole = { ...checkpoint, "D.b4.fc.weight": hostZeros([1]) };
    const entries = Object.entries(whole).map(([name, tensor]) => [
      name.startsWith("D.") ? name : `G_ema.${name}`,
      tensor,
    ]);
    expect(convertCheckpoint(Object.fromEntries(entries) as TensorRecord).spec.kind).toBe("stylegan2");
  });

  it.each([
    [
      "stylegan2",
      "synthesis.b8.conv0.weight",
      /looks like a StyleGAN2.*"b8\.conv0\.weight" \[3,3,12,12\] is missing/,
    ],
    ["stylegan3r", "synthesis.input.phases", /looks like a StyleGAN3.*"input\.phases" \[0\] is missing/],
    [
      "biggan",
      "generator.layers.2.bn_1.running_vars",
      /looks like a BigGAN-deep.*bn_1\.gain" \[\d+\] is missing/,
    ],
    [
      "vqgan",
      "state_dict.decoder.mid.attn_1.k.bias",
      /looks like a VQGAN.*attn_1\.k\.bias" \[64\] is missing/,
    ],
  ])("says what a %s without %s looks like and lacks", async (name, lost, message) => {
    const { checkpoint } = await fixtureOf(name);
    expect(checkpoint[lost]).toBeDefined();
    expect(() => convertCheckpoint(without(checkpoint, lost))).toThrow(message);
  });

  it("lists misfits of all sorts in one error", async () => {
    const { checkpoint } = await fixtureOf("stylegan2");
    const bad = {
      ...without(checkpoint, "synthesis.b4.const"),
      "synthesis.b4.const": hostZeros([5, 4, 4]),
      "synthesis.b8.skip.weight": hostZeros([2, 2]),
    };
    expect(() => convertCheckpoint(bad)).toThrow(
      /"b4\.const" is \[1,4,4,5\], expected \[1,4,4,12\]; "synthesis\.b8\.skip\.weight" \[2,2\] is not known/,
    );
  });

  it("does not expect weights that are named like members of every object", () => {
    const weights = { w: hostZeros([1]), constructor: hostZeros([1]) };
    expect(() => checkWeights("a network", weights, { w: [1], toString: [2] })).toThrow(
      '"toString" [2] is missing; "constructor" is not expected',
    );
  });

  it("refuses a strength of noise that is not one number", async () => {
    const { checkpoint } = await fixtureOf("stylegan2");
    const name = "synthesis.b8.conv0.noise_strength";
    expect(checkpoint[name]).toBeDefined();
    for (const shape of [[0], [2]])
      expect(() => convertCheckpoint({ ...checkpoint, [name]: hostZeros(shape) })).toThrow(
        `looks like a StyleGAN2, but "b8.conv0.strength" is [${shape}], expected one number`,
      );
  });

  it("tells a CLIP from a generator, and refuses filters that are not built in", async () => {
    expect(() => convertCheckpoint({ "visual.proj": hostZeros([1, 2]) })).toThrow(
      'looks like a CLIP (1 tensors: "visual.proj" [1,2]); expected a StyleGAN3, a StyleGAN2, a BigGAN-deep, a VQGAN',
    );
    for (const [name, looksLike] of [
      ["other", "nothing that this toolkit knows"],
      ["b4.conv0.weight", "the discriminator of a StyleGAN"],
      ["model.diffusion_model.out.0.weight", "a latent diffusion checkpoint"],
      ["synthesis.G_4x4.const", "a StyleGAN of another version"],
      ["quantize.embed.weight", "a VQGAN with Gumbel codes"],
    ] as const)
      expect(() => convertCheckpoint({ [name]: hostZeros([1]) })).toThrow(
        `looks like ${looksLike} (1 tensors`,
      );
    const { checkpoint } = await fixtureOf("stylegan2");
    const filter = hostFloats(new Float32Array(16).fill(1 / 16), [4, 4]);
    expect(() => convertCheckpoint({ ...checkpoint, "synthesis.b8.resample_filter": filter })).toThrow(
      /filter/,
    );
  });

  it("reads diffusers' names of a VQGAN as taming-transformers'", async () => {
    const { checkpoint } = await fixtureOf("vqgan");
    const theirs = Object.entries(checkpoint).map(([name, tensor]): [string, typeof tensor] => {
      const flat = /\.(q|k|v|proj_out)\.weight$/.test(name)
        ? { ...tensor, shape: tensor.shape.slice(0, 2) }
        : tensor;
      const levels = 3;
      const renamed = name
        .replace("state_dict.", "")
        .replace(/\.mid\.block_(\d)/, (_, at: string) => `.mid_block.resnets.${Number(at) - 1}`)
        .replace(".mid.attn_1", ".mid_block.attentions.0")
        .replace(/\.down\.(\d)\.downsample/, ".down_blocks.$1.downsamplers.0")
        .replace(
          /\.up\.(\d)\.upsample/,
          (_, at: string) => `.up_blocks.${levels - 1 - Number(at)}.upsamplers.0`,
        )
        .replace(/\.down\.(\d)\.block/, ".down_blocks.$1.resnets")
        .replace(/\.down\.(\d)\.attn/, ".down_blocks.$1.attentions")
        .replace(/\.up\.(\d)\.block/, (_, at: string) => `.up_blocks.${levels - 1 - Number(at)}.resnets`)
        .replace(/\.up\.(\d)\.attn/, (_, at: string) => `.up_blocks.${levels - 1 - Number(at)}.attentions`)
        .replace(/(attentions\.\d)\.norm\./, "$1.group_norm.")
        .replace(/(attentions\.\d)\.([qkv])\./, "$1.to_$2.")
        .replace(/(attentions\.\d)\.proj_out\./, "$1.to_out.0.")
        .replace(".nin_shortcut.", ".conv_shortcut.")
        .replace(".norm_out.", ".conv_norm_out.");
      return [renamed, flat];
    });
    expect(theirs.map(([name]) => name)).toContain("decoder.up_blocks.0.attentions.1.to_out.0.weight");
    const same = ({ weights }: { weights: TensorRecord }): unknown[] =>
      Object.entries(weights)
        .map(([name, { shape, data }]) => [
          name,
          shape,
          (data as Float32Array).reduce((sum, value) => sum + value, 0),
        ])
        .sort();
    expect(same(convertCheckpoint(Object.fromEntries(theirs)))).toEqual(same(convertCheckpoint(checkpoint)));
  });

  it("does without spectral vectors and noise that a checkpoint did not keep", async () => {
    const { checkpoint } = await fixtureOf("biggan");
    const bare = Object.fromEntries(
      Object.entries(checkpoint).filter(([name]) => !name.endsWith("weight_v")),
    );
    const [whole, partly] = [convertCheckpoint(checkpoint).weights, convertCheckpoint(bare).weights];
    // After power iterations v is the unit vector along Wᵀu, so both give the same largest singular value.
    partly["start.weight"]!.data.forEach((value, at) =>
      expect(value).toBeCloseTo(whole["start.weight"]!.data[at]!, 3),
    );
    const { checkpoint: old } = await fixtureOf("rosinality");
    const silent = Object.fromEntries(Object.entries(old).filter(([name]) => !name.includes("noises.")));
    const noise = convertCheckpoint(silent).weights["b8.conv1.noise"]!;
    expect(noise.shape).toEqual([1, 8, 8, 1]);
    expect(noise).toEqual(convertCheckpoint(silent).weights["b8.conv1.noise"]);
  });
});

describe("generators of other projects", () => {
  it("keep their spaces: Z, W and W+ of one StyleGAN2 give the same picture", async () => {
    const { checkpoint } = await fixtureOf("stylegan2");
    const { weights } = convertCheckpoint(checkpoint);
    const pictures = await Promise.all(
      (["z", "w", "w+"] as const).map(async (space) => {
        const spec = { kind: "stylegan2", config: { space } } as const;
        const generator = createGenerator(spec, { ...weights, ...plainLatents(12) });
        const draws = generator.sample(createRandom(3), 1, { truncation: 1 });
        const program = await compile(
          (tensors) => {
            const parameters = parametersFrom(tensors, "");
            return {
              y: generator.synthesize(parameters, generator.map(parameters, tensors, tf.zeros([1, 1]))),
            };
          },
          draws,
          { weights: generator.weights },
        );
        const { y } = await program.run(draws);
        await program.dispose();
        return y!.data;
      }),
    );
    expect(pictures.map(({ length }) => length)).toEqual([3072, 3072, 3072]);
    for (const other of pictures.slice(1))
      other.forEach((value, at) => expect(value).toBeCloseTo(pictures[0]![at]!, 4));
  });

  it("truncate: at 0 every sample of W is the mean, and BigGAN's noise stays within twice the truncation", async () => {
    const { checkpoint } = await fixtureOf("stylegan2");
    const generator = createGenerator(
      { kind: "stylegan2", config: {} },
      { ...convertCheckpoint(checkpoint).weights, ...plainLatents(12) },
    );
    const draws = generator.sample(createRandom(3), 2, { truncation: 0 });
    const program = await compile(
      (tensors) => ({ u: generator.map(parametersFrom(tensors), tensors, tf.zeros([1, 1])) }),
      draws,
      { weights: generator.weights },
    );
    expect(Array.from((await program.run(draws)).u!.data, Math.abs)).toEqual(Array(2 * 8 * 12).fill(0));
    await program.dispose();
    const { spec, weights } = convertCheckpoint((await fixtureOf("biggan")).checkpoint);
    const { latents } = createGenerator(spec, weights).sample(createRandom(1), 40, { truncation: 0.5 });
    const noise = Array.from(latents!.data).filter((_, at) => at % 18 < 8);
    expect(Math.max(...noise.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Array.from(latents!.data).filter((value, at) => at % 18 >= 8 && value > 0)).toHaveLength(40);
  });

  it("refuse a style, having none", async () => {
    const { spec, weights } = convertCheckpoint((await fixtureOf("biggan")).checkpoint);
    const generator = createGenerator(spec, weights);
    expect(() => generator.sample(createRandom(1), 1, { truncation: 1, style: "flat" })).toThrow(/has none/);
  });

  it("project: BigGAN's noise into ±2, VQGAN's codes into the codebook's box", async () => {
    const cases = [
      ["biggan", [1, 18]],
      ["vqgan", [1, 4, 4, 6]],
    ] as const;
    for (const [name, shape] of cases) {
      const { spec, weights } = convertCheckpoint((await fixtureOf(name)).checkpoint, { resolution: 16 });
      const generator = createGenerator(
        spec,
        name === "vqgan" ? { ...weights, ...plainLatents(6) } : weights,
      );
      const size = shape.reduce((product: number, side) => product * side, 1);
      const far = hostFloats(
        Float32Array.from({ length: size }, (_, at) => (at % 2 === 0 ? 9 : -9)),
        shape,
      );
      const near = hostFloats(
        Float32Array.from({ length: size }, (_, at) => (at % 2 === 0 ? 0.1 : -0.1)),
        shape,
      );
      const program = await compile(
        (tensors) => ({ u: generator.project!(parametersFrom(tensors), tensors.at!) }),
        { at: far },
        { weights: generator.weights },
      );
      const bounds = (await program.run({ at: far })).u!;
      const limit = name === "biggan" ? 3 : Math.max(...Array.from(weights.codebook!.data, Math.abs));
      expect(Math.max(...Array.from(bounds.data, Math.abs))).toBeCloseTo(limit, 5);
      (await program.run({ at: near })).u!.data.forEach((value, at) =>
        expect(value).toBeCloseTo(near.data[at]!, 5),
      );
      await program.dispose();
    }
  });
});
