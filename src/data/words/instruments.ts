/** Words for musical instruments; see tables.ts. */
export const namesOfInstruments: Readonly<Record<string, string>> = {
  "music stand": "sheet music stand",
  "double bass": "contrabass, upright bass, string bass, stand up bass",
  "bass guitar": "electric bass",
  ukulele: "uke, ukelele",
  "pipe organ": "organ, church organ",
  didgeridoo: "didjeridu, didgeridu",
  bongos: "bongo drum",
  panpipes: "pan flute",
};

/** Kinds of the same; see tables.ts. */
export const kindsOfInstruments: Readonly<Record<string, string>> = {
  mandolin: "bouzouki",
  lute: "oud",
  lyre: "cithara",
  oboe: "english horn, cor anglais",
  bassoon: "contrabassoon",
  "french horn": "hunting horn",
};
