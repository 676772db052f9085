import type { EmojiData } from "../data/index.js";
import { type ClipModels, type Encoder, createEncoder } from "../embedding/index.js";
import type { RunOptions } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import { type HostTensor, createRandom, hostFloats } from "../tensor/index.js";
import { computeOwnCosines } from "./clipScores.js";
import { embedTemplate, averageRows, pickRows } from "./embedded.js";
import { createEmojiSet } from "./labelled.js";
import { rate } from "./proportions.js";
import { markNearestPrompts } from "./rPrecision.js";
import { computeCosines } from "./ranking.js";
import type { Estimate } from "./statistics.js";

/** Scores from a CLIP with other training pictures and another tokenizer, which chooses no results. */
export interface IndependentReport {
  readonly judge: string;
  /** R-precision at 1 among all prompts, without the words that name a drawing style. */
  readonly rPrecision: Estimate;
  /** The same rate for real drawings of the prompts: the ceiling. Absent without such drawings. */
  readonly ceiling?: Estimate;
  /** The same rate for real drawings of other concepts, one for each prompt: the floor. Absent without data. */
  readonly floor?: Estimate;
  /**
   * Detection of the parts of prompts, at thresholds that 5 % of drawings without a word of the part exceed. Absent without
   * data.
   */
  readonly found?: {
    /** Rate of generated pictures in which every part is found. */
    readonly generated: Estimate;
    /** Rate of real drawings of the prompts that are found; absent without such drawings. */
    readonly real?: Estimate;
    /** Drawings that the thresholds are computed from. */
    readonly drawings: number;
  };
}

const relation = /\s+(?:on|in|beside|next to|wearing|holding|with)\s+/;
const styleWords = /, [a-z0-9 ]+ style$/;

/**
 * Splits the parts of a prompt around its relations, without articles and style words: `cat`, `red hat` of `a cat with a red
 * hat`.
 */
export function splitIntoParts(prompt: string): string[] {
  return prompt
    .replace(styleWords, "")
    .split(relation)
    .map((part) => part.trim().replace(/^(?:an?|the) /, ""))
    .filter((part) => part !== "");
}

const collectWords = (text: string): Set<string> =>
  new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
const hasCommonWord = (a: string, b: string): boolean => {
  const words = collectWords(a);
  return [...collectWords(b)].some((word) => words.has(word));
};

/** Drawings that thresholds are computed from. */
const thresholdDrawings = 1500;
const falsePositives = 0.05;

/**
 * Scores generated pictures with a CLIP that was trained on other drawings and takes no part in selection.
 * @param pictures one for each prompt, in their order. @param data real drawings to compare with, if any.
 */
