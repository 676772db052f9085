import type { Connective } from "./relations.js";
import { animalHeads } from "./animalHeads.js";
import { takeColour } from "./colours.js";

/** First word of the names of whole figures with empty hands: `standing cook`. */
export const standing = "standing";

/** First word of the names of whole figures that sit, seen from the side: `seated cook`. */
export const seated = "seated";

/** First word of the names of beings that lie asleep, seen from the side with the head at the left: `sleeping cook`. */
export const sleeping = "sleeping";

/** Tells whether a text names a whole figure that is seen from the front, with empty hands at its sides. */
export const isStanding = (text: string): boolean => text.split(" ").includes(standing);

/** Tells whether a text names a whole figure that sits and looks to the left, with one leg in front of what it sits on. */
export const isSeated = (text: string): boolean => text.split(" ").includes(seated);

/** Tells whether a text names a being that lies asleep. */
export const isSleeping = (text: string): boolean =>
  text.split(" ").includes(sleeping) && !/\bsleeping (?:bag|mask|pill|beauty)/.test(text);

/** First word of the names of whole animals, seen from the side, whose emoji show a head: `whole fox`. */
export const whole = "whole";

const wholeAnimal = new RegExp(`\\b${whole} (?=.*\\b(?:${animalHeads})$)`);

/** Tells whether a text names a being that runs, seen from the side and looking to the left. */
export const isRunning = (text: string): boolean => isMoving(text) && text.split(" ").includes("running");

/** Tells whether a text names a being that runs or dances. */
const isMoving = (text: string): boolean =>
  /\b(?:running|dancing) (?!shirt|shoe|shorts|vest|track|water|wheel)/.test(text);

/** Tells whether a text names a whole figure by the way it stands, sits, lies or moves, or an animal from the side. */
export const isPosed = (text: string): boolean =>
  isStanding(text) || isSeated(text) || isSleeping(text) || isMoving(text) || wholeAnimal.test(text);

/** People whose drawings show a head alone. Some drawings of them show more. */
const people =
  /\b(?:boy|girl|man|woman|person|child|kid|baby|lady|guy|grandmother|grandma|grandpa|grandfather|princess|prince|clown)$/;
/** Things that are drawn whole, upright and from the front: they hold things before their bodies. */
const upright =
  /\b(?:penguin|owl|snowman|ghost|astronaut|wizard|mage|witch|sorcerer|sorceress|octopus|genie|teddy bear|knight|samurai|viking|gladiator|jester|leprechaun|mummy|werewolf|yeti|pharaoh|cyclops|sailor|waiter|magician|monk|lifeguard|cheerleader|ballerina|mime|caveman|mad scientist|snow queen|nutcracker|gnome|gingerbread man|doll)$/;
/** People whose drawings show the upper part of the body, or all of it. */
const roles =
  /\b(?:artist|cook|chef|construction worker|detective|factory worker|farmer|firefighter|guard|health worker|judge|mechanic|office worker|pilot|police officer|scientist|singer|student|teacher|technologist|ninja|elf|fairy|troll|superhero|supervillain|vampire|zombie|santa claus|mrs\. claus|soldier|rapper|priest|nun|person with veil|bride|groom|skeleton|minotaur|marionette|scarecrow|postman|librarian|beekeeper|hiker|baker|miner|lumberjack|scuba diver|boxer|footballer|tennis player|ice hockey player|orchestra conductor|violinist|guitarist|drummer|pianist|disc jockey|photographer|tourist|explorer|archaeologist|burglar|prisoner|butler|maid|toddler|schoolboy|schoolgirl|paramedic|zookeeper|shepherd|milkman|window cleaner|flight attendant|grim reaper|bandit|butcher|hairdresser|waitress|opera singer|rock star|bellboy|blacksmith|tailor|fortune teller|ice skater|skateboarder|archer|wrestler|sumo wrestler|geisha|emperor|king|queen|pirate|cowboy|greek goddess|frankenstein|cowgirl|jockey|gardener|fisherman|plumber|mountaineer|american football player|baseball player|bard|bishop|centurion|cricketer|goth|medusa|nerd|pinocchio|punk|rabbi|rapunzel|little red riding hood|volleyball player|zeus|carpenter|veterinarian|dentist|barber|referee|lawyer|driver|electrician|sheriff|reporter|hunter|barista|goalkeeper|welder|park ranger|ringmaster|scout|lighthouse keeper)$/;

