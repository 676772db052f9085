const fontSize = 11;
/** Average width of a letter in parts of the font size. It is used when text cannot be measured. */
const averageLetter = 0.56;

type Measure = (text: string) => number;

/** The used part of the optional package `canvas`, whose types may not be installed. */
interface Canvas {
  createCanvas(
    width: number,
    height: number,
  ): {
    getContext(kind: "2d"): { font: string; measureText(text: string): { width: number } };
  };
}
const optional = "canvas";

let measuring: Promise<Measure> | undefined;

/** Makes a function that measures text: with the optional package `canvas` if installed, else by the number of letters. */
async function measure(): Promise<Measure> {
  try {
    const { createCanvas } = (await import(optional)) as Canvas;
    const context = createCanvas(1, 1).getContext("2d");
    context.font = `${fontSize}px sans-serif`;
    return (text) => context.measureText(text).width;
  } catch {
    return (text) => [...text].length * fontSize * averageLetter; // fallback without canvas
  }
}

/** Shortens a label with an ellipsis to a width in pixels, at the sheet's font size of 11 pixels. */
export async function fitLabel(label: string, width: number): Promise<string> {
  measuring ??= measure();
  const widthOf = await measuring;
  // No letter is narrower than a pixel, so measuring takes time linear in the width, whatever the label.
  const letters = [...label.slice(0, 4 * width)].slice(0, Math.ceil(width) + 1);
  const isWhole = letters.join("") === label;
  if (isWhole && widthOf(label) <= width) return label;
  while (letters.length > 1 && widthOf(`${letters.join("")}…`) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
