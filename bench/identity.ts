/**
 * Repeats the twenty recorded runs (ten of `generate`, ten of `edit`, all with the pack `emoji`) and compares their pixels with
 * bench/identity.json: `npm run build && npx tsx bench/identity.ts [root]`. `root` is a built checkout, this one when absent.
 * `npx tsx bench/identity.ts root NAME` records the pixels of that checkout under `NAME` instead.
 * Fails when a run differs from every recording. Pixels depend on the processor's vector instructions: on another kind of
 * processor, record the commits again first.
 *
 * - `before-issue-15` is the commit before planning, records and the ascent were unified.
 * - `one-ascent` is the commit that made edits ascents. Since then the target of an inversion is an input of its program, not
 *   a constant, so that no edited picture stays in the program cache. That is another graph, with other rounding, so all runs
 *   that invert a picture differ from the first recording: `--init` (g8) and every edit (e0 to e9).
 * - Commits 477419e and e506ec9 repeat all twenty, 20 of 20: g0 to g7 and g9 equal both recordings, g8 and e0 to e9 equal `one-ascent`. It is after
 *   the splits of reading scenes (2a3db09) and of steering edits, variations and sticker data (2eeca72), and after the
 *   renamings (12ac2fa, 4a207f0).
 * - Packs of regions are not recorded: their pictures change with every release of a pack, and by design.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { writeFileAtomic } from "../src/files/index.js";

/** One recording: SHA-256 of the 8-bit pixels of each picture, by run. */
interface Recording {
  readonly commit: string;
  readonly cpu: string;
  readonly pixels: Record<string, readonly string[]>;
}

const file = join(import.meta.dirname, "identity.json");
const here = resolve(import.meta.dirname, "..");

/** Words between blanks; a text in quotes is one word. */
const argumentsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

/** Arguments by run. `@name` stands for the picture of an earlier run, `PROMPTS` for the checkout's folder of prompts. */
const runs: Record<string, string> = {
  g0: 'generate "a red heart" --seed 0',
  g1: 'generate "a cat face" --seed 7 --style twemoji',
  g2: 'generate "a cat face" "blue::0.5" --negative "a dog" --seed 1 --steps 12',
  g3: "generate --prompts PROMPTS/showcase.yaml --seed 2 --steps 10",
  g4: 'generate "a pizza with a cat face" --seed 3 --steps 8 --views 8',
  g5: 'generate "a sunflower" --seed 4 --optimizer cma-es --steps 6',
  g6: 'generate "a rocket" --seed 5 --optimizer hybrid --steps 8 --size 64',
  g7: 'generate "a green apple" --seed 6 --quality draft',
  g8: 'generate "a heart" --init @g0 --seed 8 --steps 8 --image-prompt @g7',
  g9: 'generate "a penguin, noto style" --seed 9 --format webp --budget 600passes',
  e0: 'edit @g0 "a blue heart" --from "a red heart" --seed 0',
  e1: 'edit @g1 "a dog face" --from "a cat face" --seed 1',
  e2: 'edit @g7 "a red apple" --from "a green apple" --mask "box 0 0 0.5 1" --strength 0.7 --seed 2',
  e3: 'edit @g7 "a red apple" --from "a green apple" --seed 3 --steps 10',
  e4: 'edit @g0 "a green heart" --from "a red heart" --seed 4 --steps 8 --change colour',
  e5: 'edit @g1 "a blue cat face" --from "a cat face" --mask-prompt "cat" --seed 5 --steps 8',
  e6: 'edit @g1 "a tiger face" --from "a cat face" --seed 6 --variations 2 --steps 6',
  e7: 'edit @g0 "a red heart, noto style" --from "a red heart" --seed 7 --steps 6',
  e8: 'edit @g7 "a pear" --from "a green apple" --seed 8 --steps 6 --format webp',
  e9: 'edit @g0 "a broken heart" --from "a red heart" --seed 9 --steps 8 --views 8',
};

/** Paths of a run's pictures below `folder`, in order. */
const picturesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /(^|\/)image\.(png|webp)$/.test(path))
    .sort()
    .map((path) => join(folder, path));

async function pixelHash(path: string): Promise<string> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  return createHash("sha256")
    .update(`${info.width}x${info.height}x${info.channels}`)
    .update(data)
    .digest("hex");
}

/** Runs the twenty commands of the checkout `root`; a run that fails has no hashes. */
async function record(root: string): Promise<Recording> {
  const out = mkdtempSync(join(tmpdir(), "clipsteer-identity-"));
  const pixels: Record<string, string[]> = {};
  try {
    for (const [name, line] of Object.entries(runs)) {
      const args = argumentsOf(line).map((word) => {
        if (word.startsWith("@")) return picturesOf(join(out, word.slice(1)))[0]!;
        return word.replace("PROMPTS", join(root, "prompts"));
      });
      const all = [join(root, "bin/clipsteer.js"), ...args, "--generator", "emoji", "--out", join(out, name)];
      const { status, stderr } = spawnSync(process.execPath, all, { cwd: out, encoding: "utf8" });
      if (status !== 0) console.error(`${name} failed: ${stderr.trim().split("\n").at(-1)}`);
      pixels[name] = status === 0 ? await Promise.all(picturesOf(join(out, name)).map(pixelHash)) : [];
      console.error(`${name} ${pixels[name].map((hash) => hash.slice(0, 12)).join(" ")}`);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  const commit = execFileSync("git", ["-C", root, "rev-parse", "--short", "HEAD"], { encoding: "utf8" });
  return { commit: commit.trim(), cpu: cpus()[0]!.model, pixels };
}

const [root = here, name] = process.argv.slice(2);
const recordings = JSON.parse(readFileSync(file, "utf8")) as Record<string, Recording>;
const now = await record(resolve(root));
if (name !== undefined) {
  recordings[name] = now;
  await writeFileAtomic(file, `${JSON.stringify(recordings, undefined, 2)}\n`);
} else {
  const differing = Object.entries(now.pixels).filter(([run, hashes]) => {
    const equal = Object.entries(recordings).filter(
      ([, { pixels }]) => hashes.length > 0 && JSON.stringify(pixels[run]) === JSON.stringify(hashes),
    );
    console.log(`${run}  ${equal.map(([each]) => each).join(", ") || "DIFFERS"}  ${runs[run]}`);
    return equal.length === 0;
  });
  console.log(
    `${Object.keys(runs).length - differing.length} of ${Object.keys(runs).length} runs equal a recording`,
  );
  process.exitCode = differing.length > 0 ? 1 : 0;
}
