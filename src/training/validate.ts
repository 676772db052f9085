import type { Tokenizer } from "../clip/index.js";
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

/** Makes a function that returns warnings about a training so far; each is given once. */
export function watchTraining(
  { batch, sigmoid }: { batch: number; sigmoid: boolean },
  steps: number,
): (step: number, losses: { loss: number; scale: number }) => string | undefined {
  const chance = sigmoid ? 0 : Math.log(batch); // a sigmoid loss has no such floor
  const issued = new Set<string>();
  let mean: number | undefined;
  const once = (key: string, text: string): string | undefined => {
    if (issued.has(key)) return undefined;
    issued.add(key);
    return text;
  };
  return (step, { loss, scale }) => {
    mean = mean === undefined ? loss : 0.95 * mean + 0.05 * loss;
    if (step >= Math.max(150, steps / 10) && chance > 0 && mean > 0.98 * chance)
      return once(
        "chance",
        `the loss is still ln(batch) = ${chance.toFixed(2)} after ${step} steps: nothing is learnt; do the captions belong to the pictures? try another learning rate`,
      );
    if (scale > 99)
      return once(
        "scale",
        `the temperature is at its limit (scale ${scale.toFixed(0)}): the pictures may be memorised; give more pictures, or stop earlier`,
      );
    return undefined;
  };
}
