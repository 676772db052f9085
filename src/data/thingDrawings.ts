import type { Concept, Icon } from "./join.js";
import type { IconSet } from "./sources.js";
import { thingGroup, thingsOfIcons } from "./things.js";
import { type Tint, tintedThings } from "./tintedThings.js";

/** Colour of outlines. */
const outline = "#3b2e2a";
/** Part of white in the lighter shade of a colour. */
const lightness = 0.55;

/** Mixes a colour `#rrggbb` with white. */
function lighten(colour: string): string {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `#${channels
    .map((value) => Math.round(value + (255 - value) * lightness))
    .map((value) => value.toString(16).padStart(2, "0"))
    .join("")}`;
}

/**
 * Splits the data of a path into its subpaths, each with an absolute start. A subpath that starts with a relative move must
 * follow a closed one: the current point is then the start of that one.
 */
function splitPath(data: string): string[] {
  let [x, y] = [0, 0];
  return data.split(/(?=[Mm])/).map((part) => {
    const [move = "", dx = "", dy = ""] =
      /^[Mm]\s*(-?(?:\d+\.?\d*|\.\d+))[\s,]*(-?(?:\d+\.?\d*|\.\d+))/.exec(part) ?? [];
    [x, y] = part.startsWith("m") ? [x + Number(dx), y + Number(dy)] : [Number(dx), Number(dy)];
    const rest = part.slice(move.length);
    // Coordinates right after a move are lines of its kind.
    const line = /^[\s,]*[-\d.]/.test(rest) ? (part.startsWith("m") ? "l" : "L") : "";
    return `M${x} ${y}${line}${rest}`;
  });
}

/** Colours an icon: areas of the set's own blue or of low opacity in the tint, lines dark; icons without lines in the tint alone. */
function tintIcon(icon: Icon, { colour, solid, only }: Tint): Icon {
  const light = lighten(colour);
  let { body } = icon;
  if (only)
    body = body.replace(/ d="([^"]*)"/, (_, data: string) => {
      const parts = splitPath(data);
      return ` d="${only.map((at) => parts[at]).join("")}"`;
    });
  if (body.includes('opacity=".2"')) {
    const under = solid
      ? [...body.matchAll(/<path d="([^"]*)"\/>/g)]
          .flatMap(([, data]) => splitPath(data!))
          .map((data) => `<path fill="${light}" d="${data}"/>`)
          .join("")
      : "";
    body = body
      .replace(/<path ([^>]*) opacity="\.2"\/>/g, `<path fill="${colour}" $1/>`)
      .replace(/currentColor/g, outline);
    body = `${under}${body}`;
  } else if (body.includes("#000")) {
    if (solid)
      body = body.replace(
        /<(rect|circle|ellipse|path)(?![^>]*fill=)([^>]*)\/>/g,
        (shape, tag: string, rest) =>
          tag === "path" && !/ d="[^"]*[Zz]"/.test(shape) ? shape : `<${tag} fill="${light}"${rest}/>`,
      );
    body = body
      .replace(/#2F88FF/g, colour)
      .replace(/#43CCF8/g, light)
      .replace(/#000\b/g, outline);
  } else body = body.replace(/currentColor/g, colour);
  return { ...icon, body };
}

/** Returns the drawings of a set that show things, coloured where the set has no colours. */
export function joinThings(set: IconSet, drawings: readonly Icon[]): { icon: Icon; concept: Concept }[] {
  return drawings.flatMap((icon) => {
    const id = `${set.name}/${icon.name}`;
    const tint = tintedThings[id];
    const label = tint?.label ?? thingsOfIcons[id];
    if (label === undefined) return [];
    const hexcode = `${thingGroup}-${label.replace(/ /g, "-")}`;
    const concept = { hexcode, label, tags: [], group: thingGroup, subgroup: thingGroup };
    return [{ icon: tint ? tintIcon(icon, tint) : icon, concept }];
  });
}
