/** Words for a woman, a man, or anyone, as people type them. */
const subjects = {
  man: ["man", "boy", "guy"],
  woman: ["woman", "girl", "lady"],
  person: ["person", "kid", "child", "someone"],
} as const;
type Subject = keyof typeof subjects;

/** What the person of a label does or has, by the end of the label, and how people say it after a word for the person. */
const actionWords: Readonly<Record<string, readonly string[]>> = {
  bald: ["with bald head"],
  beard: ["with beard"],
  biking: ["cycling", "riding bike", "riding bicycle", "on bike", "on bicycle"],
  "blond hair": ["with blond hair", "with blonde hair"],
  "bouncing ball": ["playing basketball", "dribbling ball", "with ball"],
  bowing: ["taking bow"],
  cartwheeling: ["doing cartwheel", "doing gymnastics"],
  climbing: ["rock climbing", "climbing rock", "climbing wall"],
  "curly hair": ["with curly hair"],
  facepalming: ["with hand on face"],
  "feeding baby": ["with baby", "holding baby", "and baby"],
  "getting haircut": ["at hairdresser", "at barber"],
  "getting massage": ["having massage"],
  golfing: ["playing golf"],
  "in bed": ["sleeping", "sleeping in bed", "asleep", "lying in bed"],
  "in lotus position": ["meditating", "doing yoga"],
  "in manual wheelchair": ["in wheelchair", "using wheelchair"],
  "in steamy room": ["in sauna"],
  "in suit levitating": ["levitating", "floating in air"],
  "in tuxedo": ["in suit", "wearing suit", "wearing tuxedo"],
  kneeling: ["on knees"],
  "lifting weights": ["weightlifting", "lifting barbell", "at gym"],
  "mountain biking": ["on mountain bike", "riding mountain bike"],
  "playing handball": ["throwing ball"],
  "raising hand": ["with hand up", "raising arm"],
  "red hair": ["with red hair", "with ginger hair"],
  "rowing boat": ["rowing", "in rowing boat", "in boat", "rowing in boat"],
  running: ["jogging"],
  surfing: ["on surfboard", "riding wave", "surfing wave"],
  swimming: ["in water", "in pool", "in swimming pool"],
  "taking bath": ["bathing", "in bathtub", "in bath", "having bath"],
  walking: ["taking walk", "going for walk"],
  "wearing turban": ["with turban"],
  "white hair": ["with white hair", "with grey hair", "with gray hair"],
  "with veil": ["wearing veil"],
};

