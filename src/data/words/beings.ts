/** Animals and people among our own drawings, by the subgroup of emojibase that they belong to. */
const ownBeings: Readonly<Record<string, string>> = {
  "animal mammal":
    "alpaca, anteater, antelope, armadillo, baboon, baby elephant, baby hippo, beagle, bear cub, beluga, bengal cat, border collie, bull, bulldog, calf, calico cat, capybara, cheetah, chihuahua, chimpanzee, chinchilla, cocker spaniel, collie, corgi, coyote, dachshund, dalmatian, doberman, echidna, elk, fennec fox, ferret, foal, fruit bat, gazelle, gerbil, german shepherd, golden retriever, great dane, greyhound, groundhog, guinea pig, hare, humpback whale, husky, hyena, jaguar, joey, kitten, labrador, lamb, lemur, lion cub, lop eared rabbit, lynx, maine coon, manatee, meerkat, mole, mongoose, narwhal, okapi, pangolin, panther, persian cat, piglet, platypus, pomeranian, pony, porcupine, possum, pug, puma, puppy, quokka, red panda, reindeer, robot dog, sabre toothed tiger, saint bernard, sea lion, seal pup, shetland pony, shiba inu, shih tzu, siamese cat, sperm whale, sphynx cat, squirrel, stag, stallion, stoat, sun bear, tabby cat, tapir, tasmanian devil, wallaby, walrus, warthog, weasel, whale calf, whole unicorn, wildebeest, wombat, yak",
  "animal bird":
    "albatross, baby penguin, bald eagle, barn owl, bird of paradise, blue jay, bluebird, budgie, canary, cardinal, cassowary, cockatoo, condor, cormorant, crane bird, crow, cuckoo, cygnet, duckling, egret, emperor penguin, emu, falcon, finch, gosling, guinea fowl, hawk, heron, hoopoe, hornbill, hummingbird, ibis, kingfisher, kiwi bird, kookaburra, loon, macaw, magpie, mallard, mandarin duck, oriole, ostrich, owlet, partridge, peahen, pelican, pheasant, pigeon, puffin, quail, raven, roadrunner, robin, seagull, shoebill, snowy owl, sparrow, starling, stork, swallow, thrush, toucan, vulture, woodpecker, wren",
  "animal reptile":
    "ankylosaurus, axolotl, basilisk, bearded dragon, chameleon, cobra, gecko, iguana, komodo dragon, newt, plesiosaur, poison dart frog, pterodactyl, python, rattlesnake, salamander, sea turtle, spinosaurus, stegosaurus, tadpole, toad, tortoise, tree frog, triceratops, velociraptor",
  "animal bug":
    "bumblebee, caterpillar, centipede, cicada, dragonfly, dung beetle, firefly, flea, grasshopper, hermit crab, luna moth, moth, praying mantis, slug, stag beetle, stick insect, tarantula, trilobite, wasp",
  "animal marine":
    "angelfish, anglerfish, barracuda, betta fish, catfish, clam, clownfish, cuttlefish, eel, goldfish, great white shark, hammerhead shark, horseshoe crab, koi, manta ray, megalodon, mussel, nautilus, piranha, salmon, sardine, sea anemone, sea urchin, seahorse, starfish, stingray, swordfish, trout, tuna",
  "person role":
    "american football player, archaeologist, archer, baker, ballerina, bandit, barbarian, barber, bard, barista, baseball player, beekeeper, bellboy, bishop, blacksmith, boxer, bride, burglar, bus driver, butcher, butler, carpenter, caveman, centurion, cheerleader, cowboy, cowgirl, cricketer, dentist, disc jockey, drummer, electrician, emperor, explorer, fisherman, flight attendant, footballer, fortune teller, gamer, gardener, geisha, gladiator, goalkeeper, goth, greek goddess, groom, guitarist, hairdresser, hiker, hula dancer, hunter, ice hockey player, ice skater, jester, jockey, king, knight, lawyer, librarian, lifeguard, lighthouse keeper, little red riding hood, lollipop lady, lumberjack, mad scientist, magician, maid, milkman, mime, miner, monk, mountaineer, nerd, nun, opera singer, orchestra conductor, paramedic, park ranger, person reading, pharaoh, photographer, pianist, pirate, plumber, postman, priest, prisoner, punk, queen, rabbi, race car driver, rapper, rapunzel, referee, reporter, ringmaster, rock star, sailor, samurai, schoolboy, schoolgirl, scout, scuba diver, shepherd, sheriff, shoemaker, skateboarder, snow queen, soldier, spy, sumo wrestler, tailor, teenager, tennis player, toddler, tourist, twins, veterinarian, viking, violinist, volleyball player, waiter, waitress, welder, window cleaner, wrestler, zeus, zookeeper",
  "person fantasy":
    "angel, banshee, centaur, cerberus, cupid, cyborg, cyclops, demon, devil, easter bunny, fairy godmother, faun, frankenstein, gargoyle, gingerbread man, golem, gremlin, griffin, grim reaper, harpy, headless horseman, hydra, imp, jackalope, kitsune, kraken, leprechaun, manticore, medusa, minotaur, mummy, necromancer, orc, paladin, pegasus, pinocchio, scarecrow, sea monster, sea serpent, skeleton, sphinx, tooth fairy, treant, werewolf, witch, wyvern, yeti",
};

/** Subgroups of labels. */
const subgroups = new Map(
  Object.entries(ownBeings).flatMap(([subgroup, list]) => list.split(", ").map((label) => [label, subgroup])),
);

/** Returns the subgroup of the animal or person that one of our own drawings shows; undefined for other things. */
export const findOwnBeing = (label: string): string | undefined => subgroups.get(label);
