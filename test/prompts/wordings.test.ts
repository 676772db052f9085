import { describe, expect, it } from "vitest";
import { removeUnknown, splitScene } from "../../src/prompts/index.js";

const known = new Set([
  "binoculars",
  "running shoe",
  "dress",
  "paper boat",
  "deck of cards",
  "stack of plates",
]);
const names = new Set([
  ...known,
  "pirate costume",
  "police uniform",
  "paper boat",
  "bee costume",
  "avocado",
  "koala",
  "penguin",
]);

/** "cat | crown: 0 head 1". */
function written(text: string): string {
  const { parts, counts, relations } = splitScene(text, known, { isName: (phrase) => names.has(phrase) });
  const things = parts.map((part, at) => (counts[at]! > 1 ? `${counts[at]!} ${part}` : part)).join(" | ");
  return [things, ...relations.map(({ subject, kind, object }) => `${subject} ${kind} ${object}`)].join("; ");
}

describe("a verb of a state", () => {
  it("after a worn thing is that of its bearer", () => {
    const { parts, relations } = splitScene("a fox with a scarf sleeping on the moon", known, {
      hasDrawing: () => false,
    });
    expect(parts.slice(0, 4)).toEqual(["fox", "scarf", "moon", "zzz"]);
    expect(relations[2]).toEqual({ subject: 0, kind: "mark", object: 3 });
  });
});

describe("verbs and prepositions", () => {
  it.each([
    ["a woman walking three dogs", "woman | 3 dog; 0 beside 1"],
    ["a seagull stealing chips", "seagull | chips; 0 holding 1"],
    ["a girl in a dress picking flowers", "girl | dress | flowers; 0 body 1; 0 holding 2"],
    ["an astronaut on the moon planting a tree", "astronaut | moon | tree; 0 on 1; 0 beside 2"],
    ["a pig in running shoes", "pig | 2 running shoes; 0 feet 1"],
    ["two flying pigs", "2 flying pig"],
    ["a pig playing in the mud", "pig | mud; 0 in 1"],
    ["a baby crawling after a cat", "baby | cat; 0 beside 1"],
    ["an armadillo rolling down a hill", "armadillo | hill; 0 on 1"],
    ["a dolphin jumping through a ring", "dolphin | ring; 0 in 1"],
    ["a cat at a table", "cat | table; 0 behind 1"],
    ["a bat hanging from a branch", "bat | branch; 0 below 1"],
    ["a giraffe peeking over a fence", "giraffe | fence; 0 behind 1"],
    ["a gingerbread man running from a fox", "gingerbread man | fox; 0 beside 1"],
    ["a chick hatching from an egg", "chick | egg; 0 in 1"],
    ["a dog chased by a goose", "dog | goose; 0 beside 1"],
    ["a balloon held by a bear", "balloon | bear; 1 holding 0"],
    ["a hat worn by a cat", "hat | cat; 1 head 0"],
    ["a horse ridden by a monkey", "horse | monkey; 1 riding 0"],
    ["a donkey pulling a cart", "donkey | cart; 0 left 1"],
    ["a panda pushing a pram", "panda | pram; 0 right 1"],
    ["a monkey climbing a palm", "monkey | palm; 0 climbing 1"],
    ["a koala hugging a tree", "koala | tree; 0 climbing 1"],
    ["a boy hugging a dog", "boy | dog; 0 holding 1"],
    ["a rabbit peeking out of a hat", "rabbit | hat; 0 in 1"],
    ["a magician pulling a rabbit out of a hat", "magician | rabbit | hat; 0 holding 1; 1 in 2"],
  ])("relate the things of %s", (text, expected) => expect(written(text)).toBe(expected));
});

