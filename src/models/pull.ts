import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, DownloadError } from "../errors.js";
import { hashSha256, makeFolder } from "../files/index.js";
import { type DownloadOptions, download } from "./download.js";
import { probe, reasonOf } from "./http.js";
import {
  blobLockOf,
  blobPathOf,
  findCachedSnapshot,
  requestHubFile,
  readHubHeaders,
  linkSnapshot,
} from "./huggingFace.js";
import { knownModels } from "./known.js";
import { verifyExistingFile } from "./part.js";
import type { KnownModel } from "./knownModel.js";
import type { Places } from "./places.js";
import { type ModelFile, type ModelRecord, hashFile, readRecord, writeRecord } from "./records.js";

/** What is about to be fetched. */
export interface PullPlan {
  /** The known model that is downloaded. */
  readonly model: KnownModel;
  /** Files with their sizes, as far as the servers say, and who vouches for their hashes. */
  readonly files: readonly (Pick<ModelFile, "name" | "pinned"> & { readonly size: number | undefined })[];
  /** Bytes in all; undefined when a server does not say. */
  readonly total: number | undefined;
}

/** How to pull a model. */
export interface PullOptions extends Omit<DownloadOptions, "onProgress"> {
  /** Where files and the record are written, from `readPlaces`. */
  readonly places: Places;
  /** Use only files on this machine. */
  readonly offline?: boolean;
  /** Told once, before the first byte. */
  readonly onPlan?: (plan: PullPlan) => void;
  /** Told of bytes done, of all files together, and the file that grows. */
  readonly onProgress?: (done: number, file: string) => void;
  /** Models by name; those of the registry unless given. */
  readonly known?: readonly KnownModel[];
}

/** A file of the plan, and how to get it. */
interface Step {
  readonly name: string;
  readonly size: number | undefined;
  readonly pinned: ModelFile["pinned"];
  fetch(onProgress: (done: number) => void): Promise<ModelFile>;
}

/**
 * Downloads a known model, unless it is already local: requests the sizes, downloads and verifies each file, and finally writes the model's
 * record. An interrupted download is continued. A file without a published hash must match the hash of its first download.
 * @param name name of a known model (`knownModels`).
 * @param options folders, progress and abort signal.
 * @returns the record of the model.
 * @throws {ConfigError} for an unknown name; {DownloadError} when a file cannot be downloaded completely, or has another hash.
 */
export async function pullModel(name: string, options: PullOptions): Promise<ModelRecord> {
  const { places, offline = places.offline, known = knownModels } = options;
  const model = known.find((each) => each.name === name);
  if (!model) throw new ConfigError(describeUnknownModel(name, known), { reason: "unknown-model" });
  const here = await readRecord(places.home, name);
  if (here && (await isComplete(here, model))) return here;
  const record = (files: ModelFile[]): ModelRecord => {
    const { kind, license } = model;
    return { name, kind, license, owned: true, files };
  };
  if (offline) {
    const found =
      model.hub &&
      (await findCachedSnapshot(
        places,
        model.hub,
        model.files.map((file) => file.name),
      ));
    if (!found)
      throw new DownloadError(`${name} is not on this machine; download it once while online`, {
        reason: "offline",
      });
    const files: ModelFile[] = [];
    for (const [index, path] of found.entries()) {
      const { name: file, sha256 } = model.files[index]!;
      const hashed = await hashFile(path);
      if (sha256 !== undefined && hashed.sha256 !== sha256)
        throw new DownloadError(
          `${path}: is not the file of ${name}: SHA-256 ${hashed.sha256}, expected ${sha256}; delete it and fetch it again`,
        );
      files.push({ name: file, path, ...hashed, pinned: sha256 ? "registry" : "first use", shared: true });
    }
    const adopted = record(files);
    await writeRecord(places.home, adopted);
    return adopted;
  }
  const steps = model.hub
    ? await planHubSteps(model, model.hub, options)
    : await planAddressSteps(model, here, options);
  const sizes = steps.map(({ size }) => size);
  const total = sizes.every((size) => size !== undefined)
    ? sizes.reduce((sum, size) => sum + size, 0)
    : undefined;
  options.onPlan?.({
    model,
    files: steps.map(({ name: file, size, pinned }) => ({ name: file, size, pinned })),
    total,
  });
  const files: ModelFile[] = [];
  let before = 0;
  for (const step of steps) {
    const file = await step.fetch((done) => options.onProgress?.(before + done, step.name));
    before += file.size;
    files.push(file);
  }
  const pulled = record(files);
  await writeRecord(places.home, pulled);
  return pulled;
}

