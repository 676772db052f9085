import { createHash } from "node:crypto";
import type { Icon } from "./join.js";
import type { Rewrite } from "./sources.js";

const formatHsl = (hue: number, saturation: number, lightness: number): string =>
  `hsl(${Math.round(hue)},${Math.round(saturation)}%,${Math.round(lightness)}%)`;

/** Derives numbers in [0, 1) from a name alone. */
function deriveNumbers(name: string): number[] {
  return [...createHash("sha256").update(name).digest()].map((byte) => byte / 256);
}

/** Rewrites the SVG of a drawing. */
export function rewriteIcon(icon: Icon, rewrite: Rewrite): Icon {
  if (rewrite === "thin-outline") {
    const body = icon.body
      .replace(/stroke="#000(?:000)?"/g, 'stroke="#5a4a42"')
      .replace(/stroke-width="([\d.]+)"/g, (_, width: string) => `stroke-width="${Number(width) / 2}"`);
    return { ...icon, body };
  }
  const [hue = 0, saturation = 0, lightness = 0, grey = 0, shift = 0] = deriveNumbers(icon.name);
  const main =
    grey < 0.15
      ? formatHsl(0, 0, 10 + 30 * lightness)
      : formatHsl(360 * hue, 40 + 60 * saturation, 30 + 28 * lightness);
  const others = [main, formatHsl(360 * hue + 60 + 240 * shift, 70, 55), formatHsl(360 * hue + 30, 60, 75)];
  const chosen = new Map<string, string>();
  const body = icon.body
    .replace(/#(?:[0-9a-f]{6}|[0-9a-f]{3})\b/gi, (colour) => {
      if (/^#(?:f{3}|f{6}|0{3}|0{6}|3{3}|3{6})$/i.test(colour)) return colour;
      if (!chosen.has(colour)) chosen.set(colour, others[chosen.size % others.length]!);
      return chosen.get(colour)!;
    })
    .replace(/currentColor/g, main);
  return { ...icon, body };
}
