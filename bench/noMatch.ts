/**
 * Measures below which score a search has probably found nothing: `npx tsx bench/noMatch.ts [data] [pack]` (outputs/data/emoji, stickers).
 * Pictures are the drawings of the data that no CLIP was trained on: unseen styles, unseen concepts. A pair of a drawing and a label is wrong
 * when the two labels share no word. The threshold is the 99th percentile of the cosines of wrong pairs; it goes into
 * src/search/noMatch.ts. Then searches of seeded folders are looked at: how often the best score is below it though there is a drawing of the
 * label (false alarms), and how often when there is none.
 */
import { loadEmojiData } from "../src/data/index.js";
import { listClips, createEncoder, loadClips, rowOf, embedLabels } from "../src/embedding/index.js";
import { toPicture } from "../src/images/index.js";
import { loadPack } from "../src/packs/index.js";
import { createRandom } from "../src/tensor/index.js";

const [folder = "outputs/data/emoji", packName = "stickers"] = process.argv.slice(2);
const percentile = 0.99;
const sizes = [10, 30, 100, 300];
const turns = 20;

const pack = await loadPack(packName);
const data = await loadEmojiData(folder);
const side = data.size;
const held = data.items
  .map((item, at) => ({ ...item, at }))
  .filter(({ split }) => split !== "train" && split !== "excluded_dup");
const labels = [...new Set(held.map(({ label }) => label))];
const labelOf = held.map(({ label }) => labels.indexOf(label));
const words = labels.map((label) => new Set(label.toLowerCase().match(/[a-z]{3,}/g)));
const isRelated = labels.map((_, a) =>
  labels.map((__, b) => a === b || [...words[a]!].some((word) => words[b]!.has(word))),
);

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!;
const share = (values: readonly number[], limit: number): string =>
  `${((100 * values.filter((value) => value < limit).length) / values.length).toFixed(1)} %`;

for (const choice of [...listClips(pack).map(({ name }) => name), "all"]) {
  const models = await loadClips(pack, choice);
  const encoder = createEncoder(models.clips, models.tokenizer);
  const pictures = held.map(({ at }) => {
    const bytes = data.images.subarray(at * side * side * 3, (at + 1) * side * side * 3);
    return toPicture(
      Float32Array.from(bytes, (byte) => byte / 255),
      side,
    );
  });
  const rows: Float32Array[][] = [];
  for await (const row of encoder.encodeImages(pictures)) rows.push(row);
  const texts = await embedLabels(models, encoder, labels, models.templates);
  /** Mean cosine of the CLIPs, `[pictures][labels]`. */
  const cosines = rows.map((row) =>
    labels.map((_, label) => {
      const each = row.map((vector, clip) => {
        const text = rowOf(texts[clip]!, label, vector.length);
        return vector.reduce((sum, value, at) => sum + value * text[at]!, 0);
      });
      return each.reduce((a, b) => a + b) / each.length;
    }),
  );
  await encoder.dispose();
  const wrong = cosines.flatMap((scores, at) =>
    scores.filter((_, label) => !isRelated[labelOf[at]!]![label]),
  );
  const right = cosines.map((scores, at) => scores[labelOf[at]!]!);
  const threshold = quantile(wrong, percentile);
  console.log(`${choice}: ${threshold.toFixed(3)} for "${models.clips.map(({ hash }) => hash).join(" ")}"`);
  console.log(
    `  ${held.length} drawings, ${labels.length} labels, ${wrong.length} wrong pairs; right pairs below it: ${share(right, threshold)}`,
  );
  const random = createRandom("no match");
  for (const size of sizes) {
    const [present, absent]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      const chosen = held
        .map((_, at) => [random.uniform(), at] as const)
        .sort(([a], [b]) => a - b)
        .slice(0, size)
        .map(([, at]) => at);
      for (const label of labels.keys()) {
        const isThere = chosen.some((at) => labelOf[at] === label);
        if (!isThere && chosen.some((at) => isRelated[labelOf[at]!]![label])) continue;
        (isThere ? present : absent).push(Math.max(...chosen.map((at) => cosines[at]![label]!)));
      }
    }
    console.log(
      `  ${size} pictures: below it with a drawing of the label ${share(present, threshold)} of ${present.length}, without ${share(absent, threshold)} of ${absent.length}`,
    );
  }
}
