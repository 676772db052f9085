import fc from "fast-check";
import { expect, it } from "vitest";
import { splitGraphemes } from "../../src/prompts/graphemes.js";
import { cpuSeconds } from "../cpuTime.js";

/** Parts of graphemes: emoji, joiners, skin tones, halves of flags, accents, Hangul, line ends, halves of characters. */
const parts = [
  ..."a 🍕👩🚀❤猫ㅎ각각नक",
  ...["\u200d", "\u{1f3fb}", "\ufe0f", "🇩", "🇪", "\u0301", "\u20e3", "\u094d", "\u0600", "\r", "\n"],
  ...["\ud83c", "\udffb"],
];
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

it("a text is split as Intl.Segmenter splits it, wherever its windows end", () => {
  const piece = fc
    .tuple(fc.constantFrom(...parts), fc.integer({ min: 1, max: 300 }))
    .map(([part, count]) => part.repeat(count));
  const short = fc.constantFrom(...parts);
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 9, arbitrary: short }, piece), { maxLength: 600 }), (list) => {
      const text = list.join("");
      expect([...splitGraphemes(text)]).toEqual(
        Array.from(segmenter.segment(text), ({ segment }) => segment),
      );
    }),
    { numRuns: 200 },
  );
});

it.each(["🍕", "👩‍🚀", "🇩", "\u0301", "a"])("200 000 times %j are split in seconds", async (unit) => {
  let count = 0;
  const seconds = await cpuSeconds(() => {
    for (const grapheme of splitGraphemes(unit.repeat(200_000))) count += grapheme === "" ? 0 : 1;
  });
  expect(count).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(5);
});
