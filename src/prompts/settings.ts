import type { StageKind } from "./relations.js";
import type { Token } from "./tokens.js";

/** A layer of a setting: what it shows, where it is put, and how often. */
export interface StagePart {
  readonly kind: StageKind;
  readonly text: string;
  readonly count: number;
}

const part = (kind: StageKind, text: string, count = 1): StagePart => ({ kind, text, count });
const lightSky = part("backdrop", "light blue square");
const grass = part("ground", "green square");
/** A wall and a floor. */
const room = [part("backdrop", "pale yellow square"), part("ground", "tan square")];

/** Settings by the phrases that name them, without prepositions and articles. A setting is drawn by known drawings and coloured squares. */
const settings: readonly (readonly [phrases: string, parts: readonly StagePart[]])[] = [
  [
    "night|nighttime|midnight|dark|darkness|moonlight|stars|night sky|starry sky|starry night|dark night|moonlit night|moonlit sky|summer night",
    [part("backdrop", "navy square"), part("aloft", "moon"), part("aloft", "star", 3)],
  ],
  ["full moon", [part("backdrop", "navy square"), part("aloft", "full moon"), part("aloft", "star", 3)]],
  [
    "space|outer space|galaxy|universe|cosmos",
    [part("backdrop", "dark navy square"), part("aloft", "saturn"), part("aloft", "star", 3)],
  ],
  [
    "beach|sandy beach|sunny beach|tropical beach|seaside|shore|seashore|coast|sand",
    [lightSky, part("sea", "blue square"), part("ground", "beige square"), part("scenery", "palm tree")],
  ],
  [
    "snow|winter|snowstorm|blizzard|arctic|antarctica|snowy day|snowy night|snowy evening|snowy morning|winter day|winter night|falling snow|north pole",
    [part("backdrop", "light blue square"), part("ground", "white square"), part("aloft", "snowflake", 3)],
  ],
  [
    "rain|rainstorm|rainy day|rainy night|rainy evening|rainy morning|rainy afternoon|pouring rain|rainy weather",
    [part("backdrop", "gray square"), grass, part("aloft", "rain cloud", 2)],
  ],
  [
    "storm|thunderstorm|stormy night|stormy day|stormy weather",
    [
      part("backdrop", "dark gray square"),
      part("ground", "dark green square"),
      part("aloft", "thunderstorm", 2),
    ],
  ],
  [
    "forest|woods|wood|dark forest|woodland",
    [part("backdrop", "pale green square"), grass, part("scenery", "evergreen tree", 2)],
  ],
  ["jungle|rainforest", [part("backdrop", "pale green square"), grass, part("scenery", "palm tree", 2)]],
  [
    "desert|sahara",
    [part("backdrop", "pale orange square"), part("ground", "tan square"), part("scenery", "cactus")],
  ],
  ["city|big city|town|downtown", [part("backdrop", "cityscape")]],
  [
    "mars|red planet",
    [part("backdrop", "dark navy square"), part("ground", "orange square"), part("aloft", "star", 3)],
  ],
  ["sunset|dusk|evening|summer evening", [part("backdrop", "sunrise")]],
  ["sunrise|dawn|morning|early morning", [part("backdrop", "sunrise over mountains")]],
  ["mountains|alps|hills", [lightSky, grass, part("scenery", "mountain", 2)]],
  ["sky|air|clouds|blue sky", [lightSky, part("aloft", "cloud", 3)]],
  [
    "sea|ocean|water|lake|river|pool|swimming pool|pond|waves",
    [lightSky, part("immersed", "blue square"), part("aloft", "cloud")],
  ],
  [
    "green|golf course|grass|field|meadow|lawn|farm|countryside|hill|spring|springtime|spring day",
    [lightSky, grass, part("aloft", "sun"), part("aloft", "cloud")],
  ],
  [
    "wind|breeze|strong wind|windy day|breezy day",
    [lightSky, grass, part("aloft", "cloud", 2), part("scenery", "tree")],
  ],
  ["park", [lightSky, grass, part("scenery", "tree"), part("aloft", "cloud")]],
  ["garden|flower garden", [lightSky, grass, part("scenery", "tulip", 2), part("aloft", "sun")]],
  [
    "autumn|autumn day|fall day",
    [part("backdrop", "light blue square"), part("ground", "tan square"), part("aloft", "fallen leaf", 3)],
  ],
  ["room|hallway|basement|attic", [...room, part("aloft", "window")]],
  ["kitchen", [...room, part("aloft", "window"), part("scenery", "refrigerator")]],
  ["bedroom", [...room, part("aloft", "window"), part("aloft", "framed picture")]],
  ["living room|lounge", [...room, part("aloft", "framed picture"), part("scenery", "potted plant")]],
  ["dining room", [...room, part("aloft", "framed picture")]],
  ["classroom", [...room, part("aloft", "blackboard")]],
  ["library", [...room, part("aloft", "window"), part("scenery", "bookcase")]],
  ["bathroom", [...room, part("aloft", "window"), part("scenery", "toilet")]],
  ["sun|sunshine|sunny day|summer|summer day|hot day", [lightSky, grass, part("aloft", "sun")]],
];
const underwater = [
  part("backdrop", "blue square"),
  part("ground", "beige square"),
  part("aloft", "bubbles"),
  part("scenery", "coral"),
];

