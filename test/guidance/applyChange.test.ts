import { describe, expect, it } from "vitest";
import { applyChange } from "../../src/guidance/index.js";
import type { Picture, RgbaBytes } from "../../src/images/index.js";

const side = 32;

/** White with a black square in the middle. */
function drawn(): { bytes: RgbaBytes; picture: Picture } {
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
    const { bytes, picture } = drawn();
    const blue = [0.1, 0.2, 0.5].map((value) => value * 255);
    const after = { ...picture, data: picture.data.map((_, at) => blue[at % 3]! / 255) };
    const { rgba } = await applyChange(bytes, picture, after, { kind: "shape" });
    for (let at = 0; at < rgba.length; at++)
      if (at % 4 < 3 && Math.abs(rgba[at]! - blue[at % 4]!) > 3) expect.fail(`byte ${at} is ${rgba[at]}`);
  });

  it.each(["shape", "colour"] as const)("leaves out %s changes that are nearly none", async (kind) => {
    const { bytes, picture } = drawn();
    const after = { ...picture, data: picture.data.map((value) => value + (value > 0.5 ? -0.025 : 0.025)) };
    expect((await applyChange(bytes, picture, after, { kind })).rgba).toEqual(bytes.rgba);
  });
});
