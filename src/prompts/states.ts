import { isFigure } from "./people.js";
import type { RelationKind } from "./relations.js";

/** How a state is drawn if no drawing of the thing shows it: a mark at the head of an animal or a person, a face on a thing. */
export interface State {
  /** Mark of a being; absent where beings look so anyway. */
  readonly mark?: { readonly text: string; readonly count: number } | undefined;
  /** Face of a thing; absent where it gets the mark. */
  readonly face?: string | undefined;
  /** Whether a being lies down. */
  readonly isLying?: boolean | undefined;
  /** Whether it is that of two, so that a drawing of one does not show it. */
  readonly isMutual?: boolean | undefined;
}

const states: readonly (readonly [words: string, state: State])[] = [
  [
    "sleeping|asleep|sleepy|napping|snoring|dreaming|dozing|snoozing|slumbering",
    { mark: { text: "zzz", count: 1 }, face: "sleeping face", isLying: true },
  ],
  ["lying|lounging|resting|curled|snuggled|sunbathing|reclining|sprawled", { isLying: true }],
  [
    "angry|mad|furious|grumpy|annoyed|cranky",
    { mark: { text: "anger symbol", count: 1 }, face: "angry face" },
  ],
  ["crying|weeping|sad", { mark: { text: "droplet", count: 1 }, face: "crying face" }],
  ["kissing|smooching", { mark: { text: "red heart", count: 1 }, isMutual: true }],
  ["sweating", { mark: { text: "sweat droplets", count: 1 } }],
  ["dizzy", { mark: { text: "dizzy", count: 1 }, face: "face with spiral eyes" }],
  ["singing", { mark: { text: "musical notes", count: 1 } }],
  ["talking|chatting|speaking", { mark: { text: "speech balloon", count: 1 } }],
  ["worried|anxious|nervous", { mark: { text: "sweat droplets", count: 1 }, face: "worried face" }],
  ["scared|frightened|terrified", { mark: { text: "sweat droplets", count: 1 }, face: "anguished face" }],
  ["confused|puzzled", { mark: { text: "red question mark", count: 1 }, face: "confused face" }],
  ["lovestruck", { mark: { text: "red heart", count: 1 }, face: "smiling face with heart-eyes" }],
  ["silly|goofy", { face: "zany face" }],
  ["tired|exhausted", { face: "weary face" }],
  ["bored|unimpressed", { face: "unamused face" }],
  ["evil|wicked", { face: "angry face" }],
  ["shy|embarrassed|blushing", { face: "flushed face" }],
  ["happy|smiling|cheerful|jolly|friendly|kawaii|joyful", { face: "smiling face with smiling eyes" }],
  ["laughing", { face: "grinning face" }],
  ["winking", { face: "winking face" }],
  ["surprised|shocked", { face: "astonished face" }],
];

const byWord = new Map(
  states.flatMap(([words, state]) => words.split("|").map((word) => [word, state] as const)),
);

/** Returns the state that a word names. */
export const stateOf = (word: string): State | undefined => byWord.get(word);

