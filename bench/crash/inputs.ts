/** What the commands of `commands.ts` read: pictures, tiny packs, data, runs and small packages of npm, all seeded and made here. */
import { execFileSync } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { aliasLanguages } from "../../src/data/aliases.js";
import { buildEmojiData, loadStickerData } from "../../src/data/index.js";
import { packageIntegrity } from "../../src/data/integrity.js";
import { judgeSets } from "../../src/data/judgeSets.js";
import { iconSets } from "../../src/data/sources.js";
import { withPrefix } from "../../src/tensor/index.js";
import {
  type Training,
  openClipTraining,
  openGanTraining,
  saveCheckpoint,
} from "../../src/training/index.js";
import { clipTrainingSchema, ganTrainingSchema } from "../../src/training/requests/index.js";
import { fakeRegistry, labels, packageOf, setOf, square } from "../../test/data/fixture.js";
import { smallStickers, stickerPackages } from "../../test/data/stickerFixture.js";
import { sendRest, serve } from "../../test/models/server.js";
import { writeOpenAi, writeSiglip } from "../../test/publishedFiles.js";
import { clipWeights, tinyClip, writeTinyPack } from "../../test/tiny.js";
import { writeTinyStickerPack } from "../../test/tinySticker.js";
import { tinyRun } from "../../test/training/stickerFixture.js";
import { tarballName } from "./tarball.js";

const modelBytes = 3_000_000;
const header = `{"w":{"dtype":"U8","shape":[${modelBytes}],"data_offsets":[0,${modelBytes}]}}`;

/** File of weights that the server has. */
export const served = Buffer.concat([
  Buffer.from(new BigUint64Array([BigInt(header.length)]).buffer),
  Buffer.from(header),
  Buffer.alloc(modelBytes, "weights "),
]);

/** A picture of one colour. */
const picture = (path: string, width: number, height: number, at: number): Promise<unknown> =>
  sharp({
    create: { width, height, channels: 3, background: { r: at * 20, g: 255 - at * 20, b: (at * 70) % 256 } },
  })
    .png()
    .toFile(path);

/** Packages of every set by name, with a hand in two skin tones. */
function smallPackages(): Record<string, Buffer> {
  const drawings = {
    "red-apple": square("#f00"),
    grapes: square("#00f"),
    banana: square("#ff0"),
    lemon: square("#0f0"),
    wave: square("#fc0"),
    "wave-dark": square("#620"),
    "wave-light": square("#fdb"),
  };
  const chars = {
    "1f34e": "red-apple",
    "1f347": "grapes",
    "1f34c": "banana",
    "1f34b": "lemon",
    "1f44b": "wave",
    "1f44b-1f3ff": "wave-dark",
    "1f44b-1f3fb": "wave-light",
  };
  const hand = { label: "waving hand", hexcode: "1F44B", tags: [], group: 0, subgroup: 0 };
  const english = labels["en/data.json"].filter(({ label }) => label !== hand.label);
  const set = packageOf(setOf(drawings, chars));
  return {
    ...stickerPackages,
    ...Object.fromEntries([...iconSets, ...judgeSets].map(({ package: name }) => [name, set])),
    "emojibase-data": packageOf({
      ...Object.fromEntries(aliasLanguages.map((language) => [`${language}/data.json`, []])),
      ...labels,
      "en/data.json": [...english, hand],
    }),
  };
}

/** Runs a training to its end. */
async function finish(opening: Promise<Training>): Promise<void> {
  const training = await opening;
  for await (const step of training.steps) void step;
  await training.dispose();
}

/** Paths of what commands read. */
export interface Inputs {
  readonly folder: string;
  readonly pictures: string;
  /** Pictures that are named by what they show. */
  readonly rated: string;
  readonly captions: string;
  readonly shape: string;
  readonly prompts: string;
  readonly index: string;
  readonly pack: string;
  readonly stickerPack: string;
  readonly emoji: string;
  readonly stickers: string;
  /** CLIPs in the forms of their publishers. */
  readonly published: readonly string[];
  /** Runs: of the emoji pack, of a CLIP of `pack` trained further, of a sticker generator. */
  readonly runs: {
    readonly emoji: string;
    readonly clips: string;
    readonly sticker: string;
  };
  /** Folder with an `npm` that copies from `packages`. */
  readonly programs: string;
  readonly packages: string;
  readonly server: string;
  close(): Promise<void>;
}

