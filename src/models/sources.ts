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
  /** Bytes, where they are known beforehand. */
  readonly size?: number;
  /** SHA-256 as its authors or others state it; without, the hub's, else that of the first download is kept. */
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

/** OpenAI puts the SHA-256 of a file into its address. Source: openai/CLIP, clip/clip.py. */
export function openAiModel(
  name: string,
  file: string,
  sha256: string,
  about: string,
  size?: number,
): KnownModel {
  const urls = [`https://openaipublic.azureedge.net/clip/models/${sha256}/${file}`];
  return {
    name,
    kind: "clip",
    about,
    license: "MIT",
    nonCommercial: false,
    files: [{ name: file, sha256, urls, size }, openAiVocabulary],
  };
}

/**
 * A model of the hub; sizes, hashes and commits are those that public projects pin.
 * @param source repository, and after `@` the commit where one is known; else its main branch.
 */
export function hubModel(
  name: string,
  source: string,
  files: readonly (string | KnownFile)[],
  about: string,
  more: Partial<KnownModel> = {},
): KnownModel {
  const [repo = "", revision = "main"] = source.split("@");
  return {
    name,
    kind: "clip",
    about,
    license: "MIT",
    nonCommercial: false,
    hub: { repo, revision },
    files: files.map((file) => (typeof file === "string" ? { name: file } : file)),
    ...more,
  };
}

/** Source of the addresses: README of NVlabs/stylegan3. */
export function nvidiaModel(version: 2 | 3, file: string, about: string): KnownModel {
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
export function bigganModel(size: number, known: Pick<KnownFile, "size" | "sha256"> = {}): KnownModel {
  return {
    name: `biggan-deep-${size}`,
    kind: "generator",
    about: `BigGAN-deep, the 1000 classes of ImageNet at ${size}×${size}`,
    license: "Apache-2.0 (weights by DeepMind), MIT (conversion)",
    nonCommercial: false,
    files: [
      {
        name: `biggan-deep-${size}-pytorch_model.bin`,
        ...known,
        urls: [`https://s3.amazonaws.com/models.huggingface.co/biggan/biggan-deep-${size}-pytorch_model.bin`],
      },
    ],
  };
}

/** Source of the addresses: notebooks of CompVis/taming-transformers. */
export function vqganModel(codes: number, checkpoint: KnownFile, config: KnownFile): KnownModel {
  return {
    name: `vqgan-imagenet-f16-${codes}`,
    kind: "generator",
    about: `VQGAN of ImageNet, 16 pixels a code, ${codes} codes; any size, any subject`,
    license: "MIT",
    nonCommercial: false,
    files: [checkpoint, config],
  };
}

/** Address of a file of the VQGANs' authors. */
export const heibox = (link: string): string => `https://heibox.uni-heidelberg.de/f/${link}/?dl=1`;
/** Copies of the VQGANs that its authors' server lost or may lose. Source: pytti, which pins them by these hashes. */
export const pytti = (file: string): string =>
  `https://huggingface.co/Somnai/pytti-vqgan-checkpoints/resolve/debc22c8f285c7734980c464ff992d335dde6e9a/${file}`;
