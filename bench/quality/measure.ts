import type { EmojiData } from "../../src/data/index.js";
import {
  type Estimate,
  type HeldOut,
  type PairedRates,
  bootstrap,
  embedHeldOut,
  estimateKernelDifference,
  estimateKernelDistance,
  openClipEmbedder,
  computeOwnCosines,
  estimatePairedDifference,
  comparePairedRates,
  markNearestPrompts,
  rate,
  computeScorePercentiles,
} from "../../src/evaluate/index.js";
import type { SteerModels } from "../../src/guidance/index.js";
import type { HostTensor } from "../../src/tensor/index.js";
import type { MadeSet } from "./store.js";

/** Figures of one configuration's pictures under the judge and the guides. */
export interface Measured {
  readonly hits: readonly number[];
  /** Cosine of each whole picture with its prompt under the judge. */
  readonly cosines: readonly number[];
  readonly rPrecision: Estimate;
  readonly judge: Estimate;
  /** Guide percentile minus judge percentile of each picture among held-out drawings; absent without those. */
  readonly gaps?: readonly number[];
  readonly gap?: Estimate;
  /** Judge embeddings `[pictures, features]`. */
  readonly embeddings: HostTensor;
  /** Kernel distance to the held-out drawings; absent without those. */
  readonly distance?: Estimate;
  readonly passes: number;
  readonly seconds: number;
}

/** Differences to another configuration, prompt by prompt. */
export interface Compared {
  readonly rPrecision: PairedRates;
  readonly judge: Estimate;
  readonly gap?: Estimate;
  readonly distance?: Estimate;
}

/** The judge and the guides, ready to score pictures of a list of prompts. */
export interface Judge {
  measure(pictureSet: MadeSet): Promise<Measured>;
  /** The first configuration minus the second, on the prompts that both have. */
  compare(first: Measured, second: Measured): Compared;
  dispose(): Promise<void>;
}

/** Opens the CLIPs for prompts; with emoji data, pictures are also compared with its held-out drawings. */
export async function openJudge(
  models: SteerModels,
  prompts: readonly string[],
  threads: number,
  data?: EmojiData,
): Promise<Judge> {
  const embedder = openClipEmbedder(models, { engine: "compiled", threads });
  const texts = await embedder.embedTexts(prompts);
  const heldOut: HeldOut | undefined = data && (await embedHeldOut(embedder, data));
  return {
    async measure({ rows, pictures }) {
      const embedded = await embedder.embedPictures(pictures);
      const own = pictures.map((_, at) => at);
      const cosines = embedded.map((matrix, clip) => computeOwnCosines(matrix, texts[clip]!, own));
      const [judge] = embedded as [HostTensor];
      const hits = markNearestPrompts(
        judge.data as Float32Array,
        texts[0]!.data as Float32Array,
        judge.shape[1]!,
        own,
      );
      const placed = heldOut && computeScorePercentiles(cosines, heldOut);
      const gaps = placed?.guides.map((value, at) => value - placed.judge[at]!);
      const mean = (of: (row: MadeSet["rows"][number]) => number): number =>
        rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
      return {
        hits,
        cosines: cosines[0]!,
        rPrecision: rate(hits),
        judge: bootstrap(cosines[0]!),
        ...(gaps && { gaps, gap: bootstrap(gaps) }),
        embeddings: judge,
        ...(heldOut?.style &&
          pictures.length > 2 && {
            distance: estimateKernelDistance(judge, heldOut.style.embeddings, {
              second: heldOut.style.labels,
            }),
          }),
        passes: mean((row) => row.passes),
        seconds: mean((row) => row.seconds),
      };
    },
    compare(first, second) {
      const count = Math.min(first.hits.length, second.hits.length);
      const part = <T>(values: readonly T[]): T[] => values.slice(0, count);
      const same = first.hits.length === second.hits.length;
      return {
        rPrecision: comparePairedRates(part(first.hits), part(second.hits)),
        judge: estimatePairedDifference(part(first.cosines), part(second.cosines)),
        ...(first.gaps &&
          second.gaps && { gap: estimatePairedDifference(part(first.gaps), part(second.gaps)) }),
        ...(heldOut?.style &&
          same &&
          count > 2 && {
            distance: estimateKernelDifference(
              first.embeddings,
              second.embeddings,
              heldOut.style.embeddings,
              heldOut.style.labels,
            ),
          }),
      };
    },
    dispose: () => embedder.dispose(),
  };
}
