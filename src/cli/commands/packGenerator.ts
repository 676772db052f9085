import { z } from "zod";
import { defineCommand } from "../command.js";

/** `clipsteer pack generator`. */
export const packGenerator = defineCommand({
  usage: "pack generator <file>",
  describe: "Turn a published GAN (StyleGAN2, StyleGAN3, BigGAN-deep, VQGAN) into a model pack",
  schema: z.strictObject({
    file: z
      .string()
      .describe("Checkpoint as its authors publish it: .pkl, .pt, .ckpt, .bin, .safetensors")
      .meta({ positional: true }),
    out: z.string().default("outputs/packs/generator").describe("Folder of the pack"),
    clips: z.string().default("emoji").describe("Pack whose CLIPs steer it: a name, or a folder"),
    name: z.string().optional().describe("Name of the pack; default the file's"),
    license: z.string().default("unknown").describe("Licence of the checkpoint, for the pack's card"),
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
      "read NVIDIA's file once; nothing in it is run",
    ],
    [
      "clipsteer pack generator vqgan_imagenet_f16_16384.ckpt --out outputs/packs/vqgan",
      "then: clipsteer generate 'a red heart' --generator outputs/packs/vqgan",
    ],
  ],
  async run({ file, out, clips, name, license, resolution, truncation }, context) {
    const { basename, extname } = await import("node:path");
    const { packGenerator: write } = await import("../../guidance/index.js");
    const { loadPack } = await import("../../packs/index.js");
    context.note(`reading ${file}: up to a few minutes for a large checkpoint`);
    const made = await write(file, {
      out,
      name: name ?? basename(file, extname(file)),
      description: `made from ${basename(file)}`,
      license,
      clips: await loadPack(clips),
      resolution,
      truncation,
      engine: "compiled",
    });
    context.printJson({ out, kind: made.spec.kind, resolution: made.resolution });
    context.print(`${out}: a ${made.spec.kind} of ${made.resolution} px, steered by the CLIPs of "${clips}"`);
  },
});
