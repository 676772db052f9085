import { stripVTControlCharacters } from "node:util";
import { expect, it, vi } from "vitest";
import { createContext, formatProgress } from "../../src/cli/context.js";

it.each([1, 10, 20, 40, 80, 200])("a line of progress fits a terminal of %i columns", (columns) => {
  for (const label of ["generate", "evaluate zero-shot of a long name that goes on"])
    for (const counts of ["0/60 ", "1000000/1000000 2 min 13 s left"]) {
      const note = "loss 0.288 of something that is longer than any terminal is wide".repeat(4);
      const line = formatProgress([label, counts, note], 0.4, columns);
      expect(stripVTControlCharacters(line).length).toBeLessThan(Math.max(columns, 1));
    }
});

it("a line of progress shows all where there is room", () => {
  const line = formatProgress(["generate", "12/24 3 s left", "loss 0.3"], 0.5, 80);
  expect(stripVTControlCharacters(line)).toBe(
    `generate ${"█".repeat(12)}${"░".repeat(12)} 12/24 3 s left loss 0.3`,
  );
});

it.each([
  [0, "generate begins\n"],
  [60, "generate 0/60 begins\n"],
])("progress on a pipe shows counts only of steps: %i", (total, expected) => {
  vi.useFakeTimers();
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const context = createContext(
      { json: false, quiet: false, verbose: false },
      new AbortController().signal,
    );
    const progress = context.progress("generate", total);
    vi.advanceTimersByTime(2000);
    progress.update(0, { total, note: "begins" });
    expect(write.mock.calls.map(([text]) => text)).toEqual([expected]);
  } finally {
    write.mockRestore();
    vi.useRealTimers();
  }
});
