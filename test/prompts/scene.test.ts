import { describe, expect, it } from "vitest";
import { singularOf } from "../../src/prompts/counts.js";
import {
  type RelationKind,
  findBody,
  listBodyTexts,
  splitScene,
  removeUnknown,
} from "../../src/prompts/index.js";
import { cpuSeconds } from "../cpuTime.js";

const known = new Set(
  ["cat with tears of joy", "man in tuxedo", "cloud with rain", "bow and arrow", "house with garden", "two hearts", "heart on fire", "crying cat"], // prettier-ignore
);

/** "cat | crown: 0 head 1". */
function written(text: string, most = 3, all = false): string {
  const hasDrawing = all ? () => false : undefined;
  const { parts: names, counts, relations } = splitScene(text, known, { most, hasDrawing });
  const parts = names.map((part, at) => (counts[at]! > 1 ? `${counts[at]!} ${part}` : part));
  const pairs = relations.map(({ subject, kind, object }) => `${subject} ${kind} ${object}`);
  return [parts.join(" | "), ...pairs].join("; ");
}

describe("splitting a prompt into things", () => {
  it.each([
    ["a cat wearing a crown", "cat | crown; 0 head 1"],
    ["a dog chasing a ball", "dog | ball; 0 beside 1"],
    ["a fox hiding behind a bush", "fox | bush; 0 behind 1"],
    ["a tiger peeking out from behind a curtain", "tiger | curtain; 0 behind 1"],
    ["a cat crawling out from under a table", "cat | table; 0 below 1"],
    ["a dog with a duckling", "dog | duckling; 0 holding 1"],
    ["a hen with a chick at her side", "hen | chick; 0 beside 1"],
    ["a cow with a bell around its neck", "cow | bell; 0 neck 1"],
    ["an elephant holding a brush with its trunk", "elephant | brush; 0 holding 1"],
    ["a panda gripping a stick in its paws", "panda | stick; 0 holding 1"],
    ["a fisherman holding up a trout", "fisherman | trout; 0 holding 1"],
    ["a girl holding a basket of eggs", "girl | basket | 3 egg; 0 holding 1; 2 in 1"],
    ["a waiter carrying a tray of drinks", "waiter | tray | 3 drink; 0 holding 1; 2 on 1"],
    ["a vase of tulips on a shelf", "vase | 3 tulip | shelf; 1 in 0; 0 on 2"],
    ["a mushroom with a gnome underneath", "mushroom | gnome; 1 below 0"],
    ["a baby in a knitted bonnet", "baby | knitted bonnet; 0 head 1"],
    ["a pencil with an eraser next to it", "pencil | eraser; 0 beside 1"],
    ["two cats kissing beside a tree", "2 cat | tree; 0 beside 1"],
    ["a house squeezed between two trees", "house | tree | tree; 0 leftFlank 1; 0 rightFlank 2"],
    ["a baby between its parents", "baby | mother | father; 0 leftFlank 1; 0 rightFlank 2"],
    [
      "a baby elephant walking between its parents",
      "baby elephant | elephant | elephant; 0 leftFlank 1; 0 rightFlank 2",
    ],
    ["a calf standing next to its mother", "calf | cow; 0 beside 1"],
    ["a yellow duckling beside its mother", "yellow duckling | duck; 0 beside 1"],
    ["a wolf howling at the moon", "wolf | moon; 0 below 1"],
    ["a dog barking at a cat", "dog | cat; 0 beside 1"],
    ["a boy with a dog and his mother", "boy | dog | mother; 0 beside 1; 1 beside 2"],
    ["a dog beside a mummy", "dog | mummy; 0 beside 1"],
    ["a cat squashed between two pillows", "cat | pillow | pillow; 0 leftFlank 1; 0 rightFlank 2"],
    ["a dachshund riding along in a shopping cart", "dachshund | shopping cart; 0 in 1"],
    ["a pig taking a bath in a wooden tub", "pig | wooden tub; 0 in 1"],
    ["a girl with a daisy in her hair", "girl | daisy; 0 head 1"],
    ["a soldier in a uniform and a cap", "soldier | cap; 0 head 1"],
    ["a king in a crown and a robe", "king | robe; 0 body 1"],
    ["a boy swinging on a swing", "boy | swing; 0 on 1"],
    ["a boy swinging a bat", "boy | bat; 0 holding 1"],
    ["a boy holding a ball with both hands", "boy | ball; 0 holding 1"],
    ["a bird with its wings", "bird | wings; 0 around 1"],
    ["a tray full of cookies", "tray | 3 cookie; 1 on 0"],
    ["a girl with a jar full of cookies", "girl | jar | 3 cookie; 0 holding 1; 2 in 1"],
    ["a woman seated on a sofa reading a book", "woman | sofa | book; 0 on 1; 0 holding 2"],
    ["a row of three ducks beside a pond", "3 duck | pond; 0 beside 1"],
    ["a santa stocking and a candle", "santa stocking | candle; 0 beside 1"],
    ["a row of houses behind a tree", "3 house | tree; 0 behind 1"],
    ["a scarecrow between two rows of corn", "scarecrow | corn | corn; 0 leftFlank 1; 0 rightFlank 2"],
    ["a running shoe", "running shoe"],
    ["a building", "building"],
    ["a dog on a skateboard", "dog | skateboard; 0 on 1"],
    ["A dog sitting on top of the car!", "dog | car!; 0 on 1"],
    ["a red apple and a green pear", "red apple | green pear; 0 beside 1"],
    ["an owl holding a balloon", "owl | balloon; 0 holding 1"],
    ["a squirrel with an acorn in its paws", "squirrel | acorn; 0 holding 1"],
    ["a dog with a ball in its mouth beside a tree", "dog | ball | tree; 0 mouth 1; 0 beside 2"],
    ["a knight on horseback", "knight | horse; 0 riding 1"],
    ["a chair side by side with a lamp", "chair | lamp; 0 beside 1"],
    ["a mouse riding a paper plane", "mouse | paper plane; 0 riding 1"],
    ["a cup and a spoon side by side", "cup | spoon; 0 beside 1"],
    ["a house under a rainbow", "house | rainbow; 0 below 1"],
    ["a star above the moon", "star | moon; 0 above 1"],
    ["a cat between a dog and a cow", "cat | dog | cow; 0 leftFlank 1; 0 rightFlank 2"],
    [
      "a red bird standing in between a hut and a tree",
      "red bird | hut | tree; 0 leftFlank 1; 0 rightFlank 2",
    ],
    ["a bridge between two trees", "bridge | tree | tree; 0 leftFlank 1; 0 rightFlank 2"],
    ["a cat riding a snail", "cat | snail; 0 riding 1"],
    ["cat sitting on a sofa reading a book", "cat | sofa | book; 0 on 1; 0 holding 2"],
    ["a boy wearing a watch", "boy | watch; 0 wrist 1"],
    ["a dog wearing a cape", "dog | cape; 0 back 1"],
    ["a fish in a bowl", "fish | bowl; 0 in 1"],
    ["a cat next to a dog", "cat | dog; 0 beside 1"],
    ["a bear with an umbrella", "bear | umbrella; 0 holding 1"],
    ["pumpkin with sunglasses", "pumpkin | sunglasses; 0 eyes 1"],
    ["mushroom with a smiling face", "mushroom | smiling face; 0 face 1"],
    ["burger with wings", "burger | wings; 0 around 1"],
    ["soccer ball on fire", "soccer ball | fire; 0 around 1"],
    ["a cat in front of a house", "cat | house; 0 front 1"],
    ["a cat to the left of a dog", "cat | dog; 0 left 1"],
  ])("reads %s", (text, expected) => expect(written(text)).toBe(expected));

  it.each([
    ["a cat wearing a hat and a scarf", "cat | hat | scarf; 0 head 1; 0 neck 2"],
    ["apple with a worm and a hat", "apple | worm | hat; 0 holding 1; 0 head 2"],
    ["a cat wearing a hat on a skateboard", "cat | hat | skateboard; 0 head 1; 0 on 2"],
    ["a ghost holding a balloon and a candle", "ghost | balloon | candle; 0 holding 1; 0 holding 2"],
    ["a cat wearing a hat and a dog wearing a scarf", "cat | hat | dog; 0 head 1; 0 beside 2"],
    ["a bird on a hat on a cat", "bird | hat | cat; 0 on 1; 2 head 1"],
  ])("gives each thing of three to its bearer: %s", (text, expected) => expect(written(text)).toBe(expected));

  it.each(["a cat with tears of joy", "man in tuxedo", "a cloud with rain", "bow and arrow", "heart on fire", "two hearts", "an apple", "a black and white cat", "a cat in cartoon style"])(
    "leaves %s whole",
    (text) => expect(splitScene(text, known).parts).toEqual([text.replace(/^an? /, "").replace("in a", "in")]),
  ); // prettier-ignore

  it.each([
    ["a duck wearing wellies", "duck | wellies; 0 feet 1"],
    ["a dog wearing leg warmers", "dog | 2 leg warmers; 0 feet 1"],
    ["a bear wearing purple earmuffs", "bear | purple earmuffs; 0 head 1"],
    ["a goose wearing a bonnet", "goose | bonnet; 0 head 1"],
    ["a pug wearing a red bandana", "pug | red bandana; 0 neck 1"],
    ["a viking wearing swim trunks", "viking | swim trunks; 0 body 1"],
    ["a cow wearing gribbles", "cow | gribbles; 0 body 1"],
    ["a cat with a cardigan", "cat | cardigan; 0 body 1"],
  ])("gives what is worn its place, as one thing: %s", (text, expected) =>
    expect(written(text)).toBe(expected),
  );

  it("lays out people and animals for the drawings that stand for them", () => {
    const names = new Map([["schoolgirl", "girl"], ["tiny dark red pug", "dog"], ["butcher", "cook"], ["yeti", "man"]]); // prettier-ignore
    const read = (text: string) => {
      const { parts } = splitScene(text, known, {
        hasDrawing: () => false,
        beingOf: (name) => names.get(name),
      });
      return parts;
    };
    expect(read("a schoolgirl next to a tiny dark red pug")).toEqual(["girl", "tiny dark red dog"]);
    expect(read("a butcher holding a ham")).toEqual(["cook", "ham", "brown circle"]);
    expect(read("a yeti next to a gribble")).toEqual(["yeti", "gribble"]);
  });

  it.each([
    ["a magician holding a wand", "magician"],
    ["a witch with a broom next to a cat", "witch | cat; 0 beside 1"],
    ["a lumberjack holding a saw", "lumberjack | saw; 0 holding 1"],
    ["a witch next to a broom", "witch | broom; 0 beside 1"],
    ["a king holding a crown", "king | crown; 0 holding 1"],
  ])("does not add what a drawing holds: %s", (text, expected) => expect(written(text)).toBe(expected));

  it("leaves out the hands of a holder without a drawing, and of one whose thing has none", () => {
    const scene = splitScene("a beekeeper holding a comb", known, { hasDrawing: () => false });
    for (const missing of ["beekeeper", "comb"]) {
      const { parts, relations } = removeUnknown(scene, (part) => part !== missing);
      expect(parts).toEqual([missing === "comb" ? "beekeeper" : "comb"]);
      expect(relations).toEqual([]);
    }
  });

  it.each([
    ["a girl with a horse", "girl | horse; 0 beside 1"],
    ["a farmer with a red tractor", "farmer | red tractor; 0 beside 1"],
    ["a girl with a kitten", "girl | kitten; 0 holding 1"],
    ["a girl with a toy car", "girl | toy car; 0 holding 1"],
    ["a girl holding a dog", "girl | dog; 0 holding 1"],
    ["a garden with a tree", "garden | tree; 0 holding 1"],
  ])("puts what is too large to be held beside who has it: %s", (text, expected) =>
    expect(written(text)).toBe(expected),
  );

  it("takes a name in the plural for one drawing, whatever its colour", () => {
    const names = new Set(["binoculars"]);
    const { counts } = splitScene("a cat holding red binoculars next to hats", names);
    expect(counts).toEqual([1, 1, 1]);
    expect(splitScene("a cat holding pears", names).counts).toEqual([1, 3]);
  });

  it("keeps a known name whole within a scene, whatever its articles", () => {
    expect(written("a house with a garden on the moon")).toBe("house with garden | moon; 0 on 1");
    expect(written("a cloud with rain above a cat")).toBe("cloud with rain | cat; 0 above 1");
  });

  it("gives a colour that stands alone the thing that follows", () => {
    expect(written("a red and a green apple")).toBe("red apple | green apple; 0 beside 1");
  });

  it.each([
    ["a dog in a hat", "dog | hat; 0 head 1"],
    ["a key in a hat", "key | hat; 0 in 1"],
    ["a dog wearing a backpack", "dog | backpack; 0 back 1"],
    ["a mouse in a shoe", "mouse | shoe; 0 in 1"],
  ])("reads what is worn by what is in it: %s", (text, expected) => expect(written(text)).toBe(expected));

  it.each([
    ["a fox in the rain", "fox | gray square | green square | 2 rain cloud; 0 backdrop 1; 0 ground 2; 0 aloft 3"],
    ["an alien in outer space", "alien | dark navy square | saturn | 3 star; 0 backdrop 1; 0 aloft 2; 0 aloft 3"],
    ["at night a cat on a car", "cat | car | navy square | moon | 3 star; 0 on 1; 0 backdrop 2; 0 aloft 3; 0 aloft 4"],
    ["a crab on the beach at night", "crab | navy square | blue square | beige square | palm tree | moon | 3 star; 0 backdrop 1; 0 sea 2; 0 ground 3; 0 scenery 4; 0 aloft 5; 0 aloft 6"],
    ["a cat in a cozy room", "cat | pale yellow square | tan square | window; 0 backdrop 1; 0 ground 2; 0 aloft 3"],
    ["a cat in the kitchen", "cat | pale yellow square | tan square | window | refrigerator; 0 backdrop 1; 0 ground 2; 0 aloft 3; 0 scenery 4"],
    ["a bear by the river", "bear | light blue square | blue square | green square | cloud; 0 backdrop 1; 0 sea 2; 0 ground 3; 0 aloft 4"],
    ["a duck in a lake in spring", "duck | light blue square | blue square | cloud | sun; 0 backdrop 1; 0 immersed 2; 0 aloft 3; 0 aloft 4"],
    ["a fox under a full moon", "fox | navy square | full moon | 3 star; 0 backdrop 1; 0 aloft 2; 0 aloft 3"],
    ["a fox on a full moon", "fox | full moon; 0 on 1"],
    ["a car on a rainy evening", "car | gray square | green square | 2 rain cloud; 0 backdrop 1; 0 ground 2; 0 aloft 3"],
    ["a baker pulling bread out of the oven", "baker | bread | oven | 2 brown circle; 0 holding 1; 0 beside 2; 0 paws 3"],
    ["a dog on a beach ball", "dog | beach ball; 0 on 1"],
    ["a cat in a box", "cat | box; 0 in 1"],
    ["a house under a tree", "house | tree; 0 below 1"],
    ["a plane over the sea", "plane | sea; 0 above 1"],
    ["a cat sleeping on a book", "cat | book | zzz; 0 on 1; 0 mark 2"],
    ["an angry tomato", "tomato | angry face; 0 face 1"],
    ["a sad pizza with a crying face", "pizza | crying face; 0 face 1"],
    ["a crying cat", "crying cat"],
    ["a cat crying in the snow", "crying cat | light blue square | white square | 3 snowflake; 0 backdrop 1; 0 ground 2; 0 aloft 3"],
    ["a happy dog", "happy dog"],
    ["a bird in the night and a bear at night", "bird | bear | navy square | moon | 3 star; 0 beside 1; 0 backdrop 2; 0 aloft 3; 0 aloft 4"],
  ])("reads settings and states: %s", (text, expected) => expect(written(text, 3, true)).toBe(expected)); // prettier-ignore

  it("reads things alone where no drawings of states are told", () => {
    expect(written("a fox in the rain")).toBe("fox | rain; 0 in 1");
    expect(written("an angry tomato")).toBe("angry tomato");
  });

  it("leaves out the sign of a thing without a drawing, and keeps the setting around the others", () => {
    const scene = splitScene("a sleeping carpet next to a cat at night", known, { hasDrawing: () => false });
    const { parts, relations, unknown } = removeUnknown(scene, (part) => part !== "carpet");
    expect([parts, unknown]).toEqual([["cat", "navy square", "moon", "star"], ["carpet"]]);
    expect(relations.map(({ subject, kind }) => `${subject} ${kind}`)).toEqual([
      "0 backdrop",
      "0 aloft",
      "0 aloft",
    ]);
    const alone = splitScene("a carpet at night", known, { hasDrawing: () => false });
    expect(removeUnknown(alone, (part) => part !== "carpet").parts).toEqual([]);
  });

  it("splits a known name with and at an article, and after between", () => {
    const names = new Set(["fork and knife"]);
    const partsOf = (text: string): readonly string[] => splitScene(text, names).parts;
    expect(partsOf("a plate with fork and knife")).toEqual(["plate", "fork and knife"]);
    expect(partsOf("a spoon between a fork and a knife")).toEqual(["spoon", "fork", "knife"]);
    expect(partsOf("a spoon between fork and knife")).toEqual(["spoon", "fork", "knife"]);
  });

  it.each([
    ["a cat with a cat", "cat | cat; 0 beside 1"],
    ["two foxes", "2 fox"],
    ["three red hearts", "3 red heart"],
    ["a pair of cherries", "2 cherry"],
    ["a pencil and a pair of scissors", "pencil | scissors; 0 beside 1"],
    ["a cat and two mice", "cat | 2 mouse; 0 beside 1"],
    ["three stars above a house", "3 star | house; 0 above 1"],
    ["a tree with hearts", "tree | 3 heart; 0 scattered 1"],
    ["a cactus with two red flowers", "cactus | 2 red flower; 0 scattered 1"],
    ["a glass of water", "glass of water"],
  ])("counts the things of %s", (text, expected) => expect(written(text)).toBe(expected));

  it.each([
    ["mice", "mouse"],
    ["foxes", "fox"],
    ["glasses", "glass"],
    ["red cherries", "red cherry"],
    ["bus", undefined],
    ["cat", undefined],
    ["glass", undefined],
  ])("knows the singular of %s", (plural, singular) => expect(singularOf(plural)).toBe(singular));

  it("leaves out things without a drawing, and keeps the others together", () => {
    const isKnown = (part: string): boolean => part !== "carpet";
    expect(removeUnknown(splitScene("a cat on a carpet next to a dog", known), isKnown)).toEqual({
      parts: ["cat", "dog"],
      counts: [1, 1],
      relations: [{ subject: 0, kind: "beside", object: 1 }],
      unknown: ["carpet"],
    });
    expect(removeUnknown(splitScene("a carpet on a carpet", known), isKnown).parts).toEqual([]);
  });

  it("lets an animal stand on what has it", () => {
    expect(written("moon with a sleeping cat")).toBe("moon | sleeping cat; 1 on 0");
    expect(written("a cat with a pot")).toBe("cat | pot; 0 holding 1");
  });

  it("lists what is beyond the limit", () => {
    const { parts, relations, omitted } = splitScene("a cat, a dog, a bird, a fish and a cow", known);
    expect([parts, omitted]).toEqual([
      ["cat", "dog", "bird"],
      ["fish", "cow"],
    ]);
    expect(relations).toHaveLength(2);
    expect(splitScene("a cat and a dog", known, { most: 1 }).parts).toEqual(["cat and dog"]);
  });

  it.each([
    ["a star above and below the moon", ["star above moon", "star below moon"]],
    ["a cat on a dog on the cat", ["cat on dog", "dog on cat"]],
  ])("names both sides of a contradiction: %s", (text, pair) => {
    const { contradictions, relations } = splitScene(text, known);
    expect(contradictions).toEqual([pair]);
    expect(relations).toHaveLength(1);
  });

  it("connects all parts, each with an index of its own", () => {
    for (const text of [
      "a cat on a mat and a dog in a box",
      "sun, moon and stars",
      "an ant by a bee near a fly",
    ]) {
      const { parts, relations } = splitScene(text, known);
      expect(relations).toHaveLength(parts.length - 1);
      for (const { subject, object } of relations) expect(subject).not.toBe(object);
    }
  });

  it.each([
    ["a bear holding a pot", "bear | pot | 2 brown circle; 0 holding 1; 0 paws 2"],
    ["a cat playing the guitar", "cat | guitar | 2 brown circle; 0 holding 1; 0 paws 2"],
    ["an owl holding a pot", "owl | pot | 2 brown circle; 0 holding 1; 0 paws 2"],
    ["an elephant holding a pot", "elephant | pot; 0 holding 1"],
    ["a horse holding a pot", "horse | pot; 0 holding 1"],
    ["a child flying a kite", "child | kite | 2 brown circle; 0 holding 1; 0 paws 2"],
    ["a bear next to a pot", "bear | pot; 0 beside 1"],
  ])("gives paws to what holds a thing and has a body: %s", (text, expected) =>
    expect(written(text, 3, true)).toBe(expected),
  );

  it("draws a hot air balloon with something in it as a basket below a balloon", () => {
    expect(written("a duck in an orange hot air balloon", 3, true)).toBe(
      "duck | basket | orange hot air balloon; 1 below 2; 0 in 1",
    );
    expect(written("a hot air balloon", 3, true)).toBe("hot air balloon");
  });

  it("shows talking by a speech balloon, of several people too", () => {
    expect(written("two men talking", 3, true)).toBe("2 man | speech balloon; 0 mark 1");
  });

  it.each([
    ["a cat wearing a tie", "round"],
    ["a robot wearing a scarf", "round"],
    ["a rabbit wearing boots", "round"],
    ["a girl wearing a necklace", "clothed"],
    ["a boy kicking a ball", "clothed"],
    ["a cat wearing a hat", undefined],
    ["a unicorn holding an apple", undefined],
    ["a boy next to a tree", "clothed"],
    ["a boy next to a girl", undefined],
    ["a cat next to a tree", undefined],
  ])("gives a head the body that it needs: %s", (text, body) => {
    expect(findBody(splitScene(text, known, { hasDrawing: () => false }), 0)).toBe(body);
  });

  it.each([
    ["a basket of eggs", "basket | 3 egg; 1 in 0"],
    ["a cat and a bowl of soup", "cat | bowl of soup; 0 beside 1"],
    ["a tree full of birds", "tree | 3 bird; 1 in 0"],
    ["a bear with mushrooms", "bear | 3 mushroom | 2 brown circle; 0 holding 1; 0 paws 2"],
    ["a frog wearing boots", "frog | 2 boots; 0 feet 1"],
    ["a dozen roses", "12 rose"],
    ["seven 7", "7 7"],
    ["mushrooms", "mushrooms"],
    ["a cat with glasses", "cat | glasses; 0 eyes 1"],
  ])("reads containers and numbers: %s", (text, expected) => expect(written(text, 3, true)).toBe(expected));

  it("keeps the name of a thing in a container", () => {
    const options = { hasDrawing: () => false, isName: (phrase: string) => phrase === "bowl of rice" };
    expect(splitScene("a bowl of rice", known, options).parts).toEqual(["bowl of rice"]);
  });

  it.each([
    ["a snail with a house on its back", "snail | house; 1 on 0"],
    ["a cake with candles", "cake | 3 candle; 1 on 0"],
    ["ice cream with a cherry on top", "ice cream | cherry; 1 on 0"],
    ["a pumpkin with a candle inside", "pumpkin | candle; 1 in 0"],
    ["a cat with a bird on its head on a sofa", "cat | bird | sofa; 0 head 1; 0 on 2"],
    ["a parrot on a pirate's shoulder", "parrot | pirate; 1 back 0"],
    ["a parrot on the shoulder of a girl", "parrot | girl; 1 back 0"],
    ["an owl on a shoulder", "owl | man; 1 back 0"],
    ["a pirate with a parrot on his shoulder", "pirate | parrot; 0 back 1"],
    ["a dog dreaming of a bone", "dog | bone | thought balloon; 0 mark 2; 1 in 2"],
    ["a rocket flying to the moon", "rocket | moon; 0 below 1"],
  ])("puts things where the words after them say: %s", (text, expected) =>
    expect(written(text, 3, true)).toBe(expected),
  );

  it.each([
    ["a king wearing a crown", "king"],
    ["a wizard with a pointy hat", "wizard"],
    ["a king wearing a crown on a horse", "king | horse; 0 on 1"],
    ["a king wearing a blue crown", "king | blue crown; 0 head 1"],
    ["a cat wearing a crown", "cat | crown; 0 head 1"],
    ["a king and a crown", "king | crown; 0 beside 1"],
  ])("does not add what a person's drawing wears already: %s", (text, expected) =>
    expect(written(text)).toBe(expected),
  );

  it("leaves parts of a setting out where a scene has no layers for them", () => {
    const texts = written("a bear holding a pot on the beach at night", 3, true).split(";")[0];
    expect(texts).toBe("bear | pot | 2 brown circle | navy square | blue square | beige square | palm tree");
  });
});

