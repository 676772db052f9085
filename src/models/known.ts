/** A model that can be pulled by its name. */
export interface KnownModel {
  readonly name: string;
  readonly kind: "clip" | "generator";
  /** What it is and what it is good for, in one line. */
  readonly about: string;
  readonly license: string;
  /** Whether the licence forbids commercial use. */
  readonly nonCommercial: boolean;
  /** Repository on the Hugging Face hub, with the branch or commit; its files then have no addresses of their own. */
  readonly hub?: { readonly repo: string; readonly revision: string };
  readonly files: readonly KnownFile[];
}

/** A file of a known model. */
export interface KnownFile {
  readonly name: string;
  /** Addresses of the same bytes, the author's own first. */
  readonly urls?: readonly string[];
  /** SHA-256 as its authors publish it; without, the hash of the first download is kept. */
  readonly sha256?: string;
}

/** OpenAI puts the SHA-256 of a file into its address. Source: openai/CLIP, clip/clip.py. */
function openai(name: string, file: string, sha256: string, about: string): KnownModel {
  return {
    name,
    kind: "clip",
    about,
    license: "MIT",
    nonCommercial: false,
    files: [
      { name: file, sha256, urls: [`https://openaipublic.azureedge.net/clip/models/${sha256}/${file}`] },
    ],
  };
}

function hub(
  name: string,
  repo: string,
  files: readonly string[],
  about: string,
  more: Partial<KnownModel> = {},
): KnownModel {
  return {
    name,
    kind: "clip",
    about,
    license: "MIT",
    nonCommercial: false,
    hub: { repo, revision: "main" },
    files: files.map((file) => ({ name: file })),
    ...more,
  };
}

/** Source of the addresses: README of NVlabs/stylegan3. */
function nvidia(version: 2 | 3, file: string, about: string): KnownModel {
  return {
    name: file.replace(/-(\d+)x\1$/, "-$1"),
    kind: "generator",
    about,
    license: `NVIDIA Source Code License for StyleGAN${version}: research and evaluation only`,
    nonCommercial: true,
    files: [
      {
        name: `${file}.pkl`,
        urls: [
          `https://api.ngc.nvidia.com/v2/models/nvidia/research/stylegan${version}/versions/1/files/${file}.pkl`,
        ],
      },
    ],
  };
}

/** Source of the addresses: huggingface/pytorch-pretrained-BigGAN, model.py. */
function biggan(size: number): KnownModel {
  return {
    name: `biggan-deep-${size}`,
    kind: "generator",
    about: `BigGAN-deep, the 1000 classes of ImageNet at ${size}×${size}`,
    license: "Apache-2.0 (weights by DeepMind), MIT (conversion)",
    nonCommercial: false,
    files: [
      {
        name: `biggan-deep-${size}-pytorch_model.bin`,
        urls: [`https://s3.amazonaws.com/models.huggingface.co/biggan/biggan-deep-${size}-pytorch_model.bin`],
      },
    ],
  };
}

/** Source of the addresses: notebooks of CompVis/taming-transformers. */
function vqgan(codes: number, checkpoint: string, config: string): KnownModel {
  return {
    name: `vqgan-imagenet-f16-${codes}`,
    kind: "generator",
    about: `VQGAN of ImageNet, 16 pixels a code, ${codes} codes; any size, any subject`,
    license: "MIT",
    nonCommercial: false,
    files: [
      { name: "last.ckpt", urls: [`https://heibox.uni-heidelberg.de/f/${checkpoint}/?dl=1`] },
      { name: "model.yaml", urls: [`https://heibox.uni-heidelberg.de/f/${config}/?dl=1`] },
    ],
  };
}

