import { z } from "zod";
import { locateClips } from "../clips.js";
import { defineCommand } from "../command.js";
import { forceOption } from "../options.js";

/** `clipsteer pack clips`. */
export const packClips = defineCommand({
  usage: "pack clips <clips..>",
  describe: "Make a model pack of published CLIPs (OpenAI, OpenCLIP, SigLIP)",
  schema: z.strictObject({
    clips: z
      .array(z.string())
      .min(1)
      .describe("Guides: names of local models, files or folders")
      .meta({ positional: true }),
    judge: z.string().optional().describe("CLIP that judges pictures and gives no gradient"),
    out: z.string().default("outputs/packs/clips").describe("Folder of the pack"),
    name: z.string().default("clips").describe("Name of the pack"),
    force: forceOption,
  }),
  examples: [
    [
      "clipsteer pack clips clip-vit-b-32 clip-rn50 --judge openclip-vit-b-32-laion2b",
      "then: clipsteer pack generator ffhq.pkl --clips outputs/packs/clips",
    ],
    [
      "clipsteer pack clips siglip/ --out outputs/packs/siglip",
      "a folder as downloaded; for classify and index",
    ],
  ],
  async run({ clips, judge, out, name, force }, context) {
    const { requireNoPack } = await import("../../packs/index.js");
    requireNoPack(out, { force });
    const { packClips: write, openPublishedPack } = await import("../../embedding/index.js");
    const source = await locateClips(context);
    const guides = [];
    for (const clip of clips) guides.push(await openPublishedPack(clip, source));
    const judging = judge === undefined ? undefined : await openPublishedPack(judge, source);
    const licences = [...guides, ...(judging ? [judging] : [])].map(
      ({ manifest }) => `${manifest.name}: ${manifest.license}`,
    );
    const card = { name, description: `made from ${clips.join(", ")}`, license: licences.join("; ") };
    await write(out, card, guides, { judge: judging, signal: context.signal });
    const names = guides.map(({ manifest }) => manifest.name);
    context.printJson({ out, guides: names, judge: judging?.manifest.name });
    context.print(
      `${out}: ${names.join(", ")}${judging ? `, judged by ${judging.manifest.name}` : "; no judge, so it steers no generator"}`,
    );
  },
});

/** `clipsteer pack retrained`. */
export const packRetrained = defineCommand({
  usage: "pack retrained",
  describe: "Make a pack of a pack's CLIPs, some of them replaced by retrained ones",
  schema: z.strictObject({
    runs: z.string().default("outputs/train").describe("Folder of the runs, named as the pack's CLIPs"),
    clips: z.string().default("emoji").describe("Pack that the runs started from: a name, or a folder"),
    data: z
      .string()
      .default("outputs/data/emoji")
      .describe("Folder of the emoji data that they learned from"),
    out: z.string().default("outputs/packs/retrained").describe("Folder of the pack"),
    force: forceOption,
  }),
  examples: [
    [
      "clipsteer pack retrained --runs outputs/train",
      "then: clipsteer pack stickers --clips outputs/packs/retrained",
    ],
    ["clipsteer pack retrained --data outputs/data/emoji-release --json", "names of the CLIPs as JSON"],
  ],
  async run({ runs, clips, data, out, force }, context) {
    const { requireNoPack } = await import("../../packs/index.js");
    requireNoPack(out, { force });
    const { exportRetrainedClips } = await import("../../training/index.js");
    const replaced = await exportRetrainedClips({
      runs,
      pack: clips,
      data,
      out,
      signal: context.signal,
    });
    context.printJson({ out, replaced });
    context.print(`${out}: ${replaced.join(", ")} replaced`);
  },
});
