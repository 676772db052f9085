/**
 * Categories, occasions and properties: phrases for each, separated by `|`, and labels of the concepts that belong to it. `#` marks a subgroup of
 * emojibase, `-` a label that is left out, and `~` a phrase that means the category only after "something for" or before another: "an
 * office" is a building. Chosen by hand; no phrase without `~` is the name of a concept.
 */
export const categories: Readonly<Record<string, string>> = {
  "animal|beast|critter|creature|living creature":
    "#animal mammal|#animal bird|#animal marine|#animal reptile|#animal amphibian|#animal bug|#cat face|#monkey face|-paw prints|-pig nose|-wing|-feather|-spider web|-microbe|-coral|-spiral shell|-guide dog|-service dog|-empty nest|-nest with eggs|reindeer",
  mammal: "#animal mammal|-paw prints|-pig nose|-guide dog|-service dog|dolphin|whale|seal|orca",
  "wild animal|jungle animal|safari animal|zoo animal|african animal|exotic animal":
    "lion|tiger|leopard|elephant|giraffe|zebra|gorilla|rhinoceros|hippopotamus|monkey|crocodile|kangaroo|sloth|orangutan",
  "forest animal|woodland animal":
    "fox|deer|hedgehog|owl|bear|wolf|raccoon|badger|chipmunk|boar|squirrel|weasel|hare",
  "predator|carnivore|dangerous animal|fierce animal|ferocious animal":
    "lion|tiger|leopard|wolf|crocodile|shark|t-rex|eagle|polar bear|bear|orca",
  "wild cat|feline": "lion|tiger|leopard|tiger face|jaguar|panther|puma|lynx|cheetah",
  "farm animal|livestock|barnyard animal": "cow|pig|ewe|goat|horse|rooster|chicken|duck|ox|turkey|donkey|ram",
  "pet|house pet|domestic animal":
    "dog|cat|hamster|rabbit|parrot|turtle|goldfish|poodle|guinea pig|budgie|kitten|puppy",
  "baby animal|young animal": "kitten|puppy|foal|piglet|calf|duckling|baby chick",
  "nocturnal animal|night animal|nocturnal creature": "owl|bat|raccoon|hedgehog|badger|skunk|fox|black cat",
  "arctic animal|polar animal|antarctic animal": "polar bear|penguin|seal|orca|reindeer",
  "desert animal": "camel|two-hump camel|scorpion|lizard|snake",
  rodent: "mouse|rat|hamster|beaver|chipmunk|squirrel|gerbil|guinea pig",
  "extinct animal|prehistoric animal": "mammoth|dodo|t-rex|sauropod",
  "sea creature|sea animal|marine animal|marine creature|ocean animal|ocean creature|sea life|marine life|water animal|aquatic animal|underwater creature":
    "#animal marine|-coral|-spiral shell|turtle",
  crustacean: "crab|lobster|shrimp|oyster",
  "insect|creepy crawly":
    "ant|beetle|bug|butterfly|cockroach|cricket|fly|honeybee|lady beetle|mosquito|wasp|stag beetle|dragonfly|grasshopper",
  amphibian: "frog|toad|salamander|axolotl",
  "bird of prey|raptor": "eagle|owl|hawk|falcon|barn owl",
  "poultry|farm bird": "rooster|chicken|duck|turkey|goose",
  "tropical bird|exotic bird|colorful bird|colourful bird": "parrot|flamingo|peacock|macaw|toucan|cockatoo",
  "water bird|waterfowl": "duck|goose|swan|flamingo|penguin",
  "fantasy creature|mythical creature|mythical animal|mythological creature|magical creature|imaginary creature|legendary creature|fairy tale creature|fairytale creature|fairy tale|fairytale":
    "unicorn|dragon|phoenix|fairy|mermaid|merperson|genie|elf|troll|ogre|goblin",
  "food|meal|dish|lunch|dinner|supper|~eat|foodstuff":
    "#food prepared|#food asian|-salt|-butter|-canned food|-fortune cookie|-cooking",
  "snack|savory snack|savoury snack|salty snack":
    "french fries|popcorn|pretzel|cookie|doughnut|peanuts|rice cracker",
  "healthy snack|healthy food|healthy meal|health food|vegan food|vegetarian food|healthy":
    "#food fruit|green salad|carrot|broccoli|cucumber|avocado|-olive",
  "fast food|junk food|street food|unhealthy food|takeaway|takeout":
    "hamburger|pizza|french fries|hot dog|taco|burrito|stuffed flatbread",
  "breakfast|breakfast food|brunch":
    "croissant|pancakes|waffle|bacon|bagel|cereal|porridge|fried egg|boiled egg|scrambled eggs",
  dessert:
    "birthday cake|cupcake|custard|doughnut|ice cream|apple pie|cheesecake|brownie|sorbet|shortcake|soft ice cream|cookie",
  "sweet treat|sweet food|sweet dish|sweet thing|~sweet|sugary food|treat|confectionery":
    "birthday cake|candy|chocolate bar|cookie|cupcake|doughnut|ice cream|lollipop|soft ice cream|candy cane",
  "frozen dessert|frozen treat": "ice cream|soft ice cream|shaved ice",
  "asian dish|asian food|asian meal|oriental food|japanese food|japanese dish|chinese food|chinese dish":
    "#food asian|-fortune cookie|-spaghetti|-roasted sweet potato",
  "italian food|italian dish": "pizza|spaghetti",
  "mexican food|mexican dish|tex mex": "taco|burrito|tamale|avocado",
  "american food": "hamburger|hot dog|french fries|popcorn|pancakes",
  seafood: "shrimp|fried shrimp|lobster|crab|oyster|squid|sushi|fish",
  fruit: "#food fruit|-olive|-tomato",
  "tropical fruit|exotic fruit|summer fruit": "pineapple|mango|banana|coconut|kiwi fruit|watermelon",
  "citrus|citrus fruit|sour|sour fruit|sour food": "lemon|lime|tangerine",
  berry: "strawberry|blueberries|raspberry|blackberry|cranberry|gooseberry|redcurrant",
  "vegetable|veggie": "#food vegetable|tomato|-peanuts|-chestnut|-mushroom",
  "baked good|bakery product|pastry": "croissant|baguette bread|bread|pretzel|bagel|pie|cupcake|doughnut",
  "spice|seasoning|spicy|spicy food": "hot pepper|garlic|ginger root|curry rice",
  "dairy|dairy product|milk product": "cheese wedge|butter|glass of milk|ice cream",
  "drink|beverage|refreshment":
    "beer mug|beverage box|bubble tea|cocktail glass|glass of milk|hot beverage|sake|tropical drink|wine glass|mate|tumbler glass|teapot",
  "hot drink|warm drink": "hot beverage|teapot|mate",
  "cold drink|soft drink|soda|refreshing drink|summer drink": "beverage box|bubble tea|tropical drink",
  "alcohol|alcoholic drink|booze|alcoholic beverage|liquor":
    "beer mug|wine glass|cocktail glass|tropical drink|tumbler glass|sake|bottle with popping cork",
  "vehicle|means of transport|means of transportation|mode of transport|transport|transportation":
    "automobile|bus|taxi|delivery truck|pickup truck|motorcycle|bicycle|tractor|train|tram|helicopter|airplane|ship|motor scooter|sport utility vehicle",
  "emergency vehicle|rescue vehicle": "ambulance|fire engine|police car",
  "public transport|public transportation|mass transit|transit":
    "bus|tram|metro|train|trolleybus|light rail|monorail|ferry|tram car",
  "rail vehicle|rail transport": "train|locomotive|tram|metro|bullet train|high-speed train|light rail",
  "fast vehicle|speedy vehicle":
    "racing car|rocket|bullet train|high-speed train|speedboat|motorcycle|airplane",
  "fast|fast thing|speedy|quick|high speed":
    "racing car|rocket|bullet train|high-speed train|speedboat|motorcycle|airplane|leopard|horse",
  "watercraft|water vehicle|vessel|water transport":
    "ship|sailboat|ferry|speedboat|motor boat|canoe|passenger ship|yacht",
  "aircraft|flying machine|air transport|air vehicle":
    "airplane|small airplane|helicopter|rocket|flying saucer|drone",
  "two wheeler|pedal vehicle": "bicycle|motorcycle|motor scooter|kick scooter",
  "construction vehicle|heavy machinery|farm vehicle|construction machine": "excavator|tractor",
  "space vehicle": "rocket|space shuttle|flying saucer|satellite",
  "musical instrument|instrument|music instrument": "#musical instrument|-musical keyboard|musical keyboard",
  "string instrument|stringed instrument":
    "violin|guitar|banjo|harp|cello|ukulele|electric guitar|mandolin|lute|viola|double bass|lyre",
  "wind instrument|brass instrument|woodwind":
    "trumpet|saxophone|flute|trombone|clarinet|oboe|bassoon|french horn|tuba|bugle",
  "percussion|percussion instrument": "drum|long drum|maracas|tambourine|bongos|xylophone|castanets|drum kit",
  "sport|sport equipment|sporting good|sport gear|athletic equipment|sporty":
    "#sport|-running shirt|-goal net|-flag in hole|skier|snowboarder|person surfing|person swimming|person biking|person playing handball|person fencing|horse racing",
  "winter sport|snow sport|winter activity": "skis|skier|snowboarder|ice skate|sled|ice hockey|curling stone",
  "water sport|aquatic sport|swimming sport":
    "person surfing|person swimming|person rowing boat|person playing water polo|canoe|diving mask|woman surfing|woman swimming|man surfing",
  "ball game|ball sport|team sport":
    "soccer ball|basketball|volleyball|baseball|american football|tennis|rugby football|softball",
  "racket sport|racquet sport": "tennis|badminton|ping pong",
  "martial art|combat sport|fighting sport|self defense":
    "martial arts uniform|boxing glove|person fencing|people wrestling|ninja",
  "outdoor activity|outdoor sport|extreme sport":
    "person climbing|person mountain biking|person surfing|snowboarder|parachute|skateboard|hiking boot",
  "workout|exercise|fitness|~gym|gym equipment":
    "man lifting weights|flexed biceps|running shoe|person running|man in lotus position",
  "game|board game|party game|parlor game":
    "game die|chess pawn|puzzle piece|video game|joystick|bullseye|slot machine|joker",
  "gambling|casino|casino game": "slot machine|game die|poker chip|joker|spade suit",
  "plaything|~kid|~child|kid toy|child toy":
    "teddy bear|kite|yo-yo|nesting dolls|puzzle piece|balloon|water pistol",
  "fairground|amusement park|theme park|carnival|funfair":
    "ferris wheel|roller coaster|carousel horse|circus tent",
  "hobby|art|art supply|artistic|arts and crafts|handicraft":
    "artist palette|paintbrush|crayon|yarn|thread|sewing needle|framed picture",
  "clothing|clothes|garment|apparel|item of clothing|piece of clothing|article of clothing|outfit|~wear":
    "t-shirt|dress|jeans|coat|shorts|scarf|socks|necktie|kimono|sari|gloves|woman’s clothes|safety vest|lab coat",
  footwear:
    "running shoe|high-heeled shoe|woman’s boot|man’s shoe|hiking boot|flat shoe|thong sandal|woman’s sandal|ballet shoes",
  "headwear|head covering":
    "top hat|billed cap|crown|woman’s hat|graduation cap|rescue worker’s helmet|beret|bowler hat|bucket hat|sombrero|turban",
  "jewelry|jewellery|precious|precious thing|valuable|luxury|expensive|shiny|fancy":
    "ring|gem stone|crown|treasure chest|coin|trophy",
  "swimwear|beachwear|bathing suit|swimming costume": "bikini|one-piece swimsuit|shorts",
  "winter clothes|winter clothing|warm clothes|warm clothing": "coat|scarf|gloves|socks",
  "makeup|cosmetic|beauty product": "lipstick|nail polish bottle|nail polish|lotion bottle",
  "tool|hand tool|work tool":
    "hammer|wrench|screwdriver|carpentry saw|pick|axe|clamp|toolbox|hammer and wrench|shovel",
  "kitchen tool|kitchen utensil|kitchen item|cooking utensil|cooking tool|kitchenware|cookware|utensil|tableware|~kitchen":
    "kitchen knife|spoon|fork and knife|pot of food|chopsticks|cooking|teapot|kitchen scale|oven mitt",
  "garden tool|gardening|gardening tool|~garden": "shovel|trowel|hoe|rake|watering can|wheelbarrow|pitchfork",
  weapon: "dagger|crossed swords|bow and arrow|axe|bomb|boomerang|kitchen knife|dynamite",
  "medical tool|medical equipment|medical instrument|medical device|medical|medicine|medical supply|first aid|healthcare|health care":
    "stethoscope|syringe|pill|adhesive bandage|x-ray|thermometer|crutch",
  "science equipment|lab equipment|laboratory equipment|scientific instrument|science|scientific|~laboratory|~lab|chemistry|science tool":
    "microscope|test tube|petri dish|alembic|telescope|dna|conical flask|molecule",
  "office equipment|office supply|office item|stationery|~office":
    "paperclip|linked paperclips|pushpin|scissors|printer|clipboard|file cabinet|calculator|fax machine|briefcase",
  "school supply|school thing|school item|school equipment|back to school|schoolwork|homework|education":
    "backpack|pencil|straight ruler|triangular ruler|crayon|notebook|books|scissors|chalkboard",
  "writing tool|writing utensil|writing instrument|~write": "pencil|pen|fountain pen|crayon|quill|black nib",
  "household appliance|home appliance|appliance|kitchen appliance|electrical appliance":
    "microwave oven|television|radio|desk lamp|kitchen scale",
  "electronic device|gadget|device|electronic|tech|technology":
    "laptop|mobile phone|camera|desktop computer|television|radio|headphone|printer|video game",
  "means of communication|communication device|communication|communicating":
    "mobile phone|telephone|envelope|e-mail|satellite antenna|postbox|telephone receiver",
  "furniture|piece of furniture|item of furniture": "chair|sofa|couch and lamp|bed|chest of drawers|seat",
  "light source|lighting|source of light":
    "light bulb|candle|flashlight|desk lamp|diya lamp|red paper lantern",
  "~bathroom|bathroom item|hygiene|hygiene product":
    "toilet|shower|bathtub|soap|toothbrush|sponge|roll of paper",
  "cleaning|cleaning supply|cleaning product|cleaning tool|housework|chore|~clean":
    "broom|soap|sponge|bucket|lotion bottle|plunger",
  "sewing|needlework|knitting": "thread|sewing needle|yarn|safety pin|scissors",
  "money|cash|currency|kind of money|wealth|finance|payment":
    "coin|money bag|dollar banknote|euro banknote|pound banknote|yen banknote|credit card|money with wings",
  "~reading|~read|reading material|literature|reading matter":
    "books|open book|newspaper|closed book|green book|scroll",
  "timepiece|~time": "watch|alarm clock|mantelpiece clock|hourglass done|stopwatch|round clock",
  "award|prize|winning|victory": "trophy|1st place medal|sports medal|military medal|2nd place medal",
  "religious building|religious place|holy place|house of worship|place of prayer|religion|religious":
    "church|mosque|synagogue|hindu temple|shinto shrine|kaaba",
  "landmark|monument|tourist attraction|sightseeing":
    "tokyo tower|castle|japanese castle|mount fuji|classical building|moai|fountain|ferris wheel",
  "home|dwelling|accommodation|place to live":
    "house|house with garden|hut|houses|apartment building|couch and lamp",
  "cozy|cosy|comfy|comfortable|cozy place|snug":
    "couch and lamp|house with garden|bed|fire|hot beverage|teddy bear|candle|socks",
  "vegetation|nature|natural":
    "deciduous tree|evergreen tree|herb|seedling|four leaf clover|mushroom|maple leaf|cactus|palm tree|mountain",
  "heavenly body|celestial body|celestial object|astronomy|space thing|space object|cosmic|~space":
    "ringed planet|sun|full moon|star|comet|rocket|milky way|telescope|satellite|flying saucer",
  "weather|kind of weather":
    "sun|cloud|cloud with rain|cloud with snow|cloud with lightning|rainbow|tornado|sun behind cloud|snowflake|fog",
  "bad weather|stormy weather|awful weather|terrible weather|rainy weather|stormy|rainy|rainy day|stormy day":
    "cloud with lightning and rain|tornado|cloud with rain|cloud with lightning|cyclone|umbrella with rain drops",
  "good weather|sunny weather|sunny day|sunny|great weather":
    "sun|sun with face|sun behind small cloud|sunglasses",
  "winter|wintertime|wintry|winter day|winter weather|cold day|cold weather|cold season|snowy day|snowy|snowy weather":
    "snowflake|snowman|snowman without snow|cloud with snow|snow-capped mountain|skis|skier|snowboarder|ice skate|sled|ice hockey|scarf|gloves",
  "summer|summertime|summery|summer day|summer weather|hot day|hot weather|hot season":
    "sun|sun with face|umbrella on ground|ice cream|soft ice cream|watermelon|sunglasses|desert island|tropical drink|bikini|person surfing",
  "spring|springtime|spring day|spring season":
    "cherry blossom|tulip|seedling|butterfly|hatching chick|blossom",
  "autumn|autumnal|autumn day|autumn season|fall season":
    "maple leaf|fallen leaf|mushroom|jack-o-lantern|chestnut|chipmunk",
  "vacation|holiday|summer vacation|summer holiday|beach vacation|beach holiday|getaway|beach trip":
    "umbrella on ground|desert island|palm tree|tropical drink|sunglasses|luggage|passenger ship|airplane|bikini|thong sandal",
  "~beach|seaside|beach day|~swimming":
    "umbrella on ground|bikini|thong sandal|one-piece swimsuit|palm tree|sunglasses|spiral shell|bucket|ring buoy|desert island",
  "travel|travelling|traveling|journey|trip|tourism|city trip|road trip":
    "luggage|airplane|train|passenger ship|world map|compass|camper van|camera",
  "camping trip|hike|hiking trip|outdoors|adventure":
    "camping|tent|hiking boot|fire|compass|backpack|mountain|flashlight",
  "picnic|garden party": "basket|sandwich|meat on bone|hot dog|beer mug|watermelon",
  "night|nighttime|night time|bedtime|sleep|sleeping time":
    "night with stars|crescent moon|bed|sleeping face|person in bed|zzz|owl",
  "christmas|xmas|yuletide|christmas time|christmas day|christmas eve|advent|christmassy":
    "christmas tree|santa claus|wrapped gift|snowman|mrs. claus|candy cane|reindeer",
  "halloween|trick or treat|halloween party":
    "jack-o-lantern|ghost|black cat|bat|vampire|zombie|spider web|skull",
  "spooky|scary|creepy|horror|eerie|haunted|frightening|terrifying|spine chilling":
    "ghost|jack-o-lantern|skull|zombie|vampire|spider web|bat|spider|coffin|derelict house|black cat",
  "birthday|birthday celebration|kids birthday|bday":
    "birthday cake|balloon|party popper|wrapped gift|partying face|confetti ball",
  "celebration|new year's eve|new year eve|new years eve|festive|festivity|celebrating|anniversary":
    "fireworks|party popper|bottle with popping cork|clinking glasses|sparkler|confetti ball|partying face",
  "wedding day|marriage|~wedding|wedding party|getting married|bridal":
    "ring|bouquet|wedding|person with veil|person in tuxedo|clinking glasses|birthday cake",
  "easter|easter sunday|easter time": "easter egg|rabbit face|hatching chick|rabbit|egg",
  "romantic|romance|valentine's day|valentines day|loving|romantic evening":
    "rose|red heart|love letter|heart with arrow|bouquet|kiss mark|heart with ribbon|ring|two hearts",
  "graduation|graduating": "graduation cap|scroll|trophy|student",
  "funeral|mourning|grief": "coffin|headstone|funeral urn|wilted flower|candle",
  "baby shower|~baby|baby thing|baby item": "baby bottle|teddy bear|stroller|baby|baby chick",
  "thanksgiving|harvest|harvest festival": "turkey|pie|ear of corn|maple leaf|jack-o-lantern|grapes",
  "magical|magic|enchanted|wizardry|sorcery":
    "magic wand|crystal ball|mage|unicorn|sparkles|top hat|genie|fairy",
  "zodiac sign|star sign|zodiac|horoscope|astrology": "#zodiac",
  "profession|occupation|job|worker":
    "firefighter|farmer|cook|mechanic|teacher|police officer|construction worker|pilot|artist|scientist|judge|health worker",
  "angry|mad|furious|grumpy|enraged|annoyed":
    "pouting cat|angry face|enraged face|face with steam from nose|face with symbols on mouth|angry face with horns",
  "happy|cheerful|joyful|joyous|smiling":
    "grinning cat|grinning cat with smiling eyes|grinning face|smiling face with smiling eyes|beaming face with smiling eyes|partying face",
  "sad|unhappy|crying|gloomy|depressing":
    "crying cat|weary cat|crying face|sad but relieved face|disappointed face|broken heart|wilted flower",
  "icy|frozen|freezing|chilly|cold|cold thing":
    "ice|snowflake|snowman|cold face|ice cream|snow-capped mountain|penguin",
  "hot|hot thing|burning|fiery": "fire|hot pepper|volcano|sun|hot face|hot beverage|steaming bowl",
  "dangerous|deadly|poisonous|toxic|hazardous":
    "bomb|biohazard|radioactive|skull|scorpion|snake|dynamite|shark",
  "fluffy|cuddly|soft|furry": "teddy bear|ewe|rabbit|cloud|hamster|koala|cat",
  "loud|noisy": "megaphone|loudspeaker|bell|drum|trumpet|alarm clock",
  "flying|airborne|can fly": "airplane|helicopter|eagle|bird|butterfly|kite|rocket|honeybee",
  "lucky|good luck|luck|lucky charm": "four leaf clover|nazar amulet|shamrock|game die|lady beetle",
  "funny|silly|goofy|hilarious":
    "clown face|zany face|squinting face with tongue|face with tears of joy|monkey",
  "relaxing|relaxation|wellness|~spa|calming":
    "hot springs|man in lotus position|bathtub|man getting massage|candle|lotus",
  "old fashioned|retro|vintage|antique":
    "telephone|radio|film projector|videocassette|floppy disk|turntable|amphora",
  "royal|royalty|regal": "crown|castle|princess|prince",
};