/** Water behind a strip of grass. */
const bank = [lightSky, part("sea", "blue square"), grass, part("aloft", "cloud")];
const besideWater = /^(?:by|at) (?:sea|ocean|water|lake|river|pool|swimming pool|pond)$/;

const byPhrase = new Map(
  settings.flatMap(([phrases, parts]) => phrases.split("|").map((phrase) => [phrase, parts] as const)),
);
const prepositions = new Set(["in", "at", "on", "during", "through", "under", "beneath", "into", "by"]);
/** Words before a setting that change nothing in its drawing: "in a cozy kitchen". */
const qualities =
  /^(?:cozy|cosy|busy|quiet|calm|beautiful|lovely|peaceful|magical|mysterious|sunny|warm|cold|big|small|little|old|modern|lush|misty|foggy|deep) /;
const daySky = /^(?:(?:blue|clear|open|summer|sunny) )?sky$/;
const waters = /^(?:sea|ocean|water|waves)$/;
/** Words of a phrase, at most. */
const longest = 2;

/** A setting in a text, and the number of tokens that name it. */
export interface FoundSetting {
  readonly parts: readonly StagePart[];
  readonly length: number;
}

/**
 * Finds the setting that a preposition at a token introduces: "on the beach". What follows must not belong to the noun: "on a
 * beach ball".
 * @param isEnd whether the phrase may end before a token. @returns undefined when there is none.
 */
export function findSetting(
  tokens: readonly Token[],
  at: number,
  isEnd: (at: number) => boolean,
): FoundSetting | undefined {
  const word = tokens[at]!.word;
  if (word === "underwater" && isEnd(at + 1)) return { parts: underwater, length: 1 };
  if (!prepositions.has(word)) return undefined;
  for (let words = longest; words > 0; words--) {
    if (at + words >= tokens.length || !isEnd(at + words + 1)) continue;
    const phrase = tokens
      .slice(at + 1, at + 1 + words)
      .map((token) => token.word)
      .join(" ");
    const isUnder = word === "under" || word === "beneath";
    // "A man in green" wears it.
    if (phrase === "green" && !tokens[at + 1]!.definite) continue;
    if (besideWater.test(`${word} ${phrase}`)) return { parts: bank, length: 1 + words };
    if (isUnder && waters.test(phrase)) return { parts: underwater, length: 1 + words };
    if (isUnder && daySky.test(phrase)) return { parts: byPhrase.get("field")!, length: 1 + words };
    // "under the sun" and "on a full moon" are relations; "under the stars" and "under a full moon" are a setting: night.
    const mayName = isUnder ? /star|night|moon/.test(phrase) : phrase !== "full moon";
    const found = mayName ? (byPhrase.get(phrase) ?? byPhrase.get(phrase.replace(qualities, ""))) : undefined;
    if (found) return { parts: found, length: 1 + words };
  }
  return undefined;
}

/** Settings that are things too: a sun with sunglasses. */
const thingLike =
  /\b(?:sun|wind|sunshine|moon|clouds|sky|stars|waves|mountains|hill|hills|spring|fall|wood)$/;

/** Puts a setting that a text begins with behind its things: "a rainy day with a girl" is "a girl on a rainy day". */
export function moveSetting(tokens: readonly Token[]): readonly Token[] {
  const length = tokens.findIndex(({ word }) => word === "with");
  if (length < 1 || length > longest + 1 || length + 1 >= tokens.length) return tokens;
  const place = tokens.slice(0, length);
  if (thingLike.test(place.at(-1)!.word)) return tokens;
  const moved = [{ word: "in", definite: false, article: false, possessive: false }, ...place];
  const found = findSetting(moved, 0, (end) => end === moved.length);
  return found?.length === moved.length ? [...tokens.slice(length + 1), ...moved] : tokens;
}

/** Tells whether a part is the sky at night. */
const isNight = ({ text }: StagePart): boolean => /\bnavy\b/.test(text);

/** Joins settings to one: "on the beach at night" has the sky of the night, its moon and stars, and no sun. */
export function joinSettings(found: readonly (readonly StagePart[])[]): StagePart[] {
  const all = found.flat();
  const backdrops = all.filter(({ kind }) => kind === "backdrop");
  const backdrop = backdrops.find(isNight) ?? backdrops[0];
  const joined: StagePart[] = backdrop ? [backdrop] : [];
  for (const each of all) {
    const { kind, text } = each;
    if (kind === "backdrop" || joined.some((other) => other.text === text)) continue;
    if (kind !== "aloft" && kind !== "scenery" && joined.some((other) => other.kind === kind)) continue;
    // What is in water stands on no ground.
    if (kind === "ground" && joined.some((other) => other.kind === "immersed")) continue;
    if (backdrop && isNight(backdrop) && /^(?:sun|cloud)$/.test(text)) continue;
    joined.push(each);
  }
  return joined;
}
