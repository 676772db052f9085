import { readFile, readdir, realpath, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ConfigError } from "../errors.js";
import { hashSha256, makeOutputFolder, explainUnwritable, runLocked } from "../files/index.js";
import { findModelSource, readRecord } from "../models/index.js";
import { type Pack, loadPack } from "../packs/index.js";
import { type ClipModels, type Tower, listClips, loadClips } from "./clipModels.js";
import { packClip } from "./packClips.js";
import { findWeights } from "./published.js";

/** Folder of published CLIPs, a callback for notes, and a signal. */
export interface ClipSourceOptions {
  /** Folder of the models on this machine, `readPlaces(…).home`; packs made of published CLIPs are cached in it. */
  readonly home: string;
  /** Called with one line when a CLIP is read for the first time. */
  readonly onNote?: ((message: string) => void) | undefined;
  /** Ends the conversion of a CLIP that is read for the first time. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the pack of one published CLIP. It is written into the models' folder on first use, and again when the CLIP's file has changed.
 * @param nameOrPath name of a local model, or a file or folder of weights.
 * @param options folder of the local models, callbacks and abort signal.
 * @returns the pack, whose guide is the CLIP.
 * @throws {ConfigError} for an unknown model; {WeightsError} when its weights are damaged; the signal's reason.
 */
export async function openPublishedPack(nameOrPath: string, options: ClipSourceOptions): Promise<Pack> {
  const { home, onNote, signal } = options;
  const { name, path, license } = await findModelSource(home, nameOrPath);
  const weights = await realpath(await findWeights(path));
  const { size, mtimeMs } = await stat(weights);
  const state = JSON.stringify([weights, size, mtimeMs]);
  const key = hashSha256(state).slice(0, 16);
  const packs = join(home, "packs");
  const folder = join(packs, `${name}-${key}`);
  if (await isPack(folder)) return loadPack(folder);
  await makeOutputFolder(packs);
  return runLocked(join(packs, ".lock"), { purpose: "make a pack here", wait: true }, async () => {
    await removeHalfMade(packs);
    if (!(await isPack(folder))) {
      onNote?.(`${name}: reading it for the first time; a pack is made of it in ${folder}`);
      await packClip(path, folder, { name, license, description: `made from ${basename(path)}` }, { signal });
      const { manifest } = await loadPack(folder);
      if (manifest.description.includes("(its ")) onNote?.(`${name}: ${manifest.description}`);
    }
    return loadPack(folder);
  }).catch((cause: unknown) => {
    throw explainUnwritable(packs, cause);
  });
}

const isPack = (folder: string): Promise<boolean> =>
  readFile(join(folder, "pack.json")).then(Boolean, () => false);

/** Removes packs that killed processes left without a manifest. The caller holds the lock under which packs are made. */
async function removeHalfMade(packs: string): Promise<void> {
  for (const name of await readdir(packs))
    if (/-[0-9a-f]{16}$/.test(name) && !(await isPack(join(packs, name))))
      await rm(join(packs, name), { recursive: true, force: true });
}

/**
 * Finds the pack that contains a CLIP: the pack `generator` if it has a CLIP of this name, or for `all` or no name; otherwise the pack of a
 * published CLIP.
 * @param generator name or folder of the pack that is searched first.
 * @param clip as for `openClips`.
 * @param options folder of the local models, callbacks and abort signal.
 * @returns the pack; its weights are not read.
 * @throws {ConfigError} when neither has it, listing the CLIPs of the pack.
 */
export async function packWithClip(
  generator: string,
  clip: string | undefined,
  options: ClipSourceOptions,
): Promise<Pack> {
  const pack = await loadPack(generator);
  const own = clip === undefined || clip === "all" || listClips(pack).some(({ name }) => name === clip);
  if (own) return pack;
  return openPublishedPack(clip, options).catch((cause: unknown) => {
    if (!(cause instanceof ConfigError)) throw cause;
    const names = listClips(pack).map(({ name }) => name);
    throw new ConfigError(
      `pack ${pack.manifest.name}: has no CLIP "${clip}"; it has ${names.join(", ")}, all; and ${cause.message}`,
      { cause, reason: cause.reason },
    );
  });
}

/**
 * Finds the pack of the CLIP that an index names. Since indexes are not trusted, the name is only looked up among the CLIPs of the pack and
 * the local models; it is never used as a path.
 * @param generator name or folder of the pack that is searched first.
 * @param name name of a CLIP, as the index's header has it.
 * @param options folder of the local models, callbacks and abort signal.
 * @returns the pack `generator` when no CLIP has this name.
 */
export async function packOfIndexedClip(
  generator: string,
  name: string,
  options: ClipSourceOptions,
): Promise<Pack> {
  const pack = await loadPack(generator);
  const isOwn = listClips(pack).some((clip) => clip.name === name);
  const isModel = !isOwn && (await readRecord(options.home, name)) !== undefined;
  return isModel ? openPublishedPack(name, options) : pack;
}

/**
 * Reads a pack's judge, or its first CLIP if it has no judge.
 * @param packName name or folder of a pack.
 * @returns one CLIP with its tokenizer and templates.
 * @throws {ConfigError} for an unknown pack; {WeightsError} for damaged weights.
 */
export async function loadJudge(packName: string): Promise<ClipModels> {
  const pack = await loadPack(packName);
  return loadClips(pack, (pack.manifest.judge ?? pack.manifest.guides[0]!).name);
}

/**
 * Reads CLIPs of a pack (by default its first), or a published CLIP by name or path.
 * @param source.generator name or folder of a pack.
 * @param source.clip name of a CLIP of the pack, `all`, name of a local model, or a file or folder of weights.
 * @param options folder of the local models, callbacks and abort signal.
 * @param options.only the tower to read; both when absent.
 * @returns the CLIPs with their templates and tokenizer.
 * @throws {ConfigError} for an unknown pack or CLIP; {WeightsError} when weights are missing or damaged.
 */
export async function openClips(
  source: { readonly generator: string; readonly clip: string | undefined },
  options: ClipSourceOptions & { readonly only?: Tower },
): Promise<ClipModels> {
  const { generator, clip } = source;
  const pack = await packWithClip(generator, clip, options);
  const names = listClips(pack).map(({ name }) => name);
  const choice = clip === "all" || names.includes(clip ?? "") ? clip! : names[0]!;
  return loadClips(pack, choice, { only: options.only });
}
