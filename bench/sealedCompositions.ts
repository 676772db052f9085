/**
 * Writes a sealed set of compositions from a seed: npx tsx bench/sealedCompositions.ts FILE [SEED]
 * Draws 150 prompts, 25 of each relation, from lists of things that people ask for; none is in another prompt file. Run it once and commit
 * the file's SHA-256 to docs/quality.md before any picture of the set is generated.
 */
import { readdir, writeFile } from "node:fs/promises";
import { loadPromptFile } from "../src/prompts/index.js";
import { createRandom } from "../src/tensor/index.js";

const [file, seed = "20261129"] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: npx tsx bench/sealedCompositions.ts FILE [SEED]");

const list = (words: string): string[] => words.split(",").map((word) => word.trim());
const animals = list(
  `cat, dog, bear, fox, rabbit, panda, koala, lion, tiger, monkey, frog, penguin, owl, pig, cow, horse, elephant, mouse, duck, chicken, turtle,
  octopus, unicorn, dinosaur, wolf, sheep, hedgehog, giraffe, parrot, crocodile`,
);
const figures = list("robot, snowman, ghost, astronaut, alien, girl, boy, pirate, wizard, princess");
const things = list(
  `apple, banana, strawberry, lemon, carrot, pumpkin, tomato, pizza, cupcake, doughnut, hamburger, ice cream, car, bus, truck, bicycle, boat,
  airplane, rocket, train, house, castle, tent, tree, cactus, flower, rose, mushroom, star, moon, sun, cloud, heart, book, guitar, drum, piano,
  umbrella, balloon, clock, key, chair, lamp, phone, camera, crown, hat, shoe, backpack, ball, candle, teapot, gift, rainbow, mountain`,
);
const colours = list("red, orange, yellow, green, blue, purple, pink, black, white, brown");
const supports = list(
  `skateboard, bicycle, horse, elephant, turtle, bed, couch, chair, bench, table, mushroom, pumpkin, cake, pizza, book, boat, car, truck, train,
  rocket, cloud, moon, mountain, tree, leaf, house, surfboard, drum, gift, hat`,
);
const worn = list(
  `hat, top hat, crown, cap, helmet, graduation cap, sunglasses, glasses, goggles, scarf, tie, bow, necklace, dress, shirt, jacket, coat, boots,
  headphones, backpack, mask`,
);
const held = list(
  `balloon, flower, umbrella, sword, flag, heart, star, apple, banana, carrot, ice cream, pizza, fish, book, candle, gift, guitar, trumpet, key,
  ball, cup of coffee, lollipop, magnifying glass, camera, broom, pencil, cake, lantern, bone, rose`,
);
const contained = list(
  "cat, dog, mouse, rabbit, frog, duck, bear, fish, bird, snake, monkey, penguin, flower, apple, egg, strawberry, lemon, pencil, star, heart, key, candle",
);
const containers = list(
  `box, basket, bowl, cup, teacup, glass, jar, bottle, bathtub, bucket, hat, boot, nest, car, bus, boat, airplane, tent, house, cage, bag, backpack,
  shopping cart, flower pot, hot air balloon`,
);

const random = createRandom(seed).stream("sealed compositions");
const pick = (from: readonly string[]): string => from[random.integer(from.length)]!;
const beings = [...animals, ...figures];
/** A thing, one in four with a colour. */
const maybeColoured = (from: readonly string[]): string =>
  random.uniform() < 0.25 ? `${pick(colours)} ${pick(from)}` : pick(from);

const kinds: Readonly<Record<string, () => string>> = {
  colour: () => `${pick(colours)} ${pick([...things, ...animals])}`,
  beside: () => `${maybeColoured([...beings, ...things])} beside ${maybeColoured([...animals, ...things])}`,
  on: () => `${maybeColoured(beings)} on ${maybeColoured(supports)}`,
  wearing: () => `${pick(beings)} wearing ${maybeColoured(worn)}`,
  holding: () => `${pick(beings)} holding ${maybeColoured(held)}`,
  in: () => `${pick(contained)} in ${maybeColoured(containers)}`,
};
const plural = /(?:glasses|goggles|boots|headphones)$/;
/** A thing with its article. */
const withArticle = (thing: string): string =>
  plural.test(thing) ? thing : `${/^[aeiou](?!ni)/.test(thing) ? "an" : "a"} ${thing}`;
const sentence = (text: string): string =>
  text
    .split(/ (beside|on|wearing|holding|in) /)
    .map((part, at) => (at % 2 === 1 ? part : withArticle(part)))
    .join(" ");

const others = (await readdir("prompts")).filter((name) => name.endsWith(".yaml") && !file.endsWith(name));
const bare = (text: string): string => text.toLowerCase().replace(/\b(?:a|an|the) /g, "");
const known = new Set<string>();
for (const name of others)
  for (const { text } of (await loadPromptFile(`prompts/${name}`)).terms) known.add(bare(text ?? ""));

const lines = [
  "# yaml-language-server: $schema=./schema.json",
  `description: Sealed test set of seed ${seed}. 150 compositions, 25 of each relation, drawn by bench/sealedCompositions.ts; none is in another prompt file.`,
  "prompts:",
];
for (const [kind, draw] of Object.entries(kinds)) {
  lines.push(`  # ${kind}`);
  for (let count = 0; count < 25;) {
    const text = sentence(draw());
    const [first, second] = bare(text).split(/ (?:beside|on|wearing|holding|in) /);
    if (known.has(bare(text)) || first === second) continue;
    known.add(bare(text));
    lines.push(`  - ${text}`);
    count++;
  }
}
await writeFile(file, `${lines.join("\n")}\n`);
