import { colourWords } from "./colours.js";
import { type FigureScene, isHeadAlone } from "./figures.js";
import { isFigure, isPosed, seated, sleeping, standing, whole } from "./people.js";
import { isTable } from "./classify.js";
import type { Concept, PhraseReader } from "./phrases.js";
import { type RelationKind, isEnclosed } from "./relations.js";
import { isRiddenSitting, isSeatedVehicle, ridden } from "./riding.js";
import { isBeing } from "./states.js";

/** Relations that a head alone shows best. */
const shownByHead = new Set<RelationKind>(["eyes", "face", "head", "mark"]);
/** Relations for which an animal stands upright. */
const wearing = new Set<RelationKind>(["head", "eyes", "neck", "body", "feet", "wrist", "back", "holding"]);

/** Relations by which an animal is only somewhere: it is drawn whole, on its own feet. */
const placing = new Set<RelationKind>(
  ["on", "riding", "climbing", "mouth", "above", "below", "beside", "left", "right", "leftFlank", "rightFlank", "front"], // prettier-ignore
);
/** Things with a picture on them, which shows a head well. */
const printed =
  /\b(?:shirt|t-shirt|sweater|mug|cup|plate|poster|flag|card|postcard|badge|sticker|stamp|bag|cushion|pillow|sign|coin|balloon|cookie|cake)$/;

/** Things that hide the lower part of the animal in them, which looks out over the rim. */
const rimmed =
  /\b(?:cup|teacup|mug|bowl|box|basket|bucket|bag|handbag|pocket|pouch|boot|shoe|hat|teapot|pot|jar|crate|barrel|cart|trolley|wheelbarrow|bathtub|tub|sink|bed|crib|stroller|sack|suitcase|drawer|sock|stocking|vase|canoe|boat|rowboat|convertible|go kart|sleigh|backpack|hammock|gift|sleeping bag)$/;

/** What a rider may wear without standing: the head is seen as in a standing figure. */
const ofRider = new Set<RelationKind>(["riding", "on", "head", "eyes", "mark"]);

/** End of the name of a face. */
const faceWord = / face$/;

/** Beings without a figure of their own, and the being whose figure wears what covers its body, its hands or its feet. */
const relatives: readonly (readonly [names: RegExp, figure: string])[] = [
  [
    /\b(?:border collie|pomeranian|saint bernard|bulldog|dachshund|corgi|husky|chihuahua|poodle|greyhound|dalmatian|puppy|guide dog)$/,
    "dog",
  ],
  [/\bkitten$/, "cat"],
  [/\bbear cub$/, "bear"],
  [/\blion cub$/, "lion"],
  [/\bbaby elephant$/, "elephant"],
  [/\bbaby hippo$/, "hippopotamus"],
  [/\bseal pup$/, "seal"],
  [/\bjoey$/, "kangaroo"],
  [/\b(?:owlet|snowy owl)$/, "owl"],
  [/\bfennec fox$/, "fox"],
  [/\btree frog$/, "frog"],
  [/\bduckling$/, "duck"],
  [/\bpiglet$/, "pig"],
  [/\b(?:calf|bull|ox)$/, "cow"],
  [/\b(?:foal|pony)$/, "horse"],
  [/\b(?:ewe|ram|lamb)$/, "sheep"],
  [/\b(?:chick|rooster|hen)$/, "chicken"],
  [/\b(?:chimpanzee|baboon|orangutan)$/, "monkey"],
  [/\bwerewolf$/, "wolf"],
  [/\bballerina$/, "dancer"],
];
/** Relations to things that cover the body, the hands or the feet. */
const covering = new Set<RelationKind>(["body", "feet", "wrist", "holding"]);

/** Returns the name of the figure that stands for a being without one. */
function nameRelative(pose: string, text: string, label: string, phrases: PhraseReader): string | undefined {
  const figure = relatives.find(([names]) => names.test(text) || names.test(label))?.[1];
  const name = `${pose} ${figure}`;
  return figure !== undefined && phrases.isName(name) ? name : undefined;
}

