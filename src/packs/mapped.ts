import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { stat } from "node:fs/promises";
import { WeightsError } from "../errors.js";
import type { HostTensor } from "../tensor/index.js";
import { type ElementType, decodeElements, dtypeOf } from "./elements.js";

/** A file that tensors are read from, as it was when its header was. */
export interface MappedFile {
  readonly path: string;
  readonly size: number;
  readonly changed: number;
}

/** Notes a file's state. @throws {WeightsError} when it is gone. */
export async function mappedFile(path: string): Promise<MappedFile> {
  const { size, mtimeMs: changed } = await stat(path).catch((cause: unknown) => {
    throw new WeightsError(`${path}: cannot be opened; is the path right?`, { cause });
  });
  return { path, size, changed };
}

/**
 * A tensor that stays on disk: its values are read, and made floats of 32 bits, when somebody asks for them, and are let go
 * when nobody holds them any more. So a large model is in memory once, where it runs, and half-precision files stay half as large.
 */
export class MappedTensor implements HostTensor {
  readonly dtype: HostTensor["dtype"];
  private held: WeakRef<HostTensor["data"]> | undefined;

  constructor(
    private readonly file: MappedFile,
    readonly shape: readonly number[],
    private readonly type: ElementType,
    private readonly begin: number,
    private readonly end: number,
    private readonly origin?: string,
  ) {
    this.dtype = dtypeOf(type);
  }

  // Not a field: a copy with other values must not have it.
  get source(): string | undefined {
    return this.origin;
  }

  /** @throws {WeightsError} when the file has changed since. */
  get data(): HostTensor["data"] {
    const held = this.held?.deref();
    if (held) return held;
    const { data } = decodeElements(this.type, this.shape, this.read());
    this.held = new WeakRef(data);
    return data;
  }

  private read(): Uint8Array {
    const { path, size, changed } = this.file;
    const bytes = new Uint8Array(this.end - this.begin);
    const descriptor = openSync(path, "r");
    try {
      const now = fstatSync(descriptor);
      if (now.size !== size || now.mtimeMs !== changed)
        throw new WeightsError(`${path}: changed while it was in use; start again`);
      for (let done = 0; done < bytes.length;)
        done += readSync(descriptor, bytes, done, bytes.length - done, this.begin + done);
    } finally {
      closeSync(descriptor);
    }
    return bytes;
  }
}
