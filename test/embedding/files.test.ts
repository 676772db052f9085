import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createEncoder, encodeFiles, loadClips, readAhead } from "../../src/embedding/index.js";
import {
  readPictureBytes,
  listPictures,
  loadPicture,
  savePicture,
  squareFrom,
} from "../../src/images/index.js";
import { fitForEncoder } from "../../src/embedding/index.js";
import { loadPack } from "../../src/packs/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

const noise = (width: number, height: number, seed: string) => {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: width * height * 3 }, () => random.uniform());
  return { width, height, data };
};

/** A PNG whose header says that it is a larger square. */
function claimSize(png: Buffer, side: number): Buffer {
  png.writeUInt32BE(side, 16);
  png.writeUInt32BE(side, 20);
  let crc = ~0;
  for (const byte of png.subarray(12, 29)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  png.writeUInt32BE(~crc >>> 0, 29);
  return png;
}

describe("folders of pictures", () => {
  it("are listed by name at any depth, without hidden entries, and embedded in order, skipping with reasons", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-files-"));
    await mkdir(join(folder, "b", "deep"), { recursive: true });
    await mkdir(join(folder, ".hidden"));
    const at = (...names: string[]): string => join(folder, ...names);
    for (const [index, path] of [
      at("c.PNG"),
      at("b", "deep", "x.png"),
      at("a.png"),
      at(".hidden", "z.png"),
    ].entries())
      await savePicture(path, noise(64, 64, String(index)), { format: "png" });
    await writeFile(at("b", "broken.jpg"), "no picture");
    await writeFile(at("b", "empty.gif"), "");
    await writeFile(at("notes.txt"), "no picture either");
    const tiny = sharp({ create: { width: 1, height: 1, channels: 3, background: "#fff" } });
    await writeFile(at("huge.png"), claimSize(await tiny.png().toBuffer(), 9000));
    const paths = await listPictures([folder, at("a.png")]);
    expect(paths.map((path) => path.slice(folder.length + 1))).toEqual(
      ["a.png", "b/broken.jpg", "b/deep/x.png", "b/empty.gif", "c.PNG", "huge.png"].map((path) => join(path)),
    );
    await expect(listPictures([at("nowhere")])).rejects.toThrow("no such file or folder");

    const models = await loadClips(await loadPack(await writeTinyPack()), "judge");
    const encoder = createEncoder(models.clips, models.tokenizer);
    const skipped: Record<string, string> = {};
    const embedded: string[] = [];
    for await (const { path, rows } of encodeFiles(encoder, paths, {
      onSkip: ({ path: left, reason }) => (skipped[left.slice(folder.length + 1)] = reason),
    })) {
      const { picture } = await loadPicture(path);
      for await (const [row] of encoder.encodeImages([picture]))
        rows[0]!.forEach((value, axis) => expect(value).toBeCloseTo(row![axis]!, 5));
      embedded.push(path);
    }
    expect(embedded).toEqual([at("a.png"), at("b", "deep", "x.png"), at("c.PNG")]);
    expect(Object.keys(skipped)).toEqual([join("b", "broken.jpg"), join("b", "empty.gif"), "huge.png"]);
    expect(skipped["huge.png"]).toContain("64 megapixels");
    await encoder.dispose();
  });

  it("are read as the slow way does: square, on white, within 3 % of a level of each pixel on average", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-square-"));
    const path = join(folder, "wide.png");
    const smooth = {
      width: 200,
      height: 100,
      data: Float32Array.from({ length: 60000 }, (_, at) => (at % 600) / 600),
    };
    await savePicture(path, smooth, { format: "png" });
    const fast = await squareFrom(await readPictureBytes(path), path, 64);
    const slow = await fitForEncoder((await loadPicture(path)).picture);
    const apart =
      fast.data.reduce((sum, value, index) => sum + Math.abs(value - slow.data[index]!), 0) / 12288;
    expect(apart).toBeLessThan(0.03);
    expect([...fast.data.slice(0, 3)]).toEqual([1, 1, 1]);
  });
});

describe("readAhead", () => {
  it("keeps the order, starts no more than asked, and throws in turn", async () => {
    let running = 0;
    let most = 0;
    const load = async (item: number): Promise<number> => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, (7 - item) * 2));
      running--;
      if (item === 5) throw new Error("five");
      return item;
    };
    const seen: number[] = [];
    const all = async (): Promise<void> => {
      for await (const item of readAhead([1, 2, 3, 4, 5, 6], load, 3)) seen.push(item);
    };
    await expect(all()).rejects.toThrow("five");
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(most).toBe(3);
  });
});
