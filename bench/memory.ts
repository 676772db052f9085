/**
 * Peak memory of a published CLIP on its way: `npx tsx bench/memory.ts <step> <weights> <tokenizer> <folder of the pack>`, with the
 * steps `read` (the published file), `pack`, `open` (the pack's tensors, none read) and `encode` (one picture), a process each.
 */
import { createEncoder, loadClips, loadPublishedClip, packClip } from "../src/embedding/index.js";
import { loadPack } from "../src/packs/index.js";

const [step, weights, tokenizer, folder] = process.argv.slice(2) as [string, string, string, string];
const options = { hints: { activation: "quickGelu" }, tokenizer } as const;
const megabytes = (): string => `${Math.round(process.resourceUsage().maxRSS / 1024)} MB`;
const begun = megabytes();
if (step === "read") await loadPublishedClip(weights, options);
else if (step === "pack")
  await packClip(weights, folder, { name: "clip", description: "", license: "" }, options);
else {
  const { clips, tokenizer: own } = await loadClips(await loadPack(folder), "all", { only: "image" });
  if (step === "encode") {
    const encoder = createEncoder(clips, own, { batch: 1 });
    const side = 224;
    const picture = { width: side, height: side, data: new Float32Array(side * side * 3) };
    await encoder.encodeImages([picture]).next();
    await encoder.dispose();
  }
}
process.stdout.write(`${step}: ${megabytes()} at most, ${begun} of it before\n`);
