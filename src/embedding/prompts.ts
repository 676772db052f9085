/** Averages unit rows and scales the mean to unit length. */
export function averageEnsemble(rows: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(rows[0]!.length);
  for (const row of rows) row.forEach((value, index) => (sum[index]! += value));
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

/**
 * Concatenates the unit rows of several CLIPs and scales the result to unit length. The dot product of two such vectors is the mean of the
 * CLIPs' cosines.
 * @param rows one unit row `[features]` for each CLIP.
 * @returns `[sum of features]`.
 */
export function joinRows(rows: readonly Float32Array[]): Float32Array {
  if (rows.length === 1) return rows[0]!;
  const out = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    out.set(row, at);
    at += row.length;
  }
  const factor = 1 / Math.sqrt(rows.length);
  return out.map((value) => value * factor);
}

/**
 * Replaces `{}` in a template by a text.
 * @param template sentence with `{}`, such as `a photo of a {}`.
 * @param text replaces every `{}`.
 * @returns the sentence. A template without `{}` is followed by the text.
 */
export function fillTemplate(template: string, text: string): string {
  return template.includes("{}") ? template.replaceAll("{}", () => text) : `${template} ${text}`;
}

/**
 * Removes the articles from a text: "a cat on the mat" → "cat on mat".
 * @param text in lower or upper case; the articles are English.
 * @returns the text without "a", "an" and "the".
 */
export function removeArticles(text: string): string {
  return text.replace(/(?<=^|\s)(?:an?|the)\s+(?=\S)/gi, "");
}
