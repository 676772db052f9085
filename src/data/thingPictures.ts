import { pixelCentreOf, regionSide } from "./regions.js";
import { pictureSide } from "./render.js";
import type { StickerData } from "./stickers.js";
import { type EmojiItem } from "./emojiData.js";
import { namesOfThings } from "./namesOfThings.js";
import { thingGroup } from "./ownDrawings.js";

/**
 * Returns the drawings of the things that no emoji shows, painted from their regions on white.
 * @returns their captions, with everyday names as tags, and RGB bytes `[things, 64, 64, 3]`.
 */
export function loadThingPictures(data: StickerData): { items: EmojiItem[]; images: Uint8Array } {
  const rows = data.items.flatMap(({ group }, at) => (group === thingGroup ? [at] : []));
  const bytes = pictureSide * pictureSide * 3;
  const images = new Uint8Array(rows.length * bytes);
  rows.forEach((row, at) => images.set(paintDrawing(data, row), at * bytes));
  const items = rows.map((row): EmojiItem => {
    const { id, set, style, concept, label, group, subgroup } = data.items[row]!;
    const icon = id.slice(set.length + 1);
    const tags = [...(namesOfThings[label] ?? [])];
    return { id, set, style, icon, hexcode: "", concept, label, tags, group, subgroup, split: "train" };
  });
  return { items, images };
}

/** Returns the RGB bytes `[64, 64, 3]` of a drawing, means over 4×4 pixels of its regions on white. */
function paintDrawing(data: StickerData, row: number): Uint8Array {
  const { fills } = data.items[row]!;
  const labels = data.labels(row);
  const factor = regionSide / pictureSide;
  const sums = new Float32Array(pictureSide * pictureSide * 3);
  labels.forEach((label, at) => {
    const [x, y] = [at % regionSide, Math.floor(at / regionSide)];
    const to = (Math.floor(y / factor) * pictureSide + Math.floor(x / factor)) * 3;
    const fill = label === 0 ? undefined : fills[label - 1];
    for (let channel = 0; channel < 3; channel++) {
      const value = fill
        ? fill[channel]! +
          fill[3 + channel]! * pixelCentreOf(x, regionSide) +
          fill[6 + channel]! * pixelCentreOf(y, regionSide)
        : 1;
      sums[to + channel]! += Math.min(1, Math.max(0, value));
    }
  });
  return Uint8Array.from(sums, (sum) => Math.round((255 * sum) / (factor * factor)));
}
