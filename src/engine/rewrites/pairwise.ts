/** Operators of two operands that work element by element and broadcast, with a result of their operands' type. */
export const pairwise: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div", "Max", "Min", "Pow"]);
