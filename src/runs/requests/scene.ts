import { z } from "zod";

/** Maximum number of things of a prompt that are drawn as layers. */
export const mostThings = 3;
/** Maximum number of layers of a scene. A thing may be several layers: two cats, a pair of wings. */
export const mostLayers = 9;

/** Fills of a layer. */
const fillCount = 15;

const finite = z.number().min(-1e3).max(1e3);

const poseSchema = z
  .strictObject({
    x: finite.describe("Middle, −1 at the left edge of the canvas, 1 at the right"),
    y: finite.describe("Middle, −1 at the top edge of the canvas, 1 at the bottom"),
    size: z.number().min(0.02).max(4).describe("Half of the layer's side; 1 is as wide as the canvas"),
  })
  .refine(({ x, y, size }) => Math.abs(x) - size < 1 && Math.abs(y) - size < 1, {
    message: "lies outside the canvas, which is from −1 to 1; change x, y or size",
  });

const fillSchema = z.strictObject({
  colour: z
    .union([
      z.string().regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #ff8800"),
      z.tuple([finite, finite, finite]),
    ])
    .describe("Colour at the layer's middle: #rrggbb, or red, green and blue where one lies outside 0 to 1"),
  slopes: z
    .array(finite)
    .length(6)
    .default([0, 0, 0, 0, 0, 0])
    .describe("Change of red, green and blue from the middle to the right edge, then to the bottom edge"),
  hidden: z.boolean().default(false).describe("Whether its region is transparent"),
  share: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Fraction of the layer's ink that it covers; for information only"),
});

const cutSchema = z
  .strictObject({
    x: finite.describe("Middle of the curve"),
    y: finite.describe("Height of its ends, and of the straight line outside them"),
    half: z.number().min(0.01).max(1e3).describe("Half of its width"),
    sag: finite.describe("How much lower its middle is; 0 for a straight line"),
  })
  .describe("Curve below which it is not painted, in half sides of the layer about its middle");

/** One layer of a scene. */
export const sceneLayerSchema = z.strictObject({
  text: z.string().trim().min(1).max(1000).describe("What it shows"),
  hidden: z.boolean().default(false).describe("Whether the layer is not painted"),
  pose: poseSchema.default({ x: 0, y: 0, size: 0.94 }),
  mirrored: z.boolean().default(false).describe("Whether it is mirrored left to right"),
  cut: cutSchema.optional(),
  style: z.string().max(100).optional().describe("Drawing style, of a layer without a code"),
  code: z
    .string()
    .max(100_000)
    .regex(/^[0-9A-Za-z+/]+={0,2}$/, "must be Base64")
    .optional()
    .describe("Its shapes: 32-bit floats in Base64; a layer without one is drawn from its text"),
  fills: z.array(fillSchema).length(fillCount).optional().describe("Its colours; only with a code"),
});

const layersSchema = z
  .array(sceneLayerSchema)
  .min(1, "holds no layer; add one")
  .max(mostLayers, `must be ${mostLayers} layers at most`)
  .refine((layers) => layers.some(({ hidden }) => !hidden), "hides every layer; show one");

/** Schema of the layers of a scene in records and scene files, bottom to top. */
export const sceneLayersSchema = layersSchema;

/** Schema of a scene file, such as `scene.json` in a run folder. */
export const sceneFileSchema = z.strictObject({
  format: z.literal(1),
  pack: z
    .strictObject({ name: z.string().max(255), fingerprint: z.string().regex(/^[0-9a-f]{16}$/) })
    .optional()
    .describe("Pack whose generator made the codes"),
  prompt: z.string().trim().min(1).max(10_000).describe("What the whole scene shows"),
  layers: layersSchema,
});

/** A layer of a scene file. */
export type SceneLayer = z.output<typeof sceneLayerSchema>;
/** A scene file with defaults filled in. */
export type SceneFile = z.output<typeof sceneFileSchema>;