function describeUnknownModel(name: string, known: readonly KnownModel[]): string {
  const similar = known.filter((each) => each.name.includes(name) || name.includes(each.name));
  const hint = similar.length > 0 ? `; did you mean ${similar.map((each) => each.name).join(", ")}?` : "";
  return `unknown model "${name}"${hint}`;
}

/** Tells whether the files of a record are there, with the sizes and hashes that the record and the registry state. */
async function isComplete(record: ModelRecord, model: KnownModel): Promise<boolean> {
  for (const { name, path, size, sha256 } of record.files) {
    const pin = model.files.find((file) => file.name === name)?.sha256;
    if (pin !== undefined && pin !== sha256) return false;
    if ((await stat(path).catch(() => undefined))?.size !== size) return false;
  }
  return true;
}

/** Plans the download of files that have addresses of their own; they are kept below the toolkit's home. */
async function planAddressSteps(
  model: KnownModel,
  before: ModelRecord | undefined,
  options: PullOptions,
): Promise<Step[]> {
  const folder = join(options.places.home, "files", model.name);
  await makeFolder(folder);
  const steps: Step[] = [];
  for (const { name, urls = [], sha256: published, size: known } of model.files) {
    const sha256 = published ?? before?.files.find((file) => file.name === name)?.sha256;
    const pinned = published ? "registry" : "first use";
    const { size: probed, etag } = await probeFirst(name, urls, options.signal);
    const size = known ?? probed;
    // Another version of the file must not be continued: each has a part of its own.
    const version = hashSha256(sha256 ?? etag ?? "").slice(0, 12);
    const part = join(folder, `${name}.${version}.incomplete`);
    for (const other of await readdir(folder))
      if (
        other.startsWith(`${name}.`) &&
        other.endsWith(".incomplete") &&
        (join(folder, other) !== part || !(sha256 ?? etag))
      )
        await rm(join(folder, other), { force: true });
    const path = join(folder, name);
    steps.push({
      name,
      size,
      pinned,
      async fetch(onProgress) {
        const file = {
          urls,
          target: path,
          part,
          size,
          ...(sha256 ? { sha256 } : { name }),
        };
        const got = await download(file, { ...options, onProgress });
        return { name, path, ...got, pinned };
      },
    });
  }
  return steps;
}

async function probeFirst(
  name: string,
  urls: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Awaited<ReturnType<typeof probe>>> {
  const reasons: string[] = [];
  for (const url of urls) {
    try {
      return await probe(url, signal && { signal });
    } catch (error) {
      signal?.throwIfAborted();
      reasons.push(error instanceof DownloadError ? error.message : reasonOf(error));
    }
  }
  throw new DownloadError(
    `${name}: no server has it: ${reasons.join("; ")}; check the network and any HTTPS_PROXY`,
  );
}

/** Plans the download of a hub repository's files into the cache of the Hugging Face tools, which find them there. */
async function planHubSteps(
  model: KnownModel,
  hub: NonNullable<KnownModel["hub"]>,
  options: PullOptions,
): Promise<Step[]> {
  const { places, signal } = options;
  const headers = await readHubHeaders(places);
  const steps: Step[] = [];
  for (const { name, sha256: pin, size } of model.files) {
    const found = await requestHubFile(places, hub, name, signal);
    const isLarge = found.etag.length === 64;
    const what = `${hub.repo}/${name}`;
    if (pin !== undefined && isLarge && found.etag !== pin)
      throw new DownloadError(`${what}: the hub has SHA-256 ${found.etag}, expected ${pin}`);
    if (size !== undefined && found.size !== size)
      throw new DownloadError(`${what}: the hub has a file of ${found.size} bytes, expected ${size}`);
    // The registry's hash takes precedence over the hub's; the hub's name of the blob must match too.
    const sha256 = pin ?? (isLarge ? found.etag : undefined);
    const expected = {
      size: found.size,
      sha256,
      gitId: isLarge ? undefined : found.etag,
    };
    const target = blobPathOf(places, hub.repo, found.etag);
    const pinned = pin ? "registry" : "hub";
    steps.push({
      name,
      size: found.size,
      pinned,
      async fetch(onProgress) {
        const present = await verifyExistingFile(target, expected);
        const got =
          present ??
          (await download(
            {
              urls: [found.url],
              target,
              part: `${target}.clipsteer.incomplete`, // huggingface_hub writes to `.incomplete`
              lock: blobLockOf(places, hub.repo, found.etag),
              ...expected,
              name,
              headers,
            },
            { ...options, onProgress },
          ));
        onProgress(got.size);
        const path = await linkSnapshot(places, hub, name, found);
        return { name, path, ...got, pinned, shared: present ? true : undefined };
      },
    });
  }
  return steps;
}