/** Animals and people. They have eyes of their own. */
const beings =
  /\b(?:cat|kitten|dog|puppy|bird|owl|fox|bear|rabbit|bunny|mouse|monkey|frog|penguin|panda|koala|lion|tiger|leopard|horse|pony|mule|stallion|pig|piglet|lamb|cow|ox|sheep|ewe|ram|goat|duck|goose|swan|chick|chicken|rooster|hen|turtle|snail|squirrel|chipmunk|dinosaur|dragon|unicorn|elephant|giraffe|zebra|rhinoceros|rhino|hippo|hippopotamus|gorilla|orangutan|sloth|otter|seal|whale|dolphin|shark|octopus|fish|crab|lobster|snake|lizard|crocodile|hedgehog|hamster|raccoon|skunk|badger|beaver|bat|wolf|deer|moose|kangaroo|camel|llama|donkey|eagle|parrot|flamingo|peacock|turkey|yak|hyena|meerkat|toad|ostrich|cheetah|lynx|lemur|mole|ferret|walrus|warthog|armadillo|anteater|platypus|porcupine|tapir|capybara|alpaca|axolotl|chameleon|cobra|manatee|narwhal|seahorse|stingray|swordfish|salmon|crow|heron|stork|pelican|puffin|robin|cub|chinchilla|echidna|joey|pangolin|quokka|seal pup|tasmanian devil|maine coon|pomeranian|saint bernard|gosling|kookaburra|mallard|owlet|seagull|toucan|vulture|woodpecker|hummingbird|kiwi|griffin|minotaur|sphinx|pterodactyl|stegosaurus|triceratops|reindeer|bull|buffalo|bison|squid|jellyfish|shrimp|hare|tortoise|grasshopper|mosquito|moth|dragonfly|wasp|bumblebee|wombat|wallaby|possum|weasel|stoat|gerbil|antelope|gazelle|calf|foal|jaguar|panther|puma|bulldog|dalmatian|greyhound|dachshund|corgi|husky|chihuahua|chimpanzee|baboon|okapi|sea lion|centaur|emu|cassowary|duckling|goldfish|pigeon|sparrow|raven|hawk|falcon|monster|ogre|goblin|albatross|angelfish|ankylosaurus|basilisk|beagle|beetle|beluga|blowfish|blue jay|boar|budgie|bug|canary|cardinal|centipede|cerberus|cicada|clownfish|cockatoo|cockroach|collie|coyote|cricket|cuttlefish|dodo|dove|eel|elk|finch|firefly|fly|gargoyle|gecko|golden retriever|great dane|groundhog|hairy creature|honeybee|hula dancer|hydra|ibis|iguana|kingfisher|koi|kraken|labrador|macaw|magpie|mammoth|manta ray|merman|merperson|mongoose|nautilus|newt|orca|pegasus|pheasant|phoenix|piranha|plesiosaur|poodle|praying mantis|pug|quail|rat|salamander|sardine|sauropod|slug|spinosaurus|stag|starfish|swallow|t-rex|tadpole|tarantula|trout|velociraptor|hamster|twins|butterfly|bee|ant|ladybug|spider|scorpion|worm|caterpillar|girl|boy|man|woman|person|baby|child|king|queen|prince|princess|pirate|witch|wizard|knight|astronaut|robot|ghost|alien|zombie|vampire|fairy|mermaid|elf|genie|ninja|snowman|skull|skeleton|clown|santa|teddy|face|guinea fowl|hoopoe|hornbill|condor|cormorant|cuckoo|cygnet|egret|loon|oriole|partridge|peahen|roadrunner|shoebill|starling|thrush|wren|bluebird|python|rattlesnake|tuna|catfish|barracuda|anglerfish|megalodon|trilobite|stick insect|flea|kitsune|jackalope|golem|faun|harpy|wyvern|manticore|treant|sea serpent|gremlin|angel|devil|cupid|demon|orc|banshee|imp|barbarian|necromancer|paladin|godmother|cyborg|teenager|spy|gamer|horseman|doberman|cocker spaniel|shiba inu|shih tzu|wildebeest|bird of paradise|akita|marmot|sea cucumber|druid|belly dancer|matador|hipster|psychologist|fishmonger|bird watcher|valkyrie|hippogriff|chimera)$/;

/** Food whose name ends in that of an animal. */
const food = /\b(?:hot|corn|chili) dog$/;

/** Tells whether a thing is an animal, a person or the like. */
export const isBeing = (text: string): boolean => (beings.test(text) && !food.test(text)) || isFigure(text);

/** Returns the part and relation that show a state of a thing; undefined where its drawing shows it well enough. */
export function showState(
  thing: string,
  state: State,
): { readonly text: string; readonly count: number; readonly kind: RelationKind } | undefined {
  const { mark, face } = state;
  if (!isBeing(thing) && face !== undefined) return { text: face, count: 1, kind: "face" };
  return mark && { ...mark, kind: "mark" };
}
