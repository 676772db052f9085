import { InputError } from "../errors.js";
import { readLosses } from "../images/index.js";
import type { Asset, Assets } from "./assets.js";
import { type Finding, makeNote, makeWarning } from "./findings.js";
import type { EditRecord, FileReference, GenerateRecord, RunRecord } from "./records.js";
import type { SceneFile } from "./requests/index.js";

/** Input pictures of a run by their SHA-256. */
export type InputFiles = ReadonlyMap<string, Asset>;

/** Copies a record with every file reference replaced. */
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

/** Lists the files that a record refers to, without duplicate contents. */
function listReferences(record: RunRecord): FileReference[] {
  const files = new Map<string, FileReference>();
  mapReferences(record, (file) => {
    files.set(file.sha256, file);
    return file;
  });
  return [...files.values()];
}

/**
 * Reads the files that a record refers to, to reproduce its picture.
 * @returns the record with the hashes of the files that were read; the files by hash; findings that name the opened files and the
 * files with a changed hash.
 * @throws {InputError} when a file is missing.
 */
export async function replayInputs<T extends RunRecord>(
  record: T,
  assets: Assets,
): Promise<{ record: T; inputs: InputFiles; findings: Finding[] }> {
  const assetByReference = new Map<string, Asset>();
  const findings: Finding[] = [];
  for (const reference of listReferences(record)) {
    const asset = await assets.find(reference);
    assetByReference.set(reference.sha256, asset);
    const subject = asset.path ?? asset.name;
    if (asset.path !== undefined)
      findings.push(makeNote("opened-file", `reads ${subject}`, { name: asset.name, path: asset.path }));
    if (asset.sha256 !== reference.sha256)
      findings.push(
        makeWarning(
          "changed-file",
          `${subject}: has changed since the picture was made; the bytes will differ`,
          {
            name: asset.name,
          },
        ),
      );
  }
  return {
    record: mapReferences(record, ({ sha256 }) => {
      const { name, sha256: now } = assetByReference.get(sha256)!;
      return { name, sha256: now };
    }),
    inputs: new Map([...assetByReference.values()].map((asset) => [asset.sha256, asset])),
    findings,
  };
}

/** Reports data of input pictures that a run ignores: further frames, more than 8 bits a channel, other colour spaces. Masks are not checked. */
export async function findLosses({ settings }: RunRecord, inputs: InputFiles): Promise<Finding[]> {
  const pictures =
    "picture" in settings
      ? [settings.picture]
      : [...settings.terms.map(({ image }) => image), settings.init].filter((file) => file !== undefined);
  const findings: Finding[] = [];
  for (const sha256 of new Set(pictures.map((picture) => picture.sha256))) {
    const { name, bytes } = inputs.get(sha256)!;
    const losses = await readLosses(bytes, name);
    if (losses.length > 0)
      findings.push(makeNote("reduced-picture", `${name}: ${losses.join("; ")}`, { name, losses }));
  }
  return findings;
}

/**
 * Reads the files of an interrupted run.
 * @throws {InputError} when a file is missing or has changed.
 */
export async function resumeInputs(record: RunRecord, assets: Assets): Promise<InputFiles> {
  const inputs = new Map<string, Asset>();
  for (const reference of listReferences(record)) {
    const asset = await assets.find(reference);
    if (asset.sha256 !== reference.sha256)
      throw new InputError(
        `${asset.path ?? asset.name}: has changed since the run was started; start the run again`,
      );
    inputs.set(asset.sha256, asset);
  }
  return inputs;
}

/** Checks the weights of an interrupted run. @throws {InputError} when the run was started with other weights. */
export function requireSameWeights(
  { pack }: Pick<RunRecord, "pack">,
  current: RunRecord["pack"],
  folder = "the run",
): void {
  if (pack.fingerprint !== current.fingerprint)
    throw new InputError(
      `${folder}: was started with other weights of "${pack.name}" and cannot continue with these; start it again`,
    );
}

/** Reports that the codes of a scene file were made by other weights, which may draw something else from them. */
export function findSceneMismatch(scene: SceneFile | undefined, current: RunRecord["pack"]): Finding[] {
  const { pack, layers = [] } = scene ?? {};
  if (!pack || pack.fingerprint === current.fingerprint || layers.every(({ code }) => code === undefined))
    return [];
  const message = `the layers of the scene were made with other weights, of "${pack.name}"; these may draw them differently`;
  return [makeWarning("other-weights", message, { pack: pack.name })];
}

/** Reports that a record was made with other weights or by another version. */
export function listRecordFindings(
  { pack, version }: Pick<RunRecord, "pack" | "version">,
  current: Pick<RunRecord, "pack" | "version">,
): Finding[] {
  if (pack.fingerprint !== current.pack.fingerprint) {
    const message = `the picture was made with other weights of "${pack.name}"; the bytes will differ`;
    return [makeWarning("other-weights", message, { pack: pack.name })];
  }
  if (version === current.version) return [];
  return [
    makeNote("other-version", `the picture was made by version ${version}; the bytes may differ`, {
      version,
    }),
  ];
}
