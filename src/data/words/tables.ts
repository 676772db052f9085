/**
 * Everyday words for concepts whose label is another word, by the label of the concept. Names mean the very thing: `dude` is a man.
 * Kinds have no drawing of their own, and the concept stands for them: a spaniel is drawn as a dog, and a finding says so. Chosen by
 * hand from the most frequent concrete nouns of film subtitles (SUBTLEX-US) and WordNet 3.1 (Princeton University), and from everyday
 * words.
 */
import { kindsOfAnimalsAndPlants, namesOfAnimalsAndPlants } from "./animalsAndPlants.js";
import { kindsOfClothes, namesOfClothes } from "./clothes.js";
import { kindsOfFood, namesOfFood } from "./food.js";
import { kindsOfInstruments, namesOfInstruments } from "./instruments.js";
import { kindsOfObjects, namesOfObjects } from "./objects.js";
import { namesOfDrawingsAToF } from "./drawingsAToF.js";
import { namesOfDrawingsGToP } from "./drawingsGToP.js";
import { namesOfDrawingsQToZ } from "./drawingsQToZ.js";
import { kindsOfPeople, namesOfPeople } from "./people.js";
import { kindsOfPlacesAndVehicles, namesOfPlacesAndVehicles } from "./placesAndVehicles.js";
import { kindsOfHousehold, namesOfHousehold } from "./household.js";

/** Splits the lists of tables, `"mutt, hound"`, into words. */
const splitLists = (
  ...tables: readonly Readonly<Record<string, string>>[]
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    tables.flatMap((table) => Object.entries(table).map(([label, list]) => [label, list.split(", ")])),
  );

/** Names of concepts, by label. */
export const everydayNames = splitLists(
  namesOfAnimalsAndPlants,
  namesOfClothes,
  namesOfFood,
  namesOfInstruments,
  namesOfObjects,
  namesOfDrawingsAToF,
  namesOfDrawingsGToP,
  namesOfDrawingsQToZ,
  namesOfPeople,
  namesOfPlacesAndVehicles,
  namesOfHousehold,
);

/** Kinds of concepts, by label. */
export const kindsOfConcepts = splitLists(
  kindsOfAnimalsAndPlants,
  kindsOfClothes,
  kindsOfFood,
  kindsOfInstruments,
  kindsOfObjects,
  kindsOfPeople,
  kindsOfPlacesAndVehicles,
  kindsOfHousehold,
);

/**
 * Words that are a tag of some emoji, but do not mean it: `shot` is a tag of the syringe, `trunk` of a tree. They are not among the
 * tags of a vocabulary.
 */
export const misleadingWords: ReadonlySet<string> = new Set(
  `shot power david card force neck kitchen hanging witness blind feed block opening player babe criminal post giant rooms studio punk swell spirits belly chop jew kidney lesbian tray organ cleaner parlor banner organs wheat cuff tease maker claw trim des vegetarian flirt coaster zipper neptune maze suture muslim intersection picket whiskers beak thong clink reincarnation mao sash atheist room part ass means christ drunk pop smoke beauty restaurant video lab bullet staff fortune uniform burns expert trunk pipe gym bars quarters flip dive eats collar twin breast ceiling carriage siren crook suction slot assembly raft bundle pi ping caddy hippie decoration bearer wrapper viewer jack bit hair date works floor ray mary bar born ground machine round type ways cream protection nerve chuck dope chin pole latin facing grounds jelly orchestra grain cleaners boards cavity digs tai teller mortar beginner sweats stripe bead cutting print concentrate martial squirt wedge plaque skater`.split(
    " ",
  ),
);
