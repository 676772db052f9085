/** Unit-normalises the mean of unit rows. */
export function ensembleMean(rows: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(rows[0]!.length);
  for (const row of rows) row.forEach((value, index) => (sum[index]! += value));
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

/** One unit vector of unit rows, one a CLIP: a product of two is the mean of the CLIPs' cosines. */
export function joined(rows: readonly Float32Array[]): Float32Array {
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

/** A template with its prompt put in. */
export function fillTemplate(template: string, text: string): string {
  return template.includes("{}") ? template.replaceAll("{}", () => text) : `${template} ${text}`;
}

/** A text without the articles before its words: "a cat on the mat" → "cat on mat". */
export function withoutArticles(text: string): string {
  return text.replace(/(?<=^|\s)(?:an?|the)\s+(?=\S)/gi, "");
}
