/**
 * Whether a pack's CLIPs hear drawing styles: npx tsx bench/styles.ts [--generator PACK] [--data DIR]
 * Two drawings of one thing in two styles, and two captions that differ in the style alone: does the change from one drawing to the
 * other go along the captions' (direction), and is the drawing of the wanted style nearer to its caption than the other (gain)?
 * Needs `clipsteer data emoji`. People, flags and symbols are left out.
 */
import { parseArgs } from "node:util";
import { type EmojiItem, loadEmojiData } from "../src/data/index.js";
import { renderMarkdownTable, formatPercent, computeWilsonInterval } from "../src/evaluate/index.js";
import { createEmojiSet } from "../src/evaluate/labelled.js";
import { embedTerms, loadModels } from "../src/guidance/index.js";
import { measureChange } from "../src/guidance/edits/report.js";
import { loadPack } from "../src/packs/index.js";

const { values } = parseArgs({
  options: {
    generator: { type: "string", default: "emoji" },
    data: { type: "string", default: "outputs/data/emoji" },
  },
});
const styles = ["noto style", "twemoji flat style", "fluent flat style", "fluent 3d style"];
/** Every so many things are looked at. */
const apart = 9;

const data = await loadEmojiData(values.data);
const models = await loadModels(await loadPack(values.generator));
const run = { engine: "compiled" } as const;
const { readPicture: picture } = createEmojiSet(data);
const drawings = new Map<string, { item: EmojiItem; row: number }[]>();
data.items.forEach((item, row) => {
  if (/people body|flags|symbols/.test(item.group)) return;
  const known = drawings.get(item.concept) ?? [];
  drawings.set(item.concept, known);
  if (styles.includes(item.style)) known.push({ item, row });
});
const pairs = [...drawings.values()]
  .filter((_, at) => at % apart === 3)
  .flatMap((list, at) => {
    const [from, to] = [list[at % list.length], list[(at + 1) % list.length]];
    return from && to && from !== to ? [{ from, to }] : [];
  });
const open = (): never => {
  throw new Error("bench/styles.ts: the emoji data's pictures are in memory");
};
const changes: Awaited<ReturnType<typeof measureChange>>[] = [];
for (const { from, to } of pairs) {
  const terms = [to, from].map(({ item: { label, style } }) => ({
    text: `${label}, ${style}`,
    weight: 1,
    templates: models.templates,
  }));
  const texts = await embedTerms(models, [...models.guides, models.judge], terms, run);
  const [before, after] = await Promise.all([from, to].map(({ row }) => picture(row, open)));
  changes.push(await measureChange(models, { before: before!, after: after! }, texts, run));
}
const rate = (key: "direction" | "gain", who: "guide" | "judge"): string =>
  formatPercent(
    computeWilsonInterval(changes.filter((change) => change[key][who] > 0).length, changes.length),
  );
process.stdout.write(
  renderMarkdownTable(
    ["CLIP", "pairs", "direction > 0, %", "gain > 0, %"],
    (["guide", "judge"] as const).map((who) => [
      who === "guide" ? "guides, their mean" : "judge",
      String(changes.length),
      rate("direction", who),
      rate("gain", who),
    ]),
  ) + "\n",
);
