import { colourWords } from "../../prompts/index.js";
import type { Oklab } from "../../images/index.js";
import type { SteerModels } from "../steerModels.js";
import { cutPiece } from "./cuts.js";
import type { Piece } from "./drawing.js";
import { type Look, findIslands, flagSlots } from "./look.js";
import type { ScenePlan } from "./plan.js";
import { heightOf } from "./sprite.js";

/** Replacements for drawings that would hide the content: an open box, a jar for a bottle. */
const openDrawings: readonly (readonly [name: RegExp, drawing: string])[] = [
  [/\b(?:cardboard box|box|package|parcel)$/, "open box"],
  [/(?<!\bbaby )\bbottle$/, "empty jar"],
  [/\bbowl$/, "bowl with spoon"],
  // A colour before the name applies to the pot alone; see `tintedThings`.
  [/^.*\bflower ?pot$/, "empty flower pot"],
  [/(?<!\b(?:cookie|honey|biscuit|empty)[ -]?)\b(?:glass |jam |mason )?jar$/, "empty jar"],
  [/\b(?:aquarium|fish ?tank)$/, "empty aquarium"],
  [/\bpicture frame$/, "empty picture frame"],
  [/\b(?:rowing|row)[ -]?boat$/, "canoe"],
  [/(?<!\b(?:sail|speed|motor|house|gravy|toy|paper)[ -]?)\bboat$/, "canoe"],
];

/** What knows the names of drawings. */
type Names = Partial<Pick<SteerModels, "phrases">> & {
  readonly generator?: Pick<SteerModels["generator"], "vocabulary">;
};

/** Finds the name of the drawing of a container without content: "empty aquarium" for a fishbowl. The colour is kept. */
function findEmptyName(text: string, { phrases, generator }: Names): string | undefined {
  const concept = generator?.vocabulary?.[phrases?.read(text)?.concepts[0] ?? -1];
  if (!concept) return undefined;
  const colours = text.split(" ").filter((word) => colourWords.has(word));
  return [concept.label, ...concept.names]
    .map((name) => [...colours, "empty", name].join(" "))
    .find((name) => phrases!.read(name)?.isName);
}

/** Finds the drawing of a nest from above: the emoji of an empty one is seen from the side. */
const findNest = (text: string, { phrases }: Names): string | undefined =>
  /\bnest$/.test(text) && phrases?.isName("straw nest") ? "straw nest" : undefined;

/** Chooses the text that a container with content is drawn from: that of its empty drawing, or of another one that does not hide the content. */
export const chooseContainerDrawing = (text: string, names: Names = {}): string =>
  findNest(text, names) ??
  findEmptyName(text, names) ??
  openDrawings.reduce((name, [pattern, drawing]) => name.replace(pattern, drawing), text);

/** Regions that would hide the content, by colour: the light net of a goal, the green plant in a pot. */
const fillings: readonly (readonly [name: RegExp, isFilling: (lab: Oklab) => boolean])[] = [
  [/\bgoal net$/, ([lightness]) => lightness > 0.8],
  // The grass below a flag is hidden, too.
  [/\b(?:flower ?pot|flag)$/, ([, redness]) => redness < -0.035],
];
/** Containers with bars, of which everything between the bars is hidden. */
const caged = /\bcage$/;
/** Minimum share of a region's pixels that other regions enclose, if it is between the bars. */
const leastEnclosed = 0.5;

/** Finds the regions that other regions enclose for the most part: what is between the bars of a cage. */
function findEnclosedSlots({ labels, side, regions }: Look): Set<number> {
  const enclosed = new Map<number, number>();
  for (const { value, pixels, touchesZero } of findIslands(labels, side))
    if (!touchesZero) enclosed.set(value, (enclosed.get(value) ?? 0) + pixels);
  return new Set(
    regions
      .filter(({ slot, pixels }) => (enclosed.get(slot) ?? 0) >= leastEnclosed * pixels)
      .map(({ slot }) => slot),
  );
}

/** Finds the regions of a container's drawing to hide when it has other content. @returns a flag for each of the 15 slots. */
export function findFilling(text: string, look: Look): readonly boolean[] | undefined {
  const { regions } = look;
  const isFilling = fillings.find(([name]) => name.test(text))?.[1];
  const hidden = caged.test(text)
    ? findEnclosedSlots(look)
    : new Set(regions.filter(({ lab }) => isFilling?.(lab)).map(({ slot }) => slot));
  if (hidden.size === 0 || hidden.size === regions.length) return undefined;
  return flagSlots((slot) => hidden.has(slot));
}

/** Share of a hot air balloon above its basket / height. */
const envelopeShare = 0.8;

/** Cuts off the basket of a balloon that is above another basket. @returns undefined for other parts. */
export function cutEnvelope(piece: Piece, { parts, relations }: ScenePlan, part: number): Piece | undefined {
  const isEnvelope =
    /\bhot air balloon$/.test(parts[part]!) &&
    relations.some(
      ({ subject, kind, object }) => object === part && kind === "below" && parts[subject] === "basket",
    );
  const { box } = piece.sprite;
  return isEnvelope ? cutPiece(piece, box.top + envelopeShare * heightOf(box)) : undefined;
}
