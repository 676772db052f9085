// Compares ways to make pictures by a judge that gave no gradient. What is made is kept, so that a stopped run goes on:
//   npx tsx bench/quality.ts                 makes the pictures that are missing, of all sets of prompts
//   npx tsx bench/quality.ts --render        writes docs/quality-emoji.md and its pictures from what is there
//   --prompts 10  the first ten prompts alone · --only all,sample  some configurations · --set compositions, evaluation or unseen
//   --threads 2
import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadModels } from "../src/guidance/index.js";
import { loadPack } from "../src/packs/index.js";
import { loadPromptFile } from "../src/prompts/index.js";
import { loadEmojiData } from "../src/data/index.js";
import {
  type Configuration,
  compositionConfigurations,
  configurations,
  unseenConfigurations,
} from "./quality/configurations.js";
import { type Making, make } from "./quality/make.js";
import { renderQuality } from "./quality/render.js";
import { retrieve } from "./quality/retrieve.js";

const { values } = parseArgs({
  options: {
    prompts: { type: "string" },
    only: { type: "string" },
    set: { type: "string" },
    threads: { type: "string", default: "1" },
    out: { type: "string", default: "outputs/quality" },
    data: { type: "string", default: "outputs/data/emoji" },
    docs: { type: "string", default: "docs" },
    render: { type: "boolean", default: false },
  },
});

const pack = await loadPack("emoji");
const stamp = createHash("sha256").update(JSON.stringify(pack.manifest.sha256)).digest("hex").slice(0, 16);
const models = await loadModels(pack);
const data = await loadEmojiData(values.data);
const only = values.only?.split(",");
const selected = <T extends { name: string }>(list: readonly T[]): T[] =>
  list.filter(({ name }) => only === undefined || only.includes(name));

const textsOf = async (name: string): Promise<string[]> =>
  (await loadPromptFile(`prompts/${name}.yaml`)).terms.map(({ text }) => text!);

function makingOf(name: string, texts: readonly string[]): Making {
  const prompts = texts.slice(0, Number(values.prompts ?? texts.length));
  const folder = join(values.out, `${name}-${prompts.length}`);
  return { folder, models, stamp, prompts, threads: Number(values.threads), drafts: new Map() };
}

const evaluation = makingOf("evaluation-100", await textsOf("evaluation-100"));
const compositions = makingOf("compositions-50", await textsOf("compositions-50"));
const untold = [...(await textsOf("kept-back-162")), ...(await textsOf("compositions-50"))];
const unseen = makingOf(
  "unseen",
  untold.filter((text) => models.tokenizer.unseenWords(text).length === 0),
);

/** What is made, by the name of its set of prompts. */
const sets: Record<string, [readonly Configuration[], Making]> = {
  compositions: [compositionConfigurations, compositions],
  evaluation: [configurations, evaluation],
  unseen: [unseenConfigurations, unseen],
};

if (values.render) {
  const files = await renderQuality({ evaluation, compositions, unseen, data, docs: values.docs });
  for (const file of files) process.stdout.write(`${file}\n`);
} else {
  const { set } = values;
  if (set !== undefined && !(set in sets))
    throw new Error(`--set ${set}: known are ${Object.keys(sets).join(", ")}`);
  if (set === undefined || set === "compositions") await retrieve(compositions, data);
  const work = Object.entries(sets)
    .filter(([name]) => set === undefined || name === set)
    .flatMap(([, [list, making]]) => selected(list).map((each) => [each, making] as const));
  for (const [configuration, making] of work) {
    const began = performance.now();
    let before = 0;
    const steps = make(configuration, making);
    for (let next = await steps.next(); !next.done; next = await steps.next()) {
      before ||= next.value - 1;
      const each = (performance.now() - began) / 1000 / (next.value - before);
      const left = Math.round((each * (making.prompts.length - next.value)) / 60);
      process.stderr.write(
        `${configuration.name} ${next.value}/${making.prompts.length} · ${each.toFixed(1)} s per picture · ${left} min left\n`,
      );
    }
  }
}
