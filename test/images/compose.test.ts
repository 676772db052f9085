import { describe, expect, it } from "vitest";
import { contactSheet, plotCurves, terminalPreview } from "../../src/images/index.js";
import { fitLabel } from "../../src/images/labels.js";

const plain = (value: number) => ({ width: 64, height: 64, data: new Float32Array(64 * 64 * 3).fill(value) });

describe("contactSheet", () => {
  it("places pictures in rows", async () => {
    const sheet = await contactSheet([plain(0), plain(0.2), plain(0.4)], { columns: 2, gap: 4 });
    expect([sheet.width, sheet.height]).toEqual([2 * 68 + 4, 2 * 68 + 4]);
    const at = (x: number, y: number): number => sheet.data[(y * sheet.width + x) * 3]!;
    expect([at(10, 10), at(80, 10), at(10, 80), at(80, 80)].map((v) => Math.round(v * 10))).toEqual([
      0, 2, 4, 10,
    ]);
  });

  it("cuts a label to its picture's width, and keeps one that fits", async () => {
    expect(await fitLabel("cat", 64)).toBe("cat");
    const cut = await fitLabel("a very long label that no picture has room for", 64);
    expect(cut.endsWith("…")).toBe(true);
    expect(cut.length).toBeLessThan(20);
  });
});

describe("terminalPreview", () => {
  it("draws half blocks of the picture's colours", () => {
    const lines = terminalPreview(plain(1), 8).split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]!.split("▀")).toHaveLength(9);
    expect(lines[0]).toContain("38;2;255;255;255");
  });
});

describe("plotCurves", () => {
  it("draws a curve that is not there otherwise", async () => {
    const points = [0, 1, 2].map((x) => ({ x, y: x * x }));
    const labels = { title: "t", xLabel: "x", yLabel: "y" };
    const chart = await plotCurves([{ name: "a", points }], labels);
    const flat = await plotCurves([{ name: "a", points: points.map(({ x }) => ({ x, y: 0 })) }], labels);
    expect(chart.data).not.toEqual(flat.data);
  });
});
