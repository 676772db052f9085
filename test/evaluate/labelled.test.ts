import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { EmojiData, EmojiItem } from "../../src/data/index.js";
import { squareFrom } from "../../src/images/index.js";
import { createEmojiSet, keepRows, openLabelledSet, parseCsv } from "../../src/evaluate/index.js";

const open = (file: Buffer, path: string) => squareFrom(file, path, 64);

describe("parseCsv", () => {
  it("reads back whatever is quoted", () => {
    const cell = fc.string({ unit: "grapheme" }).map((text) => text.replace(/^\uFEFF/, ""));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const line = (cells: readonly string[]): string =>
          cells.map((text) => `"${text.replace(/"/g, '""')}"`).join(",");
        const text = ["path,label", ...rows.map(line)].join("\r\n");
        expect(parseCsv(text, "t.csv")).toEqual({ header: ["path", "label"], rows });
      }),
    );
  });

  it("names the line of what is wrong", () => {
    expect(() => parseCsv("", "t.csv")).toThrow("t.csv: is empty");
    expect(() => parseCsv('path,label\na,"x\ny"\nb,c,d\n', "t.csv")).toThrow(
      "t.csv:4: has 3 fields, the header 2",
    );
    expect(() => parseCsv('path\n\n"a\n', "t.csv")).toThrow("t.csv:3: a quote is not closed");
  });
});

describe("labelled sets", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clipsteer-labelled-"));
    for (const [label, colour] of [
      ["red-thing", "#f00"],
      ["blue_thing", "#00f"],
    ] as const) {
      await mkdir(join(folder, label));
      const picture = sharp({ create: { width: 20, height: 10, channels: 3, background: colour } });
      await picture.png().toFile(join(folder, label, "1.png"));
    }
    await writeFile(join(folder, "red-thing", "notes.txt"), "not a picture");
    await writeFile(
      join(folder, "table.csv"),
      "path,caption,tone\nred-thing/1.png,red,light\nblue_thing/1.png,blue,\nnowhere.png,blue,dark\n",
    );
  });

  it("are folders of folders, labels by their names", async () => {
    const set = await openLabelledSet(folder);
    expect(set.labels).toEqual(["blue thing", "red thing"]);
    expect(set.labelIndices).toEqual([0, 1]);
    expect(set.parts).toEqual([{ name: "all", rows: [0, 1], labels: [0, 1] }]);
    const { width, data } = await set.readPicture(1, open);
    expect(width).toBe(64);
    const middle = (32 * 64 + 32) * 3;
    expect([...data.subarray(middle, middle + 3), data[0]]).toEqual([1, 0, 0, 1]); // red, white above
  });

  it("are CSV files with attributes, paths from the file's folder", async () => {
    const set = await openLabelledSet(join(folder, "table.csv"));
    expect(set.labels).toEqual(["blue", "red"]);
    expect(set.attributes).toEqual({ tone: ["light", undefined, "dark"] });
    await expect(set.readPicture(2, open)).rejects.toThrow("nowhere.png");
    const restricted = keepRows(set, [2, 0]);
    expect(restricted.labelIndices).toEqual([0, 1]);
    expect(restricted.attributes.tone).toEqual(["dark", "light"]);
    expect(restricted.parts[0]!.rows).toEqual([1, 0]);
    await expect(openLabelledSet(join(folder, "table.csv"), { label: "name" })).rejects.toThrow(
      'no column "name"; it has: path, caption, tone',
    );
    await expect(openLabelledSet(join(folder, "red-thing"))).rejects.toThrow("no pictures in folders");
    await expect(openLabelledSet(join(folder, "none"))).rejects.toThrow("no such file or folder");
  });

  it("part the emoji data by split, and unseen concepts by whether training had all their words", () => {
    const item = (label: string, split: EmojiItem["split"]): EmojiItem =>
      ({
        label,
        split,
        concept: label,
        set: "noto",
        group: "g",
        subgroup: "s",
        tags: ["t"],
      }) as unknown as EmojiItem;
    const items = [
      item("red heart", "train"),
      item("blue car", "train"),
      item("red heart", "val_pair"),
      item("red car", "test_concept"),
      item("green car", "test_concept"),
    ];
    const data = { items, size: 64, images: new Uint8Array(5 * 64 * 64 * 3) } as unknown as EmojiData;
    const { parts, labels } = createEmojiSet(data);
    const named = Object.fromEntries(
      parts.map(({ name, rows, labels: among }) => [name, [rows, among.map((at) => labels[at])]]),
    );
    expect(named).toEqual({
      "val_pair, its own labels": [[2], ["red heart"]],
      "val_pair, all labels": [[2], labels],
      "test_concept, its own labels": [
        [3, 4],
        ["red car", "green car"],
      ],
      "test_concept, all labels": [[3, 4], labels],
      "test_concept, all words seen, its own labels": [[3], ["red car", "green car"]],
      "test_concept, all words seen, all labels": [[3], labels],
      "test_concept, a word unseen, its own labels": [[4], ["red car", "green car"]],
      "test_concept, a word unseen, all labels": [[4], labels],
    });
  });
});
