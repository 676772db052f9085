/** Every command that writes, with arguments that make it write below one folder, for `commands.ts`. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Inputs } from "./inputs.js";
import { type Address, rateAll, useStudio } from "./servers.js";

/** A command that writes below `place`. */
export interface Case {
  readonly name: string;
  /** Arguments of the command line. */
  args(place: string): string[];
  /** Arguments of the run after an interruption; those of the first when absent. */
  again?(place: string): Promise<string[]>;
  /** Whether small packages or models take the place of pinned ones: runs from the sources. */
  readonly isSmall?: boolean;
  /** For servers: what is done on the page before Ctrl-C. */
  use?(address: Address): Promise<void>;
}

const root = resolve(import.meta.dirname, "../..");

/** The unfinished run of a folder, if any. */
async function unfinished(folder: string): Promise<string | undefined> {
  const runs = await readdir(folder).catch(() => []);
  return runs.map((run) => join(folder, run)).find((run) => existsSync(join(run, "unfinished.safetensors")));
}

/** All cases. Commands that only read are `search` without a sheet, `prompts show` and `check`, `evaluate people`, `models list`, `info` and `verify`, `doctor`. */
export function casesOf(inputs: Inputs): readonly Case[] {
  const { pictures, captions, pack, stickerPack, emoji, stickers, runs } = inputs;
  const resumable = (name: string, first: (place: string) => string[], generator: string): Case => ({
    name,
    args: first,
    async again(place) {
      const run = await unfinished(join(place, "runs"));
      return run ? [name.split(" ")[0]!, "--resume", run, "--generator", generator] : first(place);
    },
  });
  const training = (name: string, words: readonly string[], more: Partial<Case> = {}, folder = "t"): Case => {
    const args = (place: string): string[] => [
      ...words.map((word) => word.replace("PLACE", place)),
      ...["--save-every", "0.05", "--out", join(place, "t")],
    ];
    return {
      name,
      args,
      again: (place) =>
        Promise.resolve(
          existsSync(join(place, folder, "checkpoint.safetensors"))
            ? [...args(place), "--resume"]
            : args(place),
        ),
      ...more,
    };
  };
  const simple = (name: string, words: readonly string[], more: Partial<Case> = {}): Case => ({
    name,
    args: (place) => words.map((word) => word.replace("PLACE", place)),
    ...more,
  });
  /** A finished pack is replaced on demand alone. */
  const packing = (name: string, words: readonly string[]): Case => ({
    ...simple(name, words),
    again: (place) => Promise.resolve([...simple(name, words).args(place), "--force"]),
  });
  const isSmall = true;
  const small = ["--generator", pack, "--views", "2", "--seed", "7"];
  const picture = join(pictures, "0.png");
  const out = (name: string): string[] => ["--out", `PLACE/${name}`];
  return [
    resumable(
      "generate",
      (place) => [
        ...["generate", "a red heart", ...small, "--candidates", "3", "--steps", "8", "--count", "2"],
        ...["--out", join(place, "runs")],
      ],
      pack,
    ),
    resumable(
      "generate scene",
      (place) => [
        ...["generate", "a red heart on a hat", "--generator", stickerPack, "--views", "2", "--seed", "7"],
        ...["--candidates", "2", "--steps", "4", "--format", "svg", "--out", join(place, "runs")],
      ],
      stickerPack,
    ),
    resumable(
      "edit",
      (place) => [
        ...["edit", picture, "a blue car", "a hat", "--from", "a red heart", ...small, "--steps", "4"],
        ...["--out", join(place, "runs")],
      ],
      pack,
    ),
    simple("index", ["index", pictures, "--generator", pack, "--index", "PLACE/i"]),
    simple("search sheet", [
      ...["search", "a hat", "--folder", pictures, "--index", inputs.index, "--generator", pack],
      ...["--sheet", "PLACE/s.png"],
    ]),
    simple("classify", ["classify", picture, "--labels", "a heart,a car", "--generator", pack]),
    simple("evaluate generation", [
      ...["evaluate", "generation", "--prompts", inputs.prompts, "--generator", pack, "--steps", "0"],
      ...["--candidates", "1", "--data", emoji, ...out("eg")],
    ]),
    simple("evaluate zero-shot", ["evaluate", "zero-shot", captions, "--generator", pack, ...out("zs")]),
    simple("evaluate retrieval", ["evaluate", "retrieval", captions, "--generator", pack, ...out("er")]),
    simple("evaluate bias", [
      ...["evaluate", "bias", captions, "--by", "group", "--generator", pack, ...out("eb")],
    ]),
    simple("prompts tune", ["prompts", "tune", captions, "--generator", pack, ...out("tuned.yaml")]),
    ...["npy", "safetensors", "jsonl"].map((format) =>
      simple(`embed ${format}`, ["embed", pictures, "--generator", pack, ...out(`rows.${format}`)]),
    ),
    training("train clip own", [
      ...["train", "clip", "--images", pictures, "--captions", captions, "--shape", inputs.shape],
      ...["--steps", "12", "--batch", "4", "--validate", "0"],
    ]),
    training("train clip", [
      ...["train", "clip", "--preset", "tiny", "--data", emoji, "--steps", "3", "--batch", "4"],
    ]),
    training(
      "train judge",
      [...["train", "judge", "--data", "PLACE/data", "--steps", "2", "--batch", "4", "--composed", "0"]],
      { isSmall },
      "t/training",
    ),
    training("train gan", [
      ...["train", "gan", "--clip", join(runs.emoji, "guide-a"), "--data", emoji, "--steps", "4"],
      ...["--batch", "2", "--phases", "1,1,1,1", "--composed", "0"],
    ]),
    training(
      "train upscaler",
      [
        ...["train", "upscaler", "--generator", pack, "--data", emoji, "--steps", "2", "--batch", "1"],
        ...["--pictures", "3"],
      ],
      { isSmall },
    ),
    training("train sticker", [
      ...["train", "sticker", "--data", stickers, "--sets", "noto,twemoji", "--steps", "4", "--batch", "2"],
      ...["--from", runs.sticker],
    ]),
    simple("data emoji", ["data", "emoji", ...out("d")], { isSmall }),
    simple(
      "data emoji-variants",
      ["data", "emoji-variants", "--data", emoji, "--cache", "PLACE/c", ...out("d")],
      {
        isSmall,
      },
    ),
    simple("data stickers", ["data", "stickers", ...out("d")], { isSmall }),
    simple("data aliases", ["data", "aliases", "--cache", "PLACE/c", ...out("a.json.br")], { isSmall }),
    packing("pack emoji", ["pack", "emoji", "--runs", runs.emoji, "--data", emoji, ...out("pack")]),
    packing("pack stickers", [
      ...[
        "pack",
        "stickers",
        "--sticker",
        runs.sticker,
        "--data",
        stickers,
        "--clips",
        pack,
        "--refine",
        "1",
      ],
      ...out("pack"),
    ]),
    packing("pack clips", ["pack", "clips", ...inputs.published, ...out("pack")]),
    packing("pack retrained", [
      ...["pack", "retrained", "--runs", runs.clips, "--clips", pack, "--data", emoji, ...out("pack")],
    ]),
    packing("pack generator", [
      ...["pack", "generator", join(root, "test/packs/fixtures/stylegan2.pkl"), "--clips", pack],
      ...["--name", "g", ...out("pack")],
    ]),
    simple("models add", ["models", "add", join(root, "test/packs/fixtures/stylegan3.pkl")]),
    simple("models pull", ["models", "pull", "m"], { isSmall }),
    simple("rate", ["rate", inputs.rated, "--json", ...out("ratings.json")], { use: rateAll }),
    simple("studio", ["studio", "--no-open", "--json", "--port", "4777", ...out("runs")], {
      use: (address) => useStudio(address, picture),
    }),
  ];
}
