import { expect, it } from "vitest";
import type { StickerItem } from "../../src/data/index.js";
import type { StickerSet } from "../../src/training/sticker/batches.js";
import { otherNamesOf } from "../../src/training/sticker/names.js";

const drawings: readonly (readonly [label: string, ...tags: string[]])[] = [
  ["automobile", "car"],
  ["oncoming automobile", "car", "automobile"],
  ["honeybee", "Bee", "insect"],
  ["ant", "insect"],
  ["beetle", "insect"],
  ["fly", "insect"],
  ["mosquito", "insect"],
];

const set = {
  data: { items: drawings.map(([label, ...tags]) => ({ label, tags }) as unknown as StickerItem) },
  rows: drawings.map((_, at) => at),
} as unknown as StickerSet;

it("gives a shared tag to the thing of the shortest label, and leaves out labels and tags that many share", () => {
  const labels = drawings.map(([label]) => label);
  const { names, owners } = otherNamesOf(set, labels);
  expect(names.map((name, at) => [name, labels[owners[at]!]])).toEqual([
    ["bee", "honeybee"],
    ["car", "automobile"],
  ]);
});
