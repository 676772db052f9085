import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.js";
import {
  type RgbaBytes,
  addBorder,
  convertPicture,
  encodePicture,
  decodeMetadata,
  loadOwnPicture,
  loadPictureFrom,
  renderMetadataRdf,
  compositeOverColour,
  parseColour,
} from "../../src/images/index.js";

/** A disc with an antialiased edge. */
function disc(side: number, radius: number): RgbaBytes {
  const rgba = new Uint8Array(side * side * 4);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const [x, y] = [(pixel % side) + 0.5 - side / 2, Math.floor(pixel / side) + 0.5 - side / 2];
    const alpha = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(x, y)));
    if (alpha > 0) rgba.set([200, 30, 60, Math.round(255 * alpha)], pixel * 4);
  }
  return { width: side, height: side, rgba };
}

describe("parseColour", () => {
  it("reads white and hexadecimal colours, and nothing else", () => {
    expect(parseColour("white")).toEqual([255, 255, 255]);
    expect(parseColour("#f80")).toEqual([255, 136, 0]);
    expect(parseColour("#10aBff")).toEqual([16, 171, 255]);
    for (const text of ["none", "#", "#12", "#1234", "red", "#gggggg", "#ffffff "])
      expect(parseColour(text), text).toBeUndefined();
  });
});

describe("overColour", () => {
  it("makes an opaque picture: the colour where it was transparent, itself where it was opaque", () => {
    const { rgba } = compositeOverColour(disc(32, 8), [0, 128, 255]);
    expect([...rgba.subarray(0, 4)]).toEqual([0, 128, 255, 255]);
    expect([...rgba.subarray((16 * 32 + 16) * 4, (16 * 32 + 16) * 4 + 4)]).toEqual([200, 30, 60, 255]);
  });
});

describe("addBorder", () => {
  it.each([1, 6, 20.5])("is %d pixels wide all around, with an edge of one pixel", (thickness) => {
    const [side, radius] = [128, 30];
    const { rgba } = addBorder(disc(side, radius), thickness);
    for (let pixel = 0; pixel < side * side; pixel++) {
      const away =
        Math.hypot((pixel % side) + 0.5 - side / 2, Math.floor(pixel / side) + 0.5 - side / 2) -
        radius -
        thickness;
      const [red, green, blue, alpha] = rgba.subarray(pixel * 4, pixel * 4 + 4);
      if (away < -1.2) expect(alpha).toBe(255);
      if (away > 1.2) expect(alpha).toBe(0);
      if (away < -1.2 && away > 1.2 - thickness) expect([red, green, blue]).toEqual([255, 255, 255]);
      if (away < -1.2 - thickness) expect([red, green, blue]).toEqual([200, 30, 60]);
    }
  });

  it("does nothing to an empty picture and to an opaque one", () => {
    const empty = { width: 9, height: 7, rgba: new Uint8Array(9 * 7 * 4) };
    expect(addBorder(empty, 3)).toEqual(empty);
    const opaque = { width: 9, height: 7, rgba: new Uint8Array(9 * 7 * 4).fill(255) };
    expect(addBorder(opaque, 3)).toEqual(opaque);
  });
});

describe("encodePicture", () => {
  it.each(["png", "webp", "avif"] as const)("%s keeps every byte, alpha and metadata", async (format) => {
    const picture = disc(40, 12);
    const text = '{"prompt":"<böses> & \\"猫\\""}';
    const file = await encodePicture(picture, { format, metadata: text });
    expect(file.equals(await encodePicture(picture, { format, metadata: text }))).toBe(true);
    const read = await sharp(file).ensureAlpha().raw().toBuffer();
    // Colours of transparent pixels are of no account; all others are kept.
    picture.rgba.forEach((value, at) => {
      if (picture.rgba[at - (at % 4) + 3]! > 0 || at % 4 === 3) expect(read[at]).toBe(value);
    });
    expect(await decodeMetadata(file, "a picture")).toBe(text);
  });

  it.each(["png", "webp", "avif"] as const)(
    "%s is read and converted where a run wrote it",
    async (format) => {
      const picture = disc(40, 12);
      const file = await encodePicture(picture, { format, metadata: "{}" });
      const { width, height, hasAlpha, rgba } = await loadOwnPicture(file, "a picture");
      expect([width, height, hasAlpha]).toEqual([40, 40, true]);
      expect([...rgba.subarray((20 * 40 + 20) * 4, (20 * 40 + 20) * 4 + 4)]).toEqual([200, 30, 60, 255]);
      const converted = await convertPicture(file, "a picture", "png");
      expect((await loadPictureFrom(converted, "a picture")).rgba).toEqual(rgba);
      expect(await decodeMetadata(converted, "a picture")).toBe("{}");
    },
  );

  it("is checked for its size and content as other files are, as AVIF too", async () => {
    const file = await sharp({ create: { width: 16, height: 16, channels: 3, background: "#123" } })
      .avif({ effort: 0 })
      .toBuffer();
    const sides = file.indexOf("ispe") + 8; // the item's width and height in the header
    file.writeUInt32BE(8100, sides);
    file.writeUInt32BE(8100, sides + 4);
    await expect(loadOwnPicture(file, "large.avif")).rejects.toThrow("is too large (8100×8100)");
    const damaged = Buffer.from(file.subarray(0, 60));
    await expect(loadOwnPicture(damaged, "damaged.avif")).rejects.toThrow(InputError);
    const tiff = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#123" } })
      .tiff()
      .toBuffer();
    await expect(loadOwnPicture(tiff, "a.tiff")).rejects.toThrow("the format TIFF, which is not read");
  });
});

describe("metadata of documents", () => {
  it("is read from SVG, and refused when it is too long", async () => {
    const document = (text: string): Buffer =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg"><metadata>${renderMetadataRdf(text)}</metadata></svg>`,
      );
    expect(await decodeMetadata(document("ein ♥ & mehr"), "a.svg")).toBe("ein ♥ & mehr");
    expect(
      await decodeMetadata(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), "a.svg"),
    ).toBeUndefined();
    await expect(decodeMetadata(document("x".repeat(2 << 20)), "a.svg")).rejects.toThrow(InputError);
  });
});
