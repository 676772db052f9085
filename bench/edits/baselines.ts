/** Trivial ways to make an edit. */
import type { StickerData } from "../../src/data/index.js";
import type { SessionPrograms } from "../../src/guidance/sessionPrograms.js";
import { type RgbaBytes, compositeOnWhite, toByte } from "../../src/images/index.js";
import { type Case, drawingOf, thingColour, sourceSide } from "./cases.js";

const hueOf = (red: number, green: number, blue: number): number =>
  Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue);

/** Turns the hue of all pixels: so that the main colour gets the named one's hue, or by a third of a turn. */
export function hueShift(source: RgbaBytes, { colour, item }: Case, data: StickerData): RgbaBytes {
  const { rgb } = thingColour(data, item);
  const turn = colour ? hueOf(...colour) - hueOf(...rgb) : (2 * Math.PI) / 3;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  // Rotation about the grey axis.
  const a = cos + (1 - cos) / 3;
  const b = (1 - cos) / 3 - Math.sqrt(1 / 3) * sin;
  const c = (1 - cos) / 3 + Math.sqrt(1 / 3) * sin;
  const rgba = source.rgba.slice();
  for (let at = 0; at < rgba.length; at += 4) {
    const [red, green, blue] = [rgba[at]! / 255, rgba[at + 1]! / 255, rgba[at + 2]! / 255];
    rgba[at] = toByte(a * red + b * green + c * blue);
    rgba[at + 1] = toByte(c * red + a * green + b * blue);
    rgba[at + 2] = toByte(b * red + c * green + a * blue);
  }
  return { ...source, rgba };
}

/** A real drawing of the thing that the text names, in the text's style, else in that of noto. */
export function targetDrawing({ target: { label, set } }: Case, data: StickerData): RgbaBytes {
  const at = ["noto", set].reduce(
    (found, name) => {
      const index = data.items.findIndex((each) => each.label === label && each.set === name);
      return index < 0 ? found : index;
    },
    data.items.findIndex((each) => each.label === label),
  );
  return drawingOf(data, at);
}

/** Pastes a drawing of the wanted thing into the middle of the source: over all of it, or, of an added thing, at half its size. */
export function pasted(source: RgbaBytes, each: Case, data: StickerData): RgbaBytes {
  const { kind } = each;
  const drawing = targetDrawing(each, data);
  const rgba = source.rgba.slice();
  const scale = kind === "add" ? 2 : 1;
  const from = kind === "add" ? sourceSide / 4 : 0;
  for (let y = 0; y < sourceSide / scale; y++)
    for (let x = 0; x < sourceSide / scale; x++) {
      const own = (y * scale * sourceSide + x * scale) * 4;
      const to = ((y + from) * sourceSide + x + from) * 4;
      const alpha = drawing.rgba[own + 3]! / 255;
      const below = (rgba[to + 3]! / 255) * (1 - alpha);
      for (let channel = 0; channel < 3 && alpha > 0; channel++)
        rgba[to + channel] = Math.round(
          (drawing.rgba[own + channel]! * alpha + rgba[to + channel]! * below) / (alpha + below),
        );
      rgba[to + 3] = toByte(alpha + below);
    }
  return { ...source, rgba };
}

/** Finds the learned drawing that the guides rank highest for a text. */
export async function nearestFinder(
  programs: SessionPrograms,
  data: StickerData,
  sets: readonly string[],
): Promise<(text: string) => Promise<RgbaBytes>> {
  const items = [...data.items.keys()].filter(
    (at) => sets.includes(data.items[at]!.set) && data.items[at]!.split === "train",
  );
  const { guides, templates } = programs.models;
  const pictures = items.map((at) => compositeOnWhite(drawingOf(data, at)));
  const rows: Float32Array[][] = [];
  for await (const row of programs.guideEncoder.encodeImages(pictures))
    rows.push(row.map((each) => each.slice()));
  return async (text) => {
    const texts = await programs.embedder.embed([{ text, weight: 1, templates }]);
    let [best, most] = [0, -Infinity];
    rows.forEach((row, at) => {
      const score = guides.reduce((sum, { prefix }, guide) => {
        const textEmbedding = texts[prefix]!.data as Float32Array;
        return sum + row[guide]!.reduce((dot, value, index) => dot + value * textEmbedding[index]!, 0);
      }, 0);
      if (score > most) [best, most] = [at, score];
    });
    return drawingOf(data, items[best]!);
  };
}
