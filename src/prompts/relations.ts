/** Relations of a bearer (subject) to a worn or held thing. */
export const bearingKinds = [
  "head",
  "eyes",
  "neck",
  "body",
  "feet",
  "wrist",
  "back",
  "face",
  "scattered",
  "around",
  "mouth",
  "holding",
] as const;

/**
 * Relations of a scene's first part to what fills the canvas around all things, by which a setting is drawn: a picture or a sky behind
 * everything, the sea up to the horizon, the ground, things in the sky, things that stand behind, and water in front.
 */
export const stageKinds = ["backdrop", "sea", "ground", "aloft", "scenery", "immersed"] as const;

/** Relation to a part of a setting. */
export type StageKind = (typeof stageKinds)[number];

const stages: ReadonlySet<string> = new Set(stageKinds);

/** Tells whether a relation is to a part of a setting. */
export const isStage = (kind: RelationKind): kind is StageKind => stages.has(kind);

/**
 * Spatial relations of two parts of a scene: "subject … object". The first kinds place the object on the subject: a hat on the head,
 * glasses over the eyes, a scarf at the neck, a shirt over the body, shoes at the feet, a watch at a hand, a backpack at the back, a face on a thing, wings
 * behind it, a bone in the mouth. `scattered` places
 * several ornaments over the subject: hearts on a tree. `leftFlank` and `rightFlank` place the two things between which the subject is.
 * `mark` places a sign of a state at its head, `paws` its hands before what it holds, `collar` its head before what it wears below.
 */
export const relationKinds = [
  ...bearingKinds,
  "on",
  "riding",
  "climbing",
  "in",
  "above",
  "below",
  "beside",
  "left",
  "right",
  "leftFlank",
  "rightFlank",
  "behind",
  "front",
  "mark",
  "paws",
  "collar",
  ...stageKinds,
] as const;

/** Kind of a relation. */
export type RelationKind = (typeof relationKinds)[number];
/** Kind of a relation that places one part relative to another. */
export type PlacingKind = Exclude<RelationKind, StageKind>;

/** A word or phrase, without articles, between the names of two things. */
export interface Connective {
  readonly words: readonly string[];
  /**
   * `and` places the things beside each other. `dreaming` puts one into a thought balloon, `full` several into
   * the other, `covered` several over it. For `with`, `wearing`, `at`, `up`, `hugging`, `hanging`, `pulling` and `pushing` the object determines the relation. `inside` is `in` for what is not worn, `costume` names
   * whom one is dressed as, `borne` and `ridden` precede who has or rides the thing before, and `acting` who or what an action is done to.
   */
  readonly kind:
    | RelationKind
    | "and"
    | "with"
    | "wearing"
    | "dreaming"
    | "full"
    | "covered"
    | "at"
    | "up"
    | "hugging"
    | "hanging"
    | "pulling"
    | "pushing"
    | "inside"
    | "costume"
    | "borne"
    | "ridden"
    | "acting";
}

const phrases: readonly (readonly [Connective["kind"], string])[] = [
  ["and", "and|&|,|plus|as well as|together with|along with|;"],
  ["wearing", "wearing|dressed in|dressed up in|in pair of"],
  ["costume", "dressed as|dressed up as|disguised as"],
  ["dreaming", "dreaming of|dreaming about|thinking of|thinking about"],
  ["full", "full of|filled with"],
  ["covered", "covered in|covered with|decorated with|strewn with|dotted with"],
  ["with", "with|having|who has|that has|topped with|surrounded by"],
  [
    "holding",
    "holding|holding up|holding out|holding onto|holding on to|carrying|clutching|gripping|grasping|grabbing|cradling|squeezing|clasping|lifting up|wielding|juggling|" +
      "playing|eating|nibbling|nibbling on|munching|munching on|chewing|chewing on|gnawing on|licking|biting|biting into|drinking|drinking from|sipping|sipping from|slurping|" +
      "waving|reading|breathing|throwing|catching|blowing",
  ],
  ["hugging", "hugging|cuddling|embracing|clinging to|hanging on to"],
  ["pulling", "pulling|dragging|towing"],
  ["pushing", "pushing"],
  ["borne", "held by|carried by|hugged by|played by|eaten by|worn by|read by"],
  ["ridden", "ridden by|driven by"],
  ["riding", "riding|riding on|riding on top of|rides|rides on"],
  ["on", "on top of|on|upon|atop|crossing|onto|wrapped around|coiled around|climbing over"],
  ["up", "climbing|climbing up|climbing on|scaling"],
  ["hanging", "hanging from|hanging off|hanging upside down from|dangling from|swinging from"],
  ["in", "in|within|driving"],
  [
    "inside",
    "inside of|inside|out of|into|hatching from|emerging from|bursting from|rising from|coming from|growing from",
  ],
  ["above", "above|over|falling from|falling off|jumping off|jumping from|leaping off|diving off"],
  [
    "below",
    "below|under|from under|underneath|from underneath|beneath|from beneath|flying to|flying towards|flying toward|" +
      "howling at|looking up at|gazing up at|staring up at|gazing at",
  ],
  ["leftFlank", "between|in between"],
  [
    "beside",
    "walking to|running to|going to|driving to|swimming to|rushing to|racing to|hurrying to|on way to|waiting for|looking for|searching for|next to|beside|near|alongside|by|besides|close to|at side of|" +
      "knocking over|knocking down|tipping over|pushing over|" +
      "looking at|staring at|barking at|pointing at|listening to|talking to|speaking to|singing to|reading to|bowing to|fighting over|arguing over|followed by|" +
      "chased by|watched by|guarded by|running from|running away from|fleeing from|escaping from|hiding from|smiling at|waving at|shouting at|laughing at|growling at|hissing at|meowing at",
  ],
  ["left", "to left of|on left of|left of"],
  ["right", "to right of|on right of|right of"],
  [
    "behind",
    "behind|from behind|in back of|peeking over|peering over|peeping over|looking over|leaning over",
  ],
  ["front", "in front of|before"],
];

