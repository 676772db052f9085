/** Words for patterns of clothes and things, and the word in the names of our drawings. */
const patterns: readonly (readonly [words: RegExp, pattern: string])[] = [
  [/^(?:polka ?dot(?:s|ted)?|polkadot|spotted|spotty|dotted|dotty) /, "polka dot"],
  [/^(?:striped|stripy|stripey|stripe) /, "striped"],
  [/^(?:floral|flowery|flowered|flower print|flower pattern|flower|daisy print|rose print) /, "floral"],
  [/^(?:plaid|checked|checkered|chequered|check|tartan|gingham|flannel) /, "plaid"],
  [/^(?:knitted|knit|woolly|wooly|woollen|wool|crocheted) /, "knitted"],
  [/^(?:quilted|padded) /, "quilted"],
  [/^(?:rainbow striped|rainbow|multicoloured|multicolored) /, "rainbow"],
  [/^(?:hawaiian|aloha) /, "hawaiian"],
  [/^(?:christmas|ugly christmas|xmas) /, "christmas"],
  [/^(?:tie dyed|tie dye) /, "tie dye"],
  [/^(?:heart print|heart patterned) /, "heart print"],
  [/^(?:star print|star patterned|starry) /, "star print"],
  [/^(?:leopard print|leopard skin|leopard|cheetah print) /, "leopard print"],
];

/**
 * Finds the thing with a pattern that words name in other words: "a stripy jumper" is a `striped sweater`.
 * @param nameOf returns the concept that words name. @param labelOf returns the label of a concept.
 */
export function findPatterned(
  words: readonly string[],
  nameOf: (words: readonly string[]) => number | undefined,
  labelOf: (concept: number) => string,
): number | undefined {
  if (words.length < 2) return undefined;
  const text = words.join(" ");
  for (const [pattern, name] of patterns) {
    const before = pattern.exec(text)?.[0];
    if (before === undefined) continue;
    const thing = text.slice(before.length).replace(/^(?:and white|patterned|print) /, "");
    const concept = nameOf(thing.split(" "));
    const candidates = [thing, ...(concept === undefined ? [] : [labelOf(concept)])];
    for (const candidate of candidates) {
      const found = nameOf(`${name} ${candidate}`.split(" "));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
