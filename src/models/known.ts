import {
  type KnownModel,
  describeBigganModel,
  heiboxUrl,
  describeHubModel,
  describeNvidiaModel,
  describeOpenAiModel,
  pyttiUrl,
  describeVqganModel,
} from "./knownModel.js";

/** The published models that can be downloaded by name. */
export const knownModels: readonly KnownModel[] = [
  describeOpenAiModel(
    "clip-vit-b-32",
    "ViT-B-32.pt",
    "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
    "OpenAI CLIP ViT-B/32: the quickest of its ViTs, the usual first guide",
    353976522, // as two public projects state it
  ),
  describeOpenAiModel(
    "clip-vit-b-16",
    "ViT-B-16.pt",
    "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f",
    "OpenAI CLIP ViT-B/16: finer patches, four times the work of ViT-B/32",
  ),
  describeOpenAiModel(
    "clip-vit-l-14",
    "ViT-L-14.pt",
    "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836",
    "OpenAI CLIP ViT-L/14: large; a good judge",
  ),
  describeOpenAiModel(
    "clip-vit-l-14-336",
    "ViT-L-14-336px.pt",
    "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02",
    "OpenAI CLIP ViT-L/14 at 336 pixels: its best, and its slowest ViT",
  ),
  describeOpenAiModel(
    "clip-rn50",
    "RN50.pt",
    "afeb0e10f9e5a86da6080e35cf09123aca3b358a0c3e3b6c78a7b63bc04b6762",
    "OpenAI CLIP ResNet-50: a guide unlike the ViTs",
  ),
  describeOpenAiModel(
    "clip-rn101",
    "RN101.pt",
    "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599",
    "OpenAI CLIP ResNet-101",
  ),
  describeOpenAiModel(
    "clip-rn50x4",
    "RN50x4.pt",
    "7e526bd135e493cef0776de27d5f42653e6b4c8bf9e0f653bb11773263205fdd",
    "OpenAI CLIP ResNet-50×4, at 288 pixels",
  ),
  describeOpenAiModel(
    "clip-rn50x16",
    "RN50x16.pt",
    "52378b407f34354e150460fe41077663dd5b39c54cd0bfd2b27167a4a06ec9aa",
    "OpenAI CLIP ResNet-50×16, at 384 pixels",
  ),
  describeOpenAiModel(
    "clip-rn50x64",
    "RN50x64.pt",
    "be1cfb55d75a9666199fb2206c106743da0f6468c9d327f3e0d0a543a9919d9c",
    "OpenAI CLIP ResNet-50×64, at 448 pixels: the largest ResNet",
  ),
  describeHubModel(
    "clip-vit-b-32-hf",
    "openai/clip-vit-base-patch32@3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268",
    [
      {
        name: "pytorch_model.bin", // its main branch has no safetensors
        size: 605247071,
        sha256: "a63082132ba4f97a80bea76823f544493bffa8082296d62d71581a4feff1576f",
      },
      "config.json",
      "tokenizer.json",
    ],
    "OpenAI CLIP ViT-B/32 for Hugging Face's tools",
  ),
  describeHubModel(
    "clip-vit-l-14-hf",
    "openai/clip-vit-large-patch14@32bd64288804d66eefd0ccbe215aa642df71cc41",
    [
      {
        name: "model.safetensors",
        size: 1710540580,
        sha256: "a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb",
      },
      "config.json",
      "tokenizer.json",
    ],
    "OpenAI CLIP ViT-L/14 as safetensors for Hugging Face's tools",
  ),
  describeHubModel(
    "openclip-vit-b-32-laion2b",
    "laion/CLIP-ViT-B-32-laion2B-s34B-b79K@1a25a446712ba5ee05982a381eed697ef9b435cf",
    [
      {
        name: "open_clip_model.safetensors",
        size: 605143316,
        sha256: "ac4f8c4b88af6d963118cbf40ad93176d092abbedfcb752601ae1866352656e6",
      },
      "open_clip_config.json",
      "tokenizer.json",
    ],
    "OpenCLIP ViT-B/32 trained on LAION-2B: a second guide with other data",
  ),
  describeHubModel(
    "openclip-vit-h-14-laion2b",
    "laion/CLIP-ViT-H-14-laion2B-s32B-b79K@1c2b8495b28150b8a4922ee1c8edee224c284c0c",
    [
      {
        name: "open_clip_pytorch_model.bin", // no published hash for its safetensors; MLCommons and others publish this one's
        size: 3944692325,
        sha256: "9a78ef8e8c73fd0df621682e7a8e8eb36c6916cb3c16b291a082ecd52ab79cc4",
      },
      "open_clip_config.json",
      "tokenizer.json",
    ],
    "OpenCLIP ViT-H/14 trained on LAION-2B: a strong judge",
  ),
  describeHubModel(
    "siglip-b-16-256",
    "google/siglip-base-patch16-256@b078df89e446d623010d890864d4207fe6399f61",
    [
      {
        name: "model.safetensors",
        size: 812856640,
        sha256: "f0cee7c815135c44a515eff72ab3040499744920442bc25567cd04efc93f8f65",
      },
      "config.json",
      "tokenizer.json",
    ],
    "SigLIP base at 256 pixels: trained with a sigmoid loss",
    { license: "Apache-2.0" },
  ),
  describeNvidiaModel(2, "stylegan2-ffhq-1024x1024", "StyleGAN2, faces at 1024×1024"),
  describeNvidiaModel(2, "stylegan2-ffhq-256x256", "StyleGAN2, faces at 256×256"),
  describeNvidiaModel(2, "stylegan2-afhqv2-512x512", "StyleGAN2-ADA, animal faces at 512×512"),
  describeNvidiaModel(2, "stylegan2-metfaces-1024x1024", "StyleGAN2-ADA, painted portraits at 1024×1024"),
  describeNvidiaModel(2, "stylegan2-lsundog-256x256", "StyleGAN2, dogs at 256×256"),
  describeNvidiaModel(3, "stylegan3-t-ffhqu-256x256", "StyleGAN3-T, faces, not aligned, at 256×256"),
  describeNvidiaModel(3, "stylegan3-r-ffhqu-256x256", "StyleGAN3-R, faces, not aligned, at 256×256"),
  describeNvidiaModel(3, "stylegan3-t-afhqv2-512x512", "StyleGAN3-T, animal faces at 512×512"),
  describeNvidiaModel(3, "stylegan3-r-afhqv2-512x512", "StyleGAN3-R, animal faces at 512×512"),
  describeBigganModel(128),
  describeBigganModel(256, {
    size: 234411737, // as a public project that fetches this address pins it
    sha256: "5900ef4065047e3aa0d1b66197b7f2664dceb59b27080e414ad57e203c485bc5",
  }),
  describeBigganModel(512),
  describeVqganModel(
    1024,
    { name: "last.ckpt", urls: [heiboxUrl("140747ba53464f49b476")] },
    { name: "model.yaml", urls: [heiboxUrl("6ecf2af6c658432c8298")] },
  ),
  describeVqganModel(
    16384,
    {
      name: "last.ckpt",
      size: 980092370,
      sha256: "845a68805098cb666420d5db93df53f3a3b6dd443e6dd85c05759c5b998cd663",
      urls: [heiboxUrl("867b05fc8c4841768640"), pyttiUrl("imagenet/imagenet.ckpt")],
    },
    {
      name: "model.yaml",
      size: 692,
      sha256: "00e2c6189926f1d89ecfef73e9598db77981c1982f0555fbade963ffd16143c7",
      urls: [heiboxUrl("274fb24ed38341bfa753"), pyttiUrl("imagenet/imagenet.yaml")],
    },
  ),
  describeHubModel(
    "vqgan-f16-16384-boris",
    "boris/vqgan_f16_16384",
    ["model.ckpt", "config.yaml"],
    "VQGAN of ImageNet, tuned further on people and photographs (DALL·E mini)",
    {
      kind: "generator",
      license: "not stated on its page; tuned from MIT weights",
      nonCommercial: false, // the MIT weights that it was tuned from allow commercial use
    },
  ),
];
