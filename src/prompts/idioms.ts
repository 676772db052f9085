import { parseCountedNoun, singularOf } from "./counts.js";
import { connectives, nounConnectives } from "./relations.js";
import { isBeing } from "./states.js";
import type { Token } from "./tokens.js";

/** Phrases with other words for a scene: those that say the same, or none for things that are beside each other anyway. */
const idioms: readonly (readonly [phrases: string, plain: string])[] = [
  ["side by side with|hand in hand with|holding hands with|arm in arm with", "beside"],
  ["side by side|hand in hand|paw in paw|arm in arm|holding hands|holding paws|holding each other", ""],
  ["hugging each other|cuddling each other|facing each other|looking at each other|back to back", ""],
  ["kissing each other|sharing kiss|giving each other kiss|having kiss", "kissing"],
  ["on horseback", "riding horse"],
  ["behind bars", "in cage"],
  ["curled up", "curled"],
  ["stretched out", "sprawled"],
  ["fast asleep|sound asleep", "asleep"],
  ["having nap|taking nap", "napping"],
  ["riding along in|riding in|taking bath in|having bath in", "in"],
  ["having bath|taking bath", "in bathtub"],
  ["sharing umbrella|under one umbrella|under same umbrella", "under umbrella"],
  ["rows of", ""],
  ["row of", "several"],
  ["hoard of gold", "pile of gold coins"],
  ["on one leg|on two legs|on hind legs|on all fours|on tiptoe|on tiptoes", ""],
  ["with head out of|with head sticking out of|sticking head out of|poking head out of", "inside"],
  ["in row $|in line $|in circle $|in pile $|in heap $|in stack $|in bunch $|in group $", ""],
  ["through straw|from straw", ""],
  ["playing with|dancing with|fighting with|talking with|chatting with|arguing with", "with"],
  ["playing cards|playing poker", "holding deck of cards"],
  ["playing football|playing soccer", "holding soccer ball"],
  ["playing basketball", "holding basketball"],
  ["playing tennis", "holding tennis racket"],
  ["playing golf", "holding golf club"],
  ["playing video games|playing video game", "holding game controller"],
  ["brushing teeth", "holding toothbrush"],
  ["brushing hair|combing hair", "holding hairbrush"],
  ["cutting hair", "holding scissors"],
  ["taking selfie", "holding mobile phone"],
  ["taking photo|taking picture|taking photos|taking pictures", "holding camera"],
  ["lifting weights", "holding dumbbell"],
  ["looking through binoculars|watching through binoculars", "holding binoculars"],
  ["looking through magnifying glass", "holding magnifying glass"],
  ["looking through telescope", "beside telescope"],
  ["blowing bubbles", "holding bubble wand"],
  ["doing yoga", "on yoga mat"],
  ["dancing ballet|doing ballet", "wearing tutu"],
  ["ice skating $|figure skating $", "wearing ice skates"],
  ["roller skating $", "wearing roller skates"],
  ["covered in snow|covered with snow|buried in snow", "in snow"],
  ["blowing out candles on|blowing candles out on", "beside"],
  ["blowing out candles|blowing candles out", "beside birthday cake"],
  ["having picnic|having picnic together", "beside picnic basket"],
  ["sun setting|setting sun", "sunset"],
  ["sun rising|rising sun", "sunrise"],
  ["bowl of fruit|bowl of fruits", "fruit salad"],
  ["basket of fruit|basket of fruits", "fruit basket"],
  ["in bag of water", "in bag"],
  ["in bowl of water", "in bowl"],
  ["in jar of water", "in jar"],
  ["in love $", "kissing"],
  ["rising from ashes", "on fire"],
  ["mowing lawn|mowing grass|cutting grass", "pushing lawn mower"],
  [
    "hoovering carpet|hoovering floor|hoovering room|vacuuming carpet|vacuuming floor|vacuuming room",
    "holding vacuum cleaner",
  ],
  ["sweeping floor|sweeping leaves|sweeping street|sweeping kitchen|sweeping up", "holding broom"],
  ["mopping floor|mopping kitchen|cleaning floor", "holding mop"],
  ["washing dishes|doing dishes|washing plates|drying dishes", "holding stack of plates"],
  ["ironing shirt|ironing clothes|doing ironing", "holding clothes iron"],
  ["watering flowers|watering plants|watering garden", "holding watering can"],
  ["raking leaves", "holding rake"],
  ["shovelling snow|shoveling snow", "holding shovel in snow"],
  ["doing laundry|washing clothes|loading washing machine", "beside washing machine"],
  ["hanging out laundry|hanging up laundry|hanging laundry|hanging out washing", "beside clothesline"],
  [
    "cooking dinner|cooking breakfast|cooking lunch|cooking meal|making dinner|making breakfast|making lunch",
    "holding frying pan",
  ],
  ["doing homework", "holding pencil"],
  ["talking on phone|speaking on phone|chatting on phone|calling on phone", "holding mobile phone"],
  ["typing on|typing at|working on|working at", "at"],
  ["singing into|speaking into|talking into", "holding"],
  ["waving from", "out of"],
  ["tea party", "teapot and teacup"],
  ["pool party", "party in pool"],
  ["garden party", "party in garden"],
  ["planet with rings|planet with ring", "ringed planet"],
];
/** Idioms of one row each, the longest first. `$` is the end of the noun phrase. */
const rows = idioms
  .flatMap(([phrases, plain]) => phrases.split("|").map((phrase) => [phrase.split(" "), plain] as const))
  .sort(([one], [other]) => other.length - one.length);

