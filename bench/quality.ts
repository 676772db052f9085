// Compares ways to make pictures by a judge that gave no gradient. What is made is kept, so that a stopped run goes on:
//   npx tsx bench/quality.ts                 makes the pictures that are missing, of both sets of prompts
//   npx tsx bench/quality.ts --render        writes docs/quality.md and its pictures from what is there
//   --prompts 10  the first ten prompts alone · --only all,sample  some configurations · --set compositions · --threads 2
import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadModels } from "../src/guidance/index.js";
import { loadPack } from "../src/packs/index.js";
import { loadPromptFile } from "../src/prompts/index.js";
import { loadEmojiData } from "../src/data/index.js";
import { compositionConfigurations, configurations } from "./quality/configurations.js";
import { type Making, make } from "./quality/make.js";
import { renderQuality } from "./quality/render.js";
import { retrieve } from "./quality/retrieve.js";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "100" },
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
const wanted = <T extends { name: string }>(list: readonly T[]): T[] =>
  list.filter(({ name }) => only === undefined || only.includes(name));

async function makingOf(set: "evaluation-100" | "compositions-50"): Promise<Making> {
  const { terms } = await loadPromptFile(`prompts/${set}.yaml`);
  const prompts = terms.map(({ text }) => text!).slice(0, Number(values.prompts));
  const folder = join(values.out, `${set}-${prompts.length}`);
  return { folder, models, stamp, prompts, threads: Number(values.threads), drafts: new Map() };
}

const evaluation = await makingOf("evaluation-100");
const compositions = await makingOf("compositions-50");

if (values.render) {
  const files = await renderQuality({ evaluation, compositions, data, docs: values.docs });
  for (const file of files) process.stdout.write(`${file}\n`);
} else {
  if (values.set !== "evaluation") await retrieve(compositions, data);
  const work = [
    ...(values.set === "evaluation"
      ? []
      : wanted(compositionConfigurations).map((each) => [each, compositions] as const)),
    ...(values.set === "compositions"
      ? []
      : wanted(configurations).map((each) => [each, evaluation] as const)),
  ];
  for (const [configuration, making] of work) {
    const began = performance.now();
    let before = 0;
    const steps = make(configuration, making);
    for (let next = await steps.next(); !next.done; next = await steps.next()) {
      before ||= next.value - 1;
      const each = (performance.now() - began) / 1000 / (next.value - before);
      const left = Math.round((each * (making.prompts.length - next.value)) / 60);
      process.stderr.write(
        `${configuration.name} ${next.value}/${making.prompts.length} · ${each.toFixed(1)} s a picture · ${left} min left\n`,
      );
    }
  }
}
