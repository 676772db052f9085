import { type EmojiManifest, judgeSets } from "../data/index.js";
import { type TensorRecord } from "../tensor/index.js";
import type { SmallClipConfig, TokenizerJson } from "../clip/index.js";
import { exportClipPack } from "./folderSession.js";

/** Shape of the independent judge, unlike those of the three CLIPs of the bundled pack. */
export const judgePreset = "independent";

/** Styles of the sets of emoji. Pictures that are judged look like these, not like plain icons. */
const emojiStyles = judgeSets.flatMap(({ style, names }) => (names === undefined ? [style] : []));

/** Prompt templates of the independent judge; sentences that it is trained on. */
const judgeTemplates = ["{}", "an emoji of {}", ...emojiStyles.map((style) => `{}, ${style}`)];

/**
 * Writes an independent judge as a pack, with the attributions that its licence requires.
 * @param manifest of the data it was trained on.
 */
export async function exportJudge(
  folder: string,
  trained: { json: TokenizerJson; model: SmallClipConfig; weights: TensorRecord },
  manifest: Pick<EmojiManifest, "licences" | "images">,
): Promise<void> {
  const lines = manifest.licences.map(
    ({ set, license, attribution }) => `- ${set}: ${attribution} (${license})`,
  );
  await exportClipPack(folder, {
    name: "independent-judge",
    ...trained,
    card: {
      description: "a CLIP for evaluation only, trained on OpenMoji, EmojiOne 1 and icons",
      license: "CC-BY-SA-4.0",
    },
    templates: judgeTemplates,
    articles: false,
    readme: [
      "# Independent judge",
      "",
      `A CLIP trained on ${manifest.images} drawings that no generator pack may use. It measures pictures and never`,
      "selects or steers them. Weights and data are ShareAlike (CC BY-SA 4.0) and not part of clipsteer.",
      "",
      ...lines,
      "",
    ].join("\n"),
  });
}
