/** What scores of guides and judge mean in words. */
import type { RunView } from "../src/studio/api.js";

/**
 * What is scored. Ranges of scores depend on it: they are known for one thing and for a scene of several things of the pack that comes
 * with clipsteer.
 */
export type ScoredKind = "thing" | "scene" | "other";

/*
 * Judge scores of the pack "stickers" with default settings, measured on 30 November 2026, quantiles 10, 25, 50, 75 and 90 %.
 * Pictures that show what was asked for, checked by eye: 24 of one known thing 0.54, 0.67, 0.71, 0.74, 0.75; 27 scenes (the first three
 * of each of nine relations) 0.25, 0.35, 0.44, 0.50, 0.56.
 * The same pictures with the prompt of another one, by the whole picture: 1200 pairs of one thing 0.10, 0.19, 0.30, 0.39, 0.46;
 * 1350 pairs of a scene 0.16, 0.25, 0.35, 0.43, 0.49. A right picture has a higher score than one for another prompt in 98 % of the
 * pairs of one thing, and in 70 % of those of a scene.
 */
const meanings: Readonly<Record<ScoredKind, string>> = {
  thing:
    "Half of the right pictures of one thing get 0.67 to 0.74 by the judge; half of the unrelated ones 0.19 to 0.39.",
  scene:
    "Scenes of several things get less, also right ones: half of them 0.35 to 0.50 by the judge, and half of the unrelated pictures 0.25 to 0.43. One number says little; compare pictures of the same prompt.",
  other: "Higher is better; compare pictures of the same prompt.",
};

/** Lowest judge scores of each word: 0.55 have 88 % of right pictures and 2 % of unrelated ones, 0.45 have 96 and 12 %. */
const thingLevels = { good: 0.55, fair: 0.45 };
/** The same for scenes: 0.5 have 30 % of right pictures and 8 % of unrelated ones, 0.25 have 93 and 76 %. */
const sceneLevels = { good: 0.5, usual: 0.25 };

/** What scores of guides and judge mean, however the picture was made. */
export const explainScores = (kind: ScoredKind): string =>
  `Judge and guides say how well the picture fits its words. ${meanings[kind]}`;

/** A judge score in words; empty where the range of right pictures is not known. */
export function rateScore(judge: number | undefined, kind: ScoredKind): string {
  if (judge === undefined || kind === "other") return "";
  const lookYourself = "see for yourself whether the picture fits.";
  if (kind === "thing")
    return judge >= thingLevels.good
      ? "A good score for one thing."
      : judge >= thingLevels.fair
        ? "A fair score for one thing."
        : `A low score for one thing: ${lookYourself}`;
  return judge >= sceneLevels.good
    ? "A good score for a scene."
    : judge >= sceneLevels.usual
      ? "A usual score for a right scene."
      : `A low score, even for a scene: ${lookYourself}`;
}

/** What the scores of a request's picture are about. @param isScene whether it is made of layers. */
export function kindOfScores(
  { text, negative, imagePrompt, prompts, generator }: Readonly<Record<string, unknown>>,
  isScene: boolean,
): ScoredKind {
  const others = [negative, imagePrompt].flatMap((each) => (each ?? []) as unknown[]);
  const isOne = Array.isArray(text) && text.length === 1 && others.length === 0 && prompts === undefined;
  if (!isOne || generator !== undefined) return "other";
  return isScene ? "scene" : "thing";
}

/** What the scores of a run are about. */
export const kindOfRun = ({ request, results, drafting }: RunView): ScoredKind =>
  kindOfScores(
    request,
    results.at(-1)?.hasLayers === true || (drafting !== undefined && drafting.stage !== "drafts"),
  );

/** What the gap of guides and judge means, for a picture that was steered step by step. */
export const gapMeaning =
  "The guides steered the picture, the judge only looked. If the guides rise and the judge does not, the picture fools its guides instead of improving.";
