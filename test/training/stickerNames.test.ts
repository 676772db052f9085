import { describe, expect, it } from "vitest";
import { type StickerItem, listPersonNames } from "../../src/data/index.js";
import type { StickerSet } from "../../src/training/sticker/batches.js";
import { listOtherNames } from "../../src/training/sticker/names.js";

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
  const { names, owners } = listOtherNames(set, labels);
  expect(names.map((name, at) => [name, labels[owners[at]!]])).toEqual([
    ["bee", "honeybee"],
    ["car", "automobile"],
  ]);
});

describe("names of persons", () => {
  const labels = new Set([
    "man biking",
    "woman biking",
    "person biking",
    "person juggling",
    "woman astronaut",
    "woman",
  ]);

  it.each([
    ["man biking", "boy riding bike"],
    ["man biking", "cycling man"],
    ["woman biking", "girl on bicycle"],
    ["person biking", "cyclist"],
    ["woman astronaut", "female astronaut"],
    ["woman astronaut", "astronaut woman"],
  ])("%s: %s", (label, name) => {
    expect(listPersonNames(label, labels)).toContain(name);
  });

  it("include those of labels without a drawing", () => {
    expect(listPersonNames("person juggling", labels)).toEqual(
      expect.arrayContaining(["woman juggling", "boy juggling"]),
    );
    expect(listPersonNames("person biking", labels)).not.toContain("man biking");
  });

  it("belong to one label each", () => {
    const owners = new Map<string, string>();
    for (const label of labels)
      for (const name of listPersonNames(label, labels)) {
        expect(owners.get(name), name).toBeUndefined();
        owners.set(name, label);
      }
    expect(owners.size).toBeGreaterThan(30);
  });

  it("are none for other things", () => {
    expect(listPersonNames("red heart", labels)).toEqual([]);
  });
});
