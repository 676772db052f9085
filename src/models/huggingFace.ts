import { copyFile, lstat, readFile, readdir, readlink, rm, symlink } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { ConfigError, DownloadError } from "../errors.js";
import { makeFolder, writeFileAtomic } from "../files/index.js";
import { hostOf, isSameOrigin, resolveRedirect, request } from "./http.js";
import type { Places } from "./places.js";

/** The hub's description of a file. Source: huggingface_hub, file_download.py (headers). */
export interface HubFile {
  readonly url: string;
  readonly commit: string;
  /** Name of its blob: SHA-256 for large files, git's object id for small ones. */
  readonly etag: string;
  readonly size: number;
}

/** Reads the headers that show the user's token to the hub. @throws {ConfigError} for what cannot be a token; it is not shown. */
export async function readHubHeaders({ token, tokenFile }: Places): Promise<Record<string, string>> {
  const known = token ?? (await readFile(tokenFile, "utf8").catch(() => "")).trim();
  if (!/^[\x21-\x7e]*$/.test(known))
    throw new ConfigError(
      `the hub token (${token === undefined ? tokenFile : "HF_TOKEN"}) has characters that no token has, such as blanks or line breaks; copy it again`,
    );
  return known ? { authorization: `Bearer ${known}` } : {};
}

/**
 * Asks the hub for commit, hash and size of a file.
 * @throws {DownloadError} when it has no such file, requires permission, or does not answer.
 */
export async function requestHubFile(
  places: Places,
  { repo, revision }: { repo: string; revision: string },
  file: string,
  signal?: AbortSignal,
): Promise<HubFile> {
  const path = file.split("/").map(encodeURIComponent).join("/");
  let url = `${places.hubEndpoint}/${repo}/resolve/${encodeURIComponent(revision)}/${path}`;
  const headers = { "accept-encoding": "identity", ...(await readHubHeaders(places)) };
  for (let hop = 0; hop < 4; hop++) {
    const response = await request(url, {
      method: "HEAD",
      redirect: "manual",
      headers,
      signal,
    });
    const get = (name: string): string | null => response.headers.get(name);
    const next = resolveRedirect(url, response);
    // A moved repository: the same origin at another path. Another origin only holds the bytes: the token is not shown to it.
    if (next !== undefined && isSameOrigin(url, next)) {
      url = next;
      continue;
    }
    if (response.status >= 400) {
      const permission = "accept the licence on its page, and set HF_TOKEN";
      const why = [401, 403].includes(response.status) ? permission : "is the name right?";
      throw new DownloadError(`${hostOf(url)}: answers ${response.status} for ${repo}/${file}; ${why}`);
    }
    const commit = get("x-repo-commit") ?? "";
    const etag = (get("x-linked-etag") ?? get("etag") ?? "").replace(/^W\//, "").replaceAll('"', "");
    const size = Number(get("x-linked-size") ?? get("content-length") ?? NaN);
    if (!/^[0-9a-f]{40}$/.test(commit) || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(etag) || !(size >= 0))
      throw new DownloadError(`${hostOf(url)}: does not say commit, hash and size of ${repo}/${file}`);
    if (isCommit(revision) && commit !== revision)
      throw new DownloadError(`${hostOf(url)}: has ${repo} at ${commit}, expected ${revision}`);
    return { url, commit, etag, size };
  }
  throw new DownloadError(`${hostOf(url)}: too many redirects`);
}

/** Tells whether a revision is a commit, and no branch or tag. */
function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** Returns the folder of a repository in the cache. */
export function repoFolderOf({ hubCache }: Places, repo: string): string {
  return join(hubCache, `models--${repo.replaceAll("/", "--")}`);
}

/** Returns the path of a file's bytes in the cache. */
export function blobPathOf(places: Places, repo: string, etag: string): string {
  return join(repoFolderOf(places, repo), "blobs", etag);
}

/** Returns the lock that is held while a blob is fetched, in the folder where huggingface_hub has its own. */
export function blobLockOf({ hubCache }: Places, repo: string, etag: string): string {
  return join(hubCache, ".locks", `models--${repo.replaceAll("/", "--")}`, `${etag}.clipsteer.lock`);
}

/**
 * Gives a blob its name in the snapshot of a commit, as a link where the system has those, and notes the commit of the revision.
 * @returns path of the named file.
 */
export async function linkSnapshot(
  places: Places,
  { repo, revision }: { repo: string; revision: string },
  file: string,
  { commit, etag }: Pick<HubFile, "commit" | "etag">,
): Promise<string> {
  const folder = repoFolderOf(places, repo);
  const blob = blobPathOf(places, repo, etag);
  const path = join(folder, "snapshots", commit, ...file.split("/"));
  await makeFolder(dirname(path));
  await rm(path, { force: true });
  await symlink(relative(dirname(path), blob), path).catch(() => copyFile(blob, path));
  if (revision !== commit) {
    await makeFolder(dirname(join(folder, "refs", revision)));
    await writeFileAtomic(join(folder, "refs", revision), commit);
  }
  return path;
}

/** Finds the paths of files that the Hugging Face tools have in their cache already; undefined unless all are there. */
export async function findCachedSnapshot(
  places: Places,
  { repo, revision }: { repo: string; revision: string },
  files: readonly string[],
): Promise<string[] | undefined> {
  const folder = repoFolderOf(places, repo);
  const commit = (await readFile(join(folder, "refs", revision), "utf8").catch(() => revision)).trim();
  if (!/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const paths = files.map((file) => join(folder, "snapshots", commit, ...file.split("/")));
  for (const path of paths) {
    const target = await readlink(path).catch(() => "");
    const there = await lstat(resolve(dirname(path), target || path)).catch(() => undefined);
    if (!there?.isFile()) return undefined;
  }
  return paths;
}

/**
 * Deletes named files of the cache, then the blobs that no snapshot names any more, then the repository's folder if nothing is
 * left in it.
 */
export async function removeSnapshotFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const folder = /^(.*[/\\]models--[^/\\]+)[/\\]snapshots[/\\][0-9a-f]{40}[/\\]/.exec(path)?.[1];
    if (folder === undefined) continue;
    const target = await readlink(path).catch(() => undefined);
    await rm(path, { force: true });
    const left = await listLinkTargets(join(folder, "snapshots"));
    if (target !== undefined && !left.some((link) => basename(link) === basename(target)))
      await rm(resolve(dirname(path), target), { force: true });
    if (left.length === 0) await rm(folder, { recursive: true, force: true });
  }
}

/** Lists what the files below a folder link to, or their own paths. */
async function listLinkTargets(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return readlink(path).catch(() => path);
    }),
  );
}