/** Makes everything, in a new folder. */
export async function makeInputs(): Promise<Inputs> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-crash-inputs-"));
  const path = (name: string): string => join(folder, name);
  for (const name of ["pictures", "rated", "packages", "programs"]) await mkdir(path(name));
  const rows = ["path,label,file,caption,group"];
  for (let at = 0; at < 12; at++) {
    const label = ["red heart", "blue car", "hat", "cat face"][at % 4]!;
    await picture(path(`pictures/${at}.png`), 64, 48, at);
    await picture(path(`rated/${label} ${at}.png`), 64, 48, at);
    rows.push(`pictures/${at}.png,${label},${at}.png,${label} ${at},${at % 2 ? "woman" : "man"}`);
  }
  await writeFile(path("c.csv"), `${rows.join("\n")}\n`);
  await writeFile(
    path("shape.yaml"),
    "image: {size: 32, stem: 4, patch: 4, widths: [4, 6], layers: 0, heads: 2, features: 16}\ntext: {width: 8, layers: 1, heads: 2}\n",
  );
  await writeFile(path("prompts.yaml"), "prompts: [a red heart, a blue car]\n");
  const packages = smallPackages();
  for (const pinned of Object.keys(packageIntegrity)) {
    const tarball = packages[pinned.slice(0, pinned.lastIndexOf("@"))];
    if (tarball) await writeFile(path(`packages/${tarballName(pinned)}`), tarball);
  }
  const npm = `#!/bin/sh\ncp "$CRASH_PACKAGES/$(echo "$2" | sed 's/^@//; s#/#-#; s/@/-/').tgz" .\n`;
  await writeFile(path("programs/npm"), npm);
  await chmod(path("programs/npm"), 0o755);
  await buildEmojiData({ out: path("emoji"), fetch: fakeRegistry(packages) });
  await cp(path("packages"), path("emoji/packages"), { recursive: true });
  const { folder: stickers } = await smallStickers();
  const sticker = await tinyRun(await loadStickerData(stickers));
  const training = { data: path("emoji"), steps: 1, batch: 4, composed: 0 };
  for (const name of ["guide-a", "guide-b", "judge"])
    await finish(
      openClipTraining(
        clipTrainingSchema.parse({ ...training, preset: "guide-a", out: path(`runs/${name}`) }),
      ),
    );
  await finish(
    openGanTraining(
      ganTrainingSchema.parse({ ...training, steps: 4, clip: path("runs/guide-a"), out: path("runs/gan") }),
    ),
  );
  await saveCheckpoint(path("clips/judge"), {
    step: 1,
    state: withPrefix("w/", clipWeights(tinyClip(8), "trained further")),
    settings: JSON.stringify({ model: { text: tinyClip(8).text, image: tinyClip(8).image } }),
  });
  const pack = await writeTinyPack();
  const program = join(import.meta.dirname, "../../bin/clipsteer.js");
  execFileSync(process.execPath, [
    program,
    ...["index", path("pictures"), "--generator", pack, "--index", path("index"), "--quiet"],
  ]);
  const server = await serve({
    "/w.safetensors": (request, response) => sendRest(request, response, served),
  });
  return {
    folder,
    pictures: path("pictures"),
    rated: path("rated"),
    captions: path("c.csv"),
    shape: path("shape.yaml"),
    prompts: path("prompts.yaml"),
    index: path("index"),
    pack,
    stickerPack: await writeTinyStickerPack(),
    emoji: path("emoji"),
    stickers,
    published: [await writeOpenAi("openai-vit", path("openai")), await writeSiglip(path("siglip"))],
    runs: { emoji: path("runs"), clips: path("clips"), sticker },
    programs: path("programs"),
    packages: path("packages"),
    server: server.url,
    close: () => server.close(),
  };
}