/** Returns the colour words of a text that are not part of the being's name: none of "red panda". */
const listColours = (text: string, label: string): readonly string[] =>
  text.split(" ").filter((word) => colourWords.has(word) && !label.split(" ").includes(word));

/** Returns the name of the figure of a being: of its own word, else of what stands for it. The label of a clown is `clown face`. */
function nameFigure(
  pose: string,
  text: string,
  label: string,
  phrases: PhraseReader,
  vocabulary: readonly Concept[],
): string | undefined {
  // "standing kid" is a name of the emoji of a standing person.
  const isFigureName = (name: string): boolean => {
    const index = phrases.isName(name) ? phrases.read(name)?.concepts[0] : undefined;
    return index !== undefined && vocabulary[index]!.label.startsWith(`${pose} `);
  };
  const colours = listColours(text, label);
  const own = text.split(" ").filter((word) => !colours.includes(word));
  const last = own.at(-1);
  // "oranges" are a fruit, and "orange" is a colour.
  if (last === undefined) return undefined;
  // The last word of a name is another thing: a carousel horse is no horse, and a hot dog no dog.
  const isSame = phrases.read(last)?.concepts[0] === phrases.read(text)?.concepts[0];
  const candidates = [
    own.join(" "),
    ...(isSame ? [last] : []),
    label.replace(faceWord, ""),
    label.replace(/^(?:man|woman) /, ""),
  ];
  return candidates.map((each) => `${pose} ${each}`).find(isFigureName);
}

/** Chairs, on which persons sit. */
const chairs = /\b(?:chair|armchair|deckchair|throne|bench|sofa|couch|swing|stool|wheelchair)$/;

/** Tells whether a being sits on a chair, or rides what is ridden sitting. An animal that is only on an animal stands there. */
function isRider(
  own: FigureScene["relations"],
  { parts, stands }: FigureScene,
  isPersonlike: boolean,
): boolean {
  const chair = own.find(
    ({ kind, object }) => (kind === "in" || kind === "on") && chairs.test(parts[object]!),
  );
  if (chair && isPersonlike && !stands) return own.every((each) => each === chair || ofRider.has(each.kind));
  const ridden = own.find(({ kind }) => kind === "riding" || kind === "on");
  if (!ridden || !own.every(({ kind }) => ofRider.has(kind))) return false;
  const mount = parts[ridden.object]!;
  return ridden.kind === "riding" || isPersonlike ? isRiddenSitting(mount) : isSeatedVehicle(mount);
}

/** Deep things, out of which beings look that lie or sleep in them, and seats. */
const deepThings =
  /\b(?:tub|bathtub|hot tub|jacuzzi|pool|bath|water|sea|cup|teacup|mug|jar|bucket|pot|teapot|boot|shoe|mitten|glove|sock|hat|beanie|pocket|tent|chair|armchair|throne|stool|wheelchair)$/;

/** Tells whether a being that lies or sleeps is drawn lying: it wears and holds nothing on its body. */
const isShownLying = (text: string, own: FigureScene["relations"], parts: readonly string[]): boolean =>
  isBeing(text) &&
  !/\b(?:toy|chess|model|plastic|paper|stuffed|garden) /.test(text) &&
  own.every(
    ({ kind, object }) =>
      !wearing.has(kind) &&
      kind !== "riding" &&
      !(/Flank$/.test(kind) && isBeing(parts[object]!)) &&
      !(kind === "on" && isRiddenSitting(parts[object]!)) &&
      !(kind === "in" && (deepThings.test(parts[object]!) || isEnclosed(parts[object]!))),
  );

