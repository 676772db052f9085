import { hashSha256 } from "../files/index.js";
import { heldOutSet, iconSets } from "./sources.js";

/** What a picture may be used for. */
export type Split =
  "train" | "val_pair" | "test_style" | "test_concept" | "test_concept_style" | "excluded_dup";

/** What the split of a picture depends on. */
export interface SplitItem {
  readonly set: string;
  readonly hexcode: string;
  readonly label: string;
  readonly group: string;
}

/** Returns a number in [0, 1) that depends on the text only. */
function chanceOf(text: string): number {
  return parseInt(hashSha256(text).slice(0, 8), 16) / 2 ** 32;
}

/** Returns the family of an emoji: emoji that show the same thing done by a man, a woman or a person are one. */
export function familyOf(label: string): string {
  return label
    .replace(/^(man|woman|person|men|women|people|boy|girl|child|mrs\.|mx|old)\b[ ,]*/, "")
    .replace(/^(man|woman|person)\b[ ,]*/, "")
    .trim();
}

const styleFamily = new Map(iconSets.map((set) => [set.name, set.family]));

/**
 * Splits by hash, so that the same data is always split the same way: a tenth of the families (of concepts in three styles
 * or more) is seen in no style, one set is held out whole, and of the rest one concept–style pair in 28 is for validation.
 */
export function assignSplits(items: readonly SplitItem[]): Split[] {
  const styles = new Map<string, Set<string>>();
  for (const { hexcode, set } of items) {
    const known = styles.get(hexcode) ?? new Set();
    styles.set(hexcode, known.add(styleFamily.get(set) ?? set));
  }
  return items.map(({ set, hexcode, label, group }) => {
    const many = styles.get(hexcode)!.size >= 3;
    const held = many && chanceOf(`family/${group}/${familyOf(label)}`) < 0.1;
    if (held) return set === heldOutSet ? "test_concept_style" : "test_concept";
    if (set === heldOutSet) return "test_style";
    const pair = `pair/${hexcode}/${styleFamily.get(set) ?? set}`;
    return many && chanceOf(pair) < 1 / 28 ? "val_pair" : "train";
  });
}

/**
 * Splits of a release: everything trains but the concepts that are held back and the held-out set.
 * @param heldConcepts code points of emoji, as in `hexcode`.
 */
export function releaseSplits(
  items: readonly Pick<SplitItem, "set" | "hexcode">[],
  heldConcepts: ReadonlySet<string>,
): Split[] {
  return items.map(({ set, hexcode }) => {
    const held = heldConcepts.has(hexcode);
    if (set === heldOutSet) return held ? "test_concept_style" : "test_style";
    return held ? "test_concept" : "train";
  });
}

/** Excludes pictures of other splits that are, to the pixel, in the training split. */
export function excludeTwins(splits: readonly Split[], hashes: readonly string[]): Split[] {
  const trained = new Set(hashes.filter((_, index) => splits[index] === "train"));
  return splits.map((split, index) =>
    split !== "train" && trained.has(hashes[index]!) ? "excluded_dup" : split,
  );
}
