import { escapeXml } from "../images/index.js";
import { type Point, areaOf } from "./contours.js";
import { fitOutline } from "./curves.js";
import type { Colour, Fill } from "./fills.js";
import { type RegionPicture, traceRegions, traceSilhouette } from "./regions.js";

/** How a vector picture is written. */
export interface SvgOptions {
  /** Width and height that it states, in pixels. */
  readonly size: number;
  /** Colour behind the picture as `#rrggbb`; transparent when absent. */
  readonly background?: string | undefined;
  /** Width of a white border around the picture, in pixels of a picture of 256×256; 0 when absent. */
  readonly outline?: number;
  /** Names of the layers; groups without a title when absent. */
  readonly names?: readonly string[] | undefined;
  /** XML text of the settings, written into `<metadata>`. */
  readonly metadata?: string | undefined;
}

/** Side of the coordinate system. */
const canvas = 256;
/** Bytes below which a document stays. */
const largest = 60_000;

/** How exactly outlines are drawn. */
interface Detail {
  /** Distance that curves may keep from outlines, in units of the canvas. */
  readonly tolerance: number;
  /** Area of the smallest islands and holes, in square units. */
  readonly smallest: number;
}

const finest: Detail = { tolerance: 0.15, smallest: 0 };

/** Reduces detail, the more so the larger a document is now. */
function reduceDetail({ tolerance, smallest }: Detail, bytes: number): Detail {
  const excess = Math.min(3, bytes / largest);
  return {
    tolerance: Math.min(4, tolerance * (1 + excess / 3)),
    smallest: Math.max(2, smallest * (1 + excess)),
  };
}

/** Formats a number in tenths, without needless characters. */
const formatTenths = (value: number): string =>
  (Math.round(value * 10) / 10).toString().replace(/^(-?)0\./, "$1.");

/** Joins numbers of a path, a space only where a sign does not separate them. */
const joinNumbers = (numbers: readonly string[]): string =>
  numbers.reduce(
    (text, number) => (text === "" || number.startsWith("-") ? text + number : `${text} ${number}`),
    "",
  );

const toHex = (colour: Colour): string =>
  `#${colour
    .map((value) =>
      Math.round(value * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;

/**
 * Renders path data of islands and holes; coordinates are rounded before they are made relative, so that errors do not add
 * up.
 */
function renderPath(
  islands: readonly (readonly (readonly Point[])[])[],
  scale: number,
  { tolerance, smallest }: Detail,
): string {
  const tenth = (value: number): number => Math.round(value * scale * 10) / 10;
  const visibleRings = islands.flat().filter((ring) => areaOf(ring) * scale ** 2 >= smallest);
  const rings = visibleRings.map((ring) => {
    const { start, segments } = fitOutline(ring, tolerance / scale);
    let at = [tenth(start[0]), tenth(start[1])] as const;
    const pieces = segments.map(({ controls, to }) => {
      const relative = (point: Point): string[] => [
        formatTenths(tenth(point[0]) - at[0]),
        formatTenths(tenth(point[1]) - at[1]),
      ];
      const numbers = joinNumbers([...(controls ?? []), to].flatMap(relative));
      at = [tenth(to[0]), tenth(to[1])];
      return `${controls ? "c" : "l"}${numbers}`;
    });
    return `M${joinNumbers([formatTenths(tenth(start[0])), formatTenths(tenth(start[1]))])}${pieces.join("")}z`;
  });
  return rings.join("");
}

function renderGradient(fill: Exclude<Fill, { colour: Colour }>, id: string, scale: number): string {
  const [x1, y1, x2, y2] = [...fill.from, ...fill.to].map((value) => formatTenths(value * scale));
  const stops = fill.stops.map(
    ({ offset, colour }) => `<stop offset="${offset}" stop-color="${toHex(colour)}"/>`,
  );
  return (
    `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">` +
    `${stops.join("")}</linearGradient>`
  );
}

/** Maximum number of characters of a name in an id. */
const longestId = 40;

/** Renders the start of a layer's group, with its name as title and id: editors show the id, screen readers the title. */
function renderGroupStart(layer: number, name: string | undefined): string {
  if (name === undefined) return `<g fill-rule="evenodd">`;
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, longestId).replace(/^-|-$/g, ""); // prettier-ignore
  const id = `layer-${layer + 1}${slug === "" ? "" : `-${slug}`}`;
  return `<g id="${id}" fill-rule="evenodd"><title>${escapeXml(name.replace(/\p{Cc}/gu, " "))}</title>`;
}

/**
 * Renders layers of regions as an SVG document, bottom to top: a group a layer, one path a region with a plain or gradient
 * fill, and no external references. Curves become coarser if the document would be larger than 60 kB.
 * @param layers pictures of the same side; one where the picture has no layers.
 */
export function renderSvg(
  layers: readonly RegionPicture[],
  { size, background, outline = 0, names, metadata }: SvgOptions,
): string {
  const scale = canvas / layers[0]!.side;
  const gradients: string[] = [];
  const groups = layers.map((layer) =>
    traceRegions(layer).map(({ islands, fill }) => {
      if ("colour" in fill) return { islands, paint: toHex(fill.colour) };
      const id = `g${gradients.length}`;
      gradients.push(renderGradient(fill, id, scale));
      return { islands, paint: `url(#${id})` };
    }),
  );
  const silhouettes = outline > 0 ? layers.map(traceSilhouette) : [];
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${canvas} ${canvas}">` +
    (metadata === undefined ? "" : `<metadata>${metadata}</metadata>`) +
    (gradients.length > 0 ? `<defs>${gradients.join("")}</defs>` : "") +
    (background === undefined ? "" : `<rect width="${canvas}" height="${canvas}" fill="${background}"/>`);
  const write = (detail: Detail): string => {
    const borders = silhouettes.map((silhouette) => renderPath(silhouette, scale, detail));
    const border = borders
      .filter((data) => data !== "")
      .map(
        (data) =>
          `<path fill="#fff" stroke="#fff" stroke-width="${2 * outline}" stroke-linejoin="round" d="${data}"/>`,
      );
    const groupElements = groups.map((regions, layer) => {
      const paths = regions.map(
        ({ islands, paint }) => `<path fill="${paint}" d="${renderPath(islands, scale, detail)}"/>`,
      );
      return `${renderGroupStart(layer, names?.[layer])}${paths.join("")}</g>`;
    });
    return `${head}${border.join("")}${groupElements.join("")}</svg>\n`;
  };
  let detail = finest;
  let text = write(detail);
  for (let bytes; (bytes = Buffer.byteLength(text)) > largest && detail.smallest < canvas ** 2;) {
    detail = reduceDetail(detail, bytes);
    text = write(detail);
  }
  return text;
}
