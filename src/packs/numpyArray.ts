import { sizeOf } from "../tensor/index.js";
import { type ElementType, type RawTensor, isElementType, widthOf } from "./elements.js";
import { PickleBytes, PickleObject, type PickleValue } from "./pickleValues.js";
import { type ByteRange, Damage, quoteName } from "./source.js";

/** Reads what a byte string of the pickle holds. */
export type BytesOf = (bytes: PickleBytes) => ByteRange;

/** Type of a numpy array's values. */
export class NumpyType extends PickleObject {
  readonly type: ElementType;

  /** @param code such as `f4`, `<i8`. @throws {Damage} for other types than little-endian numbers. */
  constructor(code: PickleValue) {
    super();
    const name = typeof code === "string" ? code : "unknown";
    const [, kind, width] = /^[<|=]?([fiub])([1248])$/.exec(name) ?? [];
    const bits = Number(width) * 8;
    const type = kind === "b" ? "BOOL" : `${(kind ?? "").toUpperCase()}${bits}`;
    if (!isElementType(type)) throw new Damage(`has a numpy array of type ${quoteName(name)}`);
    this.type = type;
  }

  override setState(state: PickleValue): void {
    if (Array.isArray(state) && state[1] === ">")
      throw new Damage("has big-endian numpy values, which are not read");
  }
}

/** A numpy array: created empty, then filled by its pickled state. */
export class NumpyArray extends PickleObject implements RawTensor {
  type: ElementType = "F32";
  shape: readonly number[] = [0];
  private place: ByteRange | undefined;
  private columns = false;

  constructor(private readonly bytesOf: BytesOf) {
    super();
  }

  override setState(state: PickleValue): void {
    if (!Array.isArray(state)) throw new Damage("has a damaged numpy array");
    const [, shape, type, columns, bytes] = state;
    this.set(shape, type, columns === true, bytes);
  }

  /** @throws {Damage} when shape, type and bytes do not agree. */
  set(shape: PickleValue | undefined, type: PickleValue | undefined, columns: boolean, bytes: unknown): void {
    const sides = Array.isArray(shape) ? shape : [undefined];
    const whole = sides.every((side): side is number => Number.isSafeInteger(side) && (side as number) >= 0);
    if (!whole || sides.length > 16 || !(type instanceof NumpyType) || !(bytes instanceof PickleBytes))
      throw new Damage("has a damaged numpy array");
    if (sizeOf(sides) * widthOf(type.type) !== bytes.length)
      throw new Damage(`has a numpy array [${sides}] ${type.type} in ${bytes.length} bytes`);
    this.type = type.type;
    this.shape = [...sides];
    this.columns = columns;
    this.place = this.bytesOf(bytes);
  }

  bytes(): Uint8Array {
    if (!this.place) throw new Damage("has an unfinished numpy array");
    if (this.columns && this.shape.length > 1)
      throw new Damage("has a numpy array stored by columns, which is not read");
    return this.place.read(0, this.place.size);
  }
}
