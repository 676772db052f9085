import type { OverlayOptions } from "sharp";
import { writeFileAtomic } from "../files/index.js";
import { escapeXml } from "./escapeXml.js";
import { fitLabel } from "./labels.js";
import { type Picture, sharesOf, toRgbBytes, toByte } from "./picture.js";
import { sharp } from "./sharp.js";

/**
 * Arranges pictures of one size in a grid on white.
 * @param pictures at least one; row by row.
 * @param options.columns pictures in a row, 1 or more.
 * @param options.gap pixels between pictures; 6 when absent.
 * @param options.labels one text below each picture.
 * @param options.scale integer factor by which pictures are enlarged; 1 when absent.
 * @returns the sheet as one picture.
 */
export async function composeContactSheet(
  pictures: readonly Picture[],
  options: { columns: number; gap?: number; labels?: readonly string[]; scale?: number },
): Promise<Picture> {
  const { columns, gap = 6, labels, scale = 1 } = options;
  const first = pictures[0]!;
  const [wide, tall] = [first.width * scale, first.height * scale];
  const caption = labels ? 18 : 0;
  const rows = Math.ceil(pictures.length / columns);
  const width = columns * (wide + gap) + gap;
  const height = rows * (tall + caption + gap) + gap;
  const layers: OverlayOptions[] = [];
  for (const [index, picture] of pictures.entries()) {
    const left = gap + (index % columns) * (wide + gap);
    const top = gap + Math.floor(index / columns) * (tall + caption + gap);
    const input = await sharp(toRgbBytes(picture), {
      raw: { width: picture.width, height: picture.height, channels: 3 },
    })
      .resize(wide, tall, { kernel: "nearest", fit: "fill" })
      .png()
      .toBuffer();
    layers.push({ input, left, top });
    const label = labels?.[index];
    if (label) {
      const svg =
        `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${caption}"><text x="${wide / 2}" y="13" ` +
        `font-family="sans-serif" font-size="11" text-anchor="middle" fill="#333">${escapeXml(await fitLabel(label, wide))}</text></svg>`;
      layers.push({ input: Buffer.from(svg), left, top: top + tall });
    }
  }
  const canvas = sharp({ create: { width, height, channels: 3, background: "#ffffff" } }).composite(layers);
  const data = await canvas.removeAlpha().raw().toBuffer();
  return { width, height, data: sharesOf(data) };
}

/**
 * Writes frames of one size as an animated, lossless WebP, atomically. The last frame is shown one second longer.
 * @param path path of the file, usually `.webp`.
 * @param frames at least one.
 * @param options.delay milliseconds for each frame.
 * @param options.loop number of repetitions; 0, the default, repeats forever.
 */
export async function saveAnimation(
  path: string,
  frames: readonly Picture[],
  options: { delay: number; loop?: number },
): Promise<void> {
  await writeFileAtomic(path, await encodeAnimation(frames, options));
}

/** Encodes frames of one size as an animated, lossless WebP. `delay` is in milliseconds. The last frame is shown one second longer. */
export async function encodeAnimation(
  frames: readonly Picture[],
  options: { delay: number; loop?: number },
): Promise<Buffer> {
  const { width, height } = frames[0]!;
  const bytes = Buffer.concat(frames.map(toRgbBytes));
  const delay = frames.map((_, index) =>
    index === frames.length - 1 ? options.delay + 1000 : options.delay,
  );
  const image = sharp(bytes, {
    raw: { width, height: height * frames.length, channels: 3, pageHeight: height },
  });
  return image.webp({ lossless: true, delay, loop: options.loop ?? 0 }).toBuffer();
}

/** Finds the number of the nearest of the 216 cube colours of 256-colour terminals. @param channels 8-bit. */
function nearestCubeColour(channels: readonly number[]): number {
  const [red, green, blue] = channels.map((value) => Math.round((value / 255) * 5)) as [
    number,
    number,
    number,
  ];
  return 16 + 36 * red + 6 * green + blue;
}

