import { createHash } from "node:crypto";
import { arch, cpus, platform } from "node:os";
import type { TensorRecord } from "../tensor/index.js";
import type { OnnxModel } from "./onnxModel.js";

/** What optimises a program, with its version: another one makes another program of the same. */
export type Maker = readonly string[];

/** What a program is made from, where plain values can say it. */
export interface Source {
  /** Everything that the recorded function depends on, except its inputs and weights. */
  readonly recipe: unknown;
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly dtype: string }>>;
  readonly weights: TensorRecord;
}

/** Converts a value to JSON that distinguishes infinities. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "number" && !Number.isFinite(part) ? `${part}` : part,
  );

const machine = [platform(), arch(), cpus()[0]?.model ?? ""];

/**
 * Returns the cache key of a program from its source, which is known before it is recorded: the recipe, the inputs, and the `source`
 * of each weight, or its values if it has none.
 * @param maker identifies the code and libraries that make the program.
 */
export function keyOfSource({ recipe, inputs, weights }: Source, maker: Maker): string {
  const spec = ({ shape, dtype }: { shape: readonly number[]; dtype: string }): string =>
    `${dtype}[${shape}]`;
  const hash = createHash("sha256");
  const given = Object.entries(inputs).map(([name, input]) => [name, spec(input)]);
  hash.update(textOf(["source", ...maker, ...machine, recipe, given]));
  for (const [name, tensor] of Object.entries(weights)) {
    hash.update(JSON.stringify([name, spec(tensor), tensor.source ?? "values"]));
    if (tensor.source === undefined) hash.update(tensor.data);
  }
  return hash.digest("hex");
}

/** Returns the cache key of a program from its recorded model and weights. */
export function keyOfModel(model: Pick<OnnxModel, "bytes" | "external">, maker: Maker): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(["model", ...maker, ...machine])).update(model.bytes);
  for (const part of model.external) hash.update(part.read());
  return hash.digest("hex");
}
