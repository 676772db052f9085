import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { cpuSeconds } from "../cpuTime.js";
import { composeContactSheet, plotCurves, renderForTerminal } from "../../src/images/index.js";
import { fitLabel } from "../../src/images/labels.js";

const plain = (value: number) => ({ width: 64, height: 64, data: new Float32Array(64 * 64 * 3).fill(value) });

describe("contactSheet", () => {
  it("places pictures in rows", async () => {
    const sheet = await composeContactSheet([plain(0), plain(0.2), plain(0.4)], { columns: 2, gap: 4 });
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
  it("has labels in any script, and takes no longer for a long one", async () => {
    const labels = ["日本語の猫", "❤️🐱", "x".repeat(100_000)];
    const seconds = await cpuSeconds(async () => {
      const sheet = await composeContactSheet([plain(0.5), plain(0.5), plain(0.5)], { columns: 3, labels });
      expect(sheet.width).toBeGreaterThan(0);
    });
    expect(seconds).toBeLessThan(3);
  });

  it("are drawn without a configuration of fonts", async () => {
    const code = `
      const { composeContactSheet } = await import("./src/images/index.ts");
      const picture = { width: 64, height: 64, data: new Float32Array(64 * 64 * 3) };
      const { width, height } = await composeContactSheet([picture], { columns: 1, labels: ["日本語 🐱 cat"] });
      console.log(width, height);`;
    const none = "/no/such/folder";
    const env = {
      ...process.env,
      FONTCONFIG_FILE: none,
      FONTCONFIG_PATH: none,
      HOME: none,
      XDG_CACHE_HOME: none,
    };
    const args = ["--import", "tsx", "--input-type=module", "--eval", code];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toMatch(/^\d+ \d+\n$/);
  });

  it("draws with 256 colours where a terminal has no more", () => {
    expect(renderForTerminal(plain(1), 2, "256").split("\n")[0]).toBe(
      "\x1b[38;5;231;48;5;231m▀".repeat(2) + "\x1b[0m",
    );
  });

  it("draws half blocks of the picture's colours", () => {
    const lines = renderForTerminal(plain(1), 8).split("\n");
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
