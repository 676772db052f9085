import type { IconSet } from "./sources.js";

const shareAlike: readonly IconSet[] = [
  {
    name: "openmoji",
    package: "@iconify-json/openmoji",
    version: "1.2.29",
    style: "openmoji style",
    family: "openmoji",
    license: "CC-BY-SA-4.0",
    attribution: "OpenMoji © HfG Schwäbisch Gmünd and contributors, CC BY-SA 4.0, openmoji.org; rasterised",
  },
  {
    name: "emojione-v1",
    package: "@iconify-json/emojione-v1",
    version: "1.2.3",
    style: "emojione 1 style",
    family: "emojione-v1",
    license: "CC-BY-SA-4.0",
    attribution: "EmojiOne 1 © Ranks.com, CC BY-SA 4.0; rasterised",
  },
];

/** Describes a set of icons in one colour or in colours that say nothing about the thing. */
const describeIcons = (
  name: string,
  version: string,
  license: string,
  owner: string,
  names = "^(.+)$",
): IconSet => ({
  name,
  package: `@iconify-json/${name}`,
  version,
  style: "icon style",
  family: name,
  license,
  attribution: `${owner}, ${license}; rasterised in other colours`,
  names,
  emojiWords: true,
  rewrite: "tint",
});

/** Icons that no pack is trained on. */
const plainIcons: readonly IconSet[] = [
  describeIcons(
    "game-icons",
    "1.2.4",
    "CC-BY-3.0",
    "Game Icons © Lorc, Delapouite and contributors, game-icons.net",
  ),
  describeIcons(
    "mdi",
    "1.2.3",
    "Apache-2.0",
    "Material Design Icons © Pictogrammers",
    "^(?!.*-outline)(.+)$",
  ),
  describeIcons("ph", "1.2.2", "MIT", "Phosphor Icons © Phosphor Icons", "^(.+)-duotone$"),
  describeIcons("tabler", "1.2.41", "MIT", "Tabler Icons © Paweł Kuna", "^(.+)-filled$"),
  describeIcons("fa6-solid", "1.2.4", "CC-BY-4.0", "Font Awesome 6 Free © Fonticons, Inc."),
  describeIcons("icon-park", "1.2.4", "Apache-2.0", "IconPark © ByteDance"),
  describeIcons("icon-park-solid", "1.2.4", "Apache-2.0", "IconPark © ByteDance"),
  describeIcons("mingcute", "1.2.8", "Apache-2.0", "MingCute Icons © MingCute Design", "^(.+)-fill$"),
  describeIcons(
    "healthicons",
    "1.2.13",
    "MIT",
    "Health Icons © Resolve to Save Lives",
    "^(?!.*-outline)(.+)$",
  ),
  describeIcons("temaki", "1.2.6", "CC0-1.0", "Temaki, public domain"),
  describeIcons("maki", "1.2.5", "CC0-1.0", "Maki, public domain"),
  describeIcons("bxs", "1.2.3", "MIT", "Boxicons © Atisa"),
  describeIcons("solar", "1.2.13", "CC-BY-4.0", "Solar Icons © 480 Design", "^(.+)-bold-duotone$"),
  describeIcons("ri", "1.2.10", "Apache-2.0", "Remix Icon © Remix Design", "^(.+)-fill$"),
  describeIcons("ion", "1.2.7", "MIT", "Ionicons © Ben Sperry", "^(?!.*-(?:outline|sharp))(.+)$"),
  describeIcons("whh", "1.2.0", "OFL-1.1", "WebHostingHub Glyphs © WebHostingHub"),
  describeIcons("raphael", "1.2.1", "MIT", "Raphael © Dmitry Baranovskiy"),
  describeIcons("si-glyph", "1.2.2", "CC-BY-SA-4.0", "SmartIcons Glyph © SmartIcons"),
];

/**
 * Sets that only the independent judge is trained on; no pack, guide or generator learns from them. Two are emoji under ShareAlike
 * licences, so neither they nor the judge are part of the package. OpenMoji is used twice: unchanged, and with thin brown outlines,
 * because the styles that the judge evaluates have no black outlines. The others are icons. Their captions name no colour; each icon
 * gets a colour by its name.
 */
export const judgeSets: readonly IconSet[] = [
  ...shareAlike,
  { ...shareAlike[0]!, name: "openmoji-thin", style: "thin openmoji style", rewrite: "thin-outline" },
  ...plainIcons,
];
