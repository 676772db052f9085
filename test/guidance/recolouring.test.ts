import { expect, it } from "vitest";
import { listEditFindings } from "../../src/guidance/edits/findings.js";
import { transparentGround } from "../../src/guidance/edits/ground.js";
import { isRecoloured, measureRecolouring } from "../../src/guidance/edits/recolouring.js";
import type { RgbaBytes } from "../../src/images/index.js";
import { type Rgb, takeColour } from "../../src/prompts/index.js";

type Bytes = readonly [number, number, number];
const side = 64;

/** A square of one colour beside another one, on nothing. */
function draw(left: Bytes, right: Bytes): RgbaBytes {
  const rgba = new Uint8Array(side * side * 4);
  for (let y = 8; y < side - 8; y++)
    for (let x = 8; x < side - 8; x++) rgba.set([...(x < 40 ? left : right), 255], (y * side + x) * 4);
  return { width: side, height: side, rgba };
}
const rgbOf = (name: string): Rgb => takeColour([name, "thing"]).colour!.rgb;
const bytesOf = (name: string): Bytes => rgbOf(name).map((value) => Math.round(255 * value)) as unknown as Bytes; // prettier-ignore
const orange: Bytes = [245, 150, 60];
const dark: Bytes = [43, 58, 71];
const before = draw(orange, dark);
const rightHalf = Float32Array.from({ length: side * side }, (_, at) => (at % side >= 40 ? 1 : 0));
const measure = (after: RgbaBytes, colour: string, mask?: Float32Array) =>
  measureRecolouring(before, after, rgbOf(colour), { ground: transparentGround, mask })!;

it("is reached where the fills get the named colour", () => {
  const found = measure(draw(bytesOf("grey"), dark), "grey");
  expect(found.before).toBeGreaterThan(15);
  expect(found.after).toBeLessThan(1);
  expect(found.share).toBeCloseTo(32 / 48, 1);
  expect(isRecoloured(found)).toBe(true);
});

it.each([
  ["nothing changed", before, "grey", undefined],
  ["the fills got another colour", draw(bytesOf("green"), dark), "grey", undefined],
  ["the fills had this colour before", draw(bytesOf("orange"), dark), "orange", undefined],
  ["the change is outside the part", draw(bytesOf("grey"), dark), "grey", rightHalf],
])("is not reached where %s", (_, after, colour, mask) => {
  expect(isRecoloured(measure(after, colour, mask))).toBe(false);
});

it("decides whether an edit of a colour is warned of, against what the CLIPs see", () => {
  const codesOf = (after: RgbaBytes, gain: number, isShown = true) => {
    const found = measure(after, "grey");
    const both = { guide: gain, judge: gain };
    return listEditFindings({
      direction: both,
      gain: both,
      score: both,
      changedOutside: 0,
      changed: 10,
      visible: { drawing: 0.5, background: 0 },
      judgeAgrees: gain > 0,
      recolouring: { ...found, isShown, isReached: isRecoloured(found) && isShown },
    }).map(({ code }) => code);
  };
  const [grey, green] = [draw(bytesOf("grey"), dark), draw(bytesOf("green"), dark)];
  expect(codesOf(grey, 0.004)).toEqual([]);
  expect(codesOf(grey, -0.1)).toEqual([]);
  expect(codesOf(green, 0.1)).toEqual(["colour-missed"]);
  // The colour alone proves nothing where the picture does not show the thing.
  expect(codesOf(grey, 0.3, false)).toEqual(["colour-missed"]);
});
