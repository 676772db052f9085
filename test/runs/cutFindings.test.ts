import { expect, it } from "vitest";
import type { Tokenizer } from "../../src/clip/index.js";
import type { SteerModels } from "../../src/guidance/index.js";
import { listPromptFindings } from "../../src/runs/promptFindings.js";
import type { GenerateRecord } from "../../src/runs/records.js";
import { listCutFindings } from "../../src/runs/words.js";

/** A tokenizer that reads three words. */
const tokenizer = {
  contextLength: 3,
  lostWords: (text: string) =>
    text
      .toLowerCase()
      .split(/[\s,]+/)
      .slice(3),
  unseenWords: () => [] as string[],
} as unknown as Tokenizer;

it("reports words of the text that are cut off, and not those of a template alone", () => {
  const cut = (text: string): unknown[] =>
    listCutFindings({ tokenizer, articles: true }, [text], ["{}, noto style"]).map(({ data }) => data);
  expect(cut("red cat")).toEqual([]);
  expect(cut("a red cat with wings")).toEqual([
    { text: "a red cat with wings", words: ["with", "wings"], limit: 3 },
  ]);
  expect(cut("an old house style")).toEqual([{ text: "an old house style", words: ["style"], limit: 3 }]);
});

it("reports once that a prompt is cut off", async () => {
  const text = "a red cat with wings";
  const settings = {
    terms: [{ name: text, text, weight: 1, from: 0, to: 1 }],
    templates: ["{}"],
    schedule: [],
  } as unknown as GenerateRecord["settings"];
  const models = { tokenizer, articles: true } as unknown as SteerModels;
  expect((await listPromptFindings(settings, models)).map(({ code }) => code)).toEqual(["cut-text"]);
});
