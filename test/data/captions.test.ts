import { expect, test } from "vitest";
import { allCaptions, captionFor } from "../../src/data/index.js";
import { createRandom } from "../../src/tensor/index.js";

const item = {
  label: "crystal ball",
  tags: ["fortune", "magic", "tool"],
  group: "activities",
  subgroup: "game",
  style: "noto style",
};

test("captions follow the shares of the templates", () => {
  const random = createRandom(1);
  const kinds = new Map<string, number>();
  const templates: [string, RegExp][] = [
    ["label", /^crystal ball$/],
    ["an emoji of", /^an emoji of crystal ball$/],
    ["style", /^crystal ball, noto style$/],
    ["label, subgroup", /^crystal ball, game$/],
    ["tag, subgroup", /^(fortune|magic|tool), game$/],
    ["from group", /^crystal ball emoji from activities, noto style$/],
    ["tags", /^crystal ball(, (fortune|magic|tool)){1,3}$/],
  ];
  const draws = 20_000;
  for (let draw = 0; draw < draws; draw++) {
    const caption = captionFor(item, random);
    const [kind] = templates.find(([, pattern]) => pattern.test(caption)) ?? [caption];
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1 / draws);
  }
  const expected = { label: 0.2, "an emoji of": 0.1, style: 0.35, tags: 0.1, "tag, subgroup": 0.08 };
  for (const [kind, share] of Object.entries({ ...expected, "label, subgroup": 0.07, "from group": 0.1 }))
    expect(Math.abs(kinds.get(kind)! - share), kind).toBeLessThan(0.01);
  expect(kinds.size).toBe(templates.length);
});

test("the same seed captions the same way; without tags the label stands in", () => {
  const draw = (): string[] => {
    const random = createRandom("captions");
    return Array.from({ length: 50 }, () => captionFor({ ...item, tags: [] }, random));
  };
  expect(draw()).toEqual(draw());
  expect(draw().every((caption) => caption.includes("crystal ball"))).toBe(true);
});

test("the tokenizer's texts hold every word a caption can have", () => {
  const words = new Set(allCaptions([item]).flatMap((text) => text.split(/[ ,]+/)));
  const random = createRandom(2);
  for (let draw = 0; draw < 500; draw++)
    for (const word of captionFor(item, random).split(/[ ,]+/)) expect(words).toContain(word);
  expect(allCaptions([item])).toEqual(allCaptions([item]));
});
