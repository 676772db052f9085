import { readFile, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ConfigError, WeightsError } from "../errors.js";
import { type PackManifest, loadPack } from "../packs/index.js";
import { knownModels } from "./known.js";
import { hashFile, isWeights, readRecords } from "./records.js";

/** What stands at a path: a pack, or files of weights. */
export interface Place {
  /** Its manifest, where it is a pack. */
  readonly pack: PackManifest | undefined;
  /** Files of weights, each with its role where a pack states it. */
  readonly files: readonly { readonly path: string; readonly role?: string }[];
  /** Known origin, licence included; undefined when unknown. */
  readonly origin: string | undefined;
}

/** Files of weights that are the same model in several forms, best first. */
const forms = [
  /\.safetensors\.index\.json$/,
  /^(open_clip_)?model\.safetensors$/,
  /^diffusion_pytorch_model\.safetensors$/,
  /\.safetensors$/,
  /\.(bin|pt|pth|ckpt|pkl|jit)$/,
];
const mostFiles = 12;

/**
 * Inspects a path: a weights file, one of our packs, or a downloaded folder of weights.
 * @param home folder of the local models, whose records tell where files were downloaded from.
 * @param path path of a file or folder.
 * @returns undefined when the path does not exist.
 * @throws {WeightsError} for a folder without weights, listing its contents; {ConfigError} or {WeightsError} for a damaged pack.
 */
export async function inspectPath(home: string, path: string): Promise<Place | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return undefined;
  if (info.isDirectory()) return describeFolder(home, path);
  if (basename(path) === "pack.json") return packAt(dirname(path));
  const origin = (await findOrigin(home, path)) ?? (await readCardLicense(dirname(path)));
  return { pack: undefined, files: [{ path }], origin };
}

async function describeFolder(home: string, folder: string): Promise<Place> {
  const entries = (await readdir(folder)).sort();
  if (entries.includes("pack.json")) return packAt(folder);
  const form = forms.find((each) => entries.some((name) => each.test(name)));
  const names = entries.filter((name) => form?.test(name));
  if (names.length === 0) throw explainMissingWeights(folder, entries);
  if (names.length > mostFiles)
    throw new ConfigError(
      `${folder}: holds ${names.length} files of weights; name one of them, such as ${names[0]}`,
    );
  const [first] = names as [string];
  const origin = (await readCardLicense(folder)) ?? (await findOrigin(home, join(folder, first)));
  return { pack: undefined, files: names.map((name) => ({ path: join(folder, name) })), origin };
}

function explainMissingWeights(folder: string, entries: readonly string[]): WeightsError {
  if (entries.includes("model_index.json"))
    return new WeightsError(
      `${folder}: a pipeline of diffusers; give the folder of its VQModel, such as ${join(folder, "vqvae")}`,
    );
  const shown = entries.slice(0, 8).join(", ") + (entries.length > 8 ? ", …" : "");
  return new WeightsError(
    `${folder}: holds no weights; expected a pack.json, or a file ending in .safetensors, .bin, .pt, .ckpt or .pkl; it holds ${shown || "nothing"}`,
  );
}

async function packAt(folder: string): Promise<Place> {
  const { manifest: pack } = await loadPack(folder);
  const { generator, encoder, discriminator, upscaler, guides, judge } = pack;
  const roles = [
    [generator, `generator (${generator?.kind ?? "emoji"})`],
    [encoder, "its encoder"],
    [discriminator, "its discriminator"],
    [upscaler, "upscaler"],
    ...guides.map((guide) => [guide, `CLIP ${guide.name}`] as const),
    [judge, `CLIP ${judge?.name}, which judges`],
  ] as const;
  const files = roles.flatMap(([part, role]) => (part ? [{ path: join(folder, part.file), role }] : []));
  return { pack, files, origin: `licence: ${pack.license}` };
}

/** Reads the licence that a model card of the hub states at its beginning. */
async function readCardLicense(folder: string): Promise<string | undefined> {
  const card = await readFile(join(folder, "README.md"), "utf8").catch(() => "");
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1] ?? "";
  const license = /^license:\s*["']?([\w .+-]{1,60})/m.exec(head)?.[1];
  return license && `licence: ${license.trim()} (its README.md)`;
}

/** Finds which model a file belongs to: one that is here, or one whose published hash it has. */
async function findOrigin(home: string, path: string): Promise<string | undefined> {
  const real = await realpath(path);
  for (const { name, license, files } of await readRecords(home))
    for (const file of files)
      if ((await realpath(file.path).catch(() => "")) === real)
        return `model ${name} on this machine; licence: ${license}`;
  const { size } = await stat(real);
  const alike = knownModels.flatMap((model) =>
    model.files
      .filter((file) => file.sha256 && isWeights(file.name) && (file.size ?? size) === size)
      .filter((file) => file.size !== undefined || basename(file.name) === basename(path))
      .map((file) => ({ model, sha256: file.sha256 })),
  );
  if (alike.length === 0) return undefined;
  const { sha256 } = await hashFile(real);
  const found = alike.find((each) => each.sha256 === sha256)?.model;
  return found && `the published ${found.name} (by its SHA-256); licence: ${found.license}`;
}

/** Lists the files of a folder as downloaded that make a model: its weights, its configuration, its vocabulary. */
export async function listModelFiles(home: string, folder: string): Promise<string[]> {
  const { pack, files } = await describeFolder(home, folder);
  if (pack)
    throw new ConfigError(`${folder}: is a pack already; use it as it is`, { reason: "pack-as-model" });
  const beside = (await readdir(folder)).filter((name) => /\.(json|txt|model|txt\.gz)$/.test(name)).sort();
  const weights = files.map(({ path }) => path);
  const further = beside.map((name) => join(folder, name)).filter((path) => !weights.includes(path));
  return [...weights, ...further];
}
