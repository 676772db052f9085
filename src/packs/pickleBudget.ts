import type { PickleValue } from "./pickleValues.js";

const maxSteps = 5_000_000;
/** Memory that a pickle's objects may take: a multiple of its size plus a few megabytes. */
const memory = { factor: 32, bytes: 64 << 20 };
/** Estimated bytes of an empty container or object, and of each element that it holds. */
const objectBytes = 256;
const elementBytes = 16;

/**
 * Counts the work and the memory that a pickle requests. Both grow with what an opcode copies, not with its length in the file: a few
 * bytes can ask for the same copy of a long list again and again.
 */
export class PickleBudget {
  private steps = 0;
  private bytes = 0;
  private readonly maxBytes: number;

  /** @param size bytes of the pickle. @param fail makes the error that is thrown. */
  constructor(
    size: number,
    private readonly fail: (what: string) => Error,
  ) {
    this.maxBytes = memory.bytes + memory.factor * size;
  }

  /** Counts one opcode. */
  step(): void {
    if (++this.steps > maxSteps) throw this.fail(`over ${maxSteps} steps`);
  }

  /** Counts a new object that holds copies of `elements`. Call it before they are copied. */
  allocate(elements = 0): void {
    this.steps += elements;
    this.bytes += objectBytes + elements * elementBytes;
    if (this.bytes > this.maxBytes) throw this.fail(`its objects take over ${this.maxBytes} bytes`);
    if (this.steps > maxSteps) throw this.fail(`over ${maxSteps} steps`);
  }

  /** Counts a call with these arguments; a builder may copy the list and what each argument holds. */
  call(args: readonly PickleValue[]): void {
    this.allocate(args.length);
    for (const arg of args) {
      const size = countElements(arg);
      if (size > 0) this.allocate(size);
    }
  }
}

/** Counts the number of elements that a copy of the value copies; eight letters of a text count as one. */
function countElements(value: PickleValue): number {
  if (typeof value === "string") return value.length >> 3;
  if (Array.isArray(value)) return value.length;
  return value instanceof Map || value instanceof Set ? value.size : 0;
}
