import { ConfigError } from "../errors.js";

/** Names of the weights that hold the embeddings of training concepts under each guide, `[concepts, features]`. */
export const conceptsName = (guide: number): string => `concepts.${guide}`;

/** Index of the one style that a name or its beginning means. @throws {ConfigError} when none or several do. */
export function styleIndex(name: string, styles: readonly string[]): number {
  const matches = styles.filter((style) => style === name || style.startsWith(name));
  if (matches.length === 1) return styles.indexOf(matches[0]!);
  throw new ConfigError(
    `${matches.length === 0 ? "unknown" : "ambiguous"} style "${name}"; known: ${styles.join(", ")}`,
  );
}
