import type { EmojiData } from "../../src/data/index.js";
import { createEncoder } from "../../src/embedding/index.js";
import { createEmojiSet } from "../../src/evaluate/index.js";
import { embedTerms } from "../../src/guidance/index.js";
import { createHash } from "node:crypto";
import { selectPrefix } from "../../src/tensor/index.js";
import { type Making, processorSeconds } from "./make.js";
import { readMade, writeMade } from "./store.js";

/** Name of what retrieval found, beside the configurations. */
export const retrievalName = "retrieval";

/** What decides the retrieved pictures. */
export function retrievalKey({ stamp, prompts }: Pick<Making, "stamp" | "prompts">): string {
  return createHash("sha256")
    .update(JSON.stringify([stamp, prompts]))
    .digest("hex")
    .slice(0, 16);
}

/** For each prompt the training picture that the guides find nearest, by the mean of their cosines. */
export async function retrieve(making: Making, data: EmojiData): Promise<void> {
  const { models, prompts, folder, threads } = making;
  const key = retrievalKey(making);
  if ((await readMade(folder, retrievalName, key)).rows.length > 0) return;
  const run = { engine: "compiled", threads } as const;
  const terms = prompts.map((text) => ({ text, weight: 1, templates: models.templates }));
  const embeddings = await embedTerms(models, models.guides, terms, run);
  const clips = models.guides.map(({ prefix, config }) => ({
    config,
    weights: selectPrefix(prefix, models.weights),
  }));
  const encoder = createEncoder(clips, models.tokenizer, run);
  const rows = data.items.flatMap(({ split }, row) => (split === "train" ? [row] : []));
  const { readPicture: picture } = createEmojiSet(data);
  const best = prompts.map(() => ({ score: -Infinity, row: -1 }));
  const began = processorSeconds();
  async function* pictures() {
    for (const row of rows) yield await picture(row, encoder.open);
  }
  let at = 0;
  for await (const seen of encoder.encodeImages(pictures())) {
    const row = rows[at++]!;
    best.forEach((held, prompt) => {
      const cosines = seen.map((features, clip) => {
        const text = embeddings[models.guides[clip]!.prefix]!.data;
        return features.reduce((sum, value, k) => sum + value * text[prompt * features.length + k]!, 0);
      });
      const score = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
      if (score > held.score) best[prompt] = { score, row };
    });
  }
  const seconds = (processorSeconds() - began) / prompts.length;
  await writeMade(folder, retrievalName, {
    key,
    rows: prompts.map((prompt, prompted) => ({
      prompt,
      guide: best[prompted]!.score,
      judge: null,
      steps: 0,
      chosen: 0,
      passes: (rows.length * models.guides.length) / prompts.length,
      seconds,
    })),
    pictures: await Promise.all(best.map(({ row }) => picture(row, encoder.open))),
  });
  await encoder.dispose();
}
