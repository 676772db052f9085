import type { HostTensor } from "../tensor/index.js";
import { sizeOf } from "../tensor/index.js";
import { type RawTensor, type StoredTensor, decodeElements, dtypeOf, widthOf } from "./elements.js";
import { toNamedError, quoteName } from "./source.js";

/**
 * A tensor that stays on disk: its values are read and converted to 32-bit floats on access, and freed
 * when they are no longer referenced. So a large model is in memory once, where it runs, and half-precision files stay half as large.
 */
export class MappedTensor implements HostTensor {
  readonly shape: readonly number[];
  readonly dtype: HostTensor["dtype"];
  private held: WeakRef<HostTensor["data"]> | undefined;

  /** @param label names file and tensor in errors. @param origin see `HostTensor.source`. */
  constructor(
    private readonly label: string,
    private readonly raw: RawTensor,
    private readonly origin?: string,
  ) {
    this.shape = raw.shape;
    this.dtype = dtypeOf(raw.type);
  }

  // Not a field: a copy with other values must not have it.
  get source(): string | undefined {
    return this.origin;
  }

  /** @throws {WeightsError} when the values are damaged, or the file has changed since. */
  get data(): HostTensor["data"] {
    const held = this.held?.deref();
    if (held) return held;
    const data = this.decode(this.raw.shape, () => this.raw.bytes());
    this.held = new WeakRef(data);
    return data;
  }

  /** @throws {WeightsError} as `data`. */
  readRows(from: number, to: number): HostTensor["data"] {
    const { type, shape } = this.raw;
    const row = shape.slice(1);
    const size = sizeOf(row);
    const held = this.held?.deref();
    if (held) return held.subarray(from * size, to * size);
    const width = size * widthOf(type);
    return this.decode([to - from, ...row], () =>
      this.raw.slice
        ? this.raw.slice(from * width, to * width)
        : this.raw.bytes().slice(from * width, to * width),
    );
  }

  private decode(shape: readonly number[], read: () => Uint8Array): HostTensor["data"] {
    try {
      return decodeElements(this.raw.type, shape, read()).data;
    } catch (cause) {
      throw toNamedError(this.label, cause);
    }
  }
}

/** Describes a tensor of an open file, whose errors name both. */
export function describeStoredTensor(path: string, name: string, raw: RawTensor): StoredTensor {
  const { shape, type } = raw;
  const mapped = (): HostTensor => new MappedTensor(`${path}: ${quoteName(name)}`, raw);
  return {
    shape,
    type,
    mapped,
    async read() {
      const tensor = mapped();
      return { shape, dtype: tensor.dtype, data: tensor.data };
    },
  };
}
