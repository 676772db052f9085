import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuSeconds } from "../cpuTime.js";
import { parseTable } from "../../src/files/index.js";

const read = (text: string): (readonly string[])[] => {
  const { header, rows } = parseTable(text, "t.csv");
  return [header, ...rows.map(({ fields }) => fields)];
};

describe("a table", () => {
  it.each([",", "\t", ";", "|"])("is read back as it was written with quotes and %j", (separator) => {
    const cell = fc.stringMatching(/^[ab",;|\t\n ]{0,6}$/);
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), (rows, end) => {
        const line = (row: readonly string[]): string =>
          row.map((each) => `"${each.replaceAll('"', '""')}"`).join(separator);
        const whole = [["one", "two"], ...rows];
        expect(read(`${whole.map(line).join(end)}${end}`)).toEqual(whole);
      }),
    );
  });

  it("has plain fields, empty ones at the end, quotes inside, and lines by their number", () => {
    expect(read('\ufefffile,caption\na.png,a 5" screen\nb.png,')).toEqual([
      ["file", "caption"],
      ["a.png", 'a 5" screen'],
      ["b.png", ""],
    ]);
    expect(read("a;b\r1;2\r")).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
    expect(parseTable('a,b\n\n"x\ny",2\n3,4\n', "t").rows.map(({ line }) => line)).toEqual([3, 5]);
    expect(() => parseTable('a,b\nc,"d', "t.csv")).toThrow("t.csv:2: a quote is not closed");
    expect(() => parseTable('a,b\n"c"d,e', "t.csv")).toThrow(/^t.csv:2: is not a readable table/);
    expect(() => parseTable(" \n", "t.csv")).toThrow("t.csv: is empty");
    expect(() => parseTable("file,caption,caption\na,b,c\n", "t.csv")).toThrow(
      't.csv:1: has two columns "caption"; rename or remove one',
    );
    expect(read("a,,\n1,2,3\n")).toEqual([
      ["a", "", ""],
      ["1", "2", "3"],
    ]);
  });

  it.each<[what: string, text: (size: number) => string]>([
    ["quotes", (size) => '"'.repeat(size)],
    ["separators", (size) => ",".repeat(size)],
    ["lines", (size) => "\n".repeat(size)],
    ["one field", (size) => "a".repeat(size)],
    ["an open quote", (size) => `a\n"${'""'.repeat(size / 2)}`],
    ["carriage returns", (size) => "\r".repeat(size)],
  ])("of a megabyte of %s is read or refused in seconds", async (_, text) => {
    const seconds = await cpuSeconds(() => {
      try {
        parseTable(text(1e6), "t.csv");
      } catch (error) {
        expect((error as Error).message).toMatch(/^t.csv(:\d+)?: [^\n]*$/);
      }
    });
    expect(seconds).toBeLessThan(10);
  });
});
