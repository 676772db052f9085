/**
 * Tells whether each picture's own prompt is the nearest of all prompts (R-precision at 1).
 * Source: Xu et al. 2018, "AttnGAN", §4.1; Park et al. 2021 for CLIP as the judge.
 * @param pictures unit embeddings, flat `[pictures × features]`.
 * @param prompts unit embeddings, flat `[prompts × features]`.
 * @param features number of values in a row.
 * @param promptRows row of each picture's prompt in `prompts`, from 0.
 * @returns 1 for a hit, 0 for a miss, one for each picture.
 */
export function markNearestPrompts(
  pictures: Float32Array,
  prompts: Float32Array,
  features: number,
  promptRows: readonly number[],
): number[] {
  const count = prompts.length / features;
  const cosine = (picture: number, prompt: number): number => {
    let sum = 0;
    for (let at = 0; at < features; at++)
      sum += pictures[picture * features + at]! * prompts[prompt * features + at]!;
    return sum;
  };
  return promptRows.map((prompt, picture) => {
    const best = cosine(picture, prompt);
    for (let other = 0; other < count; other++)
      if (other !== prompt && cosine(picture, other) >= best) return 0;
    return 1;
  });
}
