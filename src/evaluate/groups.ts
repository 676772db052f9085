import { join } from "node:path";
import { ConfigError } from "../errors.js";
import { splitList } from "../files/index.js";
import type { LabelledSet } from "./labelled.js";

/**
 * Selects rows of a set by values of attributes.
 * @param set set of `openLabelledSet`.
 * @param where `name=value,name=value`; a value may list alternatives: `tone=light|dark`.
 * @returns indices of rows, ascending.
 * @throws {ConfigError} for an unknown attribute, or when no row matches.
 */
export function selectRows({ attributes, labelIndices: own }: LabelledSet, where: string): number[] {
  const conditions = splitList(where).map((part) => {
    const [, name, values] = /^([^=]+)=(.+)$/.exec(part) ?? [];
    const column = name !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (!column || values === undefined)
      throw new ConfigError(
        `bias: condition "${part}": expected attribute=value; attributes: ${Object.keys(attributes).join(", ")}`,
      );
    return { column, values: values.split("|") };
  });
  const rows = own.flatMap((_, row) =>
    conditions.every(({ column, values }) => values.includes(column[row] ?? "")) ? [row] : [],
  );
  if (rows.length === 0) throw new ConfigError(`bias: no picture meets the condition "${where}"`);
  return rows;
}

const usualGroups = ["gender", "tone"];

/**
 * Chooses the attributes by which a bias measurement groups pictures.
 * @param set set of `openLabelledSet`.
 * @param by comma-separated names; by default `gender` and `tone` if the set has both, otherwise all attributes.
 * @returns names of attributes.
 * @throws {ConfigError} for an unknown name, or when there are none.
 */
export function chooseGroupAttributes({ name, attributes }: LabelledSet, by: string | undefined): string[] {
  const known = Object.keys(attributes);
  const preset = usualGroups.every((each) => known.includes(each)) ? usualGroups : known;
  const names = by === undefined ? preset : splitList(by);
  if (names.length === 0)
    throw new ConfigError(
      `bias: ${name}: has no attributes to group by; add columns to the CSV, or folders like ${join("<label>", "tone=dark")}`,
    );
  for (const each of names) findAttribute(attributes, each);
  return names;
}

/** Finds the values of an attribute. @throws {ConfigError} for an unknown attribute. */
export function findAttribute(
  attributes: LabelledSet["attributes"],
  name: string,
): readonly (string | undefined)[] {
  const column = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (column) return column;
  throw new ConfigError(
    `bias: unknown attribute "${name}"; known: ${Object.keys(attributes).join(", ") || "none"}`,
  );
}
