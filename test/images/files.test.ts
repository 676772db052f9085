import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { InputError } from "../../src/errors.js";
import {
  encodePicture,
  loadMask,
  loadPicture,
  makeRunFolder,
  padToSquare,
  readMetadata,
  readPictureFile,
  resizePicture,
  saveAnimation,
  savePicture,
  folderWordsOf,
  slugOf,
  writeFileAtomic,
} from "../../src/images/index.js";
import { createRandom } from "../../src/tensor/index.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-images-"));
});

function rgba(width: number, height: number): { width: number; height: number; rgba: Uint8Array } {
  const random = createRandom(`${width}×${height}`);
  return { width, height, rgba: Uint8Array.from({ length: width * height * 4 }, () => random.integer(256)) };
}

const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error("was accepted");
    },
    (error: Error) => error,
  );

describe("loadPicture", () => {
  it("gives back what PNG and lossless WebP hold, alpha included", async () => {
    const given = rgba(13, 7);
    for (const format of ["png", "webp"] as const) {
      const path = join(folder, `round.${format}`);
      await savePicture(path, given, { format });
      const read = await loadPicture(path);
      expect([read.width, read.height, read.format, read.hasAlpha]).toEqual([13, 7, format, true]);
      expect(read.rgba).toEqual(given.rgba);
    }
  });

  it("reads JPEG and GIF, upright and over white", async () => {
    const base = sharp({ create: { width: 20, height: 10, channels: 4, background: "#ff000080" } });
    const jpeg = join(folder, "a.jpg");
    await base.clone().flatten({ background: "#fff" }).jpeg().withMetadata({ orientation: 6 }).toFile(jpeg);
    const upright = await loadPicture(jpeg);
    expect([upright.width, upright.height]).toEqual([10, 20]);
    const gif = join(folder, "a.gif");
    await base.clone().gif().toFile(gif);
    expect((await loadPicture(gif)).format).toBe("gif");
    const png = join(folder, "half.png");
    await base.clone().png().toFile(png);
    const { data } = (await loadPicture(png)).picture;
    expect(data[0]).toBeCloseTo(1, 5);
    expect(data[1]).toBeCloseTo(1 - 128 / 255, 2);
  });

  it("refuses what is missing, a folder, empty, no picture, cut short or too large, each in one line with its name", async () => {
    const whole = await encodePicture(rgba(64, 64), { format: "png" });
    const files: Record<string, Buffer> = {
      "empty.png": Buffer.alloc(0),
      "text.png": Buffer.from("not a picture"),
      "cut.png": whole.subarray(0, whole.length / 2),
    };
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    const expected = {
      "missing.png": "no such file",
      "empty.png": "0 bytes",
      "text.png": "not a readable picture",
      "cut.png": "truncated",
    };
    for (const [name, says] of Object.entries(expected)) {
      const error = await refusal(loadPicture(join(folder, name)));
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toContain(name);
      expect(error.message).toContain(says);
      expect(error.message).not.toContain("\n");
    }
    expect((await refusal(loadPicture(folder))).message).toContain("folder");
    const large = join(folder, "large.png");
    await sharp({
      create: { width: 8200, height: 8200, channels: 3, background: "#fff" },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toFile(large);
    const error = await refusal(loadPicture(large));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain("megapixels");
  });
});

describe("readPictureFile", () => {
  it("reads the same bytes at once and, where files had to be waited for, aside", async () => {
    const files = await Promise.all(
      [10, 3000, 2 << 20].map(async (size) => {
        const path = join(folder, `${size}.bytes`);
        await writeFile(path, Buffer.alloc(size, "ab"));
        return { path, size };
      }),
    );
    // A clock in which everything takes long: after three files the rest is read aside.
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 50));
    for (let turn = 0; turn < 3; turn++)
      for (const { path, size } of files) {
        const { bytes } = await readPictureFile(path);
        expect(bytes.equals(Buffer.alloc(size, "ab"))).toBe(true);
      }
    clock.mockRestore();
  });

  it("explains a file that opens but cannot be read", async () => {
    // A folder opens, and fails to be read; the status of a file makes it look like one.
    const path = join(folder, "status.png");
    await writeFile(path, "bytes");
    const status = fs.statSync(path);
    const { fstatSync } = fs;
    fs.fstatSync = (() => status) as unknown as typeof fstatSync;
    syncBuiltinESMExports();
    try {
      const error = await refusal(readPictureFile(folder));
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toBe(`${folder}: cannot be read (EISDIR); check the path`);
    } finally {
      fs.fstatSync = fstatSync;
      syncBuiltinESMExports();
    }
  });

  it("does not wait for a pipe", async () => {
    const path = join(folder, "pipe.png");
    execFileSync("mkfifo", [path]);
    await expect(readPictureFile(path)).rejects.toThrow("is not a readable file");
  });
});

