import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Picture,
  composeContactSheet,
  loadPicture,
  toPicture,
  savePicture,
  writeFileAtomic,
} from "../../src/images/index.js";

/** What is kept of one picture; the pictures themselves are one strip, `<configuration>.png`. */
export interface MadeRow {
  readonly prompt: string;
  readonly guide: number;
  /** Absent for pictures that were found, not made. */
  readonly judge: number | null;
  readonly steps: number;
  readonly chosen: number;
  readonly passes: number;
  readonly seconds: number;
}

/** What is kept of a configuration. */
export interface Made {
  /** All that decides the pictures: weights, settings, prompts; others are made anew. */
  readonly key: string;
  readonly rows: readonly MadeRow[];
}

/** A configuration's pictures, as far as they are made. */
export interface MadeSet extends Made {
  readonly pictures: readonly Picture[];
}

const columns = 10;

/** Reads what was made under the same key; nothing when there is none. */
export async function readMade(folder: string, name: string, key: string): Promise<MadeSet> {
  const text = await readFile(join(folder, `${name}.json`), "utf8").catch(() => undefined);
  const stored = text === undefined ? undefined : (JSON.parse(text) as Made);
  if (stored?.key !== key || stored.rows.length === 0) return { key, rows: [], pictures: [] };
  const { picture } = await loadPicture(join(folder, `${name}.png`));
  const side = picture.width / columns;
  const pictures = stored.rows.map((_, at) =>
    cut(picture, (at % columns) * side, Math.floor(at / columns) * side, side),
  );
  return { ...stored, pictures };
}

function cut({ width, data }: Picture, left: number, top: number, side: number): Picture {
  const out = new Float32Array(side * side * 3);
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * width + left) * 3;
    out.set(data.subarray(from, from + side * 3), row * side * 3);
  }
  return toPicture(out, side);
}

/** Writes what was made, the strip first, so that rows without pictures cannot be. */
export async function writeMade(
  folder: string,
  name: string,
  { key, rows, pictures }: MadeSet,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const side = pictures[0]!.width;
  const blank = { width: side, height: side, data: new Float32Array(side * side * 3).fill(1) };
  const filled = [
    ...pictures,
    ...Array<Picture>((columns - (pictures.length % columns)) % columns).fill(blank),
  ];
  await savePicture(join(folder, `${name}.png`), await composeContactSheet(filled, { columns, gap: 0 }), {
    format: "png",
  });
  await writeFileAtomic(
    join(folder, `${name}.json`),
    `${JSON.stringify({ key, rows } satisfies Made, null, 1)}\n`,
  );
}
