import { type Tokenizer, maximumScale } from "../clip/index.js";
import { type EncoderClip, rowOf } from "../embedding/index.js";
import { createRandom } from "../tensor/index.js";
import { embedCaptions, embedPictures } from "./conditions.js";
import type { CaptionedSet } from "./captioned.js";

/** Part of held-out pictures found by their caption among the first 1 and 5, and of captions found by their picture. */
export interface Retrieval {
  readonly textToImage1: number;
  readonly textToImage5: number;
  readonly imageToText1: number;
  readonly imageToText5: number;
}

/**
 * Measures retrieval over a held-out set, the same captions every time; others of the same concept count as found.
 * Source: Karpathy & Fei-Fei 2015, §4.2 (recall at K), both ways.
 */
export async function measureRetrieval(
  set: CaptionedSet,
  tokenizer: Tokenizer,
  clip: EncoderClip,
): Promise<Retrieval> {
  const random = createRandom("validation");
  const items = Array.from(set.positions.keys());
  const pictures = await embedPictures(set, tokenizer, clip);
  const texts = await embedCaptions(
    items.map((item) => set.caption(item, random.stream(item))),
    tokenizer,
    clip,
  );
  const concepts = items.map((item) => set.concept(item));
  const { features } = clip.config.text;
  const recall = (queries: Float32Array, rows: Float32Array): [at1: number, at5: number] => {
    const ranks = items.map((item) => {
      const query = rowOf(queries, item, features);
      const scores = items.map((other) =>
        rowOf(rows, other, features).reduce((sum, x, at) => sum + x * query[at]!, 0),
      );
      const best = Math.max(...scores.filter((_, other) => concepts[other] === concepts[item]));
      return scores.filter((score, other) => score >= best && concepts[other] !== concepts[item]).length;
    });
    const within = (k: number): number => ranks.filter((rank) => rank < k).length / items.length;
    return [within(1), within(5)];
  };
  const [textToImage1, textToImage5] = recall(texts, pictures);
  const [imageToText1, imageToText5] = recall(pictures, texts);
  return { textToImage1, textToImage5, imageToText1, imageToText5 };
}

/** Steps before the first check of the loss. */
const firstCheck = 150;

/**
 * Makes a function to call after each step of a training. It returns a warning the first time that the warning's condition holds.
 * @param totalSteps steps of the whole training.
 */
export function watchTraining(
  { batch, sigmoid }: { batch: number; sigmoid: boolean },
  totalSteps: number,
): (step: number, losses: { loss: number; scale: number }) => string | undefined {
  // The loss of a model that guesses; for the sigmoid loss it is not known.
  const chanceLoss = sigmoid ? undefined : Math.log(batch);
  const issued = new Set<string>();
  let smoothedLoss: number | undefined;
  return (step, { loss, scale }) => {
    smoothedLoss = smoothedLoss === undefined ? loss : 0.95 * smoothedLoss + 0.05 * loss;
    const isDue = step >= Math.max(firstCheck, totalSteps / 10);
    if (!issued.has("chance") && isDue && chanceLoss !== undefined && smoothedLoss > 0.98 * chanceLoss) {
      issued.add("chance");
      return `the loss is still ln(batch) = ${chanceLoss.toFixed(2)} after ${step} steps: nothing is learnt; do the captions belong to the pictures? try another learning rate`;
    }
    if (!issued.has("scale") && !sigmoid && scale > 0.99 * maximumScale) {
      issued.add("scale");
      return `the temperature is at its limit (scale ${scale.toFixed(0)}): the pictures may be memorised; give more pictures, or stop earlier`;
    }
    return undefined;
  };
}
