import { ConfigError } from "../errors.js";

/** Returns the name of the weights that hold the embeddings of training concepts under each guide, `[concepts, features]`. */
export const conceptsNameOf = (guide: number): string => `concepts.${guide}`;

/** Finds the index of the style with a name or a prefix of it. @throws {ConfigError} when no style or several match. */
export function findStyle(name: string, styles: readonly string[]): number {
  const matches = styles.filter((style) => style === name || style.startsWith(name));
  if (matches.length === 1) return styles.indexOf(matches[0]!);
  throw new ConfigError(
    `${matches.length === 0 ? "unknown" : "ambiguous"} style "${name}"; known: ${styles.join(", ")}`,
  );
}
