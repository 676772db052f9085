import type { AscentConfig, Recipe, SteerModels } from "../../src/guidance/index.js";
import { defaultRecipe } from "../../src/guidance/index.js";
import { mixing } from "./mixing.js";

/** One configuration of the generation, compared with the others. */
export interface Configuration {
  readonly name: string;
  /** Row title in the tables. */
  readonly description: string;
  readonly table: "floor" | "ablation" | "views" | "recipe" | "optimizer" | "curve" | "negative";
  readonly settings: Partial<AscentConfig>;
  /** Other models than the pack's: fewer guides, no discriminator, other latents. */
  readonly models?: (models: SteerModels) => SteerModels;
  /** Weight with which another prompt of the set is pushed away. */
  readonly negative?: number;
  /** Drafts that the start is mixed of, for `mixing`. */
  readonly mixed?: number;
}

/** Steps and views of the comparison, the same for all; half of what `generate` does, at twice its rate. */
export const base = {
  seed: 1,
  steps: 30,
  views: 16,
  lr: 0.04,
  candidates: 96,
  truncation: 0.5,
  plateau: 0,
} as const;

const recipe = (changes: Partial<Recipe>): { recipe: Partial<Recipe> } => ({ recipe: changes });
const views = (changes: Partial<Recipe["views"]>): { recipe: Partial<Recipe> } =>
  recipe({ views: { ...defaultRecipe.views, ...changes } });
const weights = (changes: Partial<Recipe["weights"]>): { recipe: Partial<Recipe> } =>
  recipe({ weights: { ...defaultRecipe.weights, ...changes } });
const oneGuide = (models: SteerModels): SteerModels => ({ ...models, guides: models.guides.slice(0, 1) });
const withoutRealism = (models: SteerModels): SteerModels => {
  const { realism, ...generator } = models.generator;
  void realism;
  return { ...models, generator };
};
const still = { loose: 0, flip: 0, colour: 0, noise: 0 };

/** What the systems of others leave out: our prior, discriminator and judge. */
const bare: Partial<Recipe> = {
  weights: { ...defaultRecipe.weights, anchor: 0, realism: 0 },
  shared: false,
  ramps: false,
  noise: 0,
  judged: false,
  minGain: -2,
};

/**
 * All configurations, the most telling first. The recipes of others are stated with the generator's own sampler for the prompt,
 * one guide and twice the steps, so that the CLIP passes are nearly equal; Adam's moments are ours.
 * Source: Wang 2021 (big-sleep); Crowson et al. 2022 (VQGAN-CLIP); the StyleGAN3+CLIP notebooks of the same author; Liu et al.
 * 2021 (FuseDream).
 */
