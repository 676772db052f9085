/**
 * What steering adds where no training picture shows the prompt, by whether training had its words: npx tsx bench/unseen.ts
 * Reads the reports of `clipsteer evaluate generation --prompts FILE`, as made and with `--steps 0 --candidates 1`, for
 * prompts/kept-back-162.yaml and prompts/compositions-50.yaml in outputs/evaluate/<name of the file>. Makes those that are missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderMarkdownTable, comparePairedRates, formatPercent, rate } from "../src/evaluate/index.js";
import { loadModels } from "../src/guidance/index.js";
import { loadPack } from "../src/packs/index.js";
import { loadPromptFile } from "../src/prompts/index.js";

/** Whether the judge knew the picture of a prompt, steered and as one sample. */
interface Row {
  readonly text: string;
  readonly steered: number;
  readonly sample: number;
}

const ways = { steered: ["60", "96"], sample: ["0", "1"] } as const;

async function missedOf(name: string, way: keyof typeof ways): Promise<Set<string>> {
  const [steps, candidates] = ways[way];
  const out = resolve("outputs/evaluate", name);
  const report = join(out, `steps-${steps}-of-${candidates}.json`);
  const options = ["--prompts", `prompts/${name}.yaml`, "--steps", steps, "--candidates", candidates];
  if (!existsSync(report))
    spawnSync("node", ["bin/clipsteer.js", "evaluate", "generation", ...options, "--out", out], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  const { missed } = JSON.parse(await readFile(report, "utf8")) as { missed: string[] };
  return new Set(missed);
}

async function rowsOf(name: string): Promise<Row[]> {
  const { terms } = await loadPromptFile(`prompts/${name}.yaml`);
  const [steered, sample] = [await missedOf(name, "steered"), await missedOf(name, "sample")];
  return terms.map((term) => {
    const text = term.text!;
    return { text, steered: Number(!steered.has(text)), sample: Number(!sample.has(text)) };
  });
}

const { tokenizer } = await loadModels(await loadPack("emoji"));
const known = ({ text }: Row): boolean => tokenizer.unseenWords(text).length === 0;
const keptBack = await rowsOf("kept-back-162");
const compositions = await rowsOf("compositions-50");
const groups: [string, Row[]][] = [
  ["emoji kept back", keptBack],
  ["… whose words training had", keptBack.filter(known)],
  ["… with a word it had not", keptBack.filter((row) => !known(row))],
  ["compositions", compositions],
  ["unseen things in known words", [...keptBack, ...compositions].filter(known)],
];
process.stdout.write(
  renderMarkdownTable(
    ["prompts", "number", "steered, %", "one sample, %", "paired difference, points", "won, lost"],
    groups.map(([name, rows]) => [
      name,
      String(rows.length),
      formatPercent(rate(rows.map(({ steered }) => steered))),
      formatPercent(rate(rows.map(({ sample }) => sample))),
      formatPercent(
        comparePairedRates(
          rows.map(({ steered }) => steered),
          rows.map(({ sample }) => sample),
        ),
      ),
      `${rows.filter((row) => row.steered > row.sample).length}, ${rows.filter((row) => row.steered < row.sample).length}`,
    ]),
  ),
);