/**
 * Converts a picture to text for terminals: half blocks, two pixels for each character.
 * @param picture a picture of any size.
 * @param columns width of the text in characters.
 * @param colours "all" for terminals with 24-bit colour, "256" for others.
 * @returns lines of text with escape codes for colours.
 */
export function renderForTerminal(
  { width, height, data }: Picture,
  columns: number,
  colours: "all" | "256" = "all",
): string {
  const rows = Math.max(1, Math.round((columns * height) / width / 2));
  const at = (x: number, y: number): string => {
    const sums = [0, 0, 0];
    const [left, right] = [
      Math.floor((x * width) / columns),
      Math.max(1, Math.floor(((x + 1) * width) / columns)),
    ];
    const [top, bottom] = [
      Math.floor((y * height) / (rows * 2)),
      Math.max(1, Math.floor(((y + 1) * height) / (rows * 2))),
    ];
    let count = 0;
    for (let row = top; row < Math.max(bottom, top + 1); row++)
      for (let column = left; column < Math.max(right, left + 1); column++, count++)
        for (let channel = 0; channel < 3; channel++)
          sums[channel]! += data[(row * width + column) * 3 + channel]!;
    const channels = sums.map((sum) => toByte(sum / count));
    return colours === "all" ? `2;${channels.join(";")}` : `5;${nearestCubeColour(channels)}`;
  };
  const line = (row: number): string =>
    Array.from({ length: columns }, (_, x) => `\x1b[38;${at(x, row * 2)};48;${at(x, row * 2 + 1)}m▀`).join(
      "",
    ) + "\x1b[0m";
  return Array.from({ length: rows }, (_, row) => line(row)).join("\n");
}

/** A named curve. */
export interface Series {
  readonly name: string;
  readonly points: readonly { x: number; y: number }[];
}

const colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f"];

/** Draws curves in one chart with shared axes, ticks and a legend. Points that are not finite are left out. */
export async function plotCurves(
  series: readonly Series[],
  { title, xLabel, yLabel }: { title: string; xLabel: string; yLabel: string },
): Promise<Picture> {
  const [width, height, left, top, right, bottom] = [760, 420, 64, 40, 16, 48];
  const all = series
    .flatMap(({ points }) => points)
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const extent = (values: number[]): [number, number] => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return low < high ? [low, high] : [low - 1, high + 1];
  };
  const [x0, x1] = extent(all.map(({ x }) => x));
  const [y0, y1] = extent(all.map(({ y }) => y));
  const px = (x: number): number => left + ((x - x0) / (x1 - x0)) * (width - left - right);
  const py = (y: number): number => height - bottom - ((y - y0) / (y1 - y0)) * (height - top - bottom);
  const text = (x: number, y: number, value: string, anchor = "middle", size = 12): string =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="sans-serif" font-size="${size}" text-anchor="${anchor}" fill="#333">${escapeXml(value)}</text>`;
  const ticks = (low: number, high: number): number[] =>
    Array.from({ length: 6 }, (_, i) => low + ((high - low) * i) / 5);
  const label = (value: number): string => Number(value.toPrecision(3)).toString();
  const parts = [
    text(width / 2, 24, title, "middle", 15),
    text(width / 2, height - 10, xLabel),
    text(12, top - 10, yLabel, "start"),
    ...ticks(x0, x1).map((x) => text(px(x), height - bottom + 18, label(x))),
    ...ticks(y0, y1).map(
      (y) =>
        `<line x1="${left}" x2="${width - right}" y1="${py(y)}" y2="${py(y)}" stroke="#ddd"/>${text(left - 6, py(y) + 4, label(y), "end")}`,
    ),
    ...series.map(({ name, points }, index) => {
      const colour = colours[index % colours.length]!;
      const path = points
        .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
        .map(({ x, y }) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`)
        .join(" ");
      const y = top + 14 + index * 16;
      return (
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>` +
        `<line x1="${width - 150}" x2="${width - 130}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="2"/>` +
        text(width - 124, y, name, "start")
      );
    }),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>`;
  const data = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer();
  return { width, height, data: sharesOf(data) };
}