export const configurations: readonly Configuration[] = [
  { name: "all", description: "all ingredients", table: "ablation", settings: {} },
  {
    name: "sample",
    description: "one sample, no ascent",
    table: "floor",
    settings: { steps: 0, candidates: 1 },
  },
  { name: "drafts", description: "best of 96 drafts, no ascent", table: "floor", settings: { steps: 0 } },
  {
    name: "no-views",
    description: "no views: 16 times the whole picture",
    table: "ablation",
    settings: views({ close: 0, ...still }),
  },
  {
    name: "no-realism",
    description: "no discriminator, in drafts and steps",
    table: "ablation",
    settings: {},
    models: withoutRealism,
  },
  {
    name: "no-anchor",
    description: "no pull to the start",
    table: "ablation",
    settings: weights({ anchor: 0 }),
  },
  {
    name: "no-best-of-n",
    description: "start from one sample",
    table: "ablation",
    settings: { candidates: 1 },
  },
  {
    name: "one-guide",
    description: "one guide, 32 views",
    table: "ablation",
    settings: { views: 32 },
    models: oneGuide,
  },
  {
    name: "big-sleep",
    description: "big-sleep: one sample, W+, cosine, crops of 0.5 to 0.95, rate 0.07, EMA 0.99",
    table: "recipe",
    settings: {
      candidates: 1,
      steps: 60,
      lr: 0.07,
      recipe: {
        ...bare,
        distance: "cosine",
        average: 0.99,
        views: { close: 1, smallest: 0.5, largest: 0.95, ...still },
      },
    },
    models: (models) => withoutRealism(oneGuide(models)),
  },
  {
    name: "vqgan-clip",
    description: "VQGAN-CLIP: one sample, W+, whole picture with affine, jitter and noise, rate 0.1",
    table: "recipe",
    settings: {
      candidates: 1,
      steps: 60,
      lr: 0.1,
      recipe: {
        ...bare,
        average: 0,
        views: { ...defaultRecipe.views, close: 0, flip: 0, colour: 0.1, noise: 0.1 },
      },
    },
    models: (models) => withoutRealism(oneGuide(models)),
  },
  {
    name: "stylegan3-clip",
    description: "StyleGAN3+CLIP: best of 32, whitened W+, crops of any size, rate 0.03, EMA 0.9",
    table: "recipe",
    settings: {
      candidates: 32,
      steps: 60,
      lr: 0.03,
      recipe: {
        ...bare,
        average: 0.9,
        views: { close: 1, smallest: 0.3, largest: 1, ...still },
      },
    },
    models: (models) => withoutRealism(oneGuide(models)),
  },
  {
    name: "fusedream",
    description: "FuseDream: softmax mixture of the best 5 of 96, shifts, colour and noise, rate 0.03",
    table: "recipe",
    settings: {
      steps: 60,
      lr: 0.03,
      recipe: {
        ...bare,
        noise: 0.01,
        average: 0,
        views: { ...defaultRecipe.views, close: 0 },
      },
    },
    models: (models) => mixing(withoutRealism(oneGuide(models)), 5),
    mixed: 5,
  },
  {
    name: "cma-es",
    description: "CMA-ES, equal passes",
    table: "optimizer",
    settings: { optimizer: "cma-es" },
  },
  {
    name: "hybrid",
    description: "CMA-ES, then Adam, equal passes",
    table: "optimizer",
    settings: { optimizer: "hybrid" },
  },
  {
    name: "cma-es-long",
    description: "CMA-ES, three times the passes (about equal time)",
    table: "optimizer",
    settings: { optimizer: "cma-es", views: 48 },
  },
  {
    name: "always-steered",
    description: "ascent accepted whatever the judge gains",
    table: "ablation",
    settings: recipe({ minGain: -2 }),
  },
  {
    name: "no-judge",
    description: "the last average, without the judge",
    table: "ablation",
    settings: recipe({ judged: false, minGain: -2 }),
  },
  {
    name: "no-views-no-judge",
    description: "no views, and the last average, without the judge",
    table: "views",
    settings: {
      recipe: {
        ...views({ close: 0, ...still }).recipe,
        ...recipe({ judged: false, minGain: -2 }).recipe,
      },
    },
  },
  { name: "no-zoom", description: "no close crops", table: "ablation", settings: views({ close: 0 }) },
  { name: "no-wide", description: "close crops alone", table: "ablation", settings: views({ close: 1 }) },
  {
    name: "no-jitter",
    description: "no colour jitter, noise and flips",
    table: "ablation",
    settings: views({ colour: 0, noise: 0, flip: 0 }),
  },
  {
    name: "cosine",
    description: "cosine distance for the spherical one",
    table: "ablation",
    settings: recipe({ distance: "cosine" }),
  },
  {
    name: "no-range",
    description: "no penalty on far latents",
    table: "ablation",
    settings: weights({ range: 0 }),
  },
  {
    name: "no-average",
    description: "latents of a step, not their moving average",
    table: "ablation",
    settings: recipe({ average: 0 }),
  },
  {
    name: "no-ramps",
    description: "one rate, no warm-up and ramp-down",
    table: "ablation",
    settings: recipe({ ramps: false }),
  },
  {
    name: "no-noise",
    description: "no noise on the latents",
    table: "ablation",
    settings: recipe({ noise: 0 }),
  },
  {
    name: "w-plus",
    description: "W+: every layer moves by itself",
    table: "ablation",
    settings: recipe({ shared: false }),
  },
  {
    name: "negative",
    description: "another prompt as negative, with the floor",
    table: "negative",
    settings: {},
    negative: 0.5,
  },
  {
    name: "negative-no-floor",
    description: "another prompt as negative, without the floor",
    table: "negative",
    settings: recipe({ floor: false }),
    negative: 0.5,
  },
  {
    name: "curve-24",
    description: "24 drafts, no ascent",
    table: "curve",
    settings: { steps: 0, candidates: 24 },
  },
  { name: "curve-10", description: "10 steps", table: "curve", settings: { steps: 10, lr: 0.08 } },
  {
    name: "curve-60",
    description: "60 steps: the default of generate",
    table: "curve",
    settings: { steps: 60, lr: 0.02 },
  },
  { name: "curve-120", description: "120 steps", table: "curve", settings: { steps: 120, lr: 0.02 } },
  {
    name: "curve-best",
    description: "256 drafts, 200 steps of 32 views: --quality best",
    table: "curve",
    settings: { steps: 200, lr: 0.02, candidates: 256, views: 32 },
  },
];

const whole = { steps: 60, lr: 0.02 } as const;

/** What is compared on things that no emoji shows, beside retrieval; steered as `generate` does it. */
export const compositionConfigurations: readonly Configuration[] = [
  {
    name: "sample",
    description: "one sample, no ascent",
    table: "floor",
    settings: { steps: 0, candidates: 1 },
  },
  { name: "drafts", description: "best of 96 drafts, no ascent", table: "floor", settings: { steps: 0 } },
  { name: "steered", description: "ascent, as `generate` does it", table: "ablation", settings: whole },
  {
    name: "steered-always",
    description: "ascent, accepted whatever the judge gains",
    table: "ablation",
    settings: { ...whole, ...recipe({ minGain: -2 }) },
  },
  {
    name: "steered-far",
    description: "200 steps of ascent without the pull to the start",
    table: "ablation",
    settings: { ...weights({ anchor: 0 }), steps: 200, lr: 0.03 },
  },
  {
    name: "steered-w-plus",
    description: "ascent in W+",
    table: "ablation",
    settings: { ...whole, ...recipe({ shared: false }) },
  },
];

/** Configurations for things that no training picture shows, where the metric is not saturated. */
const telling = [
  "all",
  "sample",
  "drafts",
  "no-best-of-n",
  "one-guide",
  "no-judge",
  "no-views-no-judge",
  "no-realism",
  "no-anchor",
  "w-plus",
  "stylegan3-clip",
  "fusedream",
];

/** The most telling configurations, on the prompts of unseen things. */
export const unseenConfigurations: readonly Configuration[] = telling.map((name) =>
  configurations.find((each) => each.name === name)!,
);
