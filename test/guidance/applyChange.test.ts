import { describe, expect, it, vi } from "vitest";
import { createFieldReader } from "../../src/guidance/edits/changeField.js";
import { listEditFindings } from "../../src/guidance/edits/findings.js";
import { measureVisibleChange } from "../../src/guidance/edits/visibleChange.js";
import { detectGround } from "../../src/guidance/edits/ground.js";
import { reducePicture } from "../../src/guidance/edits/workingCopy.js";
import { type ReportCard, applyChange } from "../../src/guidance/index.js";
import type { Picture, RgbaBytes } from "../../src/images/index.js";

const side = 32;

/** White with a black square in the middle. */
function drawSquare(): { bytes: RgbaBytes; picture: Picture } {
  const data = Float32Array.from({ length: side * side * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
    return Math.max(Math.abs(x - 16), Math.abs(y - 16)) < 7 ? 0 : 1;
  });
  const rgba = Uint8Array.from({ length: side * side * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : data[Math.floor(at / 4) * 3 + (at % 4)]! * 255,
  );
  return { bytes: { width: side, height: side, rgba }, picture: { width: side, height: side, data } };
}

describe("bringing a change to the original", () => {
  it("leaves no ghost of what was drawn where another shape takes its place", async () => {
    const { bytes, picture } = drawSquare();
    const blue = [0.1, 0.2, 0.5].map((value) => value * 255);
    const after = { ...picture, data: picture.data.map((_, at) => blue[at % 3]! / 255) };
    const { rgba } = await applyChange(bytes, picture, after, { kind: "shape" });
    for (let at = 0; at < rgba.length; at++)
      if (at % 4 < 3 && Math.abs(rgba[at]! - blue[at % 4]!) > 3) expect.fail(`byte ${at} is ${rgba[at]}`);
  });

  it.each(["shape", "colour"] as const)("leaves out %s changes that are nearly none", async (kind) => {
    const { bytes, picture } = drawSquare();
    const after = { ...picture, data: picture.data.map((value) => value + (value > 0.5 ? -0.025 : 0.025)) };
    expect((await applyChange(bytes, picture, after, { kind })).rgba).toEqual(bytes.rgba);
  });
});

/** A disc of a radius (of 1) on white paper, or on transparency. */
function disc(
  radius: number,
  colour: readonly number[],
  size = side,
): { bytes: RgbaBytes; picture: Picture } {
  const rgba = new Uint8Array(size * size * 4);
  const data = new Float32Array(size * size * 3);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [x, y] = [(pixel % size) + 0.5 - size / 2, Math.floor(pixel / size) + 0.5 - size / 2];
    const inside = Math.hypot(x, y) < radius * size;
    for (let channel = 0; channel < 3; channel++) {
      const value = colour[channel]!;
      rgba[pixel * 4 + channel] = inside ? Math.round(value * 255) : 0;
      data[pixel * 3 + channel] = inside ? value : 1;
    }
    rgba[pixel * 4 + 3] = inside ? 255 : 0;
  }
  return { bytes: { width: size, height: size, rgba }, picture: { width: size, height: size, data } };
}

/** RGBA of a pixel. */
const pixelAt = ({ width, rgba }: RgbaBytes, x: number, y: number): number[] => [
  ...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
];

