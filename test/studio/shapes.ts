import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { createRandom } from "../../src/tensor/index.js";

const drawings = {
  "a blue square": '<rect x="-30" y="-30" width="60" height="60" fill="#2255cc"/>',
  "a green triangle": '<path d="M0-34L34 30H-34z" fill="#22883a"/>',
  "a red circle": '<circle r="32" fill="#cc2222"/>',
  "a yellow star": '<path d="M0-36L9-11 35-11 14 5 22 31 0 15-22 31-14 5-35-11-9-11z" fill="#f2c11d"/>',
} as const;

/** Labels of the folder that `drawLabelledFolder` draws, sorted. */
export const shapeLabels = Object.keys(drawings);

/**
 * Draws a labelled folder: four labels, in each the groups `size=large` and `size=small` of `count` pictures.
 * @returns the folder.
 */
export async function drawLabelledFolder(folder: string, count = 3): Promise<string> {
  const random = createRandom("shapes");
  for (const [label, shape] of Object.entries(drawings))
    for (const [size, scale] of [
      ["large", 1.2],
      ["small", 0.5],
    ] as const) {
      const group = join(folder, label, `size=${size}`);
      await mkdir(group, { recursive: true });
      for (let at = 0; at < count; at++) {
        const [x, y] = [random.uniform(), random.uniform()].map((value) => 64 + (value - 0.5) * 40);
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128"><rect width="128" height="128" fill="#fff"/><g transform="translate(${x} ${y}) scale(${scale})">${shape}</g></svg>`;
        await sharp(Buffer.from(svg))
          .png()
          .toFile(join(group, `${at}.png`));
      }
    }
  return folder;
}
