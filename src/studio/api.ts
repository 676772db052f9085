import { z } from "zod";

/** State of a run. `waiting` ones are in the queue. */
export const runStatusSchema = z.enum(["waiting", "running", "done", "stopped", "failed"]);

const scoreSchema = z.object({
  /** Steps done when it was measured. */
  step: z.number(),
  /** Mean cosine to the prompt under the CLIPs that give the gradient. */
  guide: z.number(),
  /** The same under the judge, which gives none. */
  judge: z.number(),
});

const findingSchema = z.object({
  code: z.string(),
  level: z.enum(["note", "warning"]),
  message: z.string(),
});

const draftingSchema = z.object({
  /** Drafts of one picture, things of a scene in each style, or rounds over the scene's layouts. */
  stage: z.enum(["drafts", "things", "layouts"]),
  done: z.number(),
  total: z.number(),
});

const resultSchema = z.object({
  /** Name of the run folder. */
  folder: z.string(),
  /** Name of the picture file in it. */
  image: z.string(),
  seed: z.number(),
  guide: z.number().optional(),
  judge: z.number().optional(),
  /** Whether it consists of layers that can be changed. */
  hasLayers: z.boolean().optional(),
  /** Report of each edit. */
  reports: z.array(z.record(z.string(), z.unknown())).optional(),
});

/** A run as the page shows it. */
export const runViewSchema = z.object({
  id: z.string(),
  kind: z.enum(["generate", "edit"]),
  title: z.string(),
  status: runStatusSchema,
  /** The request, from which the same run can be started again. */
  request: z.record(z.string(), z.unknown()),
  /** Record whose picture is made again, instead of the request. */
  replay: z.record(z.string(), z.unknown()).optional(),
  /** Runs that were started together, such as the cells of a grid. */
  group: z.string().optional(),
  /** Position in a grid, and the values of its cell. */
  cell: z.object({ x: z.string(), y: z.string() }).optional(),
  /** The run that it was branched from, and the step. */
  parent: z.object({ run: z.string(), step: z.number() }).optional(),
  /** Milliseconds since 1970. */
  created: z.number(),
  started: z.number().optional(),
  finished: z.number().optional(),
  /** Number of the picture that is being made, from 0, of `pictures`. */
  picture: z.number(),
  pictures: z.number(),
  step: z.number(),
  steps: z.number(),
  /** How far the drafts of the picture are, which come before its steps. */
  drafting: draftingSchema.optional(),
  /** Estimated seconds to the end. */
  eta: z.number().optional(),
  /** Run folder that is being written. */
  folder: z.string().optional(),
  findings: z.array(findingSchema),
  results: z.array(resultSchema),
  error: z.string().optional(),
});

/** A run as the page shows it. */
export type RunView = z.infer<typeof runViewSchema>;
/** How far the drafts of a run are. */
export type DraftingView = z.infer<typeof draftingSchema>;
/** A finding of a run. */
export type FindingView = z.infer<typeof findingSchema>;
/** A finished picture of a run. */
export type ResultView = z.infer<typeof resultSchema>;
/** Scores at a step. */
export type ScoreView = z.infer<typeof scoreSchema>;

/** A run with its curves and the steps whose pictures are stored. */
export const runDetailSchema = runViewSchema.extend({
  losses: z.array(z.object({ step: z.number(), loss: z.number() })),
  scores: z.array(scoreSchema),
  frames: z.array(z.number()),
});

/** A run with its curves. */
export type RunDetail = z.infer<typeof runDetailSchema>;

/** A step of the run in progress, as it is sent to the pages. */
export const stepEventSchema = z.object({
  id: z.string(),
  picture: z.number(),
  step: z.number(),
  steps: z.number(),
  eta: z.number().optional(),
  loss: z.number().optional(),
  score: scoreSchema.optional(),
  /** Data URL. */
  preview: z.string().optional(),
});

/** A step of the run in progress. */
export type StepView = z.infer<typeof stepEventSchema>;

/** Initial state of a page. */
export const pageStateSchema = z.object({
  version: z.string(),
  /** Key in the addresses of pictures, since `<img>` cannot send a token. */
  mediaKey: z.string(),
  out: z.string(),
  packs: z.array(z.string()),
  uploadLimit: z.number(),
  pixelLimit: z.number(),
  pictureHelp: z.string().optional(),
});

/** Initial state of a page. */
export type SessionView = z.infer<typeof pageStateSchema>;

/** Styles and picture sizes of a pack. */
export const modelsSchema = z.object({
  pack: z.string(),
  styles: z.array(z.string()),
  /** Side of the generator's pictures. */
  resolution: z.number(),
  /** Side of a run's picture when the request gives none. */
  size: z.number(),
});

/** Styles and picture sizes of a pack. */
export type ModelsView = z.infer<typeof modelsSchema>;
