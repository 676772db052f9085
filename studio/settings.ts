/** Settings of a request in plain words. */

/** What a setting is called on the page, and what it does. */
interface SettingText {
  readonly name: string;
  readonly meaning: string;
}

/** Texts of settings by their names in requests. */
const settingTexts: Readonly<Record<string, SettingText>> = {
  seed: {
    name: "Seed",
    meaning: "Number that chance starts from; the same seed gives the same picture.",
  },
  quality: { name: "Effort", meaning: "draft, normal or best." },
  steps: {
    name: "Steps",
    meaning: "How often the picture is changed towards the prompt; 0 keeps the best draft.",
  },
  views: {
    name: "Crops per step",
    meaning:
      "How many random crops of the picture the guides look at in each step. More are steadier, and slower.",
  },
  candidates: {
    name: "Drafts",
    meaning: "How many first pictures are drawn; the best is used.",
  },
  truncation: {
    name: "Variety of drafts",
    meaning: "0: typical drafts; 1: the most varied ones.",
  },
  lr: {
    name: "Size of a step",
    meaning: "How far each step may change the picture (learning rate).",
  },
  style: { name: "Style", meaning: "Drawing style; names as in the list of styles." },
  optimizer: {
    name: "Search method",
    meaning:
      "How a better picture is looked for (optimizer). adam: step by step uphill; cma-es: by mixing drafts; hybrid: both in turn.",
  },
  plateau: { name: "Early end", meaning: "Ends after this many steps without progress; 0: never." },
  layers: { name: "Layers", meaning: "Into how many layers a picture of several things is divided." },
  scene: { name: "Layers and their places", meaning: "Those of another picture." },
  prompts: { name: "Prompt file", meaning: "Prompts with weights and a schedule." },
  imagePrompt: { name: "Pictures as prompts", meaning: "What the picture should resemble." },
  generator: { name: "Pack", meaning: "Models that draw and measure the picture." },
  size: { name: "Size", meaning: "Side of the picture in pixels." },
  budget: { name: "Time limit", meaning: "How long, or how many looks of the guides, a picture may take." },
};

/** Name of a setting in plain words; that of requests for one without. */
export const nameOfSetting = (setting: string): string => settingTexts[setting]?.name ?? setting;

/** What a setting does, in a sentence; empty for one without a text. */
export const meaningOfSetting = (setting: string): string => settingTexts[setting]?.meaning ?? "";
