import type { SteerModels } from "../guidance/index.js";
import { type PromptTerm, weightAt } from "../prompts/index.js";
import { type Finding, makeWarning } from "./findings.js";
import type { GenerateRecord, RecordTerm } from "./records.js";
import type { FullGenerateRequest } from "./requests/index.js";
import { findUnknownWords, listCutFindings } from "./words.js";

/** Returns what decides a term's weight over a run. */
export const pickWeight = ({ name, weight, from, to }: RecordTerm): PromptTerm => ({
  name,
  weight,
  from,
  to,
});

type Settings = GenerateRecord["settings"];

/** Warns about several prompts of one word each: the shell splits a sentence without quotes into words. */
export function listSplitFindings({ text }: Pick<FullGenerateRequest, "text">): Finding[] {
  if (text.length < 2 || text.some((each) => /\s|::/.test(each.trim()))) return [];
  const message = `${text.length} prompts of one word each are blended: ${text.map((each) => `"${each}"`).join(", ")}`;
  return [makeWarning("several-prompts", message, { prompts: text, sentence: text.join(" ") })];
}

/**
 * Finds the names of prompts with a positive weight whose text (case ignored) or picture also has a negative weight. When the
 * terms apply (from, to, schedule) is not considered.
 */
function findContradictions(terms: readonly RecordTerm[]): string[] {
  const contentOf = ({ text, image }: RecordTerm): string => image?.sha256 ?? text!.trim().toLowerCase();
  const negatives = new Set(terms.filter(({ weight }) => weight < 0).map(contentOf));
  return [
    ...new Set(
      terms.filter((term) => term.weight > 0 && negatives.has(contentOf(term))).map(({ name }) => name),
    ),
  ];
}

/**
 * Finds the first and last part of the run, in hundredths, without a prompt of positive weight; undefined when there is always
 * one.
 */
function findIdlePart({ terms, schedule }: Settings): [from: number, to: number] | undefined {
  const idle = Array.from({ length: 100 }, (_, at) => at / 100).filter((part) =>
    terms.every((term) => weightAt({ schedule }, pickWeight(term), part) <= 0),
  );
  return idle.length > 1 ? [idle[0]!, idle[idle.length - 1]!] : undefined;
}

/** Makes the findings about a text. Names of known things, with a colour or not, need no check for unknown words. */
async function listTextFindings(
  text: string,
  templates: readonly string[],
  { scene }: Pick<Settings, "scene">,
  models: SteerModels,
): Promise<Finding[]> {
  const unnamed = (scene?.parts ?? [text]).filter((part) => {
    const meaning = models.phrases?.read(part);
    return meaning?.category === undefined && (!meaning?.isName || meaning.kind !== undefined);
  });
  // `findUnknownWords` has said of its texts where they are cut off.
  const others = unnamed.includes(text) ? [] : [text];
  return [
    ...(await findUnknownWords(models, unnamed, templates)),
    ...listCutFindings(models, others, templates),
  ];
}

/**
 * Makes the findings about the prompts of a run: unknown words, contradictions, and parts of the run without a prompt of positive
 * weight.
 */
export async function listPromptFindings(settings: Settings, models: SteerModels): Promise<Finding[]> {
  const { terms, templates: usual } = settings;
  const findings: Finding[] = [];
  for (const { text, templates = usual } of terms)
    if (text !== undefined) findings.push(...(await listTextFindings(text, templates, settings, models)));
  for (const name of findContradictions(terms))
    findings.push(
      makeWarning(
        "contradiction",
        `"${name}": is both a prompt and a negative; the two work against each other`,
        {
          prompt: name,
        },
      ),
    );
  const idle = findIdlePart(settings);
  if (idle)
    findings.push(
      makeWarning(
        "no-prompt-wanted",
        `between ${idle[0]} and ${idle[1]} of the run no prompt has a positive weight, so nothing steers it; change from, to or the schedule`,
        { from: idle[0], to: idle[1] },
      ),
    );
  return findings;
}