/** Prepositions and the like that are connectives only before a noun with an article or a number: "across the road", but not "curled up". */
const prepositions: readonly (readonly [Connective["kind"], string])[] = [
  ["beside", "after|past|around|round|from|away from|toward|towards|to|beyond|outside"],
  ["front", "against"],
  ["on", "along|across|down|off"],
  ["in", "through|among|amongst|amid"],
  ["up", "up"],
  ["at", "at"],
];

/** Rows of a table of phrases as connectives, the longest first. */
const listConnectives = (table: typeof phrases): readonly Connective[] =>
  table
    .flatMap(([kind, list]) => list.split("|").map((phrase) => ({ kind, words: phrase.split(" ") })))
    .sort((a, b) => b.words.length - a.words.length);

/** Connectives, longest first. */
export const connectives = listConnectives(phrases);

/** Connectives before a noun with an article or a number, longest first. */
export const nounConnectives = listConnectives(prepositions);

/** Verbs of position and auxiliary words. They are ignored before a connective. */
export const placingVerbs = new Set(
  (
    "sitting seated standing swinging lying resting sleeping flying floating hovering jumping running walking swimming hanging perched parked placed " +
    "balancing dancing leaning setting rising shining growing blooming squeezed squashed squished pressed wedged sandwiched snug tucked hidden stuck trapped crammed nestled curled wrapped tangled caught chased followed watched guarded buried held carried hugged pulled pushed played eaten worn both each is are that who which sits stands lies"
  ).split(" "),
);

/** Worn and attached things by their place, in the singular: their last word, or the last two. */
const places: readonly (readonly [PlacingKind, words: string])[] = [
  [
    "head",
    "hat|cap|crown|helmet|tiara|beanie|sombrero|halo|headphone|earphone|headset|ear ?muff|wig|headband|antler|bonnet|beret|fedora|turban|laurel wreath",
  ],
  ["eyes", "glasses|sunglasses|goggles|goggle|spectacles|shades|earring|monocle|eye ?patch|mask|snorkel"],
  [
    "neck",
    "scarf|scarves|necktie|tie|bowtie|necklace|collar|ribbon|medal|bow|bandana|neckerchief|choker|feather boa|locket|shawl|bib|stethoscope",
  ],
  [
    "body",
    "shirt|t-shirt|dress|coat|raincoat|overcoat|jacket|blazer|vest|waistcoat|corset|kimono|robe|bathrobe|gown|nightgown|nightie|toga|sweater|jumper|hoodie|cardigan|pullover|turtleneck|blouse|tunic|poncho|apron|tuxedo|suit|spacesuit|swimsuit|wetsuit|uniform|costume|onesie|pyjamas|pajamas|pants|jeans|trousers|shorts|trunks|leggings|overalls|dungarees|skirt|kilt|tutu|bikini|belt|suspenders|braces|diaper|nappy",
  ],
  [
    "feet",
    "leg|shoe|boot|sock|stockings|leg ?warmer|skate|rollerblade|slipper|sandal|heel|sneaker|trainers|loafer|clog|moccasin|wellies|wellington|flip[- ]?flop|flipper|ski",
  ],
  ["wrist", "watch|wristwatch|bracelet|glove|mitten|mitt|ring"],
  ["back", "backpack|rucksack|schoolbag|jetpack|parachute|cape|cloak"],
  ["face", "face|eyes|smile|mouth|moustache|mustache"],
  ["around", "wings|fire|flame|aura|rays"],
];
const bearings = places.map(([kind, words]) => [kind, new RegExp(`\\b(?:${words})(?:s|es)?$`)] as const);

