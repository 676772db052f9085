/**
 * What decides the defaults of `generate` on the stickers pack: drafts, ascent with and without selection, and retrieval, on things that
 * no drawing of the pack shows. The independent judge measures; it neither gives gradients nor selects.
 *   npx tsx bench/ascent.ts                     needs outputs/judge (clipsteer train judge)
 *   --prompts prompts/kept-back-60.yaml  --judge outputs/judge  --only drafts,ascent  --first 20  --out outputs/ascent  --threads 1
 * Pictures are kept, so that a stopped run goes on. Prints a table.
 */
import { basename, join } from "node:path";
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { createEncoder, loadClips } from "../src/embedding/index.js";
import {
  type PairedRates,
  correctByHolm,
  renderMarkdownTable,
  testMcNemar,
  comparePairedRates,
  formatPercent,
  markNearestPrompts,
  rate,
} from "../src/evaluate/index.js";
import { type Recipe, type SteerModels, defaultRecipe, loadModels } from "../src/guidance/index.js";
import { type Pack, loadPack } from "../src/packs/index.js";
import { loadPromptFile } from "../src/prompts/index.js";
import { selectPrefix } from "../src/tensor/index.js";
import type { Configuration } from "./quality/configurations.js";
import { make } from "./quality/make.js";
import type { MadeSet } from "./quality/store.js";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "prompts/kept-back-60.yaml" },
    judge: { type: "string", default: "outputs/judge" },
    only: { type: "string" },
    first: { type: "string" },
    out: { type: "string", default: "outputs/ascent" },
    threads: { type: "string", default: "2" },
  },
});

const ascent = { steps: 60, lr: 0.02 } as const;
const recipe = (changes: Partial<Recipe>): { recipe: Partial<Recipe> } => ({ recipe: changes });
const unselected = { judged: false, minGain: -2, minGainNamed: -2 } as const;
/** Pose, fills and code are released in turn, and growth of the outlines costs. */
const staged = {
  release: [0, 0.15, 0.4],
  weights: { ...defaultRecipe.weights, boundary: 0.1 },
} as const;

const rows: readonly Configuration[] = [
  {
    name: "label",
    description: "retrieval by label",
    table: "floor",
    settings: { steps: 0, candidates: 1, truncation: 0 },
  },
  {
    name: "guides",
    description: "retrieval by the guides, 96 looks",
    table: "floor",
    settings: { steps: 0, truncation: 0 },
  },
  { name: "drafts", description: "best of 96 drafts", table: "floor", settings: { steps: 0 } },
  {
    name: "ascent",
    description: "60 steps of ascent, without selection",
    table: "ablation",
    settings: { ...ascent, ...recipe(unselected) },
  },
  {
    name: "selected",
    description: "60 steps, the pack's judge selects",
    table: "ablation",
    settings: ascent,
  },
  {
    name: "staged",
    description: "60 steps in stages, outlines penalised, without selection",
    table: "ablation",
    settings: { ...ascent, ...recipe({ ...unselected, ...staged }) },
  },
  {
    name: "staged-selected",
    description: "60 steps in stages, outlines penalised, the pack's judge selects",
    table: "ablation",
    settings: { ...ascent, ...recipe(staged) },
  },
];

const texts = (await loadPromptFile(values.prompts)).terms
  .map(({ text }) => text!)
  .slice(0, values.first === undefined ? undefined : Number(values.first));
const threads = Number(values.threads);

/** Whether a CLIP ranks each picture's own prompt first. */
async function hitsBy(
  clips: Parameters<typeof createEncoder>[0],
  { tokenizer, templates }: Pick<SteerModels, "tokenizer" | "templates">,
  sets: readonly MadeSet[],
): Promise<number[][]> {
  const encoder = createEncoder(clips, tokenizer, { engine: "compiled", threads });
  try {
    const embedded = await encoder.encodeTexts(
      texts.flatMap((text) => templates.map((template) => template.replace("{}", text))),
    );
    const data = embedded[0]!;
    const features = data.length / (texts.length * templates.length);
    const means = new Float32Array(texts.length * features);
    data.forEach((value, at) => {
      const text = Math.floor(at / features / templates.length);
      means[text * features + (at % features)]! += value;
    });
    const hits: number[][] = [];
    for (const { pictures } of sets) {
      const seen: number[] = [];
      for await (const [row] of encoder.encodeImages(pictures)) seen.push(...row!);
      hits.push(
        markNearestPrompts(
          Float32Array.from(seen),
          means,
          features,
          texts.map((_, at) => at),
        ),
      );
    }
    return hits;
  } finally {
    await encoder.dispose();
  }
}

const fingerprint = (pack: Pack): string =>
  createHash("sha256").update(JSON.stringify(pack.manifest.sha256)).digest("hex").slice(0, 16);

const pack = await loadPack("stickers");
const models = await loadModels(pack);
const folder = join(values.out, `${basename(values.prompts, ".yaml")}-${texts.length}`);
const making = { folder, models, stamp: fingerprint(pack), prompts: texts, threads, drafts: new Map() };
const only = values.only?.split(",");
const chosen = rows.filter(({ name }) => only === undefined || only.includes(name));
const sets: MadeSet[] = [];
for (const configuration of chosen) {
  const steps = make(configuration, making);
  for (;;) {
    const next = await steps.next();
    if (next.done) {
      sets.push(next.value);
      break;
    }
    process.stderr.write(`${configuration.name} ${next.value}/${texts.length}\n`);
  }
}

const independent = await loadClips(await loadPack(values.judge), "all");
const judged = await hitsBy(independent.clips, independent, sets);
const own = await hitsBy(
  [{ ...models.judge, weights: selectPrefix(models.judge.prefix, models.weights) }],
  models,
  sets,
);
const base = chosen.findIndex(({ name }) => name === "drafts");
const against = (hits: readonly number[]): PairedRates | undefined =>
  base < 0 ? undefined : comparePairedRates(hits, judged[base]!);
const compared = judged.map((hits, at) => (at === base ? undefined : against(hits)));
const count = (first: readonly number[], second: readonly number[]): number =>
  first.filter((hit, at) => hit > second[at]!).length;
const probabilities = correctByHolm(
  compared.flatMap((pair, at) =>
    pair ? [testMcNemar(count(judged[at]!, judged[base]!), count(judged[base]!, judged[at]!))] : [],
  ),
);
let comparison = 0;
process.stdout.write(
  renderMarkdownTable(
    ["way", "independent judge, %", "pack's judge, %", "difference to drafts", "p (Holm)", "s"],
    chosen.map(({ description }, at) => {
      const pair = compared[at];
      const seconds = sets[at]!.rows.reduce((sum, row) => sum + row.seconds, 0) / texts.length;
      return [
        description,
        formatPercent(rate(judged[at]!)),
        formatPercent(rate(own[at]!)),
        pair ? formatPercent(pair) : "–",
        pair ? probabilities[comparison++]!.toFixed(2) : "–",
        seconds.toFixed(1),
      ];
    }),
  ),
);
