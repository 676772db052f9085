/** The form of the Generate view, and its conversion to a request and back. */
import { signal } from "@preact/signals";

/** A prompt of the form. */
export interface TermForm {
  readonly key: number;
  readonly text: string;
  readonly weight: number;
  /** Whether the picture is pushed away from it. */
  readonly avoided: boolean;
}

export interface GenerateForm {
  readonly terms: readonly TermForm[];
  readonly style: string;
  readonly effort: "draft" | "normal" | "best" | "time";
  readonly seconds: number;
  readonly seed: number;
  readonly keepSeed: boolean;
  readonly count: number;
  /** Upload to start from, and its name. */
  readonly init: { readonly id: string; readonly name: string } | undefined;
  /** Settings that a restored picture brought along and that have no control of their own. */
  readonly more: Readonly<Record<string, unknown>>;
}

let keys = 0;
export const emptyTerm = (): TermForm => ({ key: ++keys, text: "", weight: 1, avoided: false });

const largestSeed = 2 ** 31;
export const randomSeed = (): number => Math.floor(Math.random() * largestSeed);

export const form = signal<GenerateForm>({
  terms: [emptyTerm()],
  style: "",
  effort: "normal",
  seconds: 20,
  seed: randomSeed(),
  keepSeed: false,
  count: 1,
  init: undefined,
  more: {},
});

export function change(values: Partial<GenerateForm>): void {
  form.value = { ...form.value, ...values };
}

export function changeTerm(key: number, values: Partial<TermForm>): void {
  change({ terms: form.value.terms.map((term) => (term.key === key ? { ...term, ...values } : term)) });
}

/** A prompt as the API takes it: the weight stands behind it. */
const formatPrompt = ({ text, weight }: TermForm): string =>
  weight === 1 ? text.trim() : `${text.trim()}::${weight}`;

/** The request of a form; undefined while there is nothing to go towards. */
export function requestOf({
  terms,
  style,
  effort,
  seconds,
  seed,
  count,
  init,
  more,
}: GenerateForm): Record<string, unknown> | undefined {
  const filled = terms.filter(({ text }) => text.trim() !== "");
  const towards = filled.filter(({ avoided: away }) => !away);
  const inFile = (more.prompts as { prompts?: unknown[] } | undefined)?.prompts?.length ?? 0;
  const others = inFile + (more.scene === undefined ? 0 : 1);
  if (towards.length + others === 0) return undefined;
  return {
    ...more,
    text: towards.map(formatPrompt),
    negative: filled.filter(({ avoided: away }) => away).map(formatPrompt),
    ...(effort === "time" ? { budget: `${seconds}s` } : { quality: effort }),
    style: style === "" ? undefined : style,
    seed,
    count,
    layerFiles: true,
    init: init?.id,
  };
}

const weighted = /^(.*)::(-?[\d.]+)$/s;

/** The form of a request, such as one that a picture brought along. */
export function formOf(request: Readonly<Record<string, unknown>>): GenerateForm {
  const { text, negative, quality, budget, style, seed, count, init, ...more } = request;
  const termOf = (given: unknown, away: boolean): TermForm => {
    const [, words = String(given), weight = "1"] = weighted.exec(String(given)) ?? [];
    return {
      ...emptyTerm(),
      text: words,
      weight: Math.abs(Number(weight)),
      avoided: away || Number(weight) < 0,
    };
  };
  const terms = [
    ...((text as unknown[] | undefined) ?? []).map((each) => termOf(each, false)),
    ...((negative as unknown[] | undefined) ?? []).map((each) => termOf(each, true)),
  ];
  const timed = /^([\d.]+)s$/.exec(String(budget ?? ""));
  return {
    terms: terms.length > 0 ? terms : [emptyTerm()],
    style: String(style ?? ""),
    effort: timed ? "time" : ((quality as GenerateForm["effort"] | undefined) ?? "normal"),
    seconds: timed ? Number(timed[1]) : 20,
    seed: Number(seed ?? randomSeed()),
    keepSeed: seed !== undefined,
    count: Number(count ?? 1),
    init: init === undefined ? undefined : { id: String(init), name: "the picture it started from" },
    more,
  };
}
