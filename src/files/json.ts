/**
 * Parses JSON like `JSON.parse`, and refuses an object with two equal keys, of which `JSON.parse` would silently take the last. Takes time
 * linear in the text.
 * @throws {SyntaxError} for a text that is not JSON, or with a repeated key.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const repeated = findRepeatedKey(text);
  if (repeated !== undefined) throw new SyntaxError(`the key ${repeated.slice(0, 80)} occurs twice`);
  return value;
}

/** Finds a key in quotes that an object of a valid JSON text has twice, if any. */
function findRepeatedKey(text: string): string | undefined {
  /** Keys of the objects that are open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "{") open.push(new Set());
    else if (letter === "[") open.push(undefined);
    else if (letter === "}" || letter === "]") open.pop();
    else if (letter === '"') {
      const end = findStringEnd(text, at);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) {
        const part = text.slice(at, end);
        const key = part.includes("\\") ? JSON.stringify(JSON.parse(part)) : part;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Finds the position after the closing quote of the string that begins at `start`. */
function findStringEnd(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
}

/** Tells whether the text that ends at a place is a key: a colon is next. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (" \t\n\r".includes(text[at] ?? "x")) at++;
  return text[at] === ":";
}
