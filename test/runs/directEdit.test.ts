import { afterAll, beforeAll, expect, it } from "vitest";
import { detectGround } from "../../src/guidance/edits/ground.js";
import { mapDrawnShares } from "../../src/guidance/edits/drawn.js";
import { makeSpriteOfMap } from "../../src/guidance/edits/outline.js";
import { type LoadedPicture, encodePicture, loadPictureFrom } from "../../src/images/index.js";
import {
  type FinishedEdit,
  type RunSession,
  createMemoryAssets,
  createMemoryStore,
  openRunSession,
  runEdit,
} from "../../src/runs/index.js";

const side = 96;
let session: RunSession;
let face: Buffer;
let source: LoadedPicture;

/** A yellow head with two eyes, and room above it. */
beforeAll(async () => {
  session = await openRunSession("stickers", { threads: 1 });
  const rgba = new Uint8Array(side * side * 4);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const at = (y * side + x) * 4;
      if (Math.hypot(x - 48, y - 58) > 34) continue;
      const isEye = Math.min(Math.hypot(x - 36, y - 52), Math.hypot(x - 60, y - 52)) < 5;
      rgba.set(isEye ? [43, 58, 71, 255] : [255, 204, 77, 255], at);
    }
  face = await encodePicture({ width: side, height: side, rgba }, { format: "png" });
  source = await loadPictureFrom(face, "face");
});
afterAll(() => session.dispose());

async function edit(from: string, prompt: string, mask: string[] = [], drawing = face) {
  const request = { generator: "stickers", picture: "in.png", prompt: [prompt], from: [from], mask };
  const running = runEdit(request, {
    session,
    store: createMemoryStore(),
    assets: createMemoryAssets({ "in.png": drawing }),
  });
  const findings: string[] = [];
  let steps: number | undefined;
  for (;;) {
    const next = await running.next();
    if (!next.done) {
      if (next.value.type === "draft") steps = next.value.steps;
      if (next.value.type === "finding") findings.push(next.value.finding.code);
      continue;
    }
    const { bytes, reports } = next.value.pictures[0] as FinishedEdit;
    return { picture: await loadPictureFrom(bytes, "out"), report: reports[0]!, findings, steps };
  }
}

const changedRows = ({ rgba }: LoadedPicture): number[] => {
  const rows = new Set<number>();
  for (let at = 0; at < rgba.length; at++)
    if (rgba[at] !== source.rgba[at]) rows.add(Math.floor(at / 4 / side));
  return [...rows];
};
const boxOf = (picture: LoadedPicture) =>
  makeSpriteOfMap(mapDrawnShares(picture, detectGround(picture)), picture)!.box;

let hatted: ReturnType<typeof edit> | undefined;
/** The face with a hat, once for all tests. */
const addHat = (): ReturnType<typeof edit> => (hatted ??= edit("a face", "a face wearing a top hat"));

it("adds a hat above the face, and leaves every other byte", async () => {
  const { picture, report, steps } = await addHat();
  expect(report).toMatchObject({ change: "layer", steps: 0 });
  expect(steps).toBe(0); // progress does not wait for the steps of an ascent that is not needed
  const rows = changedRows(picture);
  expect(rows.length).toBeGreaterThan(8);
  // The eyes and all below them are the source's bytes.
  expect(Math.max(...rows)).toBeLessThan(52);
}, 120_000);

