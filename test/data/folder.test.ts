import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { captionOfName, captionedFolder, parseCsv } from "../../src/data/index.js";

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-captions-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

describe("CSV", () => {
  it("reads back every table that is written with quotes", () => {
    const cell = fc.stringMatching(/^[ab",\n;]{0,6}$/);
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, (rows) => {
        const line = (row: string[]): string => row.map((each) => `"${each.replaceAll('"', '""')}"`).join();
        expect(parseCsv(`${rows.map(line).join("\r\n")}\n`)).toEqual(rows);
      }),
    );
  });

  it("takes plain fields, empty ones at the end, and no newline; names the line of a stray quote", () => {
    expect(parseCsv("\ufefffile,caption\na.png,red heart\nb.png,")).toEqual([
      ["file", "caption"],
      ["a.png", "red heart"],
      ["b.png", ""],
    ]);
    expect(() => parseCsv('a,b\nc,"d')).toThrow("line 2: a quote is not closed");
  });
});

describe("captions of a folder", () => {
  it("come from file names, and from text files beside pictures", async () => {
    expect(captionOfName("x/blue-car_02.png")).toBe("blue car");
    expect(captionOfName("GrinningFace.PNG")).toBe("grinning face");
    const folder = await folderOf({
      "red-heart.png": "",
      "deep/a.png": "",
      "deep/a.txt": "a cat\n\na black cat\n a cat \n",
      "123.png": "",
    });
    expect(await captionedFolder(folder)).toEqual({
      files: [
        {
          path: join(folder, "deep", "a.png"),
          captions: ["a cat", "a black cat"],
          attributes: { folder: "deep" },
        },
        { path: join(folder, "red-heart.png"), captions: ["red heart"], attributes: { folder: "." } },
      ],
      without: [join(folder, "123.png")],
    });
  });

  it("come from CSV or JSONL, several a picture, and pictures without one are told", async () => {
    const folder = await folderOf({
      "a.png": "",
      "b/c.png": "",
      "d.png": "",
      "x.csv": 'caption,file,tone\n"a red, red heart",a.png,dark\nhat,./b/c.png,\na hat,b/c.png,light\n',
      "x.jsonl":
        '{"file":"a.png","caption":["x","y"],"tone":"dark","size":3}\n\n{"image":"d.png","text":"z"}\n',
      "bad.jsonl": '{"file":"a.png"}',
      "bad.csv": "name,about\na,b\n",
    });
    const of = async (file: string) => {
      const { files, without } = await captionedFolder(folder, join(folder, file));
      return [files.map(({ captions }) => captions), without.length];
    };
    expect(await of("x.csv")).toEqual([[["a red, red heart"], ["hat", "a hat"]], 1]);
    expect(await of("x.jsonl")).toEqual([[["x", "y"], ["z"]], 1]);
    const attributes = async (file: string) =>
      (await captionedFolder(folder, join(folder, file))).files.map((each) => each.attributes);
    expect(await attributes("x.csv")).toEqual([
      { folder: ".", tone: "dark" },
      { folder: "b", tone: "light" },
    ]);
    expect((await attributes("x.jsonl"))[0]).toEqual({ folder: ".", tone: "dark" });
    await expect(of("bad.jsonl")).rejects.toThrow('bad.jsonl: line 1: needs "file" and "caption"');
    await expect(of("bad.csv")).rejects.toThrow("bad.csv: its first line needs the columns file and caption");
    await expect(of("none.csv")).rejects.toThrow("none.csv: no such file");
  });
});
