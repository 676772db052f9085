/** Animals and people among our own drawings, by the subgroup of emojibase that they belong to. */
const ownBeings: Readonly<Record<string, string>> = {
  "animal mammal":
    "alpaca, anteater, antelope, armadillo, baboon, baby elephant, baby hippo, beagle, bear cub, beluga, border collie, bull, bulldog, calf, calico cat, capybara, cheetah, chihuahua, chimpanzee, chinchilla, collie, corgi, coyote, dachshund, dalmatian, echidna, elk, fennec fox, ferret, foal, fruit bat, gazelle, gerbil, german shepherd, golden retriever, great dane, greyhound, groundhog, guinea pig, hare, humpback whale, husky, hyena, jaguar, joey, kitten, labrador, lamb, lemur, lion cub, lop eared rabbit, lynx, maine coon, manatee, meerkat, mole, mongoose, narwhal, okapi, pangolin, panther, piglet, platypus, pomeranian, porcupine, possum, pug, puma, puppy, quokka, red panda, reindeer, robot dog, sabre toothed tiger, saint bernard, sea lion, seal pup, shetland pony, siamese cat, sperm whale, squirrel, stag, stallion, stoat, tabby cat, tapir, tasmanian devil, wallaby, walrus, warthog, weasel, whole unicorn, wombat, yak",
  "animal bird":
    "albatross, barn owl, blue jay, budgie, canary, cardinal, cassowary, cockatoo, crow, duckling, emu, falcon, finch, gosling, hawk, heron, hummingbird, ibis, kingfisher, kiwi bird, kookaburra, macaw, magpie, mallard, ostrich, owlet, pelican, pheasant, pigeon, puffin, quail, raven, robin, seagull, snowy owl, sparrow, stork, swallow, toucan, vulture, woodpecker",
  "animal reptile":
    "ankylosaurus, axolotl, basilisk, chameleon, cobra, gecko, iguana, komodo dragon, newt, plesiosaur, pterodactyl, salamander, sea turtle, spinosaurus, stegosaurus, tadpole, toad, tortoise, tree frog, triceratops, velociraptor",
  "animal bug":
    "bumblebee, caterpillar, centipede, cicada, dragonfly, firefly, grasshopper, hermit crab, luna moth, moth, praying mantis, slug, stag beetle, tarantula, wasp",
  "animal marine":
    "angelfish, clam, clownfish, cuttlefish, eel, goldfish, hammerhead shark, koi, manta ray, mussel, nautilus, piranha, salmon, sardine, sea anemone, sea urchin, seahorse, starfish, stingray, swordfish, trout",
  "person role":
    "american football player, archaeologist, archer, baker, ballerina, bandit, barber, bard, barista, baseball player, beekeeper, bellboy, bishop, blacksmith, boxer, bride, burglar, bus driver, butcher, butler, carpenter, caveman, centurion, cheerleader, cowboy, cowgirl, cricketer, dentist, disc jockey, drummer, electrician, emperor, explorer, fisherman, flight attendant, footballer, fortune teller, gardener, geisha, gladiator, goalkeeper, goth, greek goddess, groom, guitarist, hairdresser, hiker, hula dancer, hunter, ice hockey player, ice skater, jester, jockey, king, knight, lawyer, librarian, lifeguard, lighthouse keeper, little red riding hood, lumberjack, mad scientist, magician, maid, milkman, mime, miner, monk, mountaineer, nerd, nun, opera singer, orchestra conductor, paramedic, park ranger, person reading, pharaoh, photographer, pianist, pirate, plumber, postman, priest, prisoner, punk, queen, rabbi, race car driver, rapper, rapunzel, referee, reporter, ringmaster, rock star, sailor, samurai, schoolboy, schoolgirl, scout, scuba diver, shepherd, sheriff, skateboarder, snow queen, soldier, sumo wrestler, tailor, tennis player, toddler, tourist, twins, veterinarian, viking, violinist, volleyball player, waiter, waitress, welder, window cleaner, wrestler, zeus, zookeeper",
  "person fantasy":
    "centaur, cerberus, cyclops, easter bunny, frankenstein, gargoyle, gingerbread man, griffin, grim reaper, hydra, kraken, leprechaun, medusa, minotaur, mummy, pegasus, pinocchio, scarecrow, sea monster, skeleton, sphinx, tooth fairy, werewolf, witch, yeti",
};

/** Subgroups of labels. */
const subgroups = new Map(
  Object.entries(ownBeings).flatMap(([subgroup, list]) => list.split(", ").map((label) => [label, subgroup])),
);

/** Returns the subgroup of the animal or person that one of our own drawings shows; undefined for other things. */
export const findOwnBeing = (label: string): string | undefined => subgroups.get(label);
