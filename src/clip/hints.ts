import { z } from "zod";
import { WeightsError } from "../errors.js";
import type { Activation } from "../tensor/index.js";
import type { ClipHints } from "./architecture.js";

const huggingFaceTower = z.looseObject({
  hidden_act: z.string().optional(),
  num_attention_heads: z.int().positive().optional(),
  image_size: z.int().positive().optional(),
});
const huggingFace = z.looseObject({
  model_type: z.enum(["clip", "siglip"]),
  vision_config: huggingFaceTower.default({}),
  text_config: huggingFaceTower.default({}),
});

const actions = z.looseObject({ approximate: z.string().optional() }).default({});
const openClip = z.looseObject({
  model_cfg: z.looseObject({
    quick_gelu: z.boolean().default(false),
    vision_cfg: z.looseObject({
      width: z.int().positive().optional(),
      head_width: z.int().positive().default(64),
      image_size: z.int().positive().optional(),
      act_kwargs: actions,
    }),
    text_cfg: z.looseObject({ heads: z.int().positive().optional(), act_kwargs: actions }),
  }),
  preprocess_cfg: z
    .looseObject({
      mean: z.array(z.number()).length(3).optional(),
      std: z.array(z.number().positive()).length(3).optional(),
    })
    .default({}),
});

/** Activations by Hugging Face's names. */
const activationNames: Readonly<Record<string, Activation>> = {
  quick_gelu: "quickGelu",
  gelu: "gelu",
  gelu_pytorch_tanh: "geluTanh",
  gelu_new: "geluTanh",
};

/**
 * Reads the settings that weights do not contain from the JSON file published with them: Hugging Face's `config.json` or OpenCLIP's
 * `open_clip_config.json`. OpenAI's own archives have no such file; their activation is `quickGelu`.
 * @param json parsed content of the file.
 * @param source the file's name, for messages.
 * @returns activation, and mean and standard deviation of the pixels, where the file has them.
 * @throws {WeightsError} for another kind of file, or an unknown activation.
 */
export function readClipHints(json: unknown, source: string): ClipHints {
  const open = openClip.safeParse(json);
  if (open.success) {
    const { model_cfg: model, preprocess_cfg: pixels } = open.data;
    const { vision_cfg: vision, text_cfg: text } = model;
    const tanh = [vision, text].some((tower) => tower.act_kwargs.approximate === "tanh");
    return {
      activation: model.quick_gelu ? "quickGelu" : tanh ? "geluTanh" : "gelu",
      imageHeads: vision.width === undefined ? undefined : vision.width / vision.head_width,
      textHeads: text.heads,
      side: vision.image_size,
      pixels: pixels.mean && pixels.std && { mean: pixels.mean, deviation: pixels.std },
    };
  }
  const hugging = huggingFace.safeParse(json);
  if (!hugging.success)
    throw new WeightsError(
      `${source}: says nothing of a CLIP; expected the config.json of a CLIPModel or SiglipModel, or open_clip_config.json`,
    );
  const { model_type: type, vision_config: vision, text_config: text } = hugging.data;
  const usual = type === "clip" ? "quick_gelu" : "gelu_pytorch_tanh";
  const names = new Set([vision.hidden_act ?? usual, text.hidden_act ?? usual]);
  const activation = activationNames[[...names][0]!];
  if (names.size > 1 || activation === undefined)
    throw new WeightsError(
      `${source}: activation ${[...names].join(" and ")}; one of ${Object.keys(activationNames).join(", ")} is known, the same for both encoders`,
    );
  return {
    activation,
    imageHeads: vision.num_attention_heads,
    textHeads: text.num_attention_heads,
    side: vision.image_size,
  };
}
