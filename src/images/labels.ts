const fontSize = 11;
/** Width of an average letter in parts of the font size, where nothing can measure it. */
const averageLetter = 0.56;

type Measure = (text: string) => number;

/** What is used of `canvas`, whose own types are only there when it is installed. */
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

/** Widths by the optional package `canvas`; by the number of letters without it. */
async function measure(): Promise<Measure> {
  try {
    const { createCanvas } = (await import(optional)) as Canvas;
    const context = createCanvas(1, 1).getContext("2d");
    context.font = `${fontSize}px sans-serif`;
    return (text) => context.measureText(text).width;
  } catch {
    return (text) => [...text].length * fontSize * averageLetter; // canvas is optional
  }
}

/** A label cut with an ellipsis to a width in pixels, in the sheet's 11-pixel letters. */
export async function fitLabel(label: string, width: number): Promise<string> {
  measuring ??= measure();
  const widthOf = await measuring;
  if (widthOf(label) <= width) return label;
  const letters = [...label];
  while (letters.length > 1 && widthOf(`${letters.join("")}…`) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}
