import { readFile, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Time of the operators of one kind in one step. */
export interface ProfileRow {
  readonly operator: string;
  /** Types and shapes of the inputs, where rows are split by them. */
  readonly inputs?: string;
  /** Operators of this kind in a step. */
  readonly count: number;
  readonly milliseconds: number;
  /** Multiply-adds, where the operator is a matrix product or a convolution. */
  readonly multiplyAdds: number;
}

/** Where the time of a step goes. */
export interface Profile {
  /** A step as ONNX Runtime sees it, measuring included. */
  readonly milliseconds: number;
  /** In matrix products and convolutions. */
  readonly multiplyAdds: number;
  /** By operator, most time first. */
  readonly operators: readonly ProfileRow[];
  /** By operator and shapes of its inputs, the ones that take most time. */
  readonly nodes: readonly ProfileRow[];
}

type Shapes = readonly Readonly<Record<string, readonly number[]>>[];

interface Event {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { op_name?: string; input_type_shape?: Shapes; output_type_shape?: Shapes };
}

const longest = 15;

const shapesOf = (shapes: Shapes = []): (readonly number[])[] =>
  shapes.map((typed) => Object.values(typed)[0] ?? []);
const product = (sides: readonly number[]): number => sides.reduce((all, side) => all * side, 1);

/** Multiply-adds of one operator. Weights that ONNX Runtime has packed are not among the inputs of a product. */
function multiplyAddsOf({ args }: Event): number {
  const [a = [], weights = []] = shapesOf(args!.input_type_shape);
  const [outputShape = []] = shapesOf(args!.output_type_shape);
  if (/^(Fused)?Conv$/.test(args!.op_name!)) return product(outputShape) * product(weights.slice(1));
  if (!/^(Gemm|(Fused)?MatMul)$/.test(args!.op_name!)) return 0;
  return product(outputShape) * (product(a.slice(-2)) / outputShape[outputShape.length - 2]!);
}

function rows(events: readonly Event[], steps: number, split: boolean): ProfileRow[] {
  const found = new Map<string, { -readonly [K in keyof ProfileRow]: ProfileRow[K] }>();
  for (const event of events) {
    const operator = event.args!.op_name!;
    const inputs = shapesOf(event.args!.input_type_shape).map((shape) => `[${shape.join(",")}]`);
    const key = split ? `${operator} ${inputs.join(" ")}` : operator;
    const row = found.get(key) ?? { operator, count: 0, milliseconds: 0, multiplyAdds: 0 };
    if (split) row.inputs = inputs.join(" ");
    row.count += 1 / steps;
    row.milliseconds += event.dur / steps / 1000;
    row.multiplyAdds += multiplyAddsOf(event) / steps;
    found.set(key, row);
  }
  return [...found.values()]
    .map((row) => ({ ...row, count: Math.round(row.count) }))
    .sort((one, other) => other.milliseconds - one.milliseconds);
}

/** Reads the times that ONNX Runtime wrote into files of a prefix, the first step left out, and removes the files. */
export async function readProfile(prefix: string): Promise<Profile> {
  const files = (await readdir(dirname(prefix))).filter((name) => name.startsWith(basename(prefix)));
  const events: Event[] = [];
  for (const name of files) {
    const path = join(dirname(prefix), name);
    events.push(...(JSON.parse(await readFile(path, "utf8")) as Event[]));
    await rm(path);
  }
  const runs = events.filter(({ name }) => name === "model_run").sort((a, b) => a.ts - b.ts);
  if (runs.length < 2) throw new Error(`${prefix}: expected two steps or more, got ${runs.length}`);
  const steps = runs.length - 1;
  const timed = events.filter(
    ({ cat, name, ts, args }) =>
      cat === "Node" && name.endsWith("_kernel_time") && args?.op_name && ts >= runs[1]!.ts,
  );
  const operators = rows(timed, steps, false);
  return {
    multiplyAdds: operators.reduce((sum, row) => sum + row.multiplyAdds, 0),
    milliseconds: runs.slice(1).reduce((sum, { dur }) => sum + dur, 0) / steps / 1000,
    operators,
    nodes: rows(timed, steps, true).slice(0, longest),
  };
}

/** The profile as two tables in Markdown: by operator, and the slowest by shape. */
export function profileTables(name: string, { milliseconds, operators, nodes }: Profile): string {
  const share = (time: number): string => `${((100 * time) / milliseconds).toFixed(1)} %`;
  const rate = (row: ProfileRow): string =>
    row.multiplyAdds > 0 ? ((2 * row.multiplyAdds) / row.milliseconds / 1e6).toFixed(0) : "";
  const inside = operators.reduce((sum, row) => sum + row.milliseconds, 0);
  const line = (...cells: (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const least = 0.005 * milliseconds;
  const small = operators.filter((row) => row.milliseconds < least);
  const smallTime = small.reduce((sum, row) => sum + row.milliseconds, 0);
  return [
    `\`${name}\`, ${milliseconds.toFixed(1)} ms a step while it is profiled:`,
    "",
    line("operator", "share", "ms", "count", "GFLOP/s"),
    line("---", "---:", "---:", "---:", "---:"),
    ...operators
      .filter((row) => row.milliseconds >= least)
      .map((row) =>
        line(row.operator, share(row.milliseconds), row.milliseconds.toFixed(2), row.count, rate(row)),
      ),
    line(
      `${small.length} kinds below 0.5 %`,
      share(smallTime),
      smallTime.toFixed(2),
      small.reduce((sum, row) => sum + row.count, 0),
      "",
    ),
    line("between operators", share(milliseconds - inside), (milliseconds - inside).toFixed(2), "", ""),
    "",
    line("slowest by shape", "inputs", "share", "ms", "count", "GFLOP/s"),
    line("---", "---", "---:", "---:", "---:", "---:"),
    ...nodes.map((row) =>
      line(
        row.operator,
        row.inputs ?? "",
        share(row.milliseconds),
        row.milliseconds.toFixed(2),
        row.count,
        rate(row),
      ),
    ),
  ].join("\n");
}

/** Shares of the time of a step by operator, a column for each case, in Markdown. */
export function shareTable(profiles: Readonly<Record<string, Profile>>): string {
  const names = Object.keys(profiles);
  const shares = new Map<string, number[]>();
  names.forEach((name, at) => {
    const { milliseconds, operators } = profiles[name]!;
    for (const row of operators) {
      const known = shares.get(row.operator) ?? names.map(() => 0);
      known[at] = row.milliseconds / milliseconds;
      shares.set(row.operator, known);
    }
  });
  const [large, small] = [new Map<string, number[]>(), names.map(() => 1)];
  for (const [operator, row] of shares)
    if (Math.max(...row) >= 0.02) {
      large.set(operator, row);
      row.forEach((share, at) => (small[at]! -= share));
    }
  const sum = (row: readonly number[]): number => row.reduce((total, share) => total + share, 0);
  const sorted = [...large].sort(([, a], [, b]) => sum(b) - sum(a));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(["operator", ...names.map((name) => `\`${name}\``)]),
    line(["---", ...names.map(() => "---:")]),
    ...[...sorted, ["the rest, and between operators", small] as const].map(([operator, row]) =>
      line([operator, ...row.map((share) => `${(100 * share).toFixed(1)} %`)]),
    ),
  ].join("\n");
}
