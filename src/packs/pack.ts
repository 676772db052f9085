import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { isAbsolute, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { writeFileAtomic } from "../images/index.js";
import { ConfigError, WeightsError } from "../errors.js";
import type { TensorRecord } from "../tensor/index.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

const file = z
  .string()
  .refine((name) => !isAbsolute(name) && !normalize(name).startsWith(".."), "must stay in the pack");
const imageConfig = z.strictObject({
  size: z.int(),
  stem: z.int(),
  patch: z.int(),
  widths: z.array(z.int()),
  layers: z.int(),
  heads: z.int(),
  features: z.int(),
});
const textConfig = z.strictObject({
  vocabSize: z.int(),
  contextLength: z.int(),
  width: z.int(),
  layers: z.int(),
  heads: z.int(),
  features: z.int(),
});
const clip = z.strictObject({
  name: z.string(),
  file,
  config: z.strictObject({ image: imageConfig, text: textConfig, sigmoid: z.boolean().optional() }),
});

const space = z.enum(["z", "w", "w+"]).optional();
/** A generator by its kind; without one it is the emoji generator. */
const generator = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("emoji").optional(),
    file,
    config: z.strictObject({
      condition: z.int(),
      styles: z.array(z.string()),
      style: z.int(),
      hidden: z.int(),
      code: z.int(),
      widths: z.array(z.int()),
    }),
  }),
  z.strictObject({
    kind: z.literal("stylegan2"),
    file,
    config: z.strictObject({ clamp: z.number().optional(), space }),
  }),
  z.strictObject({
    kind: z.literal("stylegan3"),
    file,
    config: z.strictObject({ sizes: z.array(z.int().positive()).min(2), space }),
  }),
  z.strictObject({
    kind: z.literal("biggan"),
    file,
    config: z.strictObject({ classes: z.int().positive().optional() }),
  }),
  z.strictObject({
    kind: z.literal("vqgan"),
    file,
    config: z.strictObject({ resolution: z.int().positive() }),
  }),
]);

const trunk = z.strictObject({ file, config: z.strictObject({ widths: z.array(z.int()) }) });

/** What `pack.json` says. */
export const packSchema = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  description: z.string(),
  license: z.string(),
  resolution: z.int(),
  tokenizer: file,
  contextLength: z.int(),
  /** A pack of CLIPs alone has no generator and no judge. */
  generator: generator.optional(),
  /** The emoji generator's; others bring theirs with them. */
  encoder: trunk.optional(),
  /** The emoji generator's critic from its training; without it drafts and ascents go by the guides alone. */
  discriminator: trunk.optional(),
  /** CLIPs that give gradients; the first one's text embedding conditions the generator. */
  guides: z.array(clip).min(1),
  /** CLIP that never gives a gradient. */
  judge: clip.optional(),
  /** Prompt templates used unless a prompt file brings its own. */
  templates: z.array(z.string()),
  /** Whether its CLIPs learned from captions with articles; if not, those of a prompt are left out. */
  articles: z.boolean(),
  sha256: z.record(z.string(), z.string()),
});

/** Contents of a pack's `pack.json`. */
export type PackManifest = z.infer<typeof packSchema>;

/** A model pack on disk; its files are read, and checked against their hashes, when asked for. */
export interface Pack {
  readonly folder: string;
  readonly manifest: PackManifest;
  /** Tensors of a file, or those that `only` picks. @throws {WeightsError} when it is missing or not the one the pack was made with. */
  weights(file: string, options?: { only?: (name: string) => boolean }): Promise<TensorRecord>;
  /** A JSON file of the pack. @throws {WeightsError} as `weights`. */
  json(file: string): Promise<unknown>;
}

/** Folder of the packs that come with the toolkit. */
export function packsFolder(): string {
  return resolve(fileURLToPath(import.meta.url), "../../../generators");
}

/** Names of the packs in a folder. */
export async function listPacks(folder = packsFolder()): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory() && (await readdir(join(folder, entry.name))).includes("pack.json"))
      names.push(entry.name);
  return names.sort();
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Opens a pack by its name, or by the path of its folder.
 * @throws {ConfigError} for an unknown name; {WeightsError} for a damaged `pack.json`.
 */
export async function loadPack(nameOrFolder: string, options: { packsFolder?: string } = {}): Promise<Pack> {
  const root = options.packsFolder ?? packsFolder();
  const known = await listPacks(root);
  const folder = known.includes(nameOrFolder) ? join(root, nameOrFolder) : resolve(nameOrFolder);
  const text = await readFile(join(folder, "pack.json"), "utf8").catch(() => {
    throw new ConfigError(
      `unknown generator "${nameOrFolder}"; known: ${known.join(", ") || "none"}, or a folder with a pack.json`,
    );
  });
  const damaged = (what: string, cause?: unknown): WeightsError =>
    new WeightsError(`${what}; restore the pack (git checkout, or install again)`, { cause });
  let manifest: PackManifest;
  try {
    manifest = packSchema.parse(JSON.parse(text));
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError
        ? `${cause.issues[0]!.path.join(".")}: ${cause.issues[0]!.message}`
        : "not JSON";
    throw damaged(`${join(folder, "pack.json")}: corrupt (${reason})`, cause);
  }
  const checked = async (name: string): Promise<Buffer> => {
    const bytes = await readFile(join(folder, name)).catch((cause: unknown) => {
      throw damaged(`${join(folder, name)}: missing`, cause);
    });
    if (digest(bytes) !== manifest.sha256[name]) throw damaged(`${join(folder, name)}: corrupt or truncated`);
    return bytes;
  };
  return {
    folder,
    manifest,
    async weights(name, options) {
      await checked(name);
      return (await readSafetensors(join(folder, name), options)).tensors;
    },
    async json(name) {
      return JSON.parse((await checked(name)).toString("utf8"));
    },
  };
}

/** Writes a pack: weights in half precision, texts, and last `pack.json` with every file's hash. */
export async function writePack(
  folder: string,
  manifest: Omit<PackManifest, "sha256">,
  files: { weights: Readonly<Record<string, TensorRecord>>; texts: Readonly<Record<string, string>> },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const hashes: Record<string, string> = {};
  for (const [name, tensors] of Object.entries(files.weights)) {
    await writeSafetensors(join(folder, name), tensors, { dtype: "F16" });
    hashes[name] = digest(await readFile(join(folder, name)));
  }
  for (const [name, text] of Object.entries(files.texts)) {
    await writeFile(join(folder, name), text);
    hashes[name] = digest(Buffer.from(text));
  }
  const whole = packSchema.parse({ ...manifest, sha256: hashes });
  await writeFileAtomic(join(folder, "pack.json"), `${JSON.stringify(whole, null, 2)}\n`);
}
