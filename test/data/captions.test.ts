import { describe, expect, it, test } from "vitest";
import { listCaptions, drawCaption, isTagCaption } from "../../src/data/index.js";
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
    ["tags alone", /^(an emoji of )?(fortune|magic|tool)(, (fortune|magic|tool))?$/],
    [
      "for tags",
      /^(something for|a picture of something for:) (fortune|magic|tool)(, (fortune|magic|tool))?$/,
    ],
  ];
  const draws = 20_000;
  for (let draw = 0; draw < draws; draw++) {
    const caption = drawCaption(item, random);
    const [kind] = templates.find(([, pattern]) => pattern.test(caption)) ?? [caption];
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1 / draws);
  }
  const expected = { label: 0.18, "an emoji of": 0.08, style: 0.26, tags: 0.08, "tag, subgroup": 0.06 };
  const others = { "label, subgroup": 0.06, "from group": 0.1, "tags alone": 0.09, "for tags": 0.09 };
  for (const [kind, share] of Object.entries({ ...expected, ...others }))
    expect(Math.abs(kinds.get(kind)! - share), kind).toBeLessThan(0.01);
  expect(kinds.size).toBe(templates.length);
});

test("the same seed captions the same way; without tags the label stands in", () => {
  const draw = (): string[] => {
    const random = createRandom("captions");
    return Array.from({ length: 50 }, () => drawCaption({ ...item, tags: [] }, random));
  };
  expect(draw()).toEqual(draw());
  expect(draw().every((caption) => caption.includes("crystal ball"))).toBe(true);
});

test("the tokenizer's texts hold every word a caption can have", () => {
  const words = new Set(listCaptions([item]).flatMap((text) => text.split(/[ ,]+/)));
  const random = createRandom(2);
  for (let draw = 0; draw < 500; draw++)
    for (const word of drawCaption(item, random).split(/[ ,]+/)) expect(words).toContain(word);
  expect(listCaptions([item])).toEqual(listCaptions([item]));
});

describe("captions made of tags", () => {
  const isLabel = (text: string): boolean => text === "tool";

  it("are true of each picture with these tags", () => {
    const isTrue = (caption: string): boolean => isTagCaption(item, caption, isLabel);
    expect(
      ["magic", "an emoji of magic", "magic, fortune", "magic, game", "something for magic"].map(isTrue),
    ).toEqual(Array(5).fill(true));
    expect(["love", "magic, love", "game", "crystal ball", "magic, noto style"].map(isTrue)).toEqual(
      Array(5).fill(false),
    );
  });

  it("mean the concept, and not the tag, where a tag is a label too and nothing says that it is a tag", () => {
    expect(isTagCaption(item, "tool", isLabel)).toBe(false);
    expect(isTagCaption(item, "something for tool", isLabel)).toBe(true);
    const random = createRandom(3);
    const captions = Array.from({ length: 3000 }, () => drawCaption(item, random, isLabel));
    expect(captions.filter((caption) => /^(?:an emoji of )?tool\b/.test(caption))).toEqual([]);
    expect(captions).toContain("something for tool");
  });
});
