import { colourWords } from "./colours.js";

/** What a picture is for, which is no part of what it shows. */
const media =
  "logo|poster|banner|invitation|invite|flyer|leaflet|recipe card|recipe|worksheet|flashcard|flash card|colou?ring page|clip ?art";
/** What a medium is like. */
const kinds = "(?:simple|cute|funny|new|modern|vintage|minimalist|fancy|colou?rful|school|classroom)";
/** Words before what a text shows: how a story begins, whom a card invites, what a poster is about. */
const openings = [
  /^once(?: upon a time|,? long ago)?,? (?:there (?:was|were|lived) )?(?=an? |the |two |three |some )/i,
  /^(?:you['’]re|you are|we['’]re|please be) (?:all )?(?:invited|inviting you) to (?=an? |the |my |our )/i,
  /^welcome to (?=an? |the )/i,
  new RegExp(`^(?:an? |the |my |our )?(?:${kinds} )*(?:${media}) (?:for|of|about|on|to|with|showing) (?=\\w)`, "i"),
]; // prettier-ignore
/** A medium after what it shows: "a bakery logo with a cupcake" shows a bakery with a cupcake. */
const closing = new RegExp(`^(.*\\w) (?:${media})(?= with | showing |$)`, "i");

/** Tells whether words before a medium name no thing: "a red logo". */
const isNoThing = (words: string): boolean => {
  const last = words.toLowerCase().split(" ").at(-1)!;
  return /^(?:an?|the|my|our)$/.test(last) || colourWords.has(last) || new RegExp(`^${kinds}$`).test(last);
};
/** Greetings of a season without a drawing of their own. */
const holidays = /^(?:happy holidays|season['’]?s greetings)[!.]*$/i;

/** Removes the words for what a picture is for: "a logo for a coffee shop" shows a coffee shop. */
export function removeFrame(text: string): string {
  if (holidays.test(text)) return "a christmas tree";
  const rest = openings.reduce((shorter, opening) => shorter.replace(opening, ""), text);
  return rest.replace(closing, (whole, shown: string) => (isNoThing(shown) ? whole : shown));
}
