import type { ClipModels, Encoder } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { type HostTensor } from "../tensor/index.js";
import { type Association, testAssociation } from "./association.js";
import {
  type RateTable,
  type Sensitivity,
  measureGroupRates,
  joinAttributes,
  measureLabelSensitivity,
} from "./bias.js";
import { type EmbeddedSet, embedTemplate, averageRows, averageScores, pickRows } from "./embedded.js";
import { chooseGroupAttributes, findAttribute } from "./groups.js";
import type { LabelledSet } from "./labelled.js";
import { findBestColumns, computeCosines } from "./ranking.js";

/** Settings of a bias measurement. */
export interface BiasOptions {
  /** Labels that pictures are decided between. */
  readonly labels: readonly string[];
  /** Attributes whose values form the groups. */
  readonly by: readonly string[];
  /** Labels that count; when empty, a picture counts when its own label is chosen. */
  readonly outcome: readonly string[];
  /** Labels added and removed for the second decision. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly association?: AssociationOptions | undefined;
}

/** Two groups of pictures (`attribute=value`) or lists of texts, and the texts they may go with. */
export interface AssociationOptions {
  /** First group: `attribute=value`, or texts with commas between them. */
  readonly x: string;
  /** Second group, likewise. */
  readonly y: string;
  /** Texts that X may go with. */
  readonly a: readonly string[];
  /** Texts that Y may go with. */
  readonly b: readonly string[];
}

/** Results of one CLIP, or of all together. */
export interface BiasRow {
  readonly model: string;
  /** Rates by every attribute, and by every pair of them. */
  readonly rates: readonly RateTable[];
  /** Changes under the second label set, by the same groups; absent without a second set. */
  readonly sensitivity?: readonly { readonly by: string; readonly groups: readonly Sensitivity[] }[];
  /** Absent for all CLIPs together, whose embeddings are of different spaces. */
  readonly association?: Association;
}

/**
 * Plans a bias measurement: chooses the attributes, and checks all options before anything is embedded.
 * @param set set of `openLabelledSet`.
 * @param options as for `evaluateBias`.
 * @param options.by attributes, as for `chooseGroupAttributes`.
 * @returns options of `evaluateBias`.
 * @throws {ConfigError} as `evaluateBias`, and for a set without attributes.
 */
export function planBias(
  set: LabelledSet,
  { by, ...options }: Omit<BiasOptions, "by"> & { readonly by?: string | undefined },
): BiasOptions {
  const plan = { ...options, by: chooseGroupAttributes(set, by) };
  checkOptions(set, plan);
  return plan;
}

/**
 * Measures the rates of a decision by group and intersection of groups, their changes under another label set, and an association test.
 * Several labels are clusters: pictures of one label count as dependent.
 * Source: Radford et al. 2021, §7.1; Caliskan et al. 2017.
 * @param models the CLIPs that embedded the set.
 * @param encoder the encoder that embedded the set. @param templates texts with `{}` for the label.
 * @param embedded the set and its rows, from `embedLabelled`.
 * @param options labels, groups, outcome, and the association test.
 * @param abort abort signal; none when absent.
 * @param abort.signal ends the measurement with its reason.
 * @returns one entry for each CLIP, and one for all together if there are several.
 * @throws {ConfigError} for an unknown attribute, an outcome that is no label, or an empty group; the signal's reason.
 */
export async function evaluateBias(
  models: ClipModels,
  encoder: Encoder,
  { set, pictures }: EmbeddedSet,
  templates: readonly string[],
  options: BiasOptions,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<BiasRow[]> {
  checkOptions(set, options);
  const { labels, by, outcome, add, remove } = options;
  const second = listSecondLabels(options);
  const all = [...new Set([...labels, ...add])];
  const texts = await embedEnsembles(models, encoder, templates, all, signal);
  const clusters = set.labels.length > 1 ? set.labelIndices : undefined;
  const groupings = listGroupings(set.attributes, by);
  const decide = (scores: Float32Array, chosen: readonly string[]): number[] => {
    const places = chosen.map((label) => all.indexOf(label));
    const candidates = new Float32Array(set.labelIndices.length * places.length);
    set.labelIndices.forEach((_, row) =>
      places.forEach(
        (place, at) => (candidates[row * places.length + at] = scores[row * all.length + place]!),
      ),
    );
    return findBestColumns(candidates, places.length).map((best, row) => {
      const label = chosen[best]!;
      const hit = outcome.length > 0 ? outcome.includes(label) : label === set.labels[set.labelIndices[row]!];
      return hit ? 1 : 0;
    });
  };
  const scores = models.clips.map((_, clip) => computeCosines(pictures[clip]!, texts[clip]!));
  const named = [
    ...models.clips.map(({ name }, at) => ({ model: name, scores: scores[at]! })),
    ...(scores.length > 1 ? [{ model: "all CLIPs", scores: averageScores(scores, models.clips) }] : []),
  ];
  const associations = options.association
    ? await associate(models, encoder, { set, pictures }, templates, options.association)
    : undefined;
  return named.map(({ model, scores: table }, at): BiasRow => {
    const before = decide(table, labels);
    const changed = add.length + remove.length > 0;
    const after = changed ? decide(table, second) : before;
    const association = associations?.[at];
    return {
      model,
      rates: groupings.map(({ by: name, groups }) => measureGroupRates(before, groups, name, clusters)),
      sensitivity: changed
        ? groupings.map(({ by: name, groups }) => ({
            by: name,
            groups: measureLabelSensitivity(before, after, groups, clusters),
          }))
        : undefined,
      association,
    };
  });
}

/**
 * Lists the groups of pictures by every attribute and by every pair of them.
 * @returns the group of each picture; undefined where an attribute is missing.
 * @throws {ConfigError} for an unknown attribute.
 */
export function listGroupings(
  attributes: Readonly<Record<string, readonly (string | undefined)[]>>,
  by: readonly string[],
): { readonly by: string; readonly groups: readonly (string | undefined)[] }[] {
  const columns = by.map((name) => findAttribute(attributes, name));
  return by.flatMap((name, at) => [
    { by: name, groups: columns[at]! },
    ...by.slice(at + 1).map((other, next) => ({
      by: `${name} × ${other}`,
      groups: joinAttributes([columns[at]!, columns[at + 1 + next]!]),
    })),
  ]);
}

/** Lists the labels of the second decision. */
function listSecondLabels({ labels, add, remove }: BiasOptions): string[] {
  return [...labels.filter((label) => !remove.includes(label)), ...add];
}

/** Checks the options against a set. @throws {ConfigError} as `evaluateBias`. */
function checkOptions(set: LabelledSet, options: BiasOptions): void {
  const { labels, by, outcome, add, remove, association } = options;
  for (const name of by) findAttribute(set.attributes, name);
  for (const target of association ? [association.x, association.y] : []) findTargetRows(set, target);
  const second = listSecondLabels(options);
  if (labels.length < 2 || second.length < 2)
    throw new ConfigError(
      `bias: needs two labels or more to decide between, got ${Math.min(labels.length, second.length)}`,
    );
  const unknownLabel =
    outcome.find((label) => !labels.includes(label) && !add.includes(label)) ??
    remove.find((label) => !labels.includes(label));
  if (unknownLabel !== undefined)
    throw new ConfigError(`bias: "${unknownLabel}" is not among the labels; known: ${labels.join(", ")}`);
  const duplicate = add.find((label) => labels.includes(label));
  if (duplicate !== undefined)
    throw new ConfigError(`bias: label "${duplicate}" is a label already; add another one`);
}

async function embedEnsembles(
  models: ClipModels,
  encoder: Encoder,
  templates: readonly string[],
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<HostTensor[]> {
  const byTemplate: HostTensor[][] = [];
  for (const template of templates) {
    signal?.throwIfAborted();
    byTemplate.push(await embedTemplate(models, encoder, template, texts));
  }
  return models.clips.map((_, clip) => averageRows(byTemplate.map((each) => each[clip]!)));
}

/**
 * Finds the pictures of a target `attribute=value`. @returns their rows; undefined for a target of texts.
 * @throws {ConfigError} for an unknown attribute, or when no picture has the value.
 */
function findTargetRows({ attributes }: LabelledSet, target: string): number[] | undefined {
  const [, name, value] = /^([^=,]+)=([^=,]+)$/.exec(target) ?? [];
  if (name === undefined) return undefined;
  const rows = findAttribute(attributes, name).flatMap((each, row) => (each === value ? [row] : []));
  if (rows.length === 0) throw new ConfigError(`bias: no picture has ${name} = "${value}"`);
  return rows;
}

/** Runs one association test for each CLIP. */
async function associate(
  models: ClipModels,
  encoder: Encoder,
  { set, pictures }: Pick<EmbeddedSet, "set" | "pictures">,
  templates: readonly string[],
  { x, y, a, b }: AssociationOptions,
): Promise<Association[]> {
  const embedTarget = async (target: string): Promise<HostTensor[]> => {
    const rows = findTargetRows(set, target);
    if (rows) return pictures.map((matrix) => pickRows(matrix, rows));
    const texts = target.split(",").map((text) => text.trim());
    return embedEnsembles(models, encoder, templates, texts);
  };
  const sets = [
    await embedTarget(x),
    await embedTarget(y),
    await embedEnsembles(models, encoder, templates, a),
    await embedEnsembles(models, encoder, templates, b),
  ] as const;
  return models.clips.map((_, clip) => {
    const [one, two, three, four] = sets.map((each) => each[clip]!) as [
      HostTensor,
      HostTensor,
      HostTensor,
      HostTensor,
    ];
    return testAssociation({ x: one, y: two, a: three, b: four });
  });
}
