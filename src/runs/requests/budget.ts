/** Pattern of a budget: `10s`, `2min`, `500passes`. */
export const budgetPattern = /^(\d{1,9}(?:\.\d{1,9})?) ?(s|min|passes)$/;

/** A limit on the time of a run or on its number of CLIP passes. */
export interface Budget {
  /** The budget as the request states it. */
  readonly text: string;
  readonly amount: number;
  readonly unit: "seconds" | "passes";
}

/** Parses a text that matches `budgetPattern`; minutes become seconds. */
export function parseBudget(text: string): Budget {
  const [, amount, unit] = budgetPattern.exec(text)!;
  const number = Number(amount);
  if (unit === "passes") return { text, amount: number, unit };
  return { text, amount: unit === "min" ? 60 * number : number, unit: "seconds" };
}
