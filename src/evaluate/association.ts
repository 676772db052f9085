import { type HostTensor, createRandom } from "../tensor/index.js";
import { computeCosines } from "./ranking.js";
import { meanOf } from "./statistics.js";

/** Result of a word embedding association test (WEAT). */
export interface Association {
  /** Difference of the mean associations of X and Y in standard deviations over both; positive: X goes with A, Y with B. */
  readonly effect: number;
  /** Share of partitions of X ∪ Y into sets of these sizes whose difference is as large in absolute value. */
  readonly p: number;
  readonly permutations: number;
  readonly samples: { readonly x: number; readonly y: number; readonly a: number; readonly b: number };
}

const permutationCount = 10_000;

/**
 * Tests the association of embeddings, texts or pictures alike: s(w) = mean cos(w, a) − mean cos(w, b).
 * Source: Caliskan, Bryson & Narayanan 2017, "Semantics derived automatically from language corpora contain human-like
 * biases" (WEAT); Steed & Caliskan 2021 for pictures. Differs: the test is two-sided, with 10 000 drawn permutations. The
 * observed partition is counted among them, so p is never 0.
 * @param sets.x unit rows `[targets, features]`; @param sets.y likewise, neither empty.
 * @param sets.a attributes of X, unit rows `[attributes, features]`; @param sets.b of Y.
 */
export function testAssociation(sets: {
  readonly x: HostTensor;
  readonly y: HostTensor;
  readonly a: HostTensor;
  readonly b: HostTensor;
}): Association {
  const { x, y, a, b } = sets;
  const scores = [...computeAssociations(x, a, b), ...computeAssociations(y, a, b)];
  const count = x.shape[0]!;
  const difference = (order: ArrayLike<number>): number => {
    let [first, second] = [0, 0];
    for (let at = 0; at < order.length; at++)
      if (at < count) first += scores[order[at]!]!;
      else second += scores[order[at]!]!;
    return first / count - second / (order.length - count);
  };
  const observed = difference(scores.map((_, at) => at));
  const mean = meanOf(scores);
  const spread = Math.sqrt(
    scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, scores.length - 1),
  );
  const random = createRandom("association");
  let extreme = 1;
  for (let round = 0; round < permutationCount; round++)
    if (Math.abs(difference(random.permute(scores.length))) >= Math.abs(observed) * (1 - 1e-12)) extreme++;
  return {
    effect: spread === 0 ? 0 : observed / spread,
    p: extreme / (permutationCount + 1),
    permutations: permutationCount,
    samples: { x: count, y: y.shape[0]!, a: a.shape[0]!, b: b.shape[0]! },
  };
}

function computeAssociations(targets: HostTensor, a: HostTensor, b: HostTensor): number[] {
  const means = (attributes: HostTensor): number[] => {
    const columns = attributes.shape[0]!;
    const table = computeCosines(targets, attributes);
    return Array.from({ length: targets.shape[0]! }, (_, row) =>
      meanOf(table.subarray(row * columns, (row + 1) * columns)),
    );
  };
  const [near, far] = [means(a), means(b)];
  return near.map((value, at) => value - far[at]!);
}
