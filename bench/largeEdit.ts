/**
 * An edit of a 48-megapixel picture with a mask: `npx tsx bench/largeEdit.ts [pack]` (a tiny pack of seeded weights). Prints seconds and
 * peak memory of the process, and ends with 1 when a pixel outside of the mask is changed, none inside is, or memory passes 2.5 GB.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { main } from "../src/cli/main.js";
import { writeTinyPack } from "../test/tiny.js";

const [pack, ...words] = process.argv.slice(2);
if (words.length > 0) {
  process.exitCode = await main(words);
  console.error(`peak ${Math.round(process.resourceUsage().maxRSS / 1024)}`);
} else {
  const [width, height] = [8000, 6000];
  const place = await mkdtemp(join(tmpdir(), "clipsteer-large-"));
  const [picture, mask] = [join(place, "large.png"), join(place, "mask.png")];
  const disc = `<svg width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/><circle cx="4000" cy="3000" r="1500" fill="#c22"/></svg>`;
  await sharp(Buffer.from(disc), { limitInputPixels: false }).png({ compressionLevel: 1 }).toFile(picture);
  const box = { left: 2000, top: 1500, width: 4000, height: 3000 };
  const white = {
    create: { width: box.width, height: box.height, channels: 3, background: "#fff" },
  } as const;
  await sharp({ create: { width, height, channels: 3, background: "#000" } })
    .composite([{ input: await sharp(white).png().toBuffer(), left: box.left, top: box.top }])
    .png()
    .toFile(mask);
  const generator = pack ?? (await writeTinyPack());
  const out = join(place, "runs");
  const began = performance.now();
  const child = spawnSync(
    process.execPath,
    [
      ...["--import", fileURLToPath(import.meta.resolve("tsx")), fileURLToPath(import.meta.url), generator],
      ...["edit", picture, "a blue car", "--from", "a red heart", "--mask", mask, "--generator", generator],
      ...["--steps", "4", "--views", "2", "--seed", "1", "--out", out],
    ],
    { encoding: "utf8" },
  );
  const seconds = (performance.now() - began) / 1000;
  const peak = Number(/peak (\d+)/.exec(child.stderr)?.[1]);
  if (child.status !== 0) throw new Error(child.stderr.slice(-500));
  const [run] = await readdir(out);
  const raw = (path: string): Promise<Buffer> => sharp(path).removeAlpha().raw().toBuffer();
  const [before, after] = [await raw(picture), await raw(join(out, run!, "image.png"))];
  let [outside, inside] = [0, 0];
  for (let at = 0; at < before.length; at++) {
    if (before[at] === after[at]) continue;
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    const isIn = x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height;
    if (isIn) inside++;
    else outside++;
  }
  console.log(`${width}×${height}: ${seconds.toFixed(1)} s, ${peak} MB at most`);
  console.log(`values changed: ${inside} inside of the mask, ${outside} outside`);
  if (outside > 0 || inside === 0 || !(peak < 2500)) process.exitCode = 1;
  await rm(place, { recursive: true });
}
