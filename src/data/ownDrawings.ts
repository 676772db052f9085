import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../errors.js";
import { readTextFile } from "../files/index.js";
import type { Concept, Icon } from "./join.js";
import type { IconSet } from "./sources.js";

/** The project's own drawings of things that no emoji shows. Their files are in `generators/drawings`, not in a package. */
export const ownSet: IconSet = {
  name: "clipsteer",
  package: "clipsteer",
  version: "",
  style: "clipsteer style",
  family: "clipsteer",
  license: "MIT",
  attribution: "clipsteer, MIT",
};

/** Group of the concepts of our own drawings. */
export const thingGroup = "things";

/** Bytes of the largest drawing. */
const largestDrawing = 1e6;

/** Finds the folder of the project's own drawings. */
export function findDrawingsFolder(): string {
  return resolve(fileURLToPath(import.meta.url), "../../../generators/drawings");
}

/** Makes the concept of a thing that no emoji shows. */
export function makeThingConcept(label: string): Concept {
  const hexcode = `${thingGroup}-${label.replace(/ /g, "-")}`;
  return { hexcode, label, tags: [], group: thingGroup, subgroup: thingGroup };
}

/**
 * Reads a folder of drawings `NAME.svg`, with a square `viewBox` each. The name is the label, with hyphens for spaces.
 * @returns the drawings by name, with their concepts.
 * @throws {InputError} for a missing folder, and for a file that is no such drawing.
 */
export async function readOwnDrawings(
  folder = findDrawingsFolder(),
): Promise<{ set: IconSet; icon: Icon; concept: Concept }[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new InputError(`${folder}: no folder of drawings`, { cause });
  });
  const files = names.filter((file) => file.endsWith(".svg")).sort();
  return Promise.all(
    files.map(async (file) => {
      const name = file.slice(0, -".svg".length);
      const text = await readTextFile(join(folder, file), {
        maxBytes: largestDrawing,
        expected: "a drawing (SVG)",
      });
      const [, side, body] = /^\s*<svg\b[^>]*\sviewBox="0 0 (\d+) \1"[^>]*>(.*)<\/svg>\s*$/s.exec(text) ?? [];
      if (body === undefined)
        throw new InputError(`${join(folder, file)}: expected one <svg> with viewBox="0 0 SIDE SIDE"`);
      const icon: Icon = { name, body, box: [0, 0, Number(side), Number(side)] };
      return { set: ownSet, icon, concept: makeThingConcept(name.replace(/-/g, " ")) };
    }),
  );
}
