import pc from "picocolors";
import { sanitize } from "./printable.js";

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

/** Formats seconds as people say them: `8 s`, `2 min 5 s`, `1 h 3 min`; negative numbers count as 0. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Creates a context over the process's own streams. */
export function createContext(
  flags: { json: boolean; quiet: boolean; verbose: boolean },
  signal: AbortSignal,
): Context {
  const { stderr, stdout } = process;
  const terminal = stderr.isTTY && process.env.TERM !== "dumb";
  const write = (text: string): void => void stderr.write(text);
  const shown = (text: string): string => (stdout.isTTY ? sanitize(text) : text);
  return {
    signal,
    terminal,
    ...flags,
    print: (text) => void (flags.json || stdout.write(`${shown(text)}\n`)),
    printJson: (value) => void (flags.json && stdout.write(`${sanitize(JSON.stringify(value))}\n`)),
    note: (text) => void (flags.quiet || write(`${sanitize(text)}\n`)),
    warn: (text) =>
      void (flags.quiet || write(`${pc.yellow("warning:")} ${sanitize(text.replaceAll("\n", " "))}\n`)),
    progress(label, total) {
      if (flags.quiet) return { update: () => undefined, stop: () => undefined };
      const safe = sanitize(label);
      return terminal
        ? createLiveProgress(safe, total, write, () => stderr.columns || 80)
        : createPlainProgress(safe, total, write);
    },
  };
}

/** Creates a function that words the time left, by the steps after the first that it sees: drafts and resumed steps would mislead. */
function createTimeLeft(): (done: number, total: number) => string {
  let first: { done: number; at: number } | undefined;
  return (done, total) => {
    const now = performance.now();
    if (!first || done < first.done) first = done > 0 ? { done, at: now } : undefined;
    if (!first || done === first.done || done >= total) return "";
    return `${formatDuration(((now - first.at) / 1000 / (done - first.done)) * (total - done))} left`;
  };
}

/**
 * Formats label, bar, counts and note on a line that is shorter than `columns`; one that wrapped would smear the preview
 * above it. The bar gives way first, then the end is cut.
 */
export function formatProgress(
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

/** Formats "12/60 3 s left"; without steps, such as of a scene that takes none, only the rest. */
const formatCounts = (done: number, total: number, left: string): string =>
  total > 0 ? `${done}/${total} ${left}` : left;

function createLiveProgress(
  label: string,
  planned: number,
  write: (text: string) => void,
  columns: () => number,
): Progress {
  const remaining = createTimeLeft();
  let drawnLines = 0;
  let drawnAt = 0;
  return {
    update(done, { total = planned, note = "", picture } = {}) {
      const now = performance.now();
      const left = remaining(done, total);
      if (now - drawnAt < 80 && done < total) return;
      drawnAt = now;
      const line = formatProgress(
        [label, formatCounts(done, total, left), sanitize(note)],
        done / Math.max(1, total),
        columns(),
      );
      const text = picture === undefined ? line : `${picture}\n${line}`;
      write(`${drawnLines > 0 ? `\x1b[${drawnLines}A` : ""}\r\x1b[J${text}`);
      drawnLines = text.split("\n").length - 1;
    },
    stop: () => write("\n"),
  };
}

function createPlainProgress(label: string, planned: number, write: (text: string) => void): Progress {
  const remaining = createTimeLeft();
  let shown = performance.now() - 4000;
  return {
    update(done, { total = planned, note = "" } = {}) {
      const left = remaining(done, total);
      if (performance.now() - shown < 5000 && done < total) return;
      shown = performance.now();
      write(
        `${label} ${formatCounts(done, total, left)} ${sanitize(note)}`.replace(/ +/g, " ").trimEnd() + "\n",
      );
    },
    stop: () => undefined,
  };
}
