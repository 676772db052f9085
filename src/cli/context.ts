import pc from "picocolors";
import { printable } from "./printable.js";

/** A live line about work that goes on. */
export interface Progress {
  /**
   * Work done so far; `total` corrects the one it began with, `note` follows the time left, `picture` (lines of text) is drawn
   * above.
   */
  update(done: number, options?: { total?: number; note?: string; picture?: string }): void;
  stop(): void;
}

/** What a command may use of the terminal. */
export interface Context {
  /** Aborted by the first Ctrl-C; a second one ends the process. */
  readonly signal: AbortSignal;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
  /** Result for people (nothing with `--json`), on stdout. */
  print(text: string): void;
  /** Result for programs: one object on stdout, with `--json` only. */
  printJson(value: unknown): void;
  /** Remark on stderr; nothing with `--quiet`. */
  note(text: string): void;
  warn(text: string): void;
  progress(label: string, total: number): Progress;
  /** Whether stderr is a terminal that a preview can be drawn on. */
  readonly terminal: boolean;
}

/** Seconds as people say them: `8 s`, `2 min 5 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A context over the process's own streams. */
export function createContext(
  flags: { json: boolean; quiet: boolean; verbose: boolean },
  signal: AbortSignal,
): Context {
  const { stderr, stdout } = process;
  const terminal = stderr.isTTY && process.env.TERM !== "dumb";
  const write = (text: string): void => void stderr.write(text);
  const shown = (text: string): string => (stdout.isTTY ? printable(text) : text);
  return {
    signal,
    terminal,
    ...flags,
    print: (text) => void (flags.json || stdout.write(`${shown(text)}\n`)),
    printJson: (value) => void (flags.json && stdout.write(`${printable(JSON.stringify(value))}\n`)),
    note: (text) => void (flags.quiet || write(`${printable(text)}\n`)),
    warn: (text) =>
      void (flags.quiet || write(`${pc.yellow("warning:")} ${printable(text.replaceAll("\n", " "))}\n`)),
    progress(label, total) {
      if (flags.quiet) return { update: () => undefined, stop: () => undefined };
      const safe = printable(label);
      return terminal
        ? liveProgress(safe, total, write, () => stderr.columns || 80)
        : plainProgress(safe, total, write);
    },
  };
}

/** Words for the time left, from the time since the last update before the first step: what came before is no measure of the rest. */
function timeLeft(): (done: number, total: number) => string {
  let first: { done: number; at: number } | undefined;
  return (done, total) => {
    const now = performance.now();
    if (!first || done <= first.done) first = { done, at: now };
    if (done === first.done) return "";
    return `${duration(((now - first.at) / 1000 / (done - first.done)) * (total - done))} left`;
  };
}

/**
 * Label, bar, counts and note on a line that is shorter than `columns`; one that wrapped would smear the preview above it. The bar gives
 * way first, then the end is cut.
 */
export function progressLine(
  [label, counts, note]: [string, string, string],
  part: number,
  columns: number,
): string {
  const bar = Math.max(0, Math.min(24, columns - label.length - counts.length - 3));
  const full = Math.round(bar * part);
  let free = Math.max(0, columns - 1);
  const cut = (text: string): string => {
    const piece = text.slice(0, free);
    free -= piece.length;
    return piece;
  };
  const [head, filled, rest] = [cut(`${label} `), cut("█".repeat(full)), cut("░".repeat(bar - full))];
  return `${head}${pc.cyan(filled)}${pc.dim(rest)}${cut(` ${counts} `)}${pc.dim(cut(note))}`;
}

/** "12/60 3 s left"; without steps, such as of a scene that takes none, only the rest. */
const countsOf = (done: number, total: number, left: string): string =>
  total > 0 ? `${done}/${total} ${left}` : left;

function liveProgress(
  label: string,
  planned: number,
  write: (text: string) => void,
  columns: () => number,
): Progress {
  const remaining = timeLeft();
  let drawn = 0;
  let shown = 0;
  return {
    update(done, { total = planned, note = "", picture } = {}) {
      const now = performance.now();
      const left = remaining(done, total);
      if (now - shown < 80 && done < total) return;
      shown = now;
      const line = progressLine(
        [label, countsOf(done, total, left), printable(note)],
        done / Math.max(1, total),
        columns(),
      );
      const text = picture === undefined ? line : `${picture}\n${line}`;
      write(`${drawn > 0 ? `\x1b[${drawn}A` : ""}\r\x1b[J${text}`);
      drawn = text.split("\n").length - 1;
    },
    stop: () => write("\n"),
  };
}

function plainProgress(label: string, planned: number, write: (text: string) => void): Progress {
  const remaining = timeLeft();
  let shown = performance.now() - 4000;
  return {
    update(done, { total = planned, note = "" } = {}) {
      const left = remaining(done, total);
      if (performance.now() - shown < 5000 && done < total) return;
      shown = performance.now();
      write(
        `${label} ${countsOf(done, total, left)} ${printable(note)}`.replace(/ +/g, " ").trimEnd() + "\n",
      );
    },
    stop: () => undefined,
  };
}
