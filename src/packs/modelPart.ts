import type { StoredTensor, WeightsFile } from "./elements.js";

/** Parts of a training's checkpoint that hold the model, best first: averaged weights before those of the last step. */
const parts = [
  "state_dict_ema",
  "ema_state_dict",
  "model_ema",
  "ema",
  "state_dict",
  "model_state_dict",
  "model",
] as const;

/** A file of weights whose tensors have the names of the model's own. */
export interface ModelPart extends WeightsFile {
  /** Part of the checkpoint that they were taken from (`state_dict.module`); undefined for the whole file. */
  readonly part?: string;
}

/**
 * Finds the model in a training's checkpoint, such as open_clip's `{epoch, state_dict: {module.…}, optimizer}`: its tensors
 * without the name of the part, and without the `module.` that PyTorch's parallel training puts before each name. A part with half as many
 * of the model's tensors as another one, or fewer, is not the model.
 * @param isModel recognises names of the model's own tensors.
 * @returns the file itself when it has such names already, or has no such part.
 */
export function findModelPart(file: WeightsFile, isModel: RegExp): ModelPart {
  const names = [...file.tensors.keys()];
  if (names.some((name) => isModel.test(name))) return file;
  const prefixes = [...parts.map((part) => `${part}.`), ""].flatMap((part) => [`${part}module.`, part]);
  const counts = prefixes.map(
    (each) => names.filter((name) => name.startsWith(each) && isModel.test(name.slice(each.length))).length,
  );
  const most = Math.max(...counts);
  if (most === 0) return file;
  const prefix = prefixes[counts.findIndex((count) => count > most / 2)]!;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of file.tensors)
    if (name.startsWith(prefix)) tensors.set(name.slice(prefix.length), tensor);
  return { ...file, tensors, part: prefix.slice(0, -1) };
}
