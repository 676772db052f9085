import { closeSync, openSync, readSync } from "node:fs";
import { WeightsError } from "../errors.js";
import type { HostTensor } from "../tensor/index.js";
import { type ElementType, decodeElements } from "./elements.js";

const floats: ReadonlySet<ElementType> = new Set(["F64", "F32", "F16", "BF16"]);

/** Where a tensor's values lie in a file. */
export interface StoredPlace {
  readonly path: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Whether a tensor can wait in its file until it is used. */
export function canWait({ type, begin, end }: StoredPlace): boolean {
  return floats.has(type) && end - begin >= 1 << 20;
}

/**
 * A tensor of floats that stays in its file: `data` is read when it is asked for and let go when nobody holds it, so that a
 * model's weights are not in memory beside the program made of them.
 */
export function lazyTensor({ path, type, shape, begin, end }: StoredPlace): HostTensor {
  let held: WeakRef<HostTensor["data"]> | undefined;
  return {
    shape,
    dtype: "float32",
    get data() {
      const known = held?.deref();
      if (known) return known;
      const bytes = new Uint8Array(end - begin);
      const file = openSync(path, "r");
      try {
        for (let done = 0; done < bytes.length;) {
          const count = readSync(file, bytes, done, bytes.length - done, begin + done);
          if (count === 0) throw new WeightsError(`${path}: was cut short while it was in use`);
          done += count;
        }
      } finally {
        closeSync(file);
      }
      const { data } = decodeElements(type, shape, bytes);
      held = new WeakRef(data);
      return data;
    },
  };
}
