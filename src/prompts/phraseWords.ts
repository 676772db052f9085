/** Words with a role of their own in phrases that name one thing. */

/** Words that do not change a picture of one thing. */
export const fillers = new Set(
  "a an the some my your his her our their this that one single little small big large tiny huge cute nice pretty beautiful lovely sweet very simple".split(
    " ",
  ),
);
/** Articles, which say nothing of the thing. */
export const articles = new Set(["a", "an", "the"]);
/** Words for pictures, ignored before `of`. */
export const pictureWords = new Set(
  "picture photo photograph drawing image icon emoji sticker illustration painting sketch".split(" "),
);
/** Containers and quantities before `of`. */
export const containers = new Set(
  "cup mug glass bottle slice piece bowl plate bunch pair pile jar can box bag loaf scoop stack bouquet block chunk wedge lump hunk head stick tub carton tin packet sack handful dollop helping".split(
    " ",
  ),
);
/** Words that begin what is said further of a thing. */
export const prepositions = new Set("of with in on at and for to from by".split(" "));
/** Words that relate two things. A phrase with such a word is not the name of one thing. */
export const relations = new Set(
  "wearing holding riding eating under over behind beside near next above below inside playing carrying".split(
    " ",
  ),
);
