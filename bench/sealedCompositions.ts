/**
 * Writes a sealed set of compositions from a seed: npx tsx bench/sealedCompositions.ts FILE [SEED]
 * Draws 150 prompts of eleven relations from lists of things that people ask for; none is in another prompt file. The second half of each
 * list was added for the fifth set. Run it once and commit the file's SHA-256 to docs/quality.md before any picture of the set is
 * generated.
 */
import { readdir, writeFile } from "node:fs/promises";
import { loadPromptFile } from "../src/prompts/index.js";
import { createRandom } from "../src/tensor/index.js";

const [file, seed = "20261129"] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: npx tsx bench/sealedCompositions.ts FILE [SEED]");

const list = (words: string): string[] => words.split(",").map((word) => word.trim());
const animals = list(
  `cat, dog, bear, fox, rabbit, panda, koala, lion, tiger, monkey, frog, penguin, owl, pig, cow, horse, elephant, mouse, duck, chicken, turtle,
  octopus, unicorn, dinosaur, wolf, sheep, hedgehog, giraffe, parrot, crocodile,
  bee, whale, dolphin, shark, squirrel, deer, camel, kangaroo, sloth, hamster, swan, flamingo, peacock, seal, crab, snail, butterfly, lobster,
  bat, zebra, goat, raccoon, otter, beaver, gorilla, snake, bird, fish, ladybug, dragon`,
);
const figures = list(
  `robot, snowman, ghost, astronaut, alien, girl, boy, pirate, wizard, princess, king, queen, knight, clown, witch, vampire, fairy, mermaid,
  ninja, cowboy, baby, grandmother, old man, nurse, firefighter, police officer, chef, teacher, man, woman`,
);
const things = list(
  `apple, banana, strawberry, lemon, carrot, pumpkin, tomato, pizza, cupcake, doughnut, hamburger, ice cream, car, bus, truck, bicycle, boat,
  airplane, rocket, train, house, castle, tent, tree, cactus, flower, rose, mushroom, star, moon, sun, cloud, heart, book, guitar, drum, piano,
  umbrella, balloon, clock, key, chair, lamp, phone, camera, crown, hat, shoe, backpack, ball, candle, teapot, gift, rainbow, mountain,
  bench, table, bookshelf, sofa, fridge, street lamp, fence, barn, windmill, lighthouse, bridge, fountain, mailbox, tractor, submarine,
  helicopter, scooter, suitcase, telescope, microscope, trumpet, violin, laptop, television, printer, hammer, ladder, bucket, broom, pillow,
  rug, kettle, toaster, pancake, sandwich, cheese, avocado, pineapple, watermelon, grapes, cookie, pretzel, egg, volcano, sunflower,
  palm tree, snowflake, planet, anchor, trophy`,
);
const colours = list("red, orange, yellow, green, blue, purple, pink, black, white, brown");
const supports = list(
  `skateboard, bicycle, horse, elephant, turtle, bed, couch, chair, bench, table, mushroom, pumpkin, cake, pizza, book, boat, car, truck, train,
  rocket, cloud, moon, mountain, tree, leaf, house, surfboard, drum, gift, hat,
  rug, pillow, sofa, stool, ladder, fence, bridge, roof, barrel, suitcase, pancake, cheese, iceberg, rock, tree stump, swing, sled, raft,
  scooter, tractor, globe, piano, whale, camel`,
);
const worn = list(
  `hat, top hat, crown, cap, helmet, graduation cap, sunglasses, glasses, goggles, scarf, tie, bow, necklace, dress, shirt, jacket, coat, boots,
  headphones, backpack, mask,
  cowboy hat, wizard hat, chef hat, party hat, beanie, tiara, sweater, hoodie, vest, apron, cape, kimono, swimsuit, skirt, belt, gloves,
  sneakers, sandals, high heels, socks, earrings, watch, bow tie, monocle, ribbon`,
);
const held = list(
  `balloon, flower, umbrella, sword, flag, heart, star, apple, banana, carrot, ice cream, pizza, fish, book, candle, gift, guitar, trumpet, key,
  ball, cup of coffee, lollipop, magnifying glass, camera, broom, pencil, cake, lantern, bone, rose,
  hammer, axe, shield, bow and arrow, fishing rod, paintbrush, microphone, telescope, teddy bear, pumpkin, trophy, map, suitcase, bucket,
  shovel, torch, spoon, fork, sandwich, hot dog, cheese, watermelon, egg, snowflake, sunflower, kite, drum, violin, laptop, newspaper`,
);
const contained = list(
  `cat, dog, mouse, rabbit, frog, duck, bear, fish, bird, snake, monkey, penguin, flower, apple, egg, strawberry, lemon, pencil, star, heart,
  key, candle, hamster, squirrel, butterfly, crab, snail, otter, raccoon, baby, ghost, alien, robot, carrot, pineapple, cookie, banana,
  sunflower, cactus, umbrella, trumpet, teddy bear, ball, book`,
);
const containers = list(
  `box, basket, bowl, cup, teacup, glass, jar, bottle, bathtub, bucket, hat, boot, nest, car, bus, boat, airplane, tent, house, cage, bag, backpack,
  shopping cart, flower pot, hot air balloon,
  barrel, crate, suitcase, fishbowl, birdcage, pond, swimming pool, sink, teapot, pan, bowl of soup, shoe, helicopter, submarine,
  rocket, garbage can, treasure chest, mailbox, fridge, cave, igloo, barn`,
);
const roofs = list(
  "umbrella, tree, table, bridge, rainbow, cloud, moon, bed, parasol, palm tree, mushroom, street lamp, chair, helicopter, tent, star",
);
const views = list(
  "house, castle, mountain, tree, barn, windmill, lighthouse, rainbow, school, church, volcano, fence, bus, truck, fountain, forest, waterfall",
);
const mounts = list(
  "horse, elephant, camel, bicycle, scooter, motorcycle, skateboard, dragon, unicorn, whale, turtle, tractor, sled, ostrich, pig, snail",
);