describe("verbs and phrases that imply a thing", () => {
  it.each([
    ["a cat reading", "cat | open book; 0 holding 1"],
    ["a girl reading under a tree", "girl | open book | tree; 0 holding 1; 0 below 2"],
    ["a bear fishing", "bear | fishing rod; 0 holding 1"],
    ["a frog skateboarding", "frog | skateboard; 0 on 1"],
    ["a crocodile brushing its teeth", "crocodile | toothbrush; 0 holding 1"],
    ["a lion cutting hair", "lion | scissors; 0 holding 1"],
    ["a bear playing cards", "bear | deck of cards; 0 holding 1"],
    ["a tiger behind bars", "tiger | cage; 0 in 1"],
    ["two otters holding hands", "2 otter"],
    ["a fox playing with a drum", "fox | drum; 0 holding 1"],
    ["five ducks in a row", "5 duck"],
    ["a cow in a rowing boat", "cow | rowing rowboat; 0 in 1"],
    ["two hens sharing an umbrella", "2 hen | umbrella; 0 below 1"],
    ["a house covered in snow", "house | snow; 0 in 1"],
    ["a family having a picnic", "family | picnic basket; 0 beside 1"],
    ["a girl blowing out candles on a cake", "girl | cake; 0 beside 1"],
    ["a boy blowing out the candles", "boy | birthday cake; 0 beside 1"],
    ["a goldfish in a bowl of water", "goldfish | bowl; 0 in 1"],
    ["the sun setting behind a palm", "sunset | palm; 0 behind 1"],
    ["a cat knocking over a vase", "cat | vase; 0 beside 1"],
  ])("are read: %s", (text, expected) => expect(written(text)).toBe(expected));

  it("leaves a thing whose name looks like such a verb", () => {
    expect(written("a reading lamp on a table")).toBe("reading lamp | table; 0 on 1");
  });
});

describe("chores, sides and ways", () => {
  it.each([
    ["a man mowing the lawn", "man | lawn mower; 0 right 1"],
    ["a woman hoovering the carpet", "woman | vacuum cleaner; 0 holding 1"],
    ["a boy washing the dishes", "boy | stack of plates; 0 holding 1"],
    ["a dog cooking dinner", "dog | frying pan; 0 holding 1"],
    ["a woman ironing", "woman | clothes iron; 0 holding 1"],
    ["a cat typing on a laptop", "cat | laptop; 0 behind 1"],
    ["a parrot talking on the phone", "parrot | mobile phone; 0 holding 1"],
    ["a frog singing into a microphone", "frog | microphone; 0 holding 1"],
    ["an alien waving from a spaceship", "alien | spaceship; 0 in 1"],
    ["a dog waiting for the bus", "dog | bus; 0 beside 1"],
    ["a snail on its way to school", "snail | school; 0 beside 1"],
    ["a red fire engine rushing to a fire", "red fire engine | fire; 0 beside 1"],
    ["a bear at a tea party", "bear | teapot | teacup; 0 beside 1; 1 beside 2"],
    ["a fox met a hedgehog", "fox | hedgehog; 0 beside 1"],
    ["five ducklings following their mother", "5 duckling | duck; 0 beside 1"],
    ["a penguin on ice skates", "penguin | 2 ice skates; 0 feet 1"],
    ["a planet with rings and two moons", "ringed planet | 2 moon; 0 beside 1"],
    ["a castle covered in candy", "castle | 5 candy; 0 scattered 1"],
    ["a cake decorated with candles", "cake | 3 candle; 1 on 0"],
    ["a dog covered in mud", "dog | mud; 0 in 1"],
    ["a woman in red", "woman | red dress; 0 body 1"],
    ["a boy in green", "boy | green shirt; 0 body 1"],
    ["a cat with green eyes", "cat"],
    ["a flag", "pennant flag"],
    ["a girl playing the piano", "girl | piano; 0 behind 1"],
    ["a bear playing a cello", "bear | cello; 0 beside 1"],
    ["a girl shooting a basketball into a hoop", "girl | basketball | hoop; 0 holding 1; 0 beside 2"],
    ["an apple for the teacher", "apple | teacher; 0 beside 1"],
    ["a family of bears", "3 bear"],
    ["a family of three bears", "3 bear"],
    ["a band of animals on a hill", "3 animal | hill; 0 on 1"],
    ["a pack of wolves on a hill", "3 wolf | hill; 0 on 1"],
    ["a tree and a swarm of bees", "tree | 5 bee; 0 beside 1"],
  ])("are read: %s", (text, expected) => expect(written(text)).toBe(expected));

  it.each([
    ["a blue bird on the left and a red bird on the right", "blue bird | red bird; 0 left 1"],
    ["a cat on the right, a dog on the left", "cat | dog; 0 right 1"],
    ["a cat on the right side and a dog", "cat | dog; 0 right 1"],
    ["on the left a cat, on the right a dog", "cat | dog; 0 left 1"],
    ["a house with a tree on the left", "house | tree; 0 right 1"],
    ["a sun at the top and a house at the bottom", "sun | house; 0 above 1"],
    ["a cat on the left of a dog", "cat | dog; 0 left 1"],
  ])("are sides of the picture: %s", (text, expected) => expect(written(text)).toBe(expected));
});

