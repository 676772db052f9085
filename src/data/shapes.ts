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
const removePaint = (attributes: string): string =>
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

/** Reads the own paint of the shapes that have an id, for those that are used elsewhere. */
function readPaintsById(body: string): ReadonlyMap<string, Record<string, string>> {
  const result = new Map<string, Record<string, string>>();
  for (const [, name, attributes] of body.matchAll(/<([\w:]+)(\s[^>]*)>/g)) {
    const paint = shapeTags.has(name!) ? paintOf(attributes!) : {};
    if (paint.id !== undefined) result.set(paint.id, paint);
  }
  return result;
}

/** Paint that elements inside inherit. */
interface Paint {
  readonly fill?: string | undefined;
  readonly stroke?: string | undefined;
  readonly opacity?: string | undefined;
}

const isPainted = (paint: string | undefined): boolean => paint !== undefined && paint !== "none";

/**
 * Recolours every visible shape of an SVG body in a colour of its own, without smoothing at edges; fill and stroke of a shape get one
 * each. Clip paths and other definitions stay, but for the paint of shapes that are used elsewhere.
 * @returns the body, and for each painted part its colour and a key that parts of equal paint share.
 */
export function identifyShapes(body: string): { body: string; colours: Rgb[]; fills: string[] } {
  const colours: Rgb[] = [];
  const fills: string[] = [];
  const byId = readPaintsById(body);
  const stack: { hidden: boolean; paint: Paint }[] = [{ hidden: false, paint: {} }];
  /** Returns a new colour for a part of the drawing. */
  const identify = (key: string): string => {
    const index = colours.length + 1;
    const colour: Rgb = [(index * 37) % 256, (index * 91) % 256, (index * 151) % 256];
    colours.push(colour);
    fills.push(key);
    return `rgb(${colour.join(",")})`;
  };
  const out = body.replace(
    /<(\/?)([\w:]+)((?:\s[^>]*?)?)(\/?)>/g,
    (tag, close: string, name: string, attributes: string, selfClosing: string) => {
      if (close) {
        if (stack.length > 1) stack.pop();
        return tag;
      }
      const parent = stack[stack.length - 1]!;
      const given = paintOf(attributes);
      const used = name === "use" ? byId.get((given.href ?? given["xlink:href"] ?? "").slice(1)) : undefined;
      const fill = used?.fill || (given.fill ?? parent.paint.fill);
      const stroke = used?.stroke || (given.stroke ?? parent.paint.stroke);
      const opacity = `${parent.paint.opacity ?? ""}/${given.opacity ?? ""}/${given["fill-opacity"] ?? ""}`;
      const paint = { fill, stroke, opacity };
      const hidden = parent.hidden || hiddenTags.has(name);
      if (!selfClosing) stack.push({ hidden, paint });
      const isShape = shapeTags.has(name);
      // Its own paint would win over the colour of the part that uses it.
      if (hidden && isShape && given.id !== undefined)
        return `<${name}${removePaint(attributes)}${selfClosing}>`;
      if (hidden || !(isShape || name === "g" || name === "use")) return tag;
      if (name === "g") return `<g${removePaint(attributes)}${selfClosing}>`;
      const rest = removePaint(attributes);
      const element = (plain: string, filled: string, line: string): string =>
        `<${name}${plain} fill="${filled}" stroke="${line}" shape-rendering="crispEdges"${selfClosing}>`;
      const fillKey = `${fill ?? "black"} ${opacity}`;
      const strokeKey = `stroke ${stroke} ${opacity}`;
      if (fill === "none") return element(rest, "none", isPainted(stroke) ? identify(strokeKey) : "none");
      if (!isPainted(stroke)) return element(rest, identify(fillKey), "none");
      if (!selfClosing || stroke === fill) {
        const code = identify(fillKey);
        return element(rest, code, code);
      }
      const second = rest.replace(/\sid="[^"]*"/, "");
      return element(rest, identify(fillKey), "none") + element(second, "none", identify(strokeKey));
    },
  );
  return { body: out, colours, fills };
}