const random = createRandom(seed).stream("sealed compositions");
const pick = (from: readonly string[]): string => from[random.integer(from.length)]!;
const beings = [...animals, ...figures];
/** A thing, one in four with a colour. */
const maybeColoured = (from: readonly string[]): string =>
  random.uniform() < 0.25 ? `${pick(colours)} ${pick(from)}` : pick(from);

const thing = (): string => maybeColoured([...animals, ...things]);
/** Number of prompts of each relation, and how one is drawn. */
const kinds: Readonly<Record<string, readonly [count: number, draw: () => string]>> = {
  colour: [15, () => `${pick(colours)} ${pick([...things, ...animals])}`],
  beside: [15, () => `${maybeColoured([...beings, ...things])} beside ${thing()}`],
  on: [15, () => `${maybeColoured(beings)} on ${maybeColoured(supports)}`],
  wearing: [20, () => `${pick(beings)} wearing ${maybeColoured(worn)}`],
  holding: [20, () => `${pick(beings)} holding ${maybeColoured(held)}`],
  in: [15, () => `${pick(contained)} in ${maybeColoured(containers)}`],
  under: [10, () => `${maybeColoured(beings)} under ${maybeColoured(roofs)}`],
  behind: [10, () => `${maybeColoured(beings)} behind ${thing()}`],
  "in front of": [10, () => `${maybeColoured([...beings, ...things])} in front of ${maybeColoured(views)}`],
  riding: [10, () => `${maybeColoured(beings)} riding ${maybeColoured(mounts)}`],
  between: [10, () => `${maybeColoured(beings)} between ${pick([...animals, ...things])} and ${thing()}`],
};
const relations = /^(?:beside|on|wearing|holding|in|under|behind|in front of|riding|between|and)$/;
const splitRelations = (text: string): string[] =>
  text.split(/ (beside|on|wearing|holding|in front of|in|under|behind|riding|between|and(?! arrow)) /);
const plural = /(?:glasses|goggles|boots|headphones|gloves|sneakers|sandals|heels|socks|earrings|grapes)$/;
/** A thing with its article. */
const withArticle = (text: string): string =>
  plural.test(text) ? text : `${/^[aeiou](?!ni)/.test(text) ? "an" : "a"} ${text}`;
const sentence = (text: string): string =>
  splitRelations(text)
    .map((part) => (relations.test(part) ? part : withArticle(part)))
    .join(" ");

const others = (await readdir("prompts")).filter((name) => name.endsWith(".yaml") && !file.endsWith(name));
const bare = (text: string): string => text.toLowerCase().replace(/\b(?:a|an|the) /g, "");
const known = new Set<string>();
for (const name of others)
  for (const { text } of (await loadPromptFile(`prompts/${name}`)).terms) known.add(bare(text ?? ""));

const lines = [
  "# yaml-language-server: $schema=./schema.json",
  `description: Sealed test set of seed ${seed}. 150 compositions of ${Object.keys(kinds).length} relations, drawn by bench/sealedCompositions.ts; none is in another prompt file.`,
  "prompts:",
];
for (const [kind, [number, draw]] of Object.entries(kinds)) {
  lines.push(`  # ${kind}`);
  for (let count = 0; count < number;) {
    const text = sentence(draw());
    const named = splitRelations(bare(text)).filter((part) => !relations.test(part));
    if (known.has(bare(text)) || new Set(named).size < named.length) continue;
    known.add(bare(text));
    lines.push(`  - ${text}`);
    count++;
  }
}
await writeFile(file, `${lines.join("\n")}\n`);
