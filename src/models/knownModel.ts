/** A model that can be pulled by its name. */
export interface KnownModel {
  /** Distinct name by which it is pulled, such as `clip-rn50x64`. */
  readonly name: string;
  /** What its weights are: both encoders of a CLIP, or a generator. */
  readonly kind: "clip" | "generator";
  /** What it is and what it is good for, in one line. */
  readonly description: string;
  /** Licence of the weights in words, as their publisher states it. */
  readonly license: string;
  /** Whether the licence forbids commercial use. */
  readonly nonCommercial: boolean;
  /** Repository on the Hugging Face hub, with the branch or commit; its files then have no addresses of their own. */
  readonly hub?: { readonly repo: string; readonly revision: string };
  /** All files to download, weights and configurations. */
  readonly files: readonly KnownFile[];
}

/** A file of a known model. */
export interface KnownFile {
  readonly name: string;
  /** Addresses of the same bytes, the author's own first. */
  readonly urls?: readonly string[];
  /** Bytes, where they are known beforehand. */
  readonly size?: number;
  /** SHA-256 as its authors or others state it. When absent, the hub's is required, or else the first download's is recorded. */
  readonly sha256?: string;
}

/**
 * The list of merges that OpenAI's archives leave out.
 * Source: openai/CLIP, clip/bpe_simple_vocab_16e6.txt.gz at d05afc4, hashed by ourselves; open_clip 3.3.0 holds the same file.
 */
const openAiVocabulary: KnownFile = {
  name: "bpe_simple_vocab_16e6.txt.gz",
  size: 1356917,
  sha256: "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a",
  urls: [
    "https://raw.githubusercontent.com/openai/CLIP/d05afc436d78f1c48dc0dbf8e5980a9d471f35f6/clip/bpe_simple_vocab_16e6.txt.gz",
    "https://openaipublic.azureedge.net/clip/bpe_simple_vocab_16e6.txt.gz",
  ],
};

/** Describes a CLIP of OpenAI, whose address contains the SHA-256 of its file. Source: openai/CLIP, clip/clip.py. */
export function describeOpenAiModel(
  name: string,
  file: string,
  sha256: string,
  description: string,
  size?: number,
): KnownModel {
  const urls = [`https://openaipublic.azureedge.net/clip/models/${sha256}/${file}`];
  return {
    name,
    kind: "clip",
    description,
    license: "MIT",
    nonCommercial: false,
    files: [{ name: file, sha256, urls, size }, openAiVocabulary],
  };
}

/**
 * Describes a model on the Hugging Face hub; by default a CLIP under the MIT licence, commercial use allowed.
 * @param source repository, and after `@` the commit that public projects pin; without, its main branch.
 * @param files names of its files, with the sizes and hashes that public projects pin.
 * @param overrides fields that differ from these defaults.
 */
export function describeHubModel(
  name: string,
  source: string,
  files: readonly (string | KnownFile)[],
  description: string,
  overrides: Partial<KnownModel> = {},
): KnownModel {
  const [repo = "", revision = "main"] = source.split("@");
  return {
    name,
    kind: "clip",
    description,
    license: "MIT",
    nonCommercial: false,
    hub: { repo, revision },
    files: files.map((file) => (typeof file === "string" ? { name: file } : file)),
    ...overrides,
  };
}

/** Describes a StyleGAN2 or StyleGAN3 of NVIDIA. Source of the addresses: README of NVlabs/stylegan3. */
export function describeNvidiaModel(version: 2 | 3, file: string, description: string): KnownModel {
  return {
    name: file.replace(/-(\d+)x\1$/, "-$1"),
    kind: "generator",
    description,
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

/** Describes a BigGAN-deep of `size` × `size` pixels. Source of the addresses: huggingface/pytorch-pretrained-BigGAN, model.py. */
export function describeBigganModel(
  size: number,
  knownContent: Pick<KnownFile, "size" | "sha256"> = {},
): KnownModel {
  return {
    name: `biggan-deep-${size}`,
    kind: "generator",
    description: `BigGAN-deep, the 1000 classes of ImageNet at ${size}×${size}`,
    license: "Apache-2.0 (weights by DeepMind), MIT (conversion)",
    nonCommercial: false,
    files: [
      {
        name: `biggan-deep-${size}-pytorch_model.bin`,
        ...knownContent,
        urls: [`https://s3.amazonaws.com/models.huggingface.co/biggan/biggan-deep-${size}-pytorch_model.bin`],
      },
    ],
  };
}

/** Describes a VQGAN of ImageNet with `codes` codes. Source of the addresses: notebooks of CompVis/taming-transformers. */
export function describeVqganModel(codes: number, checkpoint: KnownFile, config: KnownFile): KnownModel {
  return {
    name: `vqgan-imagenet-f16-${codes}`,
    kind: "generator",
    description: `VQGAN of ImageNet, one code for each 16×16 pixels, ${codes} codes; any size, any subject`,
    license: "MIT",
    nonCommercial: false,
    files: [checkpoint, config],
  };
}

/** Returns the address of a file on the server of the VQGANs' authors. */
export const heiboxUrl = (link: string): string => `https://heibox.uni-heidelberg.de/f/${link}/?dl=1`;
/** Returns the address of a copy of a VQGAN that its authors' server lost or may lose. Source: pytti, which pins them by these hashes. */
export const pyttiUrl = (file: string): string =>
  `https://huggingface.co/Somnai/pytti-vqgan-checkpoints/resolve/debc22c8f285c7734980c464ff992d335dde6e9a/${file}`;