describe("places on a body", () => {
  it.each([
    ["a butterfly on a dog's nose", "butterfly | dog; 0 on 1"],
    ["a bird on the back of a hippo", "bird | hippo; 0 on 1"],
    ["a crown on a lion's head", "crown | lion; 1 head 0"],
    ["a cap on a dog", "cap | dog; 1 head 0"],
    ["a cap on a chair", "cap | chair; 0 on 1"],
    ["a blanket on a sleeping dog", "blanket | sleeping dog; 1 below 0"],
    ["a bird in a lion's mouth", "bird | lion; 1 mouth 0"],
    ["a baby in a woman's arms", "baby | woman; 1 holding 0"],
    ["a boy on his father's shoulders", "boy | father; 1 back 0"],
    ["a rhino with a bird on its horn", "rhino | bird; 0 head 1"],
    ["a seal balancing a ball on its nose", "seal | ball; 1 on 0"],
    ["a girl with a cat on her lap", "girl | cat; 0 holding 1"],
    ["a heart with a plaster on it", "heart | plaster; 1 on 0"],
    ["a bed with a monster under it", "bed | monster; 1 below 0"],
    ["a house and a tree behind it", "house | tree; 1 behind 0"],
    ["a car with a tree on the roof", "car | tree; 1 on 0"],
    ["a goat in a bath with an orange on its head", "goat | bath | orange; 0 in 1; 0 head 2"],
    ["a koala with her baby on her back", "koala | baby koala; 1 on 0"],
    ["a duck with three ducklings", "duck | 3 duckling; 0 beside 1"],
  ])("are read: %s", (text, expected) => expect(written(text)).toBe(expected));
});

describe("costumes and things of several", () => {
  it.each([
    ["a pirate cat", "cat | pirate hat; 0 head 1"],
    ["a tiny chef bear on a stool", "tiny bear | chef hat | stool; 0 head 1; 0 on 2"],
    ["a frog prince", "frog | crown; 0 head 1"],
    ["a cat dressed as a pirate", "cat | pirate hat; 0 head 1"],
    ["a cat in a pirate costume", "cat | pirate hat; 0 head 1"],
    ["a dog in a police uniform", "dog | police hat; 0 head 1"],
    ["a police dog", "dog | police hat; 0 head 1"],
    ["a cat dressed as a bee", "cat | bee costume; 0 body 1"],
    ["a dog in a santa outfit", "dog | santa hat; 0 head 1"],
    ["a detective duck", "duck | magnifying glass; 0 holding 1"],
    ["a king penguin on a rock", "king penguin | rock; 0 on 1"],
    ["a cat and a dog, both wearing caps", "cat | cap | dog | cap; 0 head 1; 0 beside 2; 2 head 3"],
    ["a cat and a dog in sunglasses", "cat | sunglasses | dog | sunglasses; 0 eyes 1; 0 beside 2; 2 eyes 3"],
    ["a cat and a dog wearing a cap", "cat | dog | cap; 0 beside 1; 1 head 2"],
    ["two bears both wearing scarves", "bear | scarf | bear | scarf; 0 neck 1; 0 beside 2; 2 neck 3"],
    ["two cats and three crowns", "2 cat | 3 crown; 0 beside 1"],
    ["an avocado couple", "2 avocado"],
  ])("are given to whom they belong: %s", (text, expected) => expect(written(text)).toBe(expected));
});

