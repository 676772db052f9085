import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { type ClipModels, type Tower, clipNames, loadClips } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { type Pack, loadPack } from "../packs/index.js";
import type { Context } from "./context.js";

/** A model's file of weights: one that is here by its name, or a path. */
export interface ModelSource {
  readonly name: string;
  readonly path: string;
  readonly license: string;
}

/** Finds a model by the name that `models list` shows, or a file or folder by its path. @throws {ConfigError} when it is neither. */
export async function sourceOf(nameOrPath: string): Promise<ModelSource> {
  const { placesOf, readRecord, weightsFile, locateModel, knownModels } = await import("../models/index.js");
  const { home } = placesOf(process.env);
  if (await readRecord(home, nameOrPath)) {
    const record = await locateModel(home, nameOrPath);
    return { name: nameOrPath, path: weightsFile(record), license: record.license };
  }
  const there = await stat(nameOrPath).catch(() => undefined);
  if (there) {
    const name = basename(nameOrPath, there.isFile() ? extname(nameOrPath) : "");
    return { name, path: nameOrPath, license: "not stated" };
  }
  const known = knownModels.some(({ name }) => name === nameOrPath);
  throw new ConfigError(
    known
      ? `model "${nameOrPath}" is not on this machine; run clipsteer models pull ${nameOrPath}`
      : `"${nameOrPath}": no such model, file or folder; clipsteer models list shows the models`,
  );
}

/**
 * A pack of one published CLIP. It is made when the CLIP is first used, beside the models that were pulled, and again when the
 * file has changed.
 */
export async function publishedPack(nameOrPath: string, context: Context): Promise<Pack> {
  const { placesOf } = await import("../models/index.js");
  const { packClip, weightsOf } = await import("../embedding/index.js");
  const { name, path, license } = await sourceOf(nameOrPath);
  const weights = await realpath(await weightsOf(path));
  const { size, mtimeMs } = await stat(weights);
  const state = JSON.stringify([weights, size, mtimeMs]);
  const key = createHash("sha256").update(state).digest("hex").slice(0, 16);
  const folder = join(placesOf(process.env).home, "packs", `${name}-${key}`);
  if (!(await readFile(join(folder, "pack.json")).catch(() => undefined))) {
    context.note(`${name}: reading it for the first time; it will be kept as a pack in ${folder}`);
    await packClip(path, folder, { name, license, description: `made from ${basename(path)}` });
    const { manifest } = await loadPack(folder);
    if (manifest.description.includes("(its ")) context.note(`${name}: ${manifest.description}`);
  }
  return loadPack(folder);
}

/** The pack that holds a CLIP: `generator`'s, when one of its CLIPs is called so (or for `all`), else one of its own. */
export async function packWith(generator: string, clip: string | undefined, context: Context): Promise<Pack> {
  const pack = await loadPack(generator);
  const own = clip === undefined || clip === "all" || clipNames(pack).some(({ name }) => name === clip);
  if (own) return pack;
  return publishedPack(clip, context).catch((cause: unknown) => {
    if (!(cause instanceof ConfigError)) throw cause;
    const names = clipNames(pack).map(({ name }) => name);
    throw new ConfigError(
      `pack ${pack.manifest.name}: has no CLIP "${clip}"; it has ${names.join(", ")}, all; and ${cause.message}`,
      { cause },
    );
  });
}

/**
 * The pack that holds the CLIP whose name an index states. An index may come from anywhere: its name is only ever that of a CLIP of
 * the pack or of a model that is here, never a path.
 * @returns the pack of `generator` when there is no such CLIP.
 */
export async function packOfIndex(generator: string, name: string, context: Context): Promise<Pack> {
  const { placesOf, readRecord } = await import("../models/index.js");
  const pack = await loadPack(generator);
  const isOwn = clipNames(pack).some((clip) => clip.name === name);
  const isHere = !isOwn && (await readRecord(placesOf(process.env).home, name)) !== undefined;
  return isHere ? publishedPack(name, context) : pack;
}

/** CLIPs by the options of a command: those of a pack (its first by default), or a published one by its name or path. */
export async function openClips(
  { generator, clip }: { readonly generator: string; readonly clip: string | undefined },
  context: Context,
  options: { only?: Tower } = {},
): Promise<ClipModels> {
  const pack = await packWith(generator, clip, context);
  const names = clipNames(pack).map(({ name }) => name);
  const choice = clip === "all" || names.includes(clip ?? "") ? clip! : names[0]!;
  return loadClips(pack, choice, options);
}