/** Tells whether a being with these relations is drawn standing. Animals stand only where they wear or hold something, look out of a small container, or are behind a table. */
function isShownStanding(
  own: FigureScene["relations"],
  parts: readonly string[],
  isAnimal: boolean,
  hasHead: boolean,
): boolean {
  const kinds = own.map(({ kind }) => kind);
  const hidesLegs = ({ kind, object }: FigureScene["relations"][number]): boolean =>
    (kind === "in" && rimmed.test(parts[object]!)) || (kind === "behind" && isTable(parts[object]!));
  if (own.some(hidesLegs)) return true;
  if (hasHead && kinds.length > 0 && kinds.every((kind) => shownByHead.has(kind))) return false;
  return !isAnimal || kinds.some((kind) => wearing.has(kind));
}

/**
 * Replaces the beings of a scene by whole figures where the generator has such a drawing: "a cook beside an oven" shows a
 * `standing cook`. A being of which there is a head stays that head where it only wears something there.
 * @returns the texts of the parts.
 */
export function standBeings(
  scene: FigureScene,
  phrases: PhraseReader,
  vocabulary: readonly Concept[],
): readonly string[] {
  return scene.parts.map((text, part) => {
    const index = phrases.read(text)?.concepts[0];
    const concept = index === undefined ? undefined : vocabulary[index];
    if (!concept || isPosed(text) || faceWord.test(text)) return text;
    const own = scene.relations.filter(({ subject }) => subject === part);
    const kinds = own.map(({ kind }) => kind);
    const lyingName =
      scene.lying?.has(part) && isShownLying(text, own, scene.parts)
        ? (nameFigure(sleeping, text, concept.label, phrases, vocabulary) ??
          nameRelative(sleeping, text, concept.label, phrases))
        : undefined;
    const isCovered = kinds.some((kind) => covering.has(kind));
    const colours = listColours(text, concept.label);
    if (lyingName !== undefined) return [...colours, lyingName].join(" ");
    // What stands on a board needs its upper side.
    const carries = scene.relations.some(
      ({ kind, object }) => object === part && (kind === "riding" || kind === "on"),
    );
    const riddenName = `${ridden} ${concept.label}`;
    if (carries && phrases.isName(riddenName)) return [...colours, riddenName].join(" ");
    // The emoji of some mounts show a head.
    const isMount = scene.relations.some(({ kind, object }) => object === part && kind === "riding");
    const wholeName = `${whole} ${concept.label}`;
    if (isMount && phrases.isName(wholeName)) return [...colours, wholeName].join(" ");
    const sitting =
      isRider(own, scene, isFigure(text)) && (scene.counts?.[part] ?? 1) === 1
        ? nameFigure(seated, text, concept.label, phrases, vocabulary)
        : undefined;
    if (sitting !== undefined) return [...colours, sitting].join(" ");
    const name =
      nameFigure(standing, text, concept.label, phrases, vocabulary) ??
      (isCovered ? nameRelative(standing, text, concept.label, phrases) : undefined);
    if (name === undefined) return text;
    const isAnimal = concept.subgroup?.startsWith("animal") ?? false;
    const hasHead = isHeadAlone(text) || phrases.isName(`${concept.label} face`);
    // At the window of a vehicle, a head is seen.
    const isAtWindow = own.some(({ kind, object }) => kind === "in" && isEnclosed(scene.parts[object]!));
    if (isAtWindow && hasHead) return text;
    // Two that are beside each other are drawn alike, whichever is named first.
    const isBesideOther = scene.relations.some(({ kind, object }) => kind === "beside" && object === part);
    if (isShownStanding(own, scene.parts, isAnimal, hasHead && !isBesideOther))
      return [...colours, name].join(" ");
    const isPlacedOnly = own.every(
      ({ kind, object }) => placing.has(kind) && !printed.test(scene.parts[object]!),
    );
    return isPlacedOnly && isHeadAlone(text) && phrases.isName(wholeName)
      ? [...colours, wholeName].join(" ")
      : text;
  });
}
