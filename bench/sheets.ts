/**
 * The sheets of pictures in README.md and docs/: npx tsx bench/sheets.ts [NAME…]
 * Draws each prompt of a sheet at default settings and seed 0, none left out, in outputs/sheets/NAME, and writes docs/images/NAME.webp.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type OverlayOptions } from "sharp";
import { parse } from "yaml";
import { openSession } from "../src/index.js";
import { readOwnDrawings } from "../src/data/ownDrawings.js";
import { createRandom } from "../src/tensor/index.js";

interface Sheet {
  readonly name: string;
  /** Prompt file, or the prompts. */
  readonly prompts: string | readonly string[];
  /** Number of prompts that are chosen by a fixed seed; all when absent. */
  readonly chosen?: number;
  readonly columns: number;
  /** Side of a picture, height of its caption and size of the letters, in pixels. */
  readonly sizes: readonly [side: number, caption: number, letters: number];
}

const sealed = "prompts/test-compositions-13.yaml";
const people = [
  "a man",
  "a woman",
  "a person",
  "an old man",
  "a man running",
  "a running woman",
  "a girl dancing",
  "a boy swimming",
  "a woman astronaut",
  "a female pilot",
  "a man with a beard",
  "a woman with red hair",
];
const moving = [
  "a dog chasing a cat",
  "a cow jumping over the moon",
  "a robot dancing with a girl",
  "three rabbits hopping in the grass",
  "a dancing flamingo in sunglasses",
  "a fox running in the snow",
  "a penguin and a polar bear dancing",
  "a knight running from a dragon",
  "a horse racing a turtle",
  "a gingerbread man running away from a cat",
  "a skeleton dancing at night",
  "an elephant dancing on a ball",
];
const things = (await readOwnDrawings())
  .map(({ concept }) => concept.label)
  .filter((label) => !/^(?:standing|seated|running|dancing) /.test(label));
const sheets: readonly Sheet[] = [
  { name: "sheet", prompts: "prompts/evaluation-100.yaml", columns: 10, sizes: [110, 28, 10] },
  { name: "people", prompts: people, columns: 6, sizes: [180, 22, 12] },
  { name: "moving", prompts: moving, columns: 4, sizes: [220, 30, 13] },
  { name: "things", prompts: things, chosen: 60, columns: 10, sizes: [110, 28, 10] },
  { name: "test-compositions", prompts: sealed, columns: 10, sizes: [110, 26, 9] },
  { name: "scenes-dozen", prompts: sealed, chosen: 12, columns: 4, sizes: [220, 30, 13] },
];

/** Breaks a caption into at most two lines. */
function breakLines(text: string, characters: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line !== "" && `${line} ${word}`.length > characters) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`.trim();
  }
  return lines.slice(0, 2);
}

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

function renderCaption(text: string, { sizes: [side, height, letters] }: Sheet): Buffer {
  const lines = breakLines(text, side / (letters * 0.56)).map(
    (line, at) =>
      `<text x="${side / 2}" y="${letters + at * (letters + 2)}" font-family="DejaVu Sans, sans-serif" font-size="${letters}" text-anchor="middle" fill="#333">${escaped(line)}</text>`,
  );
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${height}">${lines.join("")}</svg>`,
  );
}

async function listPrompts({ prompts, chosen }: Sheet): Promise<readonly string[]> {
  const all =
    typeof prompts === "string"
      ? (parse(await readFile(prompts, "utf8")) as { prompts: string[] }).prompts
      : prompts;
  if (chosen === undefined) return all;
  const order = createRandom(0).stream("readme").permute(all.length);
  return Array.from(order.subarray(0, chosen))
    .sort((a, b) => a - b)
    .map((at) => all[at]!);
}

const requestedNames = process.argv.slice(2);
const unknown = requestedNames.find((name) => !sheets.some((sheet) => sheet.name === name));
if (unknown !== undefined)
  throw new RangeError(`no sheet ${unknown}; known: ${sheets.map(({ name }) => name).join(", ")}`);
await using session = await openSession();
/** Pictures by prompt, so that one in two sheets is drawn once. */
const pictures = new Map<string, Buffer>();
for (const sheet of sheets.filter(
  ({ name }) => requestedNames.length === 0 || requestedNames.includes(name),
)) {
  const { name, columns, sizes } = sheet;
  const [side, caption] = sizes;
  const prompts = await listPrompts(sheet);
  const folder = join("outputs", "sheets", name);
  await mkdir(folder, { recursive: true });
  const tiles: OverlayOptions[] = [];
  for (const [at, text] of prompts.entries()) {
    if (!pictures.has(text)) {
      const { picture } = await session.generate(text, { seed: 0, background: "white", size: 256 });
      pictures.set(text, Buffer.from(picture.bytes));
    }
    const bytes = pictures.get(text)!;
    await writeFile(join(folder, `${String(at).padStart(3, "0")}.png`), bytes);
    const [left, top] = [(at % columns) * side, Math.floor(at / columns) * (side + caption)];
    tiles.push({
      input: await sharp(bytes)
        .resize(side - 8, side - 8)
        .toBuffer(),
      left: left + 4,
      top: top + 2,
    });
    tiles.push({ input: renderCaption(text, sheet), left, top: top + side - 4 });
    process.stderr.write(`\r${name} ${at + 1}/${prompts.length}`);
  }
  const height = Math.ceil(prompts.length / columns) * (side + caption);
  const target = `docs/images/${name}.webp`;
  await sharp({ create: { width: columns * side, height, channels: 3, background: "#fff" } })
    .composite(tiles)
    .webp({ quality: 85 })
    .toFile(target);
  process.stderr.write("\n");
  console.log(target);
}
