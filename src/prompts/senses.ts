import type { Connective } from "./relations.js";
import type { Segment } from "./segments.js";

/** A word whose meaning depends on the other things of the text, and what it means beside them. */
interface Sense {
  /** The end of a phrase. */
  readonly word: RegExp;
  readonly meaning: string;
  /** Another thing of the text must match this, or none may match `unless`. */
  readonly beside?: RegExp;
  readonly unless?: RegExp;
  /** Connectives one of which precedes the thing itself, or the next thing. */
  readonly after?: readonly Connective["kind"][];
  readonly before?: readonly Connective["kind"][];
}

const plants =
  /\b(?:cactus|cacti|flower|flowers|plant|rose|roses|tulips?|daisy|daisies|sunflowers?|fern|tree|bonsai|succulent|orchid|daffodils?|seedling|herb|basil|aloe vera)$/;
const shooters = /\b(?:archer|cupid|elf|centaur|hunter|robin hood|arrows?|warrior|knight|amazon|violin|fiddle|cello)$/; // prettier-ignore
/** Words of ball games, and the drawings of their balls. */
const games: readonly (readonly [word: string, ball: string])[] = [
  ["tennis", "tennis ball"],
  ["basketball", "basketball"],
  ["baseball", "baseball"],
  ["volleyball", "volleyball"],
  ["bowling|bowler", "bowling ball"],
  ["golf|golfer", "golf ball"],
];
/** A colour alone, and persons who wear it. */
const colour =
  /^((?:(?:dark|light) )?(?:red|blue|green|yellow|orange|purple|pink|white|black|grey|gray|brown))$/;
const women = /\b(?:woman|women|girls?|lady|princess|queen|bride|grandma|mother|mum|mom|sister)$/;
const men = /\b(?:man|men|boys?|gentleman|guy|grandpa|father|dad|brother|child|kid|person)$/;
const doing: readonly Connective["kind"][] = ["holding", "wearing", "riding", "acting", "pushing", "pulling", "head", "with"]; // prettier-ignore

const senses: readonly Sense[] = [
  { word: /\bpot$/, meaning: "flower pot", beside: plants, after: ["in", "inside"] },
  { word: /^((?:\w+ )?)kiwi$/, meaning: "$1kiwi bird", before: doing },
  { word: /(?<!\bhair )\bbow$/, meaning: "hair bow", unless: shooters, after: ["with", "wearing", "in"] },
  { word: colour, meaning: "$1 dress", beside: women, after: ["in", "wearing"] },
  { word: colour, meaning: "$1 shirt", beside: men, after: ["in", "wearing"] },
  { word: /\barrow$/, meaning: "bow and arrow", beside: /\b(?:cupid|archer|hunter|robin hood|elf|centaur)$/ },
  { word: /\bhoop$/, meaning: "hula hoop", unless: /\b(?:basketball|ball|player)$/ },
  { word: /^lights$/, meaning: "christmas lights" },
  { word: /\bboat$/, meaning: "rowboat", unless: /\b(?:sea|ocean|port|harbour|whale)$/, after: ["in", "inside"] },
  { word: /(?<=\b(?:car|bus|train|taxi|van|truck)) window$/, meaning: "", after: ["in", "inside"] },
  { word: /\bwheel$/, meaning: "hamster wheel", beside: /\b(?:hamster|gerbil|mouse|guinea pig)$/, after: ["in", "inside", "on"] },
  { word: /^bag$/, meaning: "punching bag", beside: /\bboxer$/, after: ["acting"] },
  { word: /^drink$/, meaning: "soda can", after: ["with", "and"] },
  { word: /\bflag$/, meaning: "pennant flag", unless: /\bgolf/ },
  ...games.map(([game, meaning]) => ({ word: /^ball$/, meaning, beside: new RegExp(`\\b(?:${game})\\b`) })),
]; // prettier-ignore

/** Names the things whose words mean something else beside the other things of the text: the pot of a cactus is a flower pot. */
export const chooseSenses = (
  segments: readonly Segment[],
  isName: (phrase: string) => boolean,
): readonly Segment[] =>
  segments.map((segment, at) => {
    const others = segments.filter((_, index) => index !== at).map(({ text }) => text);
    const [own, next] = [segment.connectives, segments[at + 1]?.connectives ?? []];
    const found = senses.find(
      ({ word, beside, unless, after, before }) =>
        word.test(segment.text) &&
        // A paper boat is what its name says.
        (!segment.text.includes(" ") || !isName(segment.text)) &&
        (!beside || others.some((text) => beside.test(text))) &&
        (!unless || !others.some((text) => unless.test(text))) &&
        (!after || own.some((kind) => after.includes(kind))) &&
        (!before || next.some((kind) => before.includes(kind))),
    );
    return found ? { ...segment, text: segment.text.replace(found.word, found.meaning) } : segment;
  });
