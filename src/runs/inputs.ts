import { InputError } from "../errors.js";
import type { Asset, Assets } from "./assets.js";
import { type Finding, note, warning } from "./findings.js";
import type { EditRecord, FileReference, GenerateRecord, RunRecord } from "./records.js";

/** Input pictures of a run by their SHA-256. */
export type InputFiles = ReadonlyMap<string, Asset>;

/** A record with every file reference replaced. */
function mapReferences<T extends RunRecord>(record: T, replace: (file: FileReference) => FileReference): T {
  if (record.command === "generate") {
    const { settings, ...rest } = record as GenerateRecord;
    const terms = settings.terms.map(({ image, ...term }) => ({ ...term, image: image && replace(image) }));
    return { ...rest, settings: { ...settings, terms, init: settings.init && replace(settings.init) } } as T;
  }
  const { settings, ...rest } = record as EditRecord;
  const edits = settings.edits.map(({ mask, ...edit }) => ({
    ...edit,
    mask: typeof mask === "object" ? replace(mask) : mask,
  }));
  return { ...rest, settings: { ...settings, edits, picture: replace(settings.picture) } } as T;
}

/** Files that a record refers to, each content once. */
function referencesOf(record: RunRecord): FileReference[] {
  const files = new Map<string, FileReference>();
  mapReferences(record, (file) => {
    files.set(file.sha256, file);
    return file;
  });
  return [...files.values()];
}

/**
 * Reads the files that a record refers to, to make its picture again.
 * @returns the record with the hashes of what was read, the files by these hashes, and findings: which files were opened, and
 * which have changed since.
 * @throws {InputError} when one is missing.
 */
export async function replayInputs<T extends RunRecord>(
  record: T,
  assets: Assets,
): Promise<{ record: T; inputs: InputFiles; findings: Finding[] }> {
  const found = new Map<string, Asset>();
  const findings: Finding[] = [];
  for (const reference of referencesOf(record)) {
    const asset = await assets.find(reference);
    found.set(reference.sha256, asset);
    const shown = asset.path ?? asset.name;
    if (asset.path !== undefined)
      findings.push(note("opened-file", `reads ${shown}`, { name: asset.name, path: asset.path }));
    if (asset.sha256 !== reference.sha256)
      findings.push(
        warning("changed-file", `${shown}: has changed since the picture was made; the bytes will differ`, {
          name: asset.name,
        }),
      );
  }
  return {
    record: mapReferences(record, ({ sha256 }) => {
      const { name, sha256: now } = found.get(sha256)!;
      return { name, sha256: now };
    }),
    inputs: new Map([...found.values()].map((asset) => [asset.sha256, asset])),
    findings,
  };
}

/**
 * Reads the files of an interrupted run.
 * @throws {InputError} when one is missing or has changed.
 */
export async function resumeInputs(record: RunRecord, assets: Assets): Promise<InputFiles> {
  const inputs = new Map<string, Asset>();
  for (const reference of referencesOf(record)) {
    const asset = await assets.find(reference);
    if (asset.sha256 !== reference.sha256)
      throw new InputError(
        `${asset.path ?? asset.name}: has changed since the run was begun; begin the run again`,
      );
    inputs.set(asset.sha256, asset);
  }
  return inputs;
}

/** @throws {InputError} when an interrupted run was begun with other weights. */
export function requireSameWeights(
  { pack }: Pick<RunRecord, "pack">,
  now: RunRecord["pack"],
  folder = "the run",
): void {
  if (pack.fingerprint !== now.fingerprint)
    throw new InputError(
      `${folder}: was begun with other weights of "${pack.name}" and cannot go on with these; begin it again`,
    );
}

/** Findings about a record that was made with other weights or by another version. */
export function recordFindings(
  { pack, version }: Pick<RunRecord, "pack" | "version">,
  now: Pick<RunRecord, "pack" | "version">,
): Finding[] {
  if (pack.fingerprint !== now.pack.fingerprint) {
    const message = `the picture was made with other weights of "${pack.name}"; the bytes will differ`;
    return [warning("other-weights", message, { pack: pack.name })];
  }
  if (version === now.version) return [];
  return [
    note("other-version", `the picture was made by version ${version}; the bytes may differ`, { version }),
  ];
}
