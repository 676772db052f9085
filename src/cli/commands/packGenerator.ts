import { z } from "zod";
import { ConfigError } from "../../errors.js";
import { locateClips } from "../clips.js";
import { defineCommand } from "../command.js";
import { forceOption } from "../options.js";

/** `clipsteer pack generator`. */
export const packGenerator = defineCommand({
  usage: "pack generator <file>",
  describe: "Turn a published GAN (StyleGAN2, StyleGAN3, BigGAN-deep, VQGAN) into a model pack",
  schema: z.strictObject({
    file: z
      .string()
      .describe(
        "Checkpoint as its authors publish it (.pkl, .pt, .ckpt, .bin, .safetensors), or a local model",
      )
      .meta({ positional: true }),
    out: z.string().default("outputs/packs/generator").describe("Folder of the pack"),
    force: forceOption,
    clips: z.string().default("emoji").describe("Pack whose CLIPs steer and judge it: a name, or a folder"),
    clip: z
      .array(z.string())
      .default([])
      .describe("Published CLIP that steers it instead: a local model, a file or a folder; repeatable"),
    judge: z.string().optional().describe("Published CLIP that judges it instead, and gives no gradient"),
    name: z.string().optional().describe("Name of the pack (default: the name of the file)"),
    license: z
      .string()
      .optional()
      .describe("Licence of the checkpoint, for the pack's card (default: that of the model)"),
    resolution: z.int().positive().default(256).describe("Side of a VQGAN's pictures; others have their own"),
    truncation: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe("Which of a BigGAN's statistics to use; others need none"),
  }),
  examples: [
    [
      "clipsteer pack generator ffhq.pkl --out outputs/packs/ffhq",
      "reads NVIDIA's file once; runs no code from it",
    ],
    [
      "clipsteer pack generator stylegan2-ffhq-256 --clip clip-vit-b-32 --clip clip-rn50 --judge openclip-vit-b-32-laion2b",
      "downloaded models, by name",
    ],
    [
      "clipsteer pack generator vqgan_imagenet_f16_16384.ckpt --out outputs/packs/vqgan",
      "then: clipsteer generate 'a red heart' --generator outputs/packs/vqgan",
    ],
  ],
  async run({ file, out, force, clips, clip, judge, name, license, resolution, truncation }, context) {
    const { basename } = await import("node:path");
    const { packGenerator: write } = await import("../../guidance/index.js");
    const { loadPack, requireNoPack } = await import("../../packs/index.js");
    requireNoPack(out, { force });
    const { openPublishedPack } = await import("../../embedding/index.js");
    const { findModelSource } = await import("../../models/index.js");
    const clipsFrom = await locateClips(context);
    const source = await findModelSource(clipsFrom.home, file);
    const guides = [];
    for (const each of clip) guides.push(await openPublishedPack(each, clipsFrom));
    const usual = await loadPack(clips);
    if (judge === undefined && !usual.manifest.judge)
      throw new ConfigError(`pack generator: "${clips}" has no judge CLIP; name one by --judge`);
    const judging = judge === undefined ? usual : await openPublishedPack(judge, clipsFrom);
    context.note(`reading ${source.path}: up to a few minutes for a large checkpoint`);
    const packed = await write(source.path, {
      out,
      name: name ?? source.name,
      description: `made from ${basename(source.path)}`,
      license: license ?? source.license,
      guides: guides.length > 0 ? guides : [usual],
      judge: judging,
      resolution,
      truncation,
      engine: "compiled",
      signal: context.signal,
    });
    const names = (guides.length > 0 ? guides : [usual]).map(({ manifest }) => manifest.name);
    const judgeName = judging.manifest.name;
    context.printJson({
      out,
      kind: packed.spec.kind,
      resolution: packed.resolution,
      clips: names,
      judge: judgeName,
    });
    context.print(
      `${out}: a ${packed.spec.kind} of ${packed.resolution} px, steered by ${names.join(", ")}, judged by ${judgeName}`,
    );
  },
});