describe("a picture's ground", () => {
  const [red, green] = [
    [0.8, 0.1, 0.1],
    [0.1, 0.6, 0.1],
  ];
  const ground = [60, 120, 240];
  const onBlue = ({ width, height, rgba }: RgbaBytes): RgbaBytes => {
    const out = rgba.slice();
    for (let at = 0; at < out.length; at += 4) if (out[at + 3] === 0) out.set([...ground, 255], at);
    return { width, height, rgba: out };
  };

  it("is transparent, of one colour, or white for all others", () => {
    const { bytes } = disc(0.3, red!);
    expect(detectGround(bytes).kind).toBe("transparent");
    const blue = detectGround(onBlue(bytes));
    expect(blue.kind).toBe("colour");
    blue.gradients.forEach(([constant, alongX, alongY], channel) => {
      expect(constant).toBeCloseTo(ground[channel]! / 255, 5);
      expect(Math.abs(alongX) + Math.abs(alongY)).toBeLessThan(1e-5);
    });
    expect(detectGround(drawSquare().bytes).kind).toBe("white");
    const painted = (value: (x: number, y: number) => number): RgbaBytes => ({
      width: 64,
      height: 64,
      rgba: Uint8Array.from({ length: 64 * 64 * 4 }, (_, at) =>
        at % 4 === 3 ? 255 : value(Math.floor(at / 4) % 64, Math.floor(at / 256)),
      ),
    });
    const [channel] = detectGround(painted((x, y) => 100 + x / 2 + y)).gradients;
    expect(channel[1]).toBeCloseTo(16 / 255, 2);
    expect(channel[2]).toBeCloseTo(32 / 255, 2);
    expect(detectGround(painted((x, y) => (x * 37 + y * 91) % 256)).kind).toBe("white");
  });

  it("lets alpha follow a shape that grows, and one that shrinks", async () => {
    const [small, large] = [disc(0.2, red!), disc(0.4, green!)];
    const grown = await applyChange(small.bytes, small.picture, large.picture, { kind: "shape" });
    expect(pixelAt(grown, 5, 16)[3]).toBeGreaterThan(200); // inside the large disc alone
    expect(pixelAt(grown, 5, 16)[1]).toBeGreaterThan(pixelAt(grown, 5, 16)[0]!);
    expect(pixelAt(grown, 0, 0)).toEqual([0, 0, 0, 0]);
    const shrunk = await applyChange(large.bytes, large.picture, small.picture, { kind: "shape" });
    expect(pixelAt(shrunk, 5, 16)[3]).toBeLessThan(40);
    expect(pixelAt(shrunk, 16, 16)[3]).toBe(255);
  });

  it("keeps a ground of one colour, and draws it where a shape shrinks", async () => {
    const [small, large] = [disc(0.2, red!), disc(0.4, green!)];
    const original = onBlue(large.bytes);
    const shrunk = await applyChange(original, large.picture, small.picture, { kind: "shape" });
    expect(pixelAt(shrunk, 0, 0)).toEqual([...ground, 255]);
    pixelAt(shrunk, 5, 16).forEach((value, channel) =>
      expect(Math.abs(value - [...ground, 255][channel]!)).toBeLessThan(40),
    );
    expect(pixelAt(shrunk, 16, 16)[0]).toBeGreaterThan(150);
    const recoloured = { ...large.picture, data: large.picture.data.slice() };
    for (let at = 0; at < recoloured.data.length; at += 3)
      if (recoloured.data[at]! < 1) recoloured.data.set(red!, at);
    const coloured = await applyChange(original, large.picture, recoloured, { kind: "colour" });
    expect(pixelAt(coloured, 0, 0)).toEqual([...ground, 255]);
    expect(pixelAt(coloured, 16, 16)[0]).toBeGreaterThan(pixelAt(coloured, 16, 16)[1]!);
  });
});

describe("large pictures", () => {
  it("are reduced by means, colours weighted by alpha, whatever their proportions", () => {
    const rgba = Uint8Array.from([200, 0, 0, 255, 0, 200, 0, 0, 100, 0, 0, 255, 100, 0, 0, 255]);
    expect([...reducePicture({ width: 4, height: 1, rgba }, 2).rgba]).toEqual([
      ...[200, 0, 0, 128],
      ...[100, 0, 0, 255],
    ]);
    const strip = { width: 1, height: 20_000, rgba: new Uint8Array(80_000).fill(7) };
    expect(reducePicture(strip, 256)).toMatchObject({ width: 1, height: 256 });
  });

  it("get a change that is interpolated by rows, exactly where it is flat", () => {
    const side = 8;
    const field = { side, left: 0, top: 2, width: 8, height: 4 };
    const colour = Float32Array.from({ length: side * side * 3 }, (_, at) => (at % 3) / 10);
    const reader = createFieldReader({ ...field, colour }, 100, 50);
    for (const y of [0, 25, 49])
      reader.row(y).colour.forEach((value, at) => expect(value).toBeCloseTo((at % 3) / 10, 6));
    const ramp = Float32Array.from({ length: side * side * 3 }, (_, at) => Math.floor(at / 3) % side);
    const across = createFieldReader({ ...field, colour: ramp }, 100, 50).row(25).colour;
    // A pixel's middle at (x + 0.5) · 8 / 100 − 0.5 of the field's.
    for (const x of [20, 50, 80]) expect(across[x * 3]).toBeCloseTo(((x + 0.5) * 8) / 100 - 0.5, 4);
  });

  it("are fitted on a small copy: memory beside the picture and its result does not grow with them", async () => {
    const { picture } = disc(0.3, [0.8, 0.1, 0.1]);
    const after = {
      ...picture,
      data: picture.data.map((value, at) => (value < 1 && at % 3 === 2 ? 1 : value)),
    };
    const allocated = vi.spyOn(Float32Array, "from");
    const sizes = async (size: number): Promise<number> => {
      const large = { width: size, height: size, rgba: new Uint8Array(size * size * 4).fill(200) };
      allocated.mockClear();
      await applyChange(large, picture, after, { kind: "shape" });
      return Math.max(...allocated.mock.results.map(({ value }) => (value as Float32Array).length));
    };
    const [small, large] = [await sizes(520), await sizes(780)];
    allocated.mockRestore();
    expect(large).toBe(small);
  });

  it("stop with the signal's reason", async () => {
    const { picture } = disc(0.3, [0, 0, 0]);
    const large = { width: 300, height: 300, rgba: new Uint8Array(360_000).fill(255) };
    const stop = new AbortController();
    const applied = applyChange(large, picture, picture, { kind: "shape", signal: stop.signal });
    stop.abort(new Error("stopped"));
    await expect(applied).rejects.toThrow("stopped");
  });
});

