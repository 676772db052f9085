import { sizeOf } from "../tensor/index.js";
import { type ElementType, type RawTensor, widthOf } from "./elements.js";
import { PickleObject } from "./pickleValues.js";
import { type ByteRange, Damage } from "./source.js";

/** Most dimensions of a tensor. */
const maxSides = 16;
/** Values that a tensor may have beyond its storage's, by repeating them (a stride of zero). */
const maxRepeated = 1 << 20;

/** A block of values that tensors view. */
export class TorchStorage extends PickleObject {
  /** Where the bytes are; in legacy files known only after the pickle. */
  place: ByteRange | undefined;

  /** @param type of its values; none if the tensors say it. @param size in bytes. */
  constructor(
    readonly type: ElementType | undefined,
    readonly size: number,
  ) {
    super();
  }
}

/** A tensor of a PyTorch file: a view of a storage, by offset and strides. */
export class TorchTensor extends PickleObject implements RawTensor {
  readonly shape: readonly number[];
  private readonly strides: readonly number[];

  /**
   * @param view offset, shape and strides, in values.
   * @throws {Damage} when the view leaves its storage or repeats without bound.
   */
  constructor(
    readonly storage: TorchStorage,
    readonly type: ElementType,
    private readonly offset: number,
    view: { shape: readonly number[]; strides: readonly number[] },
  ) {
    super();
    // Checked before they are copied: the lists may be long, and one file may ask for them again and again.
    if (view.shape.length > maxSides || view.strides.length > maxSides)
      throw new Damage(`has a tensor of over ${maxSides} sides`);
    this.shape = [...view.shape];
    this.strides = [...view.strides];
    const stored = Math.floor(storage.size / widthOf(type));
    if (
      ![offset, ...this.shape, ...this.strides].every((each) => Number.isSafeInteger(each) && each >= 0) ||
      this.shape.length !== this.strides.length
    )
      throw new Damage("has a tensor whose shape or strides are no counts");
    const count = sizeOf(this.shape);
    if (!(count === 0 || offset + this.span() <= stored) || !(count <= Math.max(stored, maxRepeated)))
      throw new Damage(
        `has a tensor of shape [${this.shape}], strides [${this.strides}] at ${offset} in a storage of ${stored} values`,
      );
  }

  get inflatedBytes(): number {
    return this.storage.place?.inflated === true ? this.storage.place.size : 0;
  }

  bytes(): Uint8Array {
    const { shape, strides, type, offset } = this;
    const { place } = this.storage;
    if (!place) throw new Damage("has no values in the file");
    const count = sizeOf(shape);
    const width = widthOf(type);
    const span = count === 0 ? 0 : this.span();
    const bytes = place.read(count === 0 ? 0 : offset * width, span * width);
    return this.isPacked() ? bytes : gather(bytes, width, shape, strides);
  }

  /** Returns the values from the first to the last that the view touches. */
  private span(): number {
    return 1 + this.shape.reduce((sum, side, axis) => sum + (side - 1) * this.strides[axis]!, 0);
  }

  private isPacked(): boolean {
    let expected = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== expected) return false;
      expected *= this.shape[axis]!;
    }
    return true;
  }
}

/** Copies a strided view into row-major order. */
function gather(
  bytes: Uint8Array,
  width: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array {
  const views = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;
  const View = views[width as 1 | 2 | 4 | 8];
  const from = new View(bytes.buffer as ArrayBuffer);
  const to = new View(sizeOf(shape));
  const index = shape.map(() => 0);
  let at = 0;
  for (let done = 0; done < to.length; done++) {
    to[done] = from[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return new Uint8Array(to.buffer);
}