/** Words for sizes, which change how large things are beside each other. */
const sizeWord = /^(?:huge|giant|gigantic|enormous|massive|big|large|tall|small|little|tiny|miniature|mini)$/;

/** Tells whether a thing is a person whose body is drawn by clothes. */
export const isPerson = (text: string): boolean => !isPosed(text) && people.test(text) && !upright.test(text);

/** Whether a thing is drawn upright from the front, with a body before which it can hold things. */
export const isUpright = (text: string): boolean => isStanding(text) || upright.test(text);

/** Whether a thing is a person or is built like one: if its drawing shows more than a head, the body is below the head. */
export const isFigure = (text: string): boolean => people.test(text) || isUpright(text) || roles.test(text);

/**
 * Names a person or an animal by the drawing that stands for them, so that the scene is laid out for it: a mum is a woman, a pug a dog.
 * Colours and sizes are preserved.
 * @param isKnown whether a scene is laid out for what a name says. @param beingOf returns the name of the person or animal that a phrase is
 * drawn as; undefined for other things.
 */
export function nameBeing(
  text: string,
  isKnown: (name: string) => boolean,
  beingOf: ((phrase: string) => string | undefined) | undefined,
): string {
  if (people.test(text) || upright.test(text) || (isKnown(text) && !roles.test(text))) return text;
  const name = beingOf?.(text);
  if (name === undefined || !isKnown(name)) return text;
  const words = text.split(" ");
  const colour = takeColour(words).colour?.name ?? [];
  return [...words.filter((word) => sizeWord.test(word)), colour, name].flat().join(" ");
}

