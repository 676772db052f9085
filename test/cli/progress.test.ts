import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, vi } from "vitest";
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

describe("the time left", () => {
  /** What is printed for steps at their seconds, on a pipe. */
  const follow = (events: readonly (readonly [seconds: number, done: number])[], total: number): string[] => {
    vi.useFakeTimers();
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const context = createContext(
        { json: false, quiet: false, verbose: false },
        new AbortController().signal,
      );
      const progress = context.progress("edit", total);
      let now = 0;
      for (const [seconds, done] of events) {
        vi.advanceTimersByTime(1000 * (seconds - now));
        now = seconds;
        progress.update(done);
      }
      return write.mock.calls.map(([text]) => String(text).trim());
    } finally {
      write.mockRestore();
      vi.useRealTimers();
    }
  };

  it("of an edit of a large picture is right from its first report on: copy, candidates and programs are no steps", () => {
    // The copy takes 20 s, candidates and the first step 40 s, each further step 6 s.
    const steps = Array.from({ length: 29 }, (_, at) => [60 + 6 * at, at + 1] as const);
    const lines = follow([[0, 0], [20, 0], ...steps], 30);
    expect(lines.slice(0, 2)).toEqual(["edit 0/30", "edit 1/30"]);
    expect(lines[2]).toBe("edit 2/30 2 min 48 s left");
    expect(lines.slice(2)).toEqual(
      steps.slice(1).map(([, done]) => {
        const left = 6 * (30 - done);
        return `edit ${done}/30 ${left < 60 ? "" : `${Math.floor(left / 60)} min `}${left % 60} s left`;
      }),
    );
  });

  it("of a resumed run does not count the steps of the process before", () => {
    expect(follow([[5, 0], [20, 40], [30, 41]], 60)).toEqual(["edit 0/60", "edit 40/60", "edit 41/60 3 min 10 s left"]); // prettier-ignore
  });

  it("is not said after the last step, while the result is applied and judged", () => {
    expect(follow([[5, 1], [15, 2], [25, 3]], 3)).toEqual(["edit 1/3", "edit 2/3 10 s left", "edit 3/3"]); // prettier-ignore
  });
});
