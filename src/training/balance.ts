import { ConfigError } from "../errors.js";
import { type HostTensor, type Random, hostFloats } from "../tensor/index.js";

/** How groups of unequal size get the same influence on training. */
export interface Balance {
  /** Attribute whose values form the groups. */
  readonly by: string;
  /** `sampling` draws every group equally often; `weights` weighs the loss of each picture. */
  readonly how: "sampling" | "weights";
}

/**
 * Draws the items of a step's batch in which every group has the same share. Groups of any size alternate, and the items of
 * each group repeat in a shuffled order.
 * @param groups group of each item.
 */
export function drawBalanced(
  groups: readonly string[],
  step: number,
  size: number,
  random: Random,
): number[] {
  const members = groupItems(groups);
  const orders = new Map<string, Int32Array | readonly number[]>();
  return Array.from({ length: size }, (_, slot) => {
    const turn = step * size + slot;
    const [name, list] = members[turn % members.length]!;
    const draw = Math.floor(turn / members.length);
    const key = `balance/${name}/${Math.floor(draw / list.length)}`;
    const order = orders.get(key) ?? random.stream(key).permute(list.length);
    orders.set(key, order);
    return list[order[draw % list.length]!]!;
  });
}

/** Returns the weight of each item, such that all groups have the same total and the mean over items is 1. */
export function balanceWeights(groups: readonly string[]): Float32Array {
  const sizes = new Map(groupItems(groups).map(([name, list]) => [name, list.length]));
  return Float32Array.from(groups, (name) => groups.length / (sizes.size * sizes.get(name)!));
}

/**
 * Multiplies every row of targets `[batch, batch]` by its item's weight. This weights both directions of the loss.
 */
export function multiplyRows({ shape, data }: HostTensor, weights: readonly number[]): HostTensor {
  const size = shape[1]!;
  return hostFloats(
    Float32Array.from(data as Float32Array, (value, at) => value * weights[Math.floor(at / size)]!),
    shape,
  );
}

/** Groups and their items, in the order of names. */
function groupItems(groups: readonly string[]): [name: string, items: number[]][] {
  const members = new Map<string, number[]>();
  groups.forEach((name, item) => {
    const list = members.get(name) ?? [];
    list.push(item);
    members.set(name, list);
  });
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Reads the group of each item by an attribute.
 * @throws {ConfigError} when no item has it, or all have the same value.
 */
export function readGroups(items: readonly Readonly<Record<string, unknown>>[], by: string): string[] {
  const groups = items.map((item) => (typeof item[by] === "string" ? item[by] : ""));
  const values = new Set(groups);
  if (values.size > 1) return groups;
  const known = [
    ...new Set(items.flatMap((item) => Object.keys(item).filter((key) => typeof item[key] === "string"))),
  ];
  throw new ConfigError(
    values.has("")
      ? `training: no picture has the attribute "${by}", which is to be balanced; known: ${known.join(", ") || "none"}`
      : `training: all pictures have the same "${by}", so there is nothing to balance`,
  );
}
