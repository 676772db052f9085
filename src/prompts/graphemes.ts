const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Code units that are segmented at once. */
const shortest = 256;

/**
 * Splits a text into graphemes, in time and memory linear in its length. `Intl.Segmenter` copies its whole input for every segment, so a
 * text is given to it in windows. A window begins at a boundary and does not end within a character; its last grapheme may be cut, and
 * begins the next window. Source: Unicode Standard Annex #29, whose rules look at no character after the one that follows a boundary.
 */
export function* splitGraphemes(text: string): Generator<string> {
  let length = shortest;
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + length);
    if (/^[\ud800-\udbff]$/.test(text[end - 1]!) && end < text.length) end++;
    const from = start;
    let last = "";
    for (const { segment } of segmenter.segment(text.slice(start, end))) {
      if (last !== "") yield last;
      start += last.length;
      last = segment;
    }
    if (end === text.length) {
      yield last;
      return;
    }
    // A grapheme that fills the window, such as a letter with hundreds of accents, needs a longer one.
    length = start === from ? length * 2 : shortest;
  }
}
