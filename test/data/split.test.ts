import { expect, test } from "vitest";
import { type SplitItem, assignSplits, excludeTwins, familyOf, releaseSplits } from "../../src/data/split.js";

const sets = ["noto", "twemoji", "emojione", "fluent-emoji", "fluent-emoji-flat", "fxemoji"];
const labels = Array.from({ length: 200 }, (_, index) =>
  ["man", "woman", "person"].map((who) => `${who} job${index}`),
);
const items: SplitItem[] = labels
  .flat()
  .flatMap((label) =>
    sets.map((set) => ({ set, label, hexcode: label.toUpperCase(), group: "people body" })),
  );
const splits = assignSplits(items);
const share = (split: string): number => splits.filter((each) => each === split).length / items.length;

test("the same items are split the same way in any order", () => {
  expect(assignSplits(items)).toEqual(splits);
  expect(assignSplits([...items].reverse()).reverse()).toEqual(splits);
  // By sha256 in Python. Another division would let a trained model have seen what it is tested on.
  const held = new Set(
    items.filter((_, at) => splits[at] === "test_concept").map(({ label }) => familyOf(label)),
  );
  expect([...held].slice(0, 3)).toEqual(["job0", "job7", "job13"]);
  expect(share("test_concept") + share("test_concept_style")).toBeCloseTo(0.1, 1);
  expect(share("val_pair")).toBeGreaterThan(0.01);
  expect(share("val_pair")).toBeLessThan(0.06);
});

test("a family is held out whole, and its style family with it", () => {
  const kinds = new Map<string, Set<boolean>>();
  const pairs = new Map<string, Set<string>>();
  items.forEach(({ label, set, hexcode }, at) => {
    const family = familyOf(label);
    kinds.set(family, (kinds.get(family) ?? new Set()).add(splits[at]!.startsWith("test_concept")));
    if (set.startsWith("fluent")) pairs.set(hexcode, (pairs.get(hexcode) ?? new Set()).add(splits[at]!));
  });
  expect([...kinds.values()].every((kind) => kind.size === 1)).toBe(true);
  expect([...pairs.values()].every((pair) => pair.size === 1)).toBe(true);
});

test("the held-out set is in no training split", () => {
  const seen = new Set(items.flatMap(({ set }, at) => (set === "fxemoji" ? [splits[at]] : [])));
  expect(seen).toEqual(new Set(["test_style", "test_concept_style"]));
});

test("what is drawn in fewer than three styles is never held out", () => {
  const few = items.filter(({ set }) => set === "noto" || set.startsWith("fluent"));
  expect(new Set(assignSplits(few))).toEqual(new Set(["train"]));
});

test.each([
  ["man surfing", "surfing"],
  ["woman surfing", "surfing"],
  ["person surfing", "surfing"],
  ["old man", ""],
  ["manual", "manual"],
])("%s is of the family %j", (label, family) => {
  expect(familyOf(label)).toBe(family);
});

test("pixel twins of training pictures leave the other splits", () => {
  expect(excludeTwins(["train", "val_pair", "test_concept", "train"], ["a", "a", "b", "a"])).toEqual([
    "train",
    "excluded_dup",
    "test_concept",
    "train",
  ]);
});

test("holds back what a release holds back, and trains on the rest", () => {
  const held = new Set([items[0]!.hexcode]);
  const splits = releaseSplits(items, held);
  expect(splits).toHaveLength(items.length);
  splits.forEach((split, at) => {
    const { set, hexcode } = items[at]!;
    const isHeldSet = set === "fxemoji";
    if (hexcode === items[0]!.hexcode) expect(split).toBe(isHeldSet ? "test_concept_style" : "test_concept");
    else expect(split).toBe(isHeldSet ? "test_style" : "train");
  });
});