/** What a being does with a thing that the verb implies, by the verb: "a bear fishing" holds a fishing rod. */
const activities: ReadonlyMap<string, string> = new Map(
  Object.entries({
    reading: "holding open book",
    fishing: "holding fishing rod",
    painting: "holding paintbrush",
    writing: "holding pencil",
    knitting: "holding ball of yarn",
    gardening: "holding watering can",
    hoovering: "holding vacuum cleaner",
    vacuuming: "holding vacuum cleaner",
    sweeping: "holding broom",
    mopping: "holding mop",
    ironing: "holding clothes iron",
    cooking: "holding frying pan",
    golfing: "holding golf club",
    gaming: "holding game controller",
    drumming: "playing drums",
    skateboarding: "on skateboard",
    surfing: "on surfboard",
    skiing: "on skis",
    snowboarding: "on snowboard",
    cycling: "riding bicycle",
    biking: "riding bicycle",
    sledding: "riding sled",
    sledging: "riding sled",
    camping: "beside tent",
    bathing: "in bathtub",
  }),
);

/** Parts of a body that hold things. */
const holdingParts =
  /^(?:paws?|hands?|arms?|claws?|pincers?|tentacles?|wings?|mouth|beak|trunk|teeth|tail|tongue|feet)$/;

/** First words of connectives. */
const firstWords = new Set([...connectives, ...nounConnectives].map(({ words }) => words[0]!));

/** Tells whether a phrase ends before a token. */
const endsBefore = (tokens: readonly Token[], at: number): boolean =>
  at >= tokens.length || firstWords.has(tokens[at]!.word);

/** Counts the words of a phrase that says how something is done: "with its trunk", "with both hands"; 0 for other words. */
function measureManner(tokens: readonly Token[], at: number): number {
  const isBoth = tokens[at + 1]?.word === "both";
  const end = at + (isBoth ? 3 : 2);
  const part = tokens[end - 1];
  const isOwn = part !== undefined && (isBoth || part.possessive) && holdingParts.test(part.word);
  const isDone = tokens.slice(0, at).some(({ word }) => /.{3}ing$/.test(word));
  return tokens[at]!.word === "with" && isOwn && isDone && endsBefore(tokens, end) ? end - at : 0;
}

/** Returns the plain words for what a being does at a token, if the verb implies a thing and names none. */
function findActivity(tokens: readonly Token[], at: number): string | undefined {
  const plain = activities.get(tokens[at]!.word);
  const before = tokens[at - 1]?.word ?? "";
  const isDoer = isBeing(singularOf(before) ?? before);
  const isAlone = at + 1 >= tokens.length || (endsBefore(tokens, at + 1) && !tokens[at + 1]!.article);
  return isDoer && isAlone ? plain : undefined;
}

/** Words for groups of animals and persons, and how many of them are drawn. */
const groups = new Map(
  Object.entries({
    several: "family|litter|pack|pride|team|band|gang|trio|pod|troop|choir|class|brood",
    five: "swarm|school|crowd|army|colony|parade|shoal|queue|line|orchestra",
  }).flatMap(([number, words]) => words.split("|").map((word) => [word, number] as const)),
);

/** Returns the number word for a group of beings that is named at a token: "several" for a family of bears; undefined for other words. */
function findGroup(tokens: readonly Token[], at: number): string | undefined {
  const number = groups.get(tokens[at]!.word);
  if (number === undefined || tokens[at + 1]?.word !== "of") return undefined;
  const beings = tokens
    .slice(at + 2, at + 5)
    .findIndex(({ word }) => word === "animals" || isBeing(singularOf(word) ?? ""));
  if (beings < 0) return undefined;
  const isCounted = parseCountedNoun(`${tokens[at + 2]!.word} things`).count > 1;
  return isCounted ? "" : number;
}

/** Words without articles, as tokens. */
const tokensOf = (words: string): Token[] =>
  words
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => ({ word, definite: false, article: false, possessive: false }));

/** Replaces idioms by plain words, adds the things that verbs imply, and removes how things are held. */
export function replaceIdioms(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const idiom = rows.find(
      ([words]) =>
        // "side by side" and "on horseback" follow a thing.
        (at > 0 ||
          words.at(-1) === "of" ||
          /^(?:sun|setting|rising|bowl|basket|planet|tea|pool|garden)$/.test(words[0]!)) &&
        words.every((word, offset) =>
          word === "$" ? endsBefore(tokens, at + offset) : tokens[at + offset]?.word === word,
        ),
    );
    if (idiom) {
      const [words, plain] = idiom;
      const { length } = words.filter((word) => word !== "$");
      // "A row of three ducks" has its number.
      const isCounted = parseCountedNoun(`${tokens[at + length]?.word ?? ""} things`).count > 1;
      // "At a tea party": what stands for the party has its article.
      const [first, ...others] = tokensOf(plain);
      const isKept = !isCounted || words.at(-1) !== "of";
      if (first && isKept) result.push({ ...first, article: tokens[at]!.article }, ...others);
      at += length - 1;
      continue;
    }
    const group = findGroup(tokens, at);
    if (group !== undefined) {
      result.push(...tokensOf(group).map((token) => ({ ...token, article: tokens[at]!.article })));
      at++;
      continue;
    }
    const activity = findActivity(tokens, at);
    const manner = measureManner(tokens, at);
    if (activity !== undefined) result.push(...tokensOf(activity));
    else if (manner > 0) at += manner - 1;
    else result.push(tokens[at]!);
  }
  return result;
}