/** Persons whose drawings wear what they are known by, by the relation of the thing. */
const attires: readonly (readonly [person: RegExp, attire: RegExp])[] = [
  [/\b(?:king|queen|prince|princess)$/, /^(?:gold |golden )?(?:crown|tiara)$/],
  [
    /\b(?:wizard|mage|witch|sorcerer|sorceress)$/,
    /^(?:(?:wizard|witch|magician)(?:['’]?s)? |pointed |pointy )?hat$/,
  ],
  [/\b(?:astronaut|firefighter)$/, /^(?:space )?helmet$/],
  [/\bastronaut$/, /^(?:space ?)?suit$/],
  [
    /\b(?:firefighter|police officer|guard|soldier|postman|pilot|health worker|nurse|bellboy)$/,
    /^(?:full |smart )?uniform$/,
  ],
  [/\bbride$/, /^(?:long |white |lace )*(?:veil|dress|gown|wedding dress)$/],
  [/\b(?:chef|cook)$/, /^(?:(?:tall|white|big|(?:chef|cook)(?:['’]?s)?) )*hat$/],
  [/\bsanta(?: claus)?$/, /^(?:red |santa |christmas )?hat$/],
  [/\bpolice officer$/, /^(?:police )?(?:cap|hat)$/],
  [/\bconstruction worker$/, /^(?:yellow )?(?:hard hat|helmet)$/],
  [/\bbeekeeper$/, /^(?:(?:protective |bee )?suit|veil|hat)$/],
  [/\bjudge$/, /^(?:(?:white )?wig|(?:black )?robe|gown)$/],
  [/\bcowboy$/, /^cowboy hat$/],
  [/\bpirate$/, /^(?:pirate(?:['’]?s)? hat|eye ?patch)$/],
];

/** Persons whose drawings hold what they are known by. */
const tools: readonly (readonly [person: RegExp, tool: RegExp])[] = [
  [/\b(?:witch)$/, /^(?:broom|broomstick)$/],
  [/\bplumber$/, /^(?:wrench|spanner|plunger)$/],
  [/\bcentaur$/, /^(?:bow|bow and arrow)$/],
  [/\bmagician$/, /^(?:magic )?wand$/],
  [/\b(?:viking|lumberjack|minotaur)$/, /^(?:big |battle ?)?axe?$/],
  [/\b(?:samurai|ninja)$/, /^(?:sword|katana)$/],
  [/\bknight$/, /^(?:sword|shield)$/],
  [/\bgladiator$/, /^(?:sword|shield)$/],
  [/\bcaveman$/, /^(?:wooden )?club$/],
  [/\bcheerleader$/, /^(?:pompoms?|pom[- ]poms?)$/],
  [/\bfisherman$/, /^fishing (?:rod|pole)$/],
  [/\bbutcher$/, /^(?:cleaver|knife)$/],
  [/\bgardener$/, /^(?:watering can|trowel)$/],
  [/\bcowboy$/, /^(?:lasso|rope)$/],
  [/\blibrarian$/, /^(?:(?:stack|pile) of )?books?$/],
  [/\bmilkman$/, /^(?:milk|milk bottles?|bottles? of milk)$/],
  [/\bbaker$/, /^(?:(?:loaf|tray) of )?bread$/],
  [/\barcher$/, /^(?:bow|bow and arrow)$/],
  [/\bshepherd$/, /^(?:staff|crook|stick)$/],
  [/\bhairdresser$/, /^(?:(?:pair of )?scissors|hair ?dryer)$/],
  [/\btailor$/, /^(?:pair of )?scissors$/],
  [/\bbellboy$/, /^(?:suitcase|luggage)$/],
  [/\bblacksmith$/, /^hammer$/],
  [/\bpostman$/, /^(?:letters?|mail|mailbag|envelope)$/],
  [/\bgrim reaper$/, /^scythe$/],
  [/\btennis player$/, /^(?:tennis )?(?:racket|racquet)$/],
  [/\bviolinist$/, /^violin$/],
  [/\b(?:guitarist|bard)$/, /^(?:guitar|lute)$/],
  [/\bdrummer$/, /^(?:drums?|drum kit|drumsticks?|pair of drumsticks)$/],
  [/\bfootballer$/, /^(?:ball|football|soccer ball)$/],
  [/\b(?:baseball player|cricketer)$/, /^(?:(?:baseball|cricket|wooden) )?bat$/],
  [/\bice hockey player$/, /^(?:hockey )?stick$/],
  [/\bphotographer$/, /^camera$/],
  [/\bboxer$/, /^(?:red )?boxing gloves$/],
  [/\borchestra conductor$/, /^baton$/],
  [/\bvolleyball player$/, /^(?:ball|volleyball)$/],
  [/\bminer$/, /^(?:pick|pickaxe)$/],
  [/\breporter$/, /^(?:microphone|mic)$/],
  [/\bhunter$/, /^(?:rifle|gun)$/],
  [/\bparamedic$/, /^first[- ]aid kit$/],
  [/\bhiker$/, /^(?:stick|walking stick|hiking stick)$/],
];

/** Tells whether a thing is worn or held by the drawing of who is said to have it: a king's crown is not drawn again. */
export const isAttire = (
  bearer: string,
  connectives: readonly Connective["kind"][],
  thing: string,
): boolean => {
  const shows = (pairs: typeof attires): boolean =>
    pairs.some(([person, own]) => person.test(bearer) && own.test(thing));
  const has = connectives.includes("with");
  return (
    ((has || connectives.includes("wearing") || connectives.includes("in")) && shows(attires)) ||
    ((has || connectives.includes("holding")) && shows(tools))
  );
};
