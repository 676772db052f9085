import { PickleBytes } from "./pickleValues.js";
import { type ByteSource, Damage } from "./source.js";

/** Position of a pickle in a file. */
export interface PicklePlace {
  readonly source: ByteSource;
  readonly at: number;
  readonly end: number;
}

const largestText = 64 << 20;
const windowSize = 1 << 16;

/** Reads forward through a file, a window at a time. */
export class PickleCursor {
  private window: Buffer = Buffer.alloc(0);
  private start = 0;

  constructor(
    private readonly options: PicklePlace,
    public at = options.at,
  ) {}

  makeDamage(problem: string): Damage {
    return new Damage(`corrupt pickle at byte ${this.at}: ${problem}`);
  }

  /** Moves on over `length` bytes and gives where they are. */
  skip(length: number): number {
    const { at } = this;
    if (!(length <= this.options.end - at))
      throw this.makeDamage("it ends too early; is the file truncated?");
    this.at += length;
    return at;
  }

  take(length: number): Buffer {
    const at = this.skip(length);
    if (length > windowSize) return this.options.source.peek(at, length);
    if (at < this.start || at + length > this.start + this.window.length) {
      this.start = at;
      this.window = this.options.source.peek(at, Math.min(windowSize, this.options.end - at));
    }
    return this.window.subarray(at - this.start, at - this.start + length);
  }

  text(length: number, encoding: BufferEncoding = "utf8"): string {
    if (length > largestText) throw this.makeDamage(`a text of ${length} bytes`);
    return this.take(length).toString(encoding);
  }

  line(): string {
    const from = this.at;
    while (this.take(1)[0] !== 10)
      if (this.at - from > 1000) throw this.makeDamage("a name of over 1000 letters");
    const length = this.at - from - 1;
    this.at = from;
    const text = this.text(length);
    this.skip(1);
    return text;
  }

  byte = (): number => this.take(1)[0]!;
  short = (): number => this.take(2).readUInt16LE();
  int = (): number => this.take(4).readInt32LE();
  word = (): number => this.take(4).readUInt32LE();
  long = (): number => Number(this.take(8).readBigUInt64LE());
  bytes = (length: number): PickleBytes => new PickleBytes(this.skip(length), length);

  integer(length: number): number | bigint {
    if (length > 255) throw this.makeDamage(`an integer of ${length} bytes`);
    let value = 0n;
    for (const byte of Buffer.from(this.take(length)).reverse()) value = (value << 8n) | BigInt(byte);
    value = BigInt.asIntN(length * 8, value);
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(value)
      : value;
  }
}