/** Vehicles in which passengers and drivers are, at a window. */
const enclosed =
  /\b(?:bus|minibus|car|automobile|taxi|van|truck|lorry|train|tram|trolleybus|ambulance|fire engine|airplane|plane|aeroplane|helicopter|submarine|spaceship|tractor|combine harvester|forklift|bulldozer|excavator|jeep|limousine|caravan|camper|steamroller)$/;

/** Tells whether a vehicle encloses those who ride or drive it. */
export const isEnclosed = (text: string): boolean => enclosed.test(text) && !/\b(?:toy|race|racing|sports|roller coaster|paper|bumper|dodgem|hand|model|open top) /.test(text); // prettier-ignore

/** Ornaments, in the singular. Several of them are placed over what has them. */
export const ornaments =
  /\b(?:heart|star|flower|apple|cherry|lemon|orange|rose|leaf|spot|dot|diamond|butterfly|snowflake|egg|blossom|peach|pear)$/;

/** Animals and people that lie, sit or stand on a thing "with" them: a moon with a sleeping cat. */
const riders =
  /\b(?:cat|kitten|dog|puppy|bird|owl|fox|bear|rabbit|bunny|mouse|monkey|frog|penguin|panda|koala|lion|tiger|horse|pig|cow|sheep|duck|chick|chicken|turtle|snail|squirrel|dinosaur|dragon|unicorn|girl|boy|man|woman|person|baby|astronaut|robot|ghost|fairy|mermaid|elf)s?$/;
const supports =
  /\b(?:moon|cloud|house|mountain|castle|boat|ship|car|bus|truck|train|bed|couch|sofa|mushroom|planet|rock|skateboard|surfboard|bench|chair)$/;

/** What a being "with" it has at its side, since it is too large to be held. */
const companions =
  /\b(?:dog|horse|pony|cow|ox|bull|pig|sheep|goat|donkey|camel|llama|elephant|giraffe|lion|tiger|bear|wolf|deer|reindeer|moose|zebra|gorilla|kangaroo|crocodile|dinosaur|dragon|unicorn|shark|whale|dolphin|girl|boy|man|woman|person|child|king|queen|knight|robot|car|taxi|bus|truck|tractor|train|boat|ship|airplane|rocket|bicycle|bike|motorcycle|scooter|sled|house|tent|castle|tree|piano|throne|chair|table|sofa|bed|bathtub|refrigerator|washing machine|wheelbarrow|shopping cart|snowman|scarecrow)s?$/;

/** Tells whether a being "with" a thing has it at its side. */
export const isCompanion = (thing: string): boolean => companions.test(thing) && !/\b(?:toy|teddy|rubber|hot) /.test(thing); // prettier-ignore

/** Parts of a building that are on its front. */
const fronts = /\b(?:door|window|doorbell|chimney)s?$/;
/** Soft things on which animals lie. */
const cushions = /\b(?:pillow|cushion|rug|carpet|mat|blanket|nest)$/;

/** Sweets, and their toppings. */
const sweets = /\b(?:cake|cupcake|ice cream|sundae|custard|muffin|doughnut)$/;
const toppings = /\b(?:candle|cherry|cherries|strawberry|strawberries|berry|blueberries|kiwi|lemon)s?$/;

/** Tells whether a thing "with" another one supports it: a boat with a dog, a cake with a candle. */
export const isSupportOf = (thing: string, rider: string): boolean =>
  ((supports.test(thing) || cushions.test(thing)) && riders.test(rider)) ||
  fronts.test(rider) ||
  (sweets.test(thing) && toppings.test(rider));

/**
 * Finds the relation of a worn or attached thing to its bearer, by the thing's last word: a hat is on the head; undefined for a
 * thing that is held.
 */
export function findBearing(text: string): PlacingKind | undefined {
  return bearings.find(([, pattern]) => pattern.test(text))?.[0];
}
