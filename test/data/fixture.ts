import { gzipSync } from "node:zlib";
import type { FetchPackage } from "../../src/data/index.js";

/** A `.tgz` as npm makes it, of files by path. */
export function packageOf(files: Record<string, unknown>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, content]) => {
    const body = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
    const header = Buffer.alloc(512);
    header.write(`package/${path}`, 0);
    header.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("0", 156);
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** Labels of five emoji, a flag and a component. */
export const labels = {
  "meta/groups.json": {
    groups: { 0: "food-drink", 1: "flags", 2: "component" },
    subgroups: { 0: "food-fruit" },
  },
  "meta/hexcodes.json": {},
  "en/data.json": [
    { label: "red apple", hexcode: "1F34E", tags: ["fruit", "*", "red apple"], group: 0, subgroup: 0 },
    { label: "grapes", hexcode: "1F347", tags: ["bunch"], group: 0, subgroup: 0 },
    { label: "banana", hexcode: "1F34C", group: 0, subgroup: 0 },
    { label: "lemon", hexcode: "1F34B", group: 0, subgroup: 0 },
    { label: "waving hand", hexcode: "1F44B-FE0F", group: 0, subgroup: 0 },
    { label: "chequered flag", hexcode: "1F3C1", group: 1 },
    { label: "light skin tone", hexcode: "1F3FB", group: 2 },
  ],
  "en/shortcodes/emojibase.json": { "1F34E": ["apple", "red_apple"], "1F44B": "wave" },
};

/** A square of one colour in a view box of 8. */
export const square = (colour: string): string => `<path fill="${colour}" d="M0 0h8v8H0z"/>`;

/** An icon set and its table of code points. */
export const setOf = (
  bodies: Record<string, string>,
  chars: Record<string, string>,
): Record<string, unknown> => ({
  "icons.json": {
    prefix: "set",
    width: 8,
    height: 8,
    icons: Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, { body }])),
  },
  "chars.json": chars,
});

/** Serves packages from memory and counts; what is not given cannot be fetched. */
export function fakeRegistry(
  packages: Record<string, Buffer>,
): FetchPackage & { readonly requested: string[] } {
  const requested: string[] = [];
  const fetch: FetchPackage = (name) => {
    requested.push(name);
    const found = packages[name];
    return found ? Promise.resolve(found) : Promise.reject(new Error("no such package"));
  };
  return Object.assign(fetch, { requested });
}
