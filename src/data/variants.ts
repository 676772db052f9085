import { join } from "node:path";
import { DownloadError } from "../errors.js";
import { makeOutputFolder, writeFileAtomic } from "../files/index.js";
import { encodePicture } from "../images/index.js";
import { drawIcons } from "./draw.js";
import { type EmojiDataOptions, gather } from "./emoji.js";
import { createNpmFetcher } from "./fetch.js";
import { type Concept, type ConceptTable, type Icon, joinSet } from "./join.js";
import { pictureSide } from "./render.js";
import type { IconSet } from "./sources.js";
import type { EmojiData } from "./emojiData.js";

const tones: Readonly<Record<string, string>> = {
  "1F3FB": "light",
  "1F3FC": "medium light",
  "1F3FD": "medium",
  "1F3FE": "medium dark",
  "1F3FF": "dark",
};

/** Reads the gender that an emoji's label names: `both` where it names a man and a woman, `none` where neither. */
export function readGender(label: string): "woman" | "man" | "both" | "none" {
  const female = /\b(wom[ae]n|girls?|mother|mrs|princess|queen)\b/.test(label);
  const male = /\b(m[ae]n|boys?|father|prince|king|santa)\b/.test(label);
  if (female && male) return "both";
  return female ? "woman" : male ? "man" : "none";
}

/** A drawing of a person in one skin tone; `yellow` is the default that training sees. */
interface Variant {
  readonly icon: Icon;
  readonly concept: Concept;
  readonly tone: string;
}

/** Selects the drawings of one set with a skin tone (one for all people in it), and the yellow ones that they are variants of. */
function joinVariants(
  set: IconSet,
  icons: readonly Icon[],
  table: ConceptTable,
  charTables: readonly ReadonlyMap<string, string>[],
): Variant[] {
  const usedKeys = new Set<string>();
  const toned = icons.flatMap((icon): Variant[] => {
    const hex = charTables.map((chars) => chars.get(icon.name)).find(Boolean);
    const parts = hex?.split("-") ?? [];
    const found = new Set(parts.flatMap((part) => tones[part] ?? []));
    const [tone] = found;
    const concept = table.byHex.get(parts.filter((part) => !(part in tones)).join("-"));
    const key = `${concept?.hexcode} ${tone}`;
    if (found.size !== 1 || tone === undefined || !concept || usedKeys.has(key)) return [];
    usedKeys.add(key);
    return [{ icon, concept, tone }];
  });
  const varied = new Set(toned.map(({ concept }) => concept.hexcode));
  const yellow = joinSet(set, icons, table, charTables)
    .filter(({ concept }) => varied.has(concept.hexcode))
    .map((drawing): Variant => ({ ...drawing, tone: "yellow" }));
  return [...yellow, ...toned];
}

/** What was built. */
export interface EmojiVariants {
  readonly pictures: number;
  readonly tones: Readonly<Record<string, number>>;
  /** The CSV of the pictures. */
  readonly table: string;
}

/**
 * Draws people emoji in every skin tone, for evaluation only; the training data contains only the yellow ones. Writes PNG files and
 * `variants.csv` with path, label, set, subgroup, gender, tone, and the split of the yellow drawing.
 * @param data emoji data that the models were trained on.
 * @param options folder, icon sets and callbacks.
 * @param options.cache folder of downloaded packages.
 * @returns numbers of pictures, in all and by tone, and the path of the table.
 * @throws {DownloadError} when no icon set contains such drawings.
 */
export async function buildEmojiVariants(
  data: EmojiData,
  options: Omit<EmojiDataOptions, "cache"> & { readonly cache: string },
): Promise<EmojiVariants> {
  const { out, cache, offline = false, onProgress, onProblem, signal } = options;
  const fetch = options.fetch ?? createNpmFetcher(cache, offline);
  const problem = (message: string): void => onProblem?.(message);
  const { drawings } = await gather(fetch, problem, options, joinVariants);
  if (drawings.length === 0)
    throw new DownloadError("emoji variants: no set has skin tones; check the network and retry");
  const splits = new Map(data.items.map(({ set, concept, split }) => [`${set} ${concept}`, split]));
  const rows: { at: number; line: string }[] = [];
  const counts: Record<string, number> = {};
  for (const name of new Set(drawings.map(({ set }) => set.name))) await makeOutputFolder(join(out, name));
  await drawIcons(drawings, {
    async onDrawn(at, rgb) {
      const { set, icon, concept, tone } = drawings[at]!;
      const path = `${set.name}/${icon.name.replace(/[^a-z0-9-]/gi, "_")}.png`;
      const pixels = Float32Array.from(rgb, (value) => value / 255);
      const picture = { width: pictureSide, height: pictureSide, data: pixels };
      await writeFileAtomic(join(out, path), await encodePicture(picture, { format: "png" }));
      const { label, subgroup, hexcode } = concept;
      const split = splits.get(`${set.name} ${hexcode}`) ?? "";
      const fields = [path, label, set.name, subgroup, readGender(label), tone, split];
      rows.push({ at, line: fields.map((field) => `"${field.replace(/"/g, '""')}"`).join(",") });
      counts[tone] = (counts[tone] ?? 0) + 1;
    },
    onProblem: problem,
    onProgress,
    signal,
  });
  const table = join(out, "variants.csv");
  const lines = rows.sort((a, b) => a.at - b.at).map(({ line }) => line);
  await writeFileAtomic(table, `${["path,label,set,subgroup,gender,tone,split", ...lines].join("\n")}\n`);
  return { pictures: rows.length, tones: counts, table };
}