describe("parts of a being's own body", () => {
  it.each([
    ["an elephant with big ears and an umbrella", "elephant | umbrella; 0 holding 1"],
    ["a dog whose nose is red", "dog"],
    ["a woman with long hair and sunglasses", "woman | sunglasses; 0 eyes 1"],
    ["a bunny with floppy ears on a sofa", "bunny | sofa; 0 on 1"],
    ["a dragon with green scales", "dragon"],
    ["a spider with eight legs", "spider"],
    ["a snowman with a carrot nose", "snowman"],
    ["a fish with legs", "fish | 2 legs; 0 feet 1"],
    ["a cat with rabbit ears", "cat | 3 rabbit ear; 0 holding 1"],
    ["a rabbit with antlers", "rabbit | antlers; 0 head 1"],
    ["a cat with wings", "cat | wings; 0 around 1"],
  ])("are not drawn apart: %s", (text, expected) => expect(written(text)).toBe(expected));
});

describe("words with several meanings", () => {
  it.each([
    ["a cactus in a pot", "cactus | flower pot; 0 in 1"],
    ["a tennis player hitting a ball", "tennis player | tennis ball; 0 beside 1"],
    ["a dog with a ball", "dog | ball; 0 holding 1"],
    ["a boxer punching a bag", "boxer | punching bag; 0 beside 1"],
    ["a burger with a drink", "burger | soda can; 0 holding 1"],
    ["a hamster on a wheel", "hamster | hamster wheel; 0 on 1"],
    ["an astronaut holding a flag", "astronaut | pennant flag; 0 holding 1"],
    ["a golfer next to a flag", "golfer | flag; 0 beside 1"],
    ["a pea in a pot", "pea | pot; 0 in 1"],
    ["a kiwi eating a kiwi", "kiwi bird | kiwi; 0 holding 1"],
    ["a poodle with a pink bow", "poodle | pink hair bow; 0 neck 1"],
    ["an archer with a bow", "archer"],
    ["a frog in a paper boat", "frog | paper boat; 0 in 1"],
    ["an orange playing a drum", "orange | drum; 0 holding 1"],
    ["a cactus in a pot wearing a cap", "cactus | flower pot | cap; 0 in 1; 0 head 2"],
    ["a dog on a sofa with a book", "dog | sofa | book; 0 on 1; 0 holding 2"],
    ["a meerkat looking through binoculars", "meerkat | binoculars; 0 holding 1"],
    ["a kitten looking through a telescope", "kitten | telescope; 0 beside 1"],
    ["a kitten looking through a window", "kitten | window; 0 in 1"],
    ["a dog with its head out of a car window", "dog | car; 0 in 1"],
  ])("are read by what is beside them: %s", (text, expected) => expect(written(text)).toBe(expected));
});

describe("signs of two", () => {
  it("are a heart for a kiss, and hands and a head for each", () => {
    const read = (text: string) => splitScene(text, known, { hasDrawing: () => false, isName: () => false });
    expect(read("two snails kissing").parts).toEqual(["snail", "red heart"]);
    const holders = read("a bear and a fox, both holding pots");
    const paws = holders.relations.filter(({ kind }) => kind === "paws");
    expect(paws.map(({ subject }) => holders.parts[subject])).toEqual(["bear", "fox"]);
    const stand = ({ parts }: { parts: readonly string[] }): string[] =>
      parts.map((part) => (part === "bear" ? "standing bear" : part));
    const wearers = splitScene("two bears wearing scarves", known, { hasDrawing: () => false, stand });
    expect(wearers.relations.filter(({ kind }) => kind === "collar").map(({ subject }) => subject)).toEqual([
      0, 2,
    ]);
    const isKnown = (part: string): boolean => part !== "scarf";
    expect(removeUnknown(wearers, isKnown).parts).toEqual(["standing bear", "standing bear"]);
  });
});
