import type { EmojiData } from "../../src/data/index.js";
import { createEncoder } from "../../src/embedding/index.js";
import {
  type Estimate,
  type Resampled,
  bootstrap,
  emojiSet,
  frechetDifference,
  pairedDifference,
  pairedRates,
  pickRows,
  rPrecision,
  rate,
  resampleFrechet,
} from "../../src/evaluate/index.js";
import { type SteerModels, embedTerms } from "../../src/guidance/index.js";
import type { Picture } from "../../src/images/index.js";
import { type HostTensor, hostFloats, underPrefix } from "../../src/tensor/index.js";
import type { MadeSet } from "./store.js";

/** What the judge says of a configuration's pictures. */
export interface Measured {
  readonly hits: readonly number[];
  /** Cosine of each picture, seen whole, to its prompt. */
  readonly cosines: readonly number[];
  readonly rPrecision: Estimate;
  readonly judge: Estimate;
  /** Guide score less judge score, over views; absent for pictures that weren't made. */
  readonly gap?: Estimate;
  readonly frechet?: Resampled;
  readonly passes: number;
  readonly seconds: number;
}

/** Differences to another configuration, prompt by prompt. */
export interface Compared {
  readonly rPrecision: Estimate;
  readonly judge: Estimate;
  /** Of guide score less judge score; absent where one of the two has none. */
  readonly gap?: Estimate;
  /** Absent where one of the two has none. */
  readonly frechet?: Estimate;
  readonly won: number;
  readonly lost: number;
}

/** The judge, ready to look at pictures. */
export interface Judge {
  measure(made: MadeSet): Promise<Measured>;
  /** Unit embeddings of pictures, `[pictures, features]`. */
  embed(pictures: readonly Picture[]): Promise<HostTensor>;
  /** Which pictures are nearest to their own prompt. */
  hits(pictures: HostTensor): number[];
  dispose(): Promise<void>;
}

/** Opens the judge for prompts; with emoji data, distances to the real pictures of the same prompts are measured too. */
export async function openJudge(
  models: SteerModels,
  prompts: readonly string[],
  threads: number,
  data?: EmojiData,
): Promise<Judge> {
  const { judge, templates } = models;
  const terms = prompts.map((text) => ({ text, weight: 1, templates }));
  const run = { engine: "compiled", threads } as const;
  const wanted = (await embedTerms(models, [judge], terms, run))[judge.prefix]!;
  const clip = { config: judge.config, weights: underPrefix(judge.prefix, models.weights) };
  const encoder = createEncoder([clip], models.tokenizer, run);
  const { features } = judge.config.image;
  const embed = async (pictures: readonly Picture[]): Promise<HostTensor> => {
    const out = new Float32Array(pictures.length * features);
    let at = 0;
    for await (const [row] of encoder.encodeImages(pictures)) out.set(row!, features * at++);
    return hostFloats(out, [pictures.length, features]);
  };
  const hits = ({ data: rows, shape }: HostTensor): number[] =>
    rPrecision(
      rows as Float32Array,
      wanted.data as Float32Array,
      features,
      Array.from({ length: shape[0]! }, (_, at) => at),
    );
  const promptOf = new Map(prompts.map((prompt, at) => [prompt.toLowerCase(), at]));
  const real = data?.items.flatMap(({ label }, row) => (promptOf.has(label) ? [row] : [])) ?? [];
  const matched = [...new Set(real.map((row) => promptOf.get(data!.items[row]!.label)!))].sort(
    (a, b) => a - b,
  );
  const seen =
    real.length < 2
      ? undefined
      : await embed(await Promise.all(real.map((row) => emojiSet(data!).picture(row, encoder.open))));
  return {
    embed,
    hits,
    async measure({ rows, pictures }) {
      const made = await embed(pictures);
      const own = hits(made);
      const mean = (of: (row: MadeSet["rows"][number]) => number): number =>
        rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
      const cosines = rows.map((_, row) => cosineOf(made, row, wanted));
      const scored = rows.every((row) => row.judge !== null);
      const compared = matched.filter((at) => at < pictures.length);
      return {
        hits: own,
        rPrecision: rate(own),
        cosines,
        judge: bootstrap(cosines),
        ...(scored && {
          gap: pairedDifference(
            rows.map((row) => row.guide),
            rows.map((row) => row.judge!),
          ),
        }),
        ...(seen && compared.length > 1 && { frechet: resampleFrechet(pickRows(made, compared), seen, 60) }),
        passes: mean((row) => row.passes),
        seconds: mean((row) => row.seconds),
      };
    },
    dispose: () => encoder.dispose(),
  };
}

function cosineOf(made: HostTensor, row: number, wanted: HostTensor): number {
  const features = made.shape[1]!;
  let sum = 0;
  for (let at = row * features; at < (row + 1) * features; at++) sum += made.data[at]! * wanted.data[at]!;
  return sum;
}

/** The first configuration beside the second, on the prompts that both have. */
export function compare(
  first: { measured: Measured; made: MadeSet },
  second: { measured: Measured; made: MadeSet },
): Compared {
  const count = Math.min(first.made.rows.length, second.made.rows.length);
  const part = <T>(values: readonly T[]): T[] => values.slice(0, count);
  const [a, b] = [part(first.measured.hits), part(second.measured.hits)];
  const gaps = [first, second].map(({ made }) =>
    part(made.rows).flatMap(({ guide, judge }) => (judge === null ? [] : [guide - judge])),
  ) as [number[], number[]];
  return {
    rPrecision: pairedRates(a, b),
    judge: pairedDifference(part(first.measured.cosines), part(second.measured.cosines)),
    ...(gaps.every(({ length }) => length === count) && { gap: pairedDifference(...gaps) }),
    ...(first.measured.frechet &&
      second.measured.frechet && {
        frechet: frechetDifference(first.measured.frechet, second.measured.frechet),
      }),
    won: a.filter((hit, at) => hit > b[at]!).length,
    lost: a.filter((hit, at) => hit < b[at]!).length,
  };
}
