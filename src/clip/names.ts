/** Conversion of a published tensor to our layout. `auto`: by name and rank; `as is`: no change. */
export type Layout = "auto" | "as is";

/** Replacement of a published name, or a part of one, by ours. */
export type Rule = readonly [from: string, to: string, layout?: Layout];

/** How one project names the tensors of its CLIPs. */
export interface Naming {
  readonly title: string;
  /** Names that identify the naming scheme: all must be present. */
  readonly marks: readonly string[];
  readonly exact: readonly Rule[];
  readonly prefixes: readonly Rule[];
  /** Replaced in order, wherever they are, in names that no exact rule covers. */
  readonly parts: readonly Rule[];
}

const normRules = (from: string, to: string): Rule[] => [
  [`${from}.weight`, `${to}.gain`],
  [`${from}.bias`, `${to}.bias`],
];

const openAiText: Pick<Naming, "exact" | "prefixes" | "parts"> = {
  exact: [
    ["token_embedding.weight", "text.embedding", "as is"],
    ["positional_embedding", "text.positions", "as is"],
    ["text_projection", "text.project.weight", "as is"],
    ...normRules("ln_final", "text.norm"),
    ["logit_scale", "logitScale"],
    ["logit_bias", "logitBias"],
  ],
  prefixes: [
    ["text_projection.", "text.project."],
    ["transformer.resblocks.", "text.layer"],
    ["visual.transformer.resblocks.", "image.layer"],
  ],
  parts: [
    ...normRules(".ln_1", ".norm1"),
    ...normRules(".ln_2", ".norm2"),
    [".attn.in_proj_", ".attention.in."],
    [".attn.out_proj.", ".attention.out."],
    [".mlp.c_fc.", ".mlp.in."],
    [".mlp.c_proj.", ".mlp.out."],
  ],
};

const openAi: Naming = {
  title: "the vision transformer of OpenAI or OpenCLIP",
  marks: ["visual.class_embedding", "visual.transformer.resblocks.0.ln_1.weight"],
  exact: [
    ...openAiText.exact,
    ["visual.conv1.weight", "image.patch.weight"],
    ["visual.class_embedding", "image.class", "as is"],
    ["visual.positional_embedding", "image.positions", "as is"],
    ["visual.proj", "image.project.weight", "as is"],
    ...normRules("visual.ln_pre", "image.normBefore"),
    ...normRules("visual.ln_post", "image.norm"),
  ],
  prefixes: openAiText.prefixes,
  parts: openAiText.parts,
};

const openAiResNet: Naming = {
  title: "the residual network of OpenAI or OpenCLIP",
  marks: ["visual.layer1.0.conv1.weight", "visual.attnpool.positional_embedding"],
  exact: [...openAiText.exact, ["visual.attnpool.positional_embedding", "image.pool.positions", "as is"]],
  prefixes: [
    ...openAiText.prefixes,
    ["visual.attnpool.q_proj.", "image.pool.query."],
    ["visual.attnpool.k_proj.", "image.pool.key."],
    ["visual.attnpool.v_proj.", "image.pool.value."],
    ["visual.attnpool.c_proj.", "image.pool.out."],
    ...[1, 2, 3, 4].map((n): Rule => [`visual.layer${n}.`, `image.stage${n - 1}.block`]),
    ...[1, 2, 3].flatMap((n): Rule[] => [
      [`visual.conv${n}.`, `image.stem${n}.`],
      [`visual.bn${n}.`, `image.stem${n}.batch.`],
    ]),
  ],
  parts: [
    ...openAiText.parts,
    [".bn1.", ".conv1.batch."],
    [".bn2.", ".conv2.batch."],
    [".bn3.", ".conv3.batch."],
    [".downsample.0.", ".skip."],
    [".downsample.1.", ".skip.batch."],
  ],
};

const huggingFace: Omit<Naming, "title" | "marks"> = {
  exact: [
    ["vision_model.embeddings.patch_embedding.weight", "image.patch.weight"],
    ["vision_model.embeddings.patch_embedding.bias", "image.patch.bias"],
    ["vision_model.embeddings.position_embedding.weight", "image.positions", "as is"],
    ["text_model.embeddings.token_embedding.weight", "text.embedding", "as is"],
    ["text_model.embeddings.position_embedding.weight", "text.positions", "as is"],
    ...normRules("vision_model.post_layernorm", "image.norm"),
    ...normRules("text_model.final_layer_norm", "text.norm"),
    ["logit_scale", "logitScale"],
    ["logit_bias", "logitBias"],
  ],
  prefixes: [
    ["vision_model.encoder.layers.", "image.layer"],
    ["text_model.encoder.layers.", "text.layer"],
  ],
  parts: [
    ...normRules(".layer_norm1", ".norm1"),
    ...normRules(".layer_norm2", ".norm2"),
    [".self_attn.q_proj.", ".attention.query."],
    [".self_attn.k_proj.", ".attention.key."],
    [".self_attn.v_proj.", ".attention.value."],
    [".self_attn.out_proj.", ".attention.out."],
    [".mlp.fc1.", ".mlp.in."],
    [".mlp.fc2.", ".mlp.out."],
  ],
};

const huggingFaceClip: Naming = {
  title: "CLIPModel of Hugging Face",
  marks: ["vision_model.embeddings.class_embedding", "text_model.final_layer_norm.weight"],
  exact: [
    ...huggingFace.exact,
    ["vision_model.embeddings.class_embedding", "image.class", "as is"],
    ...normRules("vision_model.pre_layrnorm", "image.normBefore"),
    ["visual_projection.weight", "image.project.weight"],
    ["text_projection.weight", "text.project.weight"],
  ],
  prefixes: huggingFace.prefixes,
  parts: huggingFace.parts,
};

