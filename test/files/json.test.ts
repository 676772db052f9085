import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/files/index.js";
import { cpuSeconds } from "../cpuTime.js";

describe("JSON", () => {
  it("is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
      { seed: 1 },
    );
  });

  it.each([
    ['{"a":1,"a":2}', '"a"'],
    ['{"a":1,"b":[{"c":1},{"c":2,"\\u0063" : 3}]}', '"c"'],
    ['{"x}":{"y":1},"x}" \n\t:2}', '"x}"'],
    ['{"a\\"":1,"a\\"":2}', '"a\\""'],
    ['{"__proto__":1,"__proto__":2}', '"__proto__"'],
  ])("with a repeated key is refused: %s", (text, key) => {
    expect(() => parseJson(text)).toThrow(new SyntaxError(`the key ${key} occurs twice`));
  });

  it.each(['{"a":"a","b":"a"}', '["a","a"]', '[{"a":1},{"a":2}]', '{"a":{"a":{"a":[]}}}'])(
    "with equal texts in other places is read: %s",
    (text) => {
      expect(parseJson(text)).toEqual(JSON.parse(text));
    },
  );

  it("takes time linear in the text", async () => {
    const text = (keys: number): string =>
      JSON.stringify(
        Object.fromEntries(Array.from({ length: keys }, (_, at) => [`key ${at}`, " ".repeat(50)])),
      );
    const seconds = async (keys: number): Promise<number> => {
      const input = text(keys);
      let least = Infinity;
      for (let turn = 0; turn < 3; turn++) least = Math.min(least, await cpuSeconds(() => parseJson(input)));
      return least;
    };
    await seconds(20_000);
    expect((await seconds(160_000)) / (await seconds(20_000))).toBeLessThan(24); // 8 times the text
  });
});