/** The models that `clipsteer models pull` knows. */
export const knownModels: readonly KnownModel[] = [
  openai(
    "clip-vit-b-32",
    "ViT-B-32.pt",
    "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
    "OpenAI CLIP ViT-B/32: the quickest of its ViTs, the usual first guide",
  ),
  openai(
    "clip-vit-b-16",
    "ViT-B-16.pt",
    "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f",
    "OpenAI CLIP ViT-B/16: finer patches, four times the work of ViT-B/32",
  ),
  openai(
    "clip-vit-l-14",
    "ViT-L-14.pt",
    "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836",
    "OpenAI CLIP ViT-L/14: large; a good judge",
  ),
  openai(
    "clip-vit-l-14-336",
    "ViT-L-14-336px.pt",
    "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02",
    "OpenAI CLIP ViT-L/14 at 336 pixels: its best, and its slowest ViT",
  ),
  openai(
    "clip-rn50",
    "RN50.pt",
    "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762",
    "OpenAI CLIP ResNet-50: a guide unlike the ViTs",
  ),
  openai(
    "clip-rn101",
    "RN101.pt",
    "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599",
    "OpenAI CLIP ResNet-101",
  ),
  openai(
    "clip-rn50x4",
    "RN50x4.pt",
    "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd",
    "OpenAI CLIP ResNet-50×4, at 288 pixels",
  ),
  openai(
    "clip-rn50x16",
    "RN50x16.pt",
    "52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa",
    "OpenAI CLIP ResNet-50×16, at 384 pixels",
  ),
  openai(
    "clip-rn50x64",
    "RN50x64.pt",
    "be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c",
    "OpenAI CLIP ResNet-50×64, at 448 pixels: the largest ResNet",
  ),
  hub(
    "clip-vit-b-32-hf",
    "openai/clip-vit-base-patch32",
    ["model.safetensors", "config.json", "tokenizer.json"],
    "OpenAI CLIP ViT-B/32 as safetensors for Hugging Face's tools",
  ),
  hub(
    "clip-vit-l-14-hf",
    "openai/clip-vit-large-patch14",
    ["model.safetensors", "config.json", "tokenizer.json"],
    "OpenAI CLIP ViT-L/14 as safetensors for Hugging Face's tools",
  ),
  hub(
    "openclip-vit-b-32-laion2b",
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
    ["open_clip_model.safetensors", "open_clip_config.json", "tokenizer.json"],
    "OpenCLIP ViT-B/32 trained on LAION-2B: a second guide with other data",
  ),
  hub(
    "openclip-vit-h-14-laion2b",
    "laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
    ["open_clip_model.safetensors", "open_clip_config.json", "tokenizer.json"],
    "OpenCLIP ViT-H/14 trained on LAION-2B: a strong judge",
  ),
  hub(
    "siglip-b-16-256",
    "google/siglip-base-patch16-256",
    ["model.safetensors", "config.json", "tokenizer.json"],
    "SigLIP base at 256 pixels: trained with a sigmoid loss",
    { license: "Apache-2.0" },
  ),
  nvidia(2, "stylegan2-ffhq-1024x1024", "StyleGAN2, faces at 1024×1024"),
  nvidia(2, "stylegan2-ffhq-256x256", "StyleGAN2, faces at 256×256"),
  nvidia(2, "stylegan2-afhqv2-512x512", "StyleGAN2-ADA, animal faces at 512×512"),
  nvidia(2, "stylegan2-metfaces-1024x1024", "StyleGAN2-ADA, painted portraits at 1024×1024"),
  nvidia(2, "stylegan2-lsundog-256x256", "StyleGAN2, dogs at 256×256"),
  nvidia(3, "stylegan3-t-ffhqu-256x256", "StyleGAN3-T, faces, not aligned, at 256×256"),
  nvidia(3, "stylegan3-r-ffhqu-256x256", "StyleGAN3-R, faces, not aligned, at 256×256"),
  nvidia(3, "stylegan3-t-afhqv2-512x512", "StyleGAN3-T, animal faces at 512×512"),
  nvidia(3, "stylegan3-r-afhqv2-512x512", "StyleGAN3-R, animal faces at 512×512"),
  biggan(128),
  biggan(256),
  biggan(512),
  vqgan(1024, "140747ba53464f49b476", "6ecf2af6c658432c8298"),
  vqgan(16384, "867b05fc8c4841768640", "274fb24ed38341bfa753"),
  hub(
    "vqgan-f16-16384-boris",
    "boris/vqgan_f16_16384",
    ["model.ckpt", "config.yaml"],
    "VQGAN of ImageNet, tuned further on people and photographs (DALL·E mini)",
    { kind: "generator", license: "not stated on its page; tuned from MIT weights" },
  ),
];
