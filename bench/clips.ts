/**
 * What guides and judge understand beyond names: `npx tsx bench/clips.ts [data] [pack …]` (outputs/data/emoji-release, stickers).
 * Tags: each tag is a query; it is found within k when one of the best k drawings has it. Drawings are those of things that no model here
 * was trained on, and those of the firefox style; tags that trained drawings have are told apart from others.
 * Swapped words: composed pictures of the firefox style; the caption must score above the same caption with its words swapped. By chance: 50 %.
 */
import { type ComposedItem, compose, loadEmojiData } from "../src/data/index.js";
import { createEncoder, loadClips, rowOf, embedLabels } from "../src/embedding/index.js";
import { rate, rateText } from "../src/evaluate/index.js";
import { toPicture } from "../src/images/index.js";
import { loadPack } from "../src/packs/index.js";
import { loadPromptFile } from "../src/prompts/index.js";
import { createRandom } from "../src/tensor/index.js";

const [folder = "outputs/data/emoji-release", ...packs] = process.argv.slice(2);
const depths = [1, 5, 10];
const composedCount = 1600;
const held = ["compositions-50", "test-compositions", "test-compositions-2"];

const data = await loadEmojiData(folder);
const side = data.size;
const size = side * side * 3;
const bytesOf = (at: number): Uint8Array => data.images.subarray(at * size, (at + 1) * size);
const pictureOf = (bytes: Uint8Array) =>
  toPicture(
    Float32Array.from(bytes, (byte) => byte / 255),
    side,
  );
const rowsOf = (...splits: readonly string[]): number[] =>
  data.items.flatMap(({ split }, at) => (splits.includes(split) ? [at] : []));
const labels = new Set(data.items.map(({ label }) => label));
const trainedTags = new Set(rowsOf("train").flatMap((at) => data.items[at]!.tags));

/** Queries of a set of drawings: its tags that are no label, with or without those of trained drawings. */
const tagsOf = (rows: readonly number[], trained: boolean): string[] =>
  [...new Set(rows.flatMap((at) => data.items[at]!.tags))].filter(
    (tag) => !labels.has(tag) && trainedTags.has(tag) === trained,
  );
const things = rowsOf("test_concept", "test_concept_style");
const style = rowsOf("test_style");
const tagSets = [
  { name: "things never seen, tags of trained drawings", rows: things, tags: tagsOf(things, true) },
  { name: "things never seen, tags never seen", rows: things, tags: tagsOf(things, false) },
  { name: "style never seen, tags of trained drawings", rows: style, tags: tagsOf(style, true) },
];

const heldTexts = await Promise.all(
  held.map(async (name) => (await loadPromptFile(`prompts/${name}.yaml`)).terms.map(({ text }) => text!)),
);
const composed = compose(
  style.map((at) => data.items[at]!),
  (item) => bytesOf(style[item]!),
  { count: composedCount, held: heldTexts.flat(), random: createRandom("swapped words") },
);
const swaps = composed.items.flatMap((item, at) =>
  item.swapped === undefined ? [] : [{ item: item as ComposedItem & { swapped: string }, at }],
);
/** Whether the things of a caption keep their order, so that their colours were exchanged. */
const isColourSwap = ({ label, swapped }: { label: string; swapped: string }): boolean =>
  !label.includes(" with ") || swapped !== label.split(" with ").reverse().join(" with ");

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * b[at]!, 0);

for (const name of packs.length > 0 ? packs : ["stickers"]) {
  const pack = await loadPack(name);
  const { guides, judge } = pack.manifest;
  console.log(name);
  for (const choice of [...guides, ...(judge ? [judge] : [])].map((clip) => clip.name).concat("all")) {
    const models = await loadClips(pack, choice);
    const encoder = createEncoder(models.clips, models.tokenizer);
    const embed = async (pictures: readonly Uint8Array[]): Promise<Float32Array[][]> => {
      const rows: Float32Array[][] = [];
      for await (const row of encoder.encodeImages(pictures.map(pictureOf))) rows.push(row);
      return rows;
    };
    console.log(` ${choice}`);
    for (const { name: set, rows, tags } of tagSets) {
      const pictures = await embed(rows.map(bytesOf));
      const texts = await embedLabels(models, encoder, tags, models.templates);
      const ranks = tags.map((tag, query) => {
        const scores = pictures.map((row) =>
          row.reduce((sum, vector, clip) => sum + dot(vector, rowOf(texts[clip]!, query, vector.length)), 0),
        );
        const best = Math.max(...scores.filter((_, at) => data.items[rows[at]!]!.tags.includes(tag)));
        return scores.filter((score) => score > best).length;
      });
      const rates = depths.map(
        (depth) => `${depth}: ${rateText(rate(ranks.map((rank) => Number(rank < depth))))}`,
      );
      console.log(`  ${set}, ${tags.length} tags of ${rows.length} drawings: top-${rates.join(", top-")}`);
    }
    const pictures = await embed(swaps.map(({ at }) => composed.images.subarray(at * size, (at + 1) * size)));
    const texts = await embedLabels(
      models,
      encoder,
      swaps.flatMap(({ item }) => [item.label, item.swapped]),
      ["{}"],
    );
    const hits = swaps.map((_, at) => {
      const [right, wrong] = [2 * at, 2 * at + 1].map((text) =>
        pictures[at]!.reduce((sum, row, clip) => sum + dot(row, rowOf(texts[clip]!, text, row.length)), 0),
      );
      return Number(right! > wrong!);
    });
    const ofKind = (colours: boolean): number[] =>
      hits.filter((_, at) => isColourSwap(swaps[at]!.item) === colours);
    console.log(
      `  swapped words: colours ${rateText(rate(ofKind(true)))} of ${ofKind(true).length}, order ${rateText(rate(ofKind(false)))} of ${ofKind(false).length}`,
    );
    await encoder.dispose();
  }
}