const huggingFaceSiglip: Naming = {
  title: "SiglipModel of Hugging Face",
  marks: ["vision_model.head.probe", "text_model.head.weight"],
  exact: [...huggingFace.exact, ["vision_model.head.probe", "image.pool.probe", "as is"]],
  prefixes: [
    ["text_model.head.", "text.project."],
    ["vision_model.head.attention.in_proj_", "image.pool.attention.in."],
    ["vision_model.head.attention.out_proj.", "image.pool.out."],
    ...normRules("vision_model.head.layernorm", "image.pool.norm"),
    ["vision_model.head.mlp.fc1.", "image.pool.mlp.in."],
    ["vision_model.head.mlp.fc2.", "image.pool.mlp.out."],
    ...huggingFace.prefixes,
  ],
  parts: huggingFace.parts,
};

const openClipSiglip: Naming = {
  title: "SigLIP of OpenCLIP",
  marks: ["visual.trunk.attn_pool.latent", "visual.trunk.blocks.0.attn.qkv.weight"],
  exact: [
    ...openAiText.exact,
    ["visual.trunk.pos_embed", "image.positions", "as is"],
    ["visual.trunk.attn_pool.latent", "image.pool.probe", "as is"],
    ...normRules("visual.trunk.norm", "image.norm"),
    ...normRules("visual.trunk.attn_pool.norm", "image.pool.norm"),
  ],
  prefixes: [
    ...openAiText.prefixes,
    ["visual.trunk.patch_embed.proj.", "image.patch."],
    ["visual.trunk.blocks.", "image.layer"],
    ["visual.trunk.attn_pool.q.", "image.pool.query."],
    ["visual.trunk.attn_pool.kv.", "image.pool.keyValue."],
    ["visual.trunk.attn_pool.proj.", "image.pool.out."],
    ["visual.trunk.attn_pool.mlp.fc1.", "image.pool.mlp.in."],
    ["visual.trunk.attn_pool.mlp.fc2.", "image.pool.mlp.out."],
  ],
  parts: [
    ...openAiText.parts,
    ["norm1.weight", "norm1.gain"],
    ["norm2.weight", "norm2.gain"],
    [".attn.qkv.", ".attention.in."],
    [".attn.proj.", ".attention.out."],
    [".mlp.fc1.", ".mlp.in."],
    [".mlp.fc2.", ".mlp.out."],
  ],
};

/** All known naming schemes. */
export const namings: readonly Naming[] = [
  openAi,
  openAiResNet,
  huggingFaceClip,
  huggingFaceSiglip,
  openClipSiglip,
];

/** Tensors that carry no weight: sizes and index tables that frameworks store beside them. */
export const passengers: readonly RegExp[] = [
  /^(input_resolution|context_length|vocab_size)$/,
  /(^|\.)(position_ids|attn_mask|num_batches_tracked)$/,
];

/** Wrappers that training tools put around a model's names. */
export const wrappers: readonly string[] = ["state_dict.", "module.", "model.", "clip.", "_orig_mod."];

/** Translates a published name to ours, with the layout; undefined for a name that is not in the scheme. */
export function translateName(naming: Naming, name: string): { to: string; layout: Layout } | undefined {
  const whole = naming.exact.find(([from]) => from === name);
  if (whole) return { to: whole[1], layout: whole[2] ?? "auto" };
  const prefix = naming.prefixes.find(([from]) => name.startsWith(from));
  if (!prefix) return undefined;
  const to = naming.parts.reduce(
    (current, [from, replacement]) => current.replace(from, replacement),
    prefix[1] + name.slice(prefix[0].length),
  );
  return { to, layout: "auto" };
}

const lookalikes: readonly (readonly [RegExp, string])[] = [
  [/^visual\.trunk\.stages\./, "an OpenCLIP ConvNeXt"],
  [/^visual\.blocks\.\d+\.attn\./, "an EVA-CLIP"],
  [/^visual\.trunk\./, "an OpenCLIP with another image encoder of timm"],
  [/^text_decoder\./, "a CoCa"],
  [/^text\.transformer\.(embeddings|encoder)\./, "an OpenCLIP with a Hugging Face text encoder"],
  [/^(cond_stage_model|model\.diffusion_model)\./, "a Stable Diffusion checkpoint"],
  [/^(synthesis|mapping|G_ema|g_ema)[./]/, "a StyleGAN generator"],
  [/^(convs|to_rgbs|style)\.\d+\./, "a StyleGAN2 generator (rosinality)"],
  [/^quantize\.embedding/, "a VQGAN"],
  [/^(generator\.|embeddings\.weight$)/, "a BigGAN generator"],
  [/^(bert\.|encoder\.layer\.\d+\.attention\.self)/, "a BERT"],
  [/^blocks\.\d+\.attn\.qkv/, "a vision transformer of timm, without text"],
  [/^layer1\.0\.conv1/, "a torchvision ResNet, without text"],
  [/^(text_model|text_encoder)\./, "the text half of a CLIP"],
  [/^(vision_model|visual)\./, "the image half of a CLIP, or an unknown kind of it"],
];

/** Describes the kind of model that unknown tensor names suggest. */
export function describeResemblance(names: readonly string[]): string {
  const match = lookalikes.find(([pattern]) => names.some((name) => pattern.test(name)));
  return match ? match[1] : "no model that this toolkit knows";
}
