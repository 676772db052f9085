import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { captionOfName, readCaptionedFolder } from "../../src/data/index.js";

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-captions-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

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
    expect(await readCaptionedFolder(folder)).toEqual({
      files: [
        {
          path: join(folder, "deep", "a.png"),
          captions: ["a cat", "a black cat"],
          attributes: { folder: "deep" },
        },
        { path: join(folder, "red-heart.png"), captions: ["red heart"], attributes: { folder: "." } },
      ],
      without: [join(folder, "123.png")],
      unmatched: [],
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
      const { files, without } = await readCaptionedFolder(folder, join(folder, file));
      return [files.map(({ captions }) => captions), without.length];
    };
    expect(await of("x.csv")).toEqual([[["a red, red heart"], ["hat", "a hat"]], 1]);
    expect(await of("x.jsonl")).toEqual([[["x", "y"], ["z"]], 1]);
    const attributes = async (file: string) =>
      (await readCaptionedFolder(folder, join(folder, file))).files.map((each) => each.attributes);
    expect(await attributes("x.csv")).toEqual([
      { folder: ".", tone: "dark" },
      { folder: "b", tone: "light" },
    ]);
    expect((await attributes("x.jsonl"))[0]).toEqual({ folder: ".", tone: "dark" });
    await expect(of("bad.jsonl")).rejects.toThrow('bad.jsonl: line 1: needs "file" and "caption"');
    await expect(of("bad.csv")).rejects.toThrow(
      "bad.csv: its first line needs the columns file and caption (or image and text, …); it has: name, about",
    );
    await expect(of("none.csv")).rejects.toThrow("none.csv: no such file");
  });

  it.each<[what: string, name: string, table: (folder: string) => string | Buffer]>([
    ["tabs", "t.tsv", () => "image\ttext\na.png\ta red heart\n"],
    ["semicolons", "t.csv", () => "Image;Caption\r\na.png;a red heart\r\n"],
    [
      "bars, as Flickr30k has them",
      "t.csv",
      () => "image_name| comment_number| comment\na.png| 0| a red heart\n",
    ],
    ["line ends of the first Macs", "t.csv", () => "file,caption\ra.png,a red heart\r"],
    ["blanks before a quote", "t.csv", () => 'file, caption\na.png, "a red heart"\n'],
    ["absolute paths", "t.csv", (folder) => `file,caption\n${join(folder, "a.png")},a red heart\n`],
    ["paths of another machine", "t.csv", () => "file,caption\n/home/bob/pictures/a.png,a red heart\n"],
    [
      "paths from its own folder",
      "../t.csv",
      (folder) => `file,caption\n${basename(folder)}/a.png,a red heart\n`,
    ],
    ["Windows' paths", "t.csv", () => "file,caption\n.\\a.png,a red heart\n"],
    ["UTF-16", "t.csv", () => Buffer.from("\ufefffile,caption\na.png,a red heart\n", "utf16le")],
    ["other names in JSONL", "t.jsonl", () => '{"image_path":"a.png","alt-text":"a red heart"}\r\n'],
  ])("come from tables with %s", async (_, name, table) => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-captions-"));
    const pictures = join(folder, "pictures");
    await mkdir(pictures);
    await writeFile(join(pictures, "a.png"), "");
    await writeFile(join(pictures, name), table(pictures));
    const { files, unmatched } = await readCaptionedFolder(pictures, join(pictures, name));
    expect([files.map(({ captions }) => captions), unmatched]).toEqual([[["a red heart"]], []]);
  });

  it("keep quotes inside of a text, match names in either of Unicode's forms, and count rows without a picture", async () => {
    const composed = "caf\u00e9.png";
    const folder = await folderOf({
      [composed]: "",
      "cre\u0300me.png": "",
      "x/b.png": "",
      "y/b.png": "",
      "t.csv": `file,caption\n${composed.normalize("NFD")},a 5" screen\ncr\u00e8me.png,cream\nnone.png,x\nb.png,two have this name\n`,
      "none.csv": "file,caption\nnone.png,x\nother.png,y\n",
      "quote.csv": 'file,caption\na.png,"never closed\n',
    });
    const { files, unmatched } = await readCaptionedFolder(folder, join(folder, "t.csv"));
    expect(files.map(({ captions }) => captions)).toEqual([['a 5" screen'], ["cream"]]);
    expect(unmatched).toEqual(["none.png", "b.png"]);
    await expect(readCaptionedFolder(folder, join(folder, "none.csv"))).rejects.toThrow(
      /none.csv: none of its 2 rows names a picture of .*; the first names "none.png"/,
    );
    await expect(readCaptionedFolder(folder, join(folder, "quote.csv"))).rejects.toThrow(
      "quote.csv:2: a quote is not closed",
    );
  });
});
