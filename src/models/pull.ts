import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, DownloadError } from "../errors.js";
import { type DownloadOptions, download } from "./download.js";
import { probe, reasonOf } from "./http.js";
import { type HubFile, blobPath, cachedSnapshot, hubFile, hubHeaders, linkSnapshot } from "./hub.js";
import { type KnownModel, knownModels } from "./known.js";
import type { Places } from "./places.js";
import { type ModelFile, type ModelRecord, hashFile, readRecord, writeRecord } from "./records.js";

/** What is about to be fetched. */
export interface PullPlan {
  readonly model: KnownModel;
  /** Files with their sizes, as far as the servers say, and who vouches for their hashes. */
  readonly files: readonly (Pick<ModelFile, "name" | "pinned"> & { readonly size: number | undefined })[];
  /** Bytes in all; undefined when a server does not say. */
  readonly total: number | undefined;
}

/** How to pull a model. */
export interface PullOptions extends Omit<DownloadOptions, "onProgress"> {
  readonly places: Places;
  /** Use only what is on this machine. */
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
 * Fetches a known model, unless it is here: asks for the sizes, fetches and checks each file, and last notes the model as being
 * here. What was fetched before an interruption is kept and continued. A file whose hash nobody states has to be the one of the
 * first download when it is fetched again.
 * @throws {ConfigError} for an unknown name; {DownloadError} when a file cannot be had whole, or is another one than expected.
 */
export async function pullModel(name: string, options: PullOptions): Promise<ModelRecord> {
  const { places, offline = places.offline, known = knownModels } = options;
  const model = known.find((each) => each.name === name);
  if (!model) throw new ConfigError(unknownModel(name, known));
  const here = await readRecord(places.home, name);
  if (here && (await isWhole(here))) return here;
  const record = (files: ModelFile[]): ModelRecord => {
    const { kind, license } = model;
    return { name, kind, license, owned: true, files };
  };
  if (offline) {
    const found =
      model.hub &&
      (await cachedSnapshot(
        places,
        model.hub,
        model.files.map((file) => file.name),
      ));
    if (!found)
      throw new DownloadError(
        `${name} is not on this machine; run clipsteer models pull ${name} without --offline`,
      );
    const files: ModelFile[] = [];
    for (const [index, path] of found.entries())
      files.push({ name: model.files[index]!.name, path, ...(await hashFile(path)), pinned: "first use" });
    const adopted = record(files);
    await writeRecord(places.home, adopted);
    return adopted;
  }
  const steps = model.hub
    ? await hubSteps(model, model.hub, options)
    : await addressSteps(model, here, options);
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

function unknownModel(name: string, known: readonly KnownModel[]): string {
  const near = known.filter((each) => each.name.includes(name) || name.includes(each.name));
  const hint = near.length > 0 ? `did you mean ${near.map((each) => each.name).join(", ")}?` : "";
  return `unknown model "${name}"; ${hint || "clipsteer models list shows them; a file of yours: clipsteer models add FILE"}`;
}

async function isWhole(record: ModelRecord): Promise<boolean> {
  for (const { path, size } of record.files)
    if ((await stat(path).catch(() => undefined))?.size !== size) return false;
  return true;
}

/** Files that have addresses of their own: kept below the toolkit's home. */
async function addressSteps(
  model: KnownModel,
  before: ModelRecord | undefined,
  options: PullOptions,
): Promise<Step[]> {
  const folder = join(options.places.home, "files", model.name);
  await mkdir(folder, { recursive: true });
  const steps: Step[] = [];
  for (const { name, urls = [], sha256: published, size: known } of model.files) {
    const sha256 = published ?? before?.files.find((file) => file.name === name)?.sha256;
    const pinned = published ? "registry" : "first use";
    const { size: probed, etag } = await probeFirst(name, urls, options.signal);
    const size = known ?? probed;
    // Another version of the file must not be continued: each has a part of its own.
    const version = createHash("sha256")
      .update(sha256 ?? etag ?? "")
      .digest("hex")
      .slice(0, 12);
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
          ...(size !== undefined && { size }),
          ...(sha256 && { sha256 }),
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

/** Files of a hub repository: kept in the cache of the Hugging Face tools, which find them there. */
async function hubSteps(
  model: KnownModel,
  hub: NonNullable<KnownModel["hub"]>,
  options: PullOptions,
): Promise<Step[]> {
  const { places, signal } = options;
  const headers = await hubHeaders(places);
  const steps: Step[] = [];
  for (const { name, sha256 } of model.files) {
    const found = await hubFile(places, hub, name, signal);
    const blob = blobPath(places, hub.repo, found.etag);
    const large = found.etag.length === 64;
    if (sha256 && large && found.etag !== sha256)
      throw new DownloadError(`${hub.repo}/${name}: the hub has SHA-256 ${found.etag}, expected ${sha256}`);
    const pinned = sha256 ? "registry" : "hub";
    steps.push({
      name,
      size: found.size,
      pinned,
      async fetch(onProgress) {
        const got =
          (await whole(blob, found)) ??
          (await download(
            {
              urls: [found.url],
              target: blob,
              part: `${blob}.incomplete`,
              size: found.size,
              ...(large ? { sha256: found.etag } : { gitId: found.etag }),
              headers,
            },
            { ...options, onProgress },
          ));
        onProgress(got.size);
        const path = await linkSnapshot(places, hub, name, found);
        return { name, path, ...got, pinned };
      },
    });
  }
  return steps;
}

/** Size and hash of a blob that is there already and is what its name says. */
async function whole(
  blob: string,
  { etag, size }: HubFile,
): Promise<{ size: number; sha256: string } | undefined> {
  const info = await stat(blob).catch(() => undefined);
  if (info?.size !== size) return undefined;
  const got = await hashFile(blob);
  return etag.length === 40 || got.sha256 === etag ? got : undefined;
}
