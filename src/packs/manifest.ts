import { isAbsolute, normalize } from "node:path";
import { z } from "zod";

const file = z
  .string()
  .refine((name) => !isAbsolute(name) && !normalize(name).startsWith(".."), "must stay in the pack");
const count = z.int().positive();
const layers = z.int().nonnegative();
const pixels = z.strictObject({
  mean: z.array(z.number()).length(3),
  deviation: z.array(z.number().positive()).length(3),
});
const activation = z.enum(["quickGelu", "gelu", "geluTanh"]);
const unevenHeads = "heads must divide the width";
/** One of our small image encoders. */
const smallImage = z
  .strictObject({
    kind: z.undefined().optional(),
    size: count,
    stem: count,
    patch: count,
    widths: z.array(count).min(1),
    layers,
    heads: count,
    features: count,
  })
  .refine(({ widths, heads }) => widths[widths.length - 1]! % heads === 0, unevenHeads);
/** A published vision transformer. */
const vit = z
  .strictObject({
    kind: z.literal("vit"),
    side: count,
    patch: count,
    width: count,
    layers: count,
    heads: count,
    hidden: count,
    features: count,
    activation,
    epsilon: z.number().positive(),
    pool: z.enum(["class", "attention"]),
    pixels,
  })
  .refine(({ width, heads }) => width % heads === 0, unevenHeads);
/** A published residual network. */
const resNet = z
  .strictObject({
    kind: z.literal("resnet"),
    side: count,
    width: count,
    blocks: z.array(count),
    heads: count,
    features: count,
    pixels,
  })
  .refine(({ width, heads }) => (width * 32) % heads === 0, unevenHeads);
const textConfig = z
  .strictObject({
    vocabSize: count,
    contextLength: count,
    width: count,
    layers,
    heads: count,
    features: count,
    activation: activation.optional(),
    hidden: count.optional(),
    epsilon: z.number().positive().optional(),
    pool: z.enum(["end", "last"]).optional(),
    projectBias: z.boolean().optional(),
  })
  .refine(({ width, heads }) => width % heads === 0, unevenHeads);
const clip = z.strictObject({
  name: z.string(),
  file,
  /** File of the CLIP's own tokenizer; default: the pack's. */
  tokenizer: file.optional(),
  config: z.strictObject({
    image: z.discriminatedUnion("kind", [smallImage, vit, resNet]),
    text: textConfig,
    sigmoid: z.boolean().optional(),
  }),
});

const space = z.enum(["z", "w", "w+"]).optional();
/** A generator by its kind; the default kind is the emoji generator. */
const generator = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("emoji").optional(),
    file,
    config: z.strictObject({
      condition: count,
      styles: z.array(z.string()),
      style: count,
      hidden: count,
      code: count,
      widths: z.array(count),
    }),
  }),
  z.strictObject({
    kind: z.literal("stylegan2"),
    file,
    config: z.strictObject({ clamp: z.number().optional(), space }),
  }),
  z.strictObject({
    kind: z.literal("stylegan3"),
    file,
    config: z.strictObject({ sizes: z.array(count).min(2), space }),
  }),
  z.strictObject({
    kind: z.literal("biggan"),
    file,
    config: z.strictObject({ classes: count.optional() }),
  }),
  z.strictObject({
    kind: z.literal("sticker"),
    file,
    /** Embeddings of other names of the concepts that it knows. */
    names: file.optional(),
    /** Names and tags of the concepts that it knows, as JSON. */
    vocabulary: file.optional(),
    config: z.strictObject({
      shape: z.strictObject({
        code: count,
        detail: count.optional(),
        encoder: z.tuple([count, count, count]),
        decoder: z.tuple([count, count, count]),
        outline: count,
        fill: count,
        smoothing: z.number().min(0).max(0.25).optional(),
      }),
      /** Without it, drafts start only from known drawings. */
      styles: z.array(z.string()).min(1),
      concepts: count,
    }),
  }),
  z.strictObject({
    kind: z.literal("vqgan"),
    file,
    config: z.strictObject({ resolution: count }),
  }),
]);

const trunk = z.strictObject({ file, config: z.strictObject({ widths: z.array(count) }) });

/** Content of `pack.json`. */
export const packSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  description: z.string(),
  license: z.string(),
  resolution: count,
  tokenizer: file,
  contextLength: count,
  /** A pack of CLIPs alone has no generator and no judge. */
  generator: generator.optional(),
  /** The encoder of the emoji generator; other generators contain theirs. */
  encoder: trunk.optional(),
  /** The discriminator of the emoji generator; without it, only the guides score drafts and steps. */
  discriminator: trunk.optional(),
  /** Enlargement of the generator's pictures to four times their sides. */
  upscaler: z
    .strictObject({
      file,
      config: z.strictObject({ width: count, layers }),
    })
    .optional(),
  /** CLIPs that give gradients; the first one's text embedding conditions the generator. */
  guides: z.array(clip).min(1).max(16),
  /** CLIP that never gives a gradient. */
  judge: clip.optional(),
  /** Default prompt templates; a prompt file may define others. */
  templates: z.array(z.string()),
  /** Whether its CLIPs learned from captions with articles; if not, articles are removed from prompts. */
  articles: z.boolean(),
  sha256: z.record(z.string(), z.string()),
});

/** Contents of a pack's `pack.json`. */
export type PackManifest = z.infer<typeof packSchema>;