/** Nouns for the person of a label. */
const nouns: Readonly<Record<string, readonly string[]>> = {
  kiss: ["couple kissing", "people kissing", "kissing couple", "two people kissing"],
  "people holding hands": ["two people holding hands", "couple holding hands", "friends holding hands"],
  "people hugging": ["two people hugging", "hug", "hugging people", "friends hugging"],
  "woman and man holding hands": ["man and woman holding hands", "boy and girl holding hands"],
  "women holding hands": ["two women holding hands", "two girls holding hands", "girls holding hands"],
  "men holding hands": ["two men holding hands", "two boys holding hands", "boys holding hands"],
  "people wrestling": ["wrestlers", "two people wrestling"],
  "man police officer": ["policeman"],
  "woman police officer": ["policewoman"],
  "office worker": ["businessman", "businesswoman", "manager"],
  "man firefighter": ["fireman"],
  "woman firefighter": ["firewoman"],
  "health worker": ["doctor", "surgeon", "physician"],
  technologist: [
    "programmer",
    "developer",
    "person at computer",
    "person with laptop",
    "programmer with laptop",
  ],
  cook: ["chef", "chef cooking"],
  "woman cook": ["female chef", "woman chef"],
  "man cook": ["male chef", "man chef"],
  "woman technologist": ["female programmer", "woman at computer", "woman with laptop", "girl with laptop"],
  "man technologist": ["male programmer", "man at computer", "man with laptop", "boy with laptop"],
  "woman health worker": ["female doctor", "woman doctor", "nurse"],
  "man health worker": ["male doctor", "man doctor"],
  "woman dancing": ["dancer", "flamenco dancer"],
  "man dancing": ["disco dancer", "male dancer"],
  "person running": ["runner", "jogger"],
  "person surfing": ["surfer"],
  "person swimming": ["swimmer"],
  "person biking": ["cyclist", "biker", "bicyclist"],
  "person climbing": ["climber", "rock climber"],
  "person golfing": ["golfer", "golf player"],
  "person lifting weights": ["weightlifter", "bodybuilder"],
  "person juggling": ["juggler"],
  "person rowing boat": ["rower"],
  "person bouncing ball": ["basketball player"],
  "person playing handball": ["handball player"],
  "person playing water polo": ["water polo player"],
  "person fencing": ["fencer"],
  "person cartwheeling": ["gymnast", "acrobat"],
  "person walking": ["pedestrian", "walker"],
  "old man": ["grandfather", "grandpa", "elderly man", "old guy"],
  "old woman": ["grandmother", "grandma", "elderly woman", "granny", "old lady"],
  "pregnant woman": ["expecting mother"],
  man: ["guy", "gentleman", "bloke"],
  woman: ["lady"],
  person: ["someone", "human"],
  "person reading": [
    "person reading book",
    "man reading book",
    "woman reading book",
    "boy reading book",
    "girl reading book",
    "man reading",
    "woman reading",
    "child reading book",
    "reader",
  ],
};

/**
 * Tells whether a label names a profession or role: these have a label for a man and one for a woman without `-ing` or a preposition: `woman astronaut`.
 */
const isRole = (rest: string): boolean => !/ing\b|\b(?:in|with|hair|bald|beard|and)\b|,/.test(rest);
const roleWords: Readonly<Record<Subject, readonly string[]>> = {
  man: ["male", "boy"],
  woman: ["female", "girl", "lady"],
  person: [],
};

/** Lists the names of one label; see `listPersonNames`. */
function listOwnNames(label: string): readonly string[] {
  const [first, ...others] = label.split(" ");
  const rest = others.join(" ");
  const names = [...(nouns[label] ?? [])];
  if (first === undefined || !(first in subjects) || rest === "") return names;
  const subject = first as Subject;
  if (isRole(rest))
    return [...names, ...roleWords[subject].map((word) => `${word} ${rest}`), `${rest} ${first}`];
  for (const word of subjects[subject]) {
    if (word !== first) names.push(`${word} ${rest}`);
    names.push(...(actionWords[rest] ?? []).map((action) => `${word} ${action}`));
    for (const action of [rest, ...(actionWords[rest] ?? [])])
      if (/^\w+ing$/.test(action)) names.push(`${action} ${word}`);
  }
  return names;
}

/** Subjects in the order in which they stand in for one another where a label is missing. */
const substitutes: readonly Subject[] = ["person", "woman", "man"];

/**
 * Lists the everyday names of a label that says what a person does, has or is: `man biking` is also `boy riding bike`. Small
 * words such as `a` are left out, as where prompts are read. A label also takes the names of labels that are missing: without
 * `man juggling`, `person juggling` is called so too.
 * @param labels all labels of a vocabulary.
 * @returns none for other labels.
 */
export function listPersonNames(label: string, labels: ReadonlySet<string>): readonly string[] {
  const [first, ...others] = label.split(" ");
  const names = [...listOwnNames(label)];
  if (first !== undefined && first in subjects && others.length > 0) {
    const siblings = substitutes.map((subject) => [subject, ...others].join(" "));
    if (siblings.find((each) => labels.has(each)) === label)
      for (const missing of siblings.filter((each) => !labels.has(each)))
        names.push(missing, ...listOwnNames(missing));
  }
  return [...new Set(names)].filter((name) => name !== label && !labels.has(name));
}