describe("loadMask", () => {
  it("is white 1, black 0, transparent 0, and of the picture's size", async () => {
    const path = join(folder, "mask.png");
    const pixels = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 0);
    await savePicture(path, { width: 3, height: 1, rgba: pixels }, { format: "png" });
    expect([...(await loadMask(path, 3, 1)).mask].map((value) => Number(value.toFixed(6)))).toEqual([
      1, 0, 0,
    ]);
    expect((await refusal(loadMask(path, 4, 1))).message).toContain("same shape");
  });
});

describe("metadata", () => {
  it("comes back from PNG and WebP, whatever it says", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }).map((text) => JSON.stringify({ text, extra: `<&>"'\u0007\n` })),
        fc.constantFrom("png" as const, "webp" as const),
        async (metadata, format) => {
          const path = join(folder, `meta.${format}`);
          await savePicture(path, rgba(2, 2), { format, metadata });
          expect(await readMetadata(path)).toBe(metadata);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("gives the same bytes for the same picture", async () => {
    const options = { format: "png", metadata: "{}" } as const;
    expect(await encodePicture(rgba(9, 9), options)).toEqual(await encodePicture(rgba(9, 9), options));
  });

  it("is undefined for a picture of somebody else's", async () => {
    const path = join(folder, "plain.png");
    await savePicture(path, rgba(2, 2), { format: "png" });
    expect(await readMetadata(path)).toBeUndefined();
    await writeFile(path, "x");
    expect(await refusal(readMetadata(path))).toBeInstanceOf(InputError);
  });
});

describe("writing", () => {
  it("leaves the old file and no part behind when it fails", async () => {
    const place = join(folder, "whole");
    await mkdir(join(place, "taken"), { recursive: true });
    const error = await refusal(writeFileAtomic(join(place, "taken"), "x")); // a folder has that name
    expect(error).toBeInstanceOf(InputError);
    expect(await readdir(place)).toEqual(["taken"]);
  });

  it("numbers run folders and says which one cannot be made", async () => {
    const root = join(folder, "runs");
    expect(await makeRunFolder(root, "A red  heart!")).toBe(join(root, "00001-a-red-heart"));
    expect(await makeRunFolder(root, "❤")).toBe(join(root, "00002-picture"));
    const file = join(folder, "file");
    await writeFile(file, "");
    expect((await refusal(makeRunFolder(join(file, "below"), "x"))).message).toContain(
      "cannot be written (ENOTDIR)",
    );
    // A folder that nobody can write, root included.
    expect((await refusal(makeRunFolder("/proc/clipsteer", "x"))).message).toContain("cannot be written");
  });

  it("goes on counting after run folder 99999", async () => {
    const root = join(folder, "many");
    await mkdir(join(root, "99999-a"), { recursive: true });
    for (const number of [100000, 100001, 100002])
      expect(await makeRunFolder(root, "a")).toBe(join(root, `${number}-a`));
  });

  it("names run folders in the letters of the text", () => {
    expect(
      [
        "ein süßer Hund",
        "赤いハート",
        "красное сердце",
        "قلب أحمر",
        "x".repeat(60),
        "../a/b",
        "👩‍🚀",
        "CON",
      ].map(folderWordsOf),
    ).toEqual([
      "ein-sußer-hund",
      "赤いハート",
      "красное-сердце",
      "قلب-أحمر",
      "x".repeat(40),
      "a-b",
      "picture",
      "con",
    ]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const words = folderWordsOf(text);
        expect(words).toMatch(/^[\p{L}\p{N}\p{M}]+(-[\p{L}\p{N}\p{M}]+)*$/u);
        expect(Buffer.byteLength(words)).toBeLessThanOrEqual(160);
      }),
    );
  });

  it("makes slugs of letters, digits and single dashes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(slugOf(text)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(slugOf(text).length).toBeLessThanOrEqual(40);
      }),
    );
  });

  it("saves frames as an animation that holds the last one longer", async () => {
    const path = join(folder, "film.webp");
    const frame = (value: number) => ({ width: 8, height: 8, data: new Float32Array(192).fill(value) });
    await saveAnimation(path, [frame(0), frame(0.5), frame(1)], { delay: 50 });
    const { pages, pageHeight, delay } = await sharp(await readFile(path), { animated: true }).metadata();
    expect([pages, pageHeight, delay]).toEqual([3, 8, [50, 50, 1050]]);
  });
});

describe("pictures", () => {
  it("are padded in the middle of a white square", () => {
    const wide = { width: 4, height: 2, data: new Float32Array(24) };
    const { picture, placement } = padToSquare(wide);
    expect(placement).toEqual({ size: 4, left: 0, top: 1 });
    expect([...picture.data.subarray(0, 12)]).toEqual(new Array(12).fill(1));
    expect([...picture.data.subarray(12, 36)]).toEqual(new Array(24).fill(0));
  });

  it("keep a constant colour at every size", async () => {
    const grey = { width: 5, height: 3, data: new Float32Array(45).fill(51 / 255) };
    for (const kernel of ["cubic", "nearest", "lanczos3"] as const) {
      const { data } = await resizePicture(grey, 17, 9, kernel);
      data.forEach((value) => expect(value).toBeCloseTo(51 / 255, 6));
    }
  });
});