it("makes room for a hat on a head that fills its picture, and says so", async () => {
  const rgba = new Uint8Array(side * side * 4);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      if (Math.hypot(x - 47.5, y - 47.5) > 47) continue;
      const isEye = Math.min(Math.hypot(x - 32, y - 42), Math.hypot(x - 64, y - 42)) < 6;
      rgba.set(isEye ? [43, 58, 71, 255] : [255, 204, 77, 255], (y * side + x) * 4);
    }
  const full = await encodePicture({ width: side, height: side, rgba }, { format: "png" });
  const { picture, report, findings } = await edit("a face", "a face wearing a top hat", [], full);
  expect(report.moved!.scale).toBeLessThan(1);
  expect(report.namedGain!.guide).toBeGreaterThan(0.05);
  expect(report.judgeAgrees).toBe(report.direction.judge > 0 && report.namedGain!.judge > 0);
  expect(report.moved!.down).toBeGreaterThan(0);
  const [hat] = report.added!;
  expect(hat!.top).toBeLessThan(0.1);
  expect(hat!.bottom - hat!.top).toBeGreaterThan(0.2);
  expect(report.alpha!.grown).toBeGreaterThan(0);
  expect(report.alpha!.lost).toBeGreaterThan(0);
  expect(findings).toEqual(expect.arrayContaining(["made-room", "alpha-changed"]));
  // The hat is above the head, and much of the picture is still the head.
  const skin = (row: number): number => {
    let count = 0;
    for (let x = 0; x < side; x++) if (picture.rgba[(row * side + x) * 4 + 2] === 77) count++;
    return count;
  };
  expect(skin(6)).toBe(0);
  expect(skin(70)).toBeGreaterThan(0.5 * side);
  // Where only a part may change, nothing moves.
  const masked = await edit("a face", "a face wearing a top hat", ["box 0 0 1 0.4"], full);
  expect(masked.report.moved).toBeUndefined();
  expect(masked.report.changedOutside).toBe(0);
}, 120_000);

it("puts an added thing into the mask, and changes nothing outside", async () => {
  const { picture, report } = await edit("a face", "add a red heart", ["box 0.6 0.6 1 1"]);
  expect(report.change).toBe("layer");
  expect(report.changedOutside).toBe(0);
  expect(report.added![0]).toMatchObject({ right: expect.closeTo(1, 0) as number });
  expect(Math.min(...changedRows(picture))).toBeGreaterThan(0.6 * side - 1);
}, 120_000);

it("redraws another thing at the source's place and size, by the outline that agrees", async () => {
  const { picture, report } = await edit("a yellow face", "a cat");
  expect(report.change).toBe("drawing");
  const [before, after] = [boxOf(source), boxOf(picture)];
  const centre = (box: typeof before) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  centre(after).forEach((value, axis) => expect(Math.abs(value - centre(before)[axis]!)).toBeLessThan(0.08));
  const area = ({ left, top, right, bottom }: typeof before) => (right - left) * (bottom - top);
  expect(area(after) / area(before)).toBeGreaterThan(0.75);
  expect(area(after) / area(before)).toBeLessThan(1.3);
}, 120_000);

it("says that it cannot tell the parts of a picture that fills its frame, unless a mask does", async () => {
  const rgba = Uint8Array.from({ length: side * side * 4 }, (_, at) => {
    const [x, y] = [Math.floor(at / 4) % side, Math.floor(at / 4 / side)];
    const noise = ((x * 37 + y * 91) % 23) * 4;
    return [40 + y + noise, 30 + 110 * Number(x > y) + noise, 60 + x, 255][at % 4]!;
  });
  const photo = await encodePicture({ width: side, height: side, rgba }, { format: "png" });
  const { findings, report } = await edit("a cat", "a red cat", [], photo);
  expect(findings).toContain("fills-frame");
  expect(report.alpha).toBeUndefined();
  const masked = await edit("a cat", "a red cat", ["box 0.2 0.2 0.8 0.8"], photo);
  expect(masked.findings).not.toContain("fills-frame");
  expect(masked.report.changedOutside).toBe(0);
}, 120_000);

it("gives a named colour to the fills alone, alpha unchanged", async () => {
  const { picture, report } = await edit("a face", "a green face");
  expect(report.change).toBe("colour");
  for (let at = 3; at < picture.rgba.length; at += 4) expect(picture.rgba[at]).toBe(source.rgba[at]);
  const eye = (52 * side + 36) * 4;
  expect([...picture.rgba.subarray(eye, eye + 4)]).toEqual([...source.rgba.subarray(eye, eye + 4)]);
}, 120_000);

it("gives the same bytes for the same seed, without a copy by the generator", async () => {
  const [one, two] = [await addHat(), await edit("a face", "a face wearing a top hat")];
  expect(two.picture.rgba).toEqual(one.picture.rgba);
  expect(one.report.inversionPsnr).toBeUndefined();
}, 120_000);
