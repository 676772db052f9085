const shapeTags = new Set(["path", "circle", "ellipse", "rect", "polygon", "polyline", "line"]);
const hiddenTags = new Set([
  "defs",
  "clipPath",
  "mask",
  "linearGradient",
  "radialGradient",
  "symbol",
  "filter",
  "pattern",
]);

type Rgb = readonly [number, number, number];

/** Attributes and inline style of a tag, as one record. */
function paintOf(attributes: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [, name, value] of attributes.matchAll(/\s([\w-]+)="([^"]*)"/g)) result[name!] = value!;
  for (const [, name, value] of (result.style ?? "").matchAll(/([\w-]+)\s*:\s*([^;]+)/g))
    result[name!] = value!.trim();
  return result;
}

/** Attributes without those that decide a colour. */
const withoutPaint = (attributes: string): string =>
  attributes
    .replace(/\s(?:fill|stroke|opacity|fill-opacity|stroke-opacity|filter)="[^"]*"/g, "")
    .replace(/\sstyle="([^"]*)"/, (_, style: string) => {
      const rest = style
        .split(";")
        .filter(
          (part) =>
            !/^\s*(?:fill|stroke|opacity|fill-opacity|stroke-opacity|filter|mix-blend-mode)\s*:/.test(part),
        );
      return rest.join(";").trim() === "" ? "" : ` style="${rest.join(";")}"`;
    });

/**
 * Recolours every visible shape of an SVG body in a colour of its own, without smoothing at edges. Definitions and clip paths stay.
 * @returns the body, and for each shape its colour and a key that shapes of equal fill share.
 */
export function identifyShapes(body: string): { body: string; colours: Rgb[]; fills: string[] } {
  const colours: Rgb[] = [];
  const fills: string[] = [];
  const stack: { hidden: boolean; paint: Record<string, string> }[] = [{ hidden: false, paint: {} }];
  const out = body.replace(
    /<(\/?)([\w:]+)((?:\s[^>]*?)?)(\/?)>/g,
    (tag, close: string, name: string, attributes: string, selfClosing: string) => {
      if (close) {
        if (stack.length > 1) stack.pop();
        return tag;
      }
      const parent = stack[stack.length - 1]!;
      const own = paintOf(attributes);
      const { fill = parent.paint.fill, stroke = parent.paint.stroke } = own;
      const opacity = `${parent.paint.opacity ?? ""}/${own.opacity ?? ""}/${own["fill-opacity"] ?? ""}`;
      const paint = { ...(fill !== undefined && { fill }), ...(stroke !== undefined && { stroke }), opacity };
      const hidden = parent.hidden || hiddenTags.has(name);
      if (!selfClosing) stack.push({ hidden, paint });
      if (hidden || !(shapeTags.has(name) || name === "g" || name === "use")) return tag;
      if (name === "g") return `<g${withoutPaint(attributes)}${selfClosing}>`;
      const index = colours.length + 1;
      const colour: Rgb = [(index * 37) % 256, (index * 91) % 256, (index * 151) % 256];
      colours.push(colour);
      const lines = fill === "none";
      fills.push(`${lines ? `stroke ${stroke}` : (fill ?? "black")} ${opacity}`);
      const code = `rgb(${colour.join(",")})`;
      const strokes = stroke !== undefined && stroke !== "none" ? ` stroke="${code}"` : "";
      return `<${name}${withoutPaint(attributes)} fill="${lines ? "none" : code}"${strokes} shape-rendering="crispEdges"${selfClosing}>`;
    },
  );
  return { body: out, colours, fills };
}
