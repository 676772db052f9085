/** The table of edits. */
import {
  bootstrap,
  formatEstimate,
  renderMarkdownTable,
  medianOf,
  formatPercent,
  rate,
} from "../../src/evaluate/index.js";
import { type Kind, kinds } from "./cases.js";
import type { Preserved, Stated } from "./measures.js";

/** Ways to make an edit, and what shows how much the measures can tell. */
export const ways = [
  "clipsteer",
  "hue shift",
  "pasted target drawing",
  "nearest learned drawing",
  "real drawing of the text",
] as const;
export type Way = (typeof ways)[number];

/** What is kept of one edit made one way. */
export interface Result extends Preserved {
  readonly direction: number;
  readonly gain: number;
  /** Gain in cosine to the words for what is added, in additions. */
  readonly namedGain?: number;
  /** Whether the judge finds what the edit names. */
  readonly found: boolean;
}
/** One edit, made all ways. */
export interface Done extends Stated {
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  readonly change: string;
  /** Pixels that changed outside a mask; of those edits that are made a second time with one. */
  readonly changedOutside?: number;
  readonly results: Readonly<Partial<Record<Way, Result>>>;
}

/** Largest ΔE of a colour that is the named one. */
const sameColour = 15;
/** Smallest agreement of outlines that is the same outline. */
const sameOutline: Readonly<Record<Kind, number>> = { colour: 0.97, object: 0.95, add: 0.95, style: 0.95 };

const share = (list: readonly Result[], test: (result: Result) => boolean): string =>
  formatPercent(rate(list.map((each) => (test(each) ? 1 : 0))));
const formatMedian = (list: readonly (number | undefined)[], digits: number): string => {
  const present = list.filter((value) => value !== undefined);
  return present.length === 0 ? "" : formatEstimate(bootstrap(present, { statistic: medianOf }), digits);
};
const isGain = ({ direction, gain }: Result): boolean => direction > 0 && gain > 0;

/** What a report card calls agreement of the judge: of an addition, the gain to what was added counts. */
const agrees = ({ direction, gain, namedGain = gain }: Result): boolean => direction > 0 && namedGain > 0;

/** The table of edits as Markdown: a row for each kind and way. */
export function tableOf(all: readonly Done[]): string {
  const rows = kinds.flatMap((kind) =>
    ways.flatMap((way) => {
      const list = all.flatMap((each) => (each.kind === kind ? (each.results[way] ?? []) : []));
      if (list.length === 0) return [];
      const isSame = ({ outline }: Result): boolean => outline >= sameOutline[kind];
      return [
        [
          kind,
          way,
          String(list.length),
          share(list, isGain),
          share(list, agrees),
          share(list, ({ found }) => found),
          share(list, isSame),
          formatMedian(
            list.map(({ outline }) => outline),
            2,
          ),
          formatMedian(
            list.map(({ kept }) => kept),
            2,
          ),
          formatMedian(
            list.map(({ others }) => others),
            1,
          ),
          kind === "colour" ? share(list, ({ toColour = Infinity }) => toColour <= sameColour) : "",
          kind === "colour"
            ? formatMedian(
                list.map(({ toColour }) => toColour),
                1,
              )
            : "",
        ],
      ];
    }),
  );
  return renderMarkdownTable(
    [
      "edits",
      "way",
      "number",
      "direction and gain > 0, %",
      "judge agrees, %",
      "named part found, %",
      "outline IoU ≥ 0.95 ¹, %",
      "outline IoU",
      "ink kept",
      "ΔE of the rest",
      "ΔE to the colour ≤ 15, %",
      "ΔE to the colour",
    ],
    rows,
  );
}