export async function judgeIndependently(
  models: ClipModels,
  prompts: readonly string[],
  pictures: readonly Picture[],
  data: EmojiData | undefined,
  options: RunOptions,
): Promise<IndependentReport> {
  const encoder = createEncoder(models.clips.slice(0, 1), models.tokenizer, options);
  const embedTexts = (texts: readonly string[]): Promise<HostTensor> =>
    averageTemplates(models, encoder, texts);
  const embedPictures = (list: readonly Picture[]): Promise<HostTensor> => embedRows(encoder, list);
  try {
    const plain = prompts.map((prompt) => prompt.replace(styleWords, ""));
    const texts = [...new Set(plain)];
    const own = plain.map((text) => texts.indexOf(text));
    const textRows = await embedTexts(texts);
    const hits = (rows: HostTensor, targets: readonly number[]): number[] =>
      markNearestPrompts(
        rows.data as Float32Array,
        textRows.data as Float32Array,
        textRows.shape[1]!,
        targets,
      );
    const generated = await embedPictures(pictures);
    const report = { judge: models.pack, rPrecision: rate(hits(generated, own)) };
    if (!data) return report;

    const { readPicture: picture } = createEmojiSet(data);
    const embedDrawings = async (rows: readonly number[]): Promise<HostTensor> =>
      embedPictures(await Promise.all(rows.map((row) => picture(row, encoder.open))));
    const labels = data.items.map(({ label }) => label);
    const realRows = labels.flatMap((label, row) => (texts.includes(label) ? [row] : []));
    const realOwn = realRows.map((row) => texts.indexOf(labels[row]!));
    const order = createRandom("independent judge").permute(labels.length);
    const sample = Array.from(order.slice(0, thresholdDrawings));
    const [real, sampled] = [
      realRows.length > 0 ? await embedDrawings(realRows) : undefined,
      await embedDrawings(sample),
    ];

    const parts = plain.map(splitIntoParts);
    const partTexts = [...new Set([...parts.flat(), ...texts])];
    const partRows = await embedTexts(partTexts);
    const threshold = computeThresholds(
      partTexts,
      partRows,
      sampled,
      sample.map((row) => labels[row]!),
    );
    const place = new Map(partTexts.map((text, at) => [text, at]));
    const isFound = (rows: HostTensor, row: number, text: string): boolean => {
      const at = place.get(text)!;
      return computeOwnCosines(pickRows(rows, [row]), partRows, [at])[0]! > threshold[at]!;
    };
    const others = drawOthers(
      texts,
      sample.map((row) => labels[row]!),
    );
    return {
      ...report,
      ceiling: real ? rate(hits(real, realOwn), { clusters: realOwn }) : undefined,
      floor: rate(
        hits(
          pickRows(sampled, others),
          texts.map((_, at) => at),
        ),
      ),
      found: {
        generated: rate(
          parts.map((list, row) => (list.every((part) => isFound(generated, row, part)) ? 1 : 0)),
        ),
        real: real
          ? rate(
              realOwn.map((text, row) => (isFound(real, row, texts[text]!) ? 1 : 0)),
              { clusters: realOwn },
            )
          : undefined,
        drawings: sample.length,
      },
    };
  } finally {
    await encoder.dispose();
  }
}

/** Embeds texts in every template of the judge. @returns unit rows of their means, `[texts, features]`. */
async function averageTemplates(
  models: ClipModels,
  encoder: Encoder,
  texts: readonly string[],
): Promise<HostTensor> {
  const rows: HostTensor[] = [];
  for (const template of models.templates)
    rows.push((await embedTemplate(models, encoder, template, texts))[0]!);
  return averageRows(rows);
}

/** Embeds pictures. @returns unit rows, `[pictures, features]`. */
async function embedRows(encoder: Encoder, pictures: readonly Picture[]): Promise<HostTensor> {
  const rows: Float32Array[] = [];
  for await (const [row] of encoder.encodeImages(pictures)) rows.push(row!);
  const features = rows[0]?.length ?? 0;
  const out = new Float32Array(rows.length * features);
  rows.forEach((row, at) => out.set(row, at * features));
  return hostFloats(out, [rows.length, features]);
}

/** Picks, for each text, a random drawing whose label shares no word with it. @returns indices of `labels`. */
function drawOthers(texts: readonly string[], labels: readonly string[]): number[] {
  return texts.map((text, at) => {
    const candidates = labels.flatMap((label, index) => (hasCommonWord(label, text) ? [] : [index]));
    return candidates[createRandom(`floor ${at}`).integer(Math.max(1, candidates.length))] ?? 0;
  });
}

/** Computes the cosine of each text that 5 % of the drawings without a word of it exceed. */
function computeThresholds(
  texts: readonly string[],
  rows: HostTensor,
  drawings: HostTensor,
  labels: readonly string[],
): number[] {
  const count = drawings.shape[0]!;
  const table = computeCosines(rows, drawings);
  return texts.map((text, at) => {
    const others = labels.flatMap((label, column) =>
      hasCommonWord(label, text) ? [] : [table[at * count + column]!],
    );
    others.sort((a, b) => b - a);
    return others[Math.floor(falsePositives * others.length)] ?? Infinity;
  });
}