describe("findings of an edit", () => {
  const card = (guide: number, judge: number): ReportCard => ({
    direction: { guide: 1, judge: 1 },
    gain: { guide, judge },
    score: { guide: 0.5, judge: 0.5 },
    changedOutside: 0,
    changed: 10,
    visible: { drawing: 0, background: 0 },
    inversionPsnr: 30,
    judgeAgrees: judge > 0,
  });

  it("are of a picture that is no nearer to its prompt, and of a background that changed", () => {
    expect(listEditFindings(card(0.1, 0.1))).toEqual([]);
    const codes = (given: ReportCard, background: number) =>
      listEditFindings({ ...given, visible: { drawing: 0, background } }).map(({ code }) => code);
    expect(codes(card(0.1, -0.035), 0)).toEqual(["no-gain"]);
    expect(codes(card(0, 0.1), 0)).toEqual(["no-gain"]);
    expect(codes(card(0.1, 0.1), 0.9)).toEqual(["background-changed"]);
  });

  it("are, in additions, of the gain to what was added, and of a drawing that made room and alpha that changed", () => {
    const added = { ...card(-0.1, -0.1), namedGain: { guide: 0.2, judge: 0.3 } };
    expect(listEditFindings(added)).toEqual([]);
    expect(listEditFindings({ ...card(0.1, 0.1), namedGain: { guide: 0, judge: 0 } })[0]!.code).toBe(
      "no-gain",
    );
    const moved = { ...added, moved: { scale: 0.8, right: 0, down: 0.1 }, alpha: { grown: 5, lost: 7 } };
    expect(listEditFindings(moved).map(({ code, level }) => [code, level])).toEqual([
      ["made-room", "note"],
      ["alpha-changed", "note"],
    ]);
  });
});

describe("visible change", () => {
  const before = disc(0.3, [0, 0, 0]).picture;
  const darker = { ...before, data: before.data.map((value) => value * 0.5) };

  it("is measured of drawing and background, where the mask allows it", () => {
    expect(measureVisibleChange(before, before)).toEqual({ drawing: 0, background: 0 });
    const { drawing, background } = measureVisibleChange(before, darker);
    expect(background).toBe(1);
    expect(drawing).toBeLessThan(0.5); // black stays black, and the edge is grey
    const mask = new Float32Array(side * side);
    expect(measureVisibleChange(before, darker, { mask })).toEqual({ drawing: 0, background: 0 });
  });

  it("is measured beside what was added", () => {
    const half = {
      ...before,
      data: before.data.map((value, at) => (Math.floor(at / 3) % side < side / 2 ? 1 - value : value)),
    };
    const left = { left: 0, top: 0, right: 0.5, bottom: 1 };
    const right = { ...left, left: 0.5, right: 1 };
    expect(measureVisibleChange(before, half, { added: [left] }).elsewhere).toBe(0);
    expect(measureVisibleChange(before, half, { added: [right] }).elsewhere).toBeGreaterThan(0.9);
    expect(measureVisibleChange(before, half, { added: [left, right] }).elsewhere).toBe(0);
  });
});
