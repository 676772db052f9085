/** What a pickle is made of, once read; nothing in it can run. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleBytes
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleGlobal
  | PickleObject;

/** A byte string, by its place in the source of the pickle. */
export class PickleBytes {
  constructor(
    readonly at: number,
    readonly length: number,
    /** The bytes themselves, where the pickle has them only as text. */
    readonly data?: Uint8Array,
  ) {}
}

/** Base class of the objects that a pickle may create; they only store their arguments. */
export class PickleObject {
  /** Receives the argument of `__setstate__`. */
  setState(_state: PickleValue): void {
    // Most objects are complete without.
  }
}

/** An object of a class that we only know by name. */
export class PickleRecord extends PickleObject {
  state: PickleValue = null;
  readonly items: PickleValue[] = [];
  readonly entries = new Map<PickleValue, PickleValue>();

  /** @param module whether it is a part of a network, with tensors in its state. */
  constructor(
    readonly type: string,
    readonly args: readonly PickleValue[],
    readonly module: boolean,
  ) {
    super();
  }

  override setState(state: PickleValue): void {
    this.state = state;
  }
}

/** Replacement of a Python class or function: a builder of the toolkit. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    readonly build: (args: readonly PickleValue[]) => PickleValue,
  ) {}
}
