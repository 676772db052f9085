import { z } from "zod";
import { DownloadError } from "../errors.js";
import { type IconSet, brokenIcons, renamed } from "./sources.js";

/** An emoji as emojibase describes it. */
export interface Concept {
  readonly hexcode: string;
  readonly label: string;
  readonly tags: readonly string[];
  readonly group: string;
  readonly subgroup: string;
}

const record = z.object({
  label: z.string(),
  hexcode: z.string(),
  tags: z.array(z.string()).optional(),
  group: z.number().optional(),
  subgroup: z.number().optional(),
});
const names = z.object({
  groups: z.record(z.string(), z.string()),
  subgroups: z.record(z.string(), z.string()),
});
const shortcodes = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const icons = z.object({
  width: z.number().optional(),
  height: z.number().optional(),
  icons: z.record(
    z.string(),
    z.object({
      body: z.string(),
      width: z.number().optional(),
      height: z.number().optional(),
      left: z.number().optional(),
      top: z.number().optional(),
      hidden: z.boolean().optional(),
    }),
  ),
});

/** One drawing of a set. */
export interface Icon {
  readonly name: string;
  readonly body: string;
  readonly box: readonly [left: number, top: number, width: number, height: number];
}

/** Returns the letters and digits of a name: what names are compared by. */
export const plainLabelOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");
/** Returns the code points without variation selectors, upper case. */
export const plainHexOf = (hex: string): string =>
  hex
    .toUpperCase()
    .replace(/-?FE0F/g, "")
    .replace(/^0+/, "");
const toned = /1F3F[B-F]/;
const skipped = new Set(["component", "flags"]);

/** Looks emoji up by code point or by any of their names. */
export interface ConceptTable {
  readonly byHex: ReadonlyMap<string, Concept>;
  readonly byName: ReadonlyMap<string, Concept>;
}

/** Reads emojibase's English data without flags and components. @throws {DownloadError} when a file is not as expected. */
export function readConcepts(files: ReadonlyMap<string, Buffer>): ConceptTable {
  const parse = <T>(path: string, schema: z.ZodType<T>): T => {
    try {
      return schema.parse(JSON.parse(files.get(path)?.toString("utf8") ?? ""));
    } catch (error) {
      throw new DownloadError(`emojibase-data: ${path} is missing or of another form than expected`, {
        cause: error,
      });
    }
  };
  const { groups, subgroups } = parse("meta/groups.json", names);
  const byHex = new Map<string, Concept>();
  const byName = new Map<string, Concept>();
  for (const { label, hexcode, tags = [], group, subgroup } of parse("en/data.json", z.array(record))) {
    const groupName = groups[String(group)];
    if (groupName === undefined || skipped.has(groupName)) continue;
    const concept: Concept = {
      hexcode: plainHexOf(hexcode),
      label: label.toLowerCase().replace(/[:“”"()]/g, ""),
      tags: tags.filter((tag) => tag.length > 1 && tag.toLowerCase() !== label.toLowerCase()),
      group: groupName.replace(/-/g, " "),
      subgroup: (subgroups[String(subgroup)] ?? groupName).replace(/-/g, " "),
    };
    byHex.set(concept.hexcode, concept);
    byName.set(plainLabelOf(label), concept);
  }
  for (const [hex, given] of Object.entries(parse("en/shortcodes/emojibase.json", shortcodes))) {
    const concept = byHex.get(plainHexOf(hex));
    if (concept)
      for (const name of [given].flat())
        if (!byName.has(plainLabelOf(name))) byName.set(plainLabelOf(name), concept);
  }
  return { byHex, byName };
}

/** Reads code points by icon name, from a set's own table. */
export function readChars(file: Buffer): Map<string, string> {
  const table = z.record(z.string(), z.string()).parse(JSON.parse(file.toString("utf8")));
  return new Map(Object.entries(table).map(([hex, name]) => [name, plainHexOf(hex)]));
}

/** Reads the drawings of a set that the set itself shows. */
export function readIcons(file: Buffer): Icon[] {
  const set = icons.parse(JSON.parse(file.toString("utf8")));
  return Object.entries(set.icons).flatMap(([name, icon]) =>
    icon.hidden
      ? []
      : [
          {
            name,
            body: icon.body,
            box: [
              icon.left ?? 0,
              icon.top ?? 0,
              icon.width ?? set.width ?? 16,
              icon.height ?? set.height ?? 16,
            ] as const,
          },
        ],
  );
}

/** Finds the concept of each drawing, one drawing for each concept; skin tones, broken and unknown ones are left out. */
export function joinSet(
  set: IconSet,
  drawings: readonly Icon[],
  table: ConceptTable,
  charTables: readonly ReadonlyMap<string, string>[],
): { icon: Icon; concept: Concept }[] {
  const usedConcepts = new Set<string>();
  return drawings.flatMap((icon) => {
    const key = `${set.name}/${icon.name}`;
    if (brokenIcons.has(key) || /skin-tone/.test(icon.name)) return [];
    let concept: Concept | undefined;
    if (key in renamed) {
      const label = renamed[key];
      concept = label === undefined ? undefined : table.byName.get(plainLabelOf(label));
    } else {
      const hex =
        set.name === "fxemoji" ? undefined : charTables.map((chars) => chars.get(icon.name)).find(Boolean);
      if (hex !== undefined && toned.test(hex)) return [];
      concept = hex === undefined ? table.byName.get(plainLabelOf(icon.name)) : table.byHex.get(hex);
    }
    if (!concept || usedConcepts.has(concept.hexcode)) return [];
    usedConcepts.add(concept.hexcode);
    return [{ icon, concept }];
  });
}