describe("a long prompt", () => {
  it.each(["during", "at the", "on a cat", "in", "under a sea at", "with two", "and", "of", "on top of"])(
    "of %j again and again is split within a second",
    async (words) => {
      const text = `a cat ${words} `.padEnd(10_000, `${words} `);
      const split = (): unknown => splitScene(text, known, { most: 9, hasDrawing: () => false });
      expect(await cpuSeconds(() => Promise.resolve(split()))).toBeLessThan(1);
    },
  );
});

describe("bodies", () => {
  const relations = (kind: RelationKind) => [{ subject: 0, kind, object: 1 }];

  it("belong to heads that hold, ride or wear shoes", () => {
    expect(findBody({ parts: ["bear", "pot"], relations: relations("holding") }, 0)).toBe("round");
    expect(findBody({ parts: ["boy", "horse"], relations: relations("on") }, 0)).toBe("clothed");
    expect(findBody({ parts: ["cat", "sofa"], relations: relations("on") }, 0)).toBeUndefined();
    expect(findBody({ parts: ["bear", "hat"], relations: relations("head") }, 0)).toBeUndefined();
    expect(findBody({ parts: ["pot", "bear"], relations: relations("holding") }, 0)).toBeUndefined();
  });

  it("have no legs on a horse, and no feet in a setting", () => {
    expect(listBodyTexts({ parts: ["boy", "kite"], relations: relations("holding") }, 0)).toEqual([
      "jeans",
      "t-shirt",
    ]);
    expect(listBodyTexts({ parts: ["boy", "horse"], relations: relations("on") }, 0)).toEqual(["t-shirt"]);
    expect(listBodyTexts({ parts: ["boy", "red car"], relations: relations("on") }, 0)).toHaveLength(2);
    const bear = { parts: ["bear", "pot", "navy square"], relations: relations("holding") };
    expect(listBodyTexts(bear, 0)).toHaveLength(3);
    const atNight = [...bear.relations, { subject: 0, kind: "backdrop" as const, object: 2 }];
    expect(listBodyTexts({ ...bear, relations: atNight }, 0)).toHaveLength(1);
  });
});
