import { readSync } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { WeightsError } from "../errors.js";

/** A file that is read piece by piece; every piece must lie inside it. */
export class FileSource {
  private constructor(
    readonly path: string,
    readonly size: number,
    private readonly handle: FileHandle,
  ) {}

  /** @throws {WeightsError} when there is no such file, or it is a folder or a device. */
  static async open(path: string): Promise<FileSource> {
    const missing = (cause: unknown): never => {
      throw new WeightsError(`${path}: cannot be opened; is the path right?`, { cause });
    };
    // Looked at before it is opened: opening a pipe would wait for ever.
    const info = await stat(path).catch(missing);
    if (!info.isFile()) throw new WeightsError(`${path}: is no file; give a file of weights`);
    const handle = await open(path).catch(missing);
    return new FileSource(path, (await handle.stat()).size, handle);
  }

  /** Bytes in memory of their own, so that any array type can view them. */
  async read(at: number, length: number): Promise<Uint8Array> {
    const bytes = this.room(at, length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.handle.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) throw this.short();
      done += bytesRead;
    }
    return bytes;
  }

  /** Like `read`, at once; for headers and pickles. */
  readNow(at: number, length: number): Buffer {
    const bytes = this.room(at, length);
    for (let done = 0; done < length;) {
      const count = readSync(this.handle.fd, bytes, done, length - done, at + done);
      if (count === 0) throw this.short();
      done += count;
    }
    return Buffer.from(bytes.buffer);
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private room(at: number, length: number): Uint8Array {
    if (!(at >= 0 && length >= 0 && at + length <= this.size)) throw this.short();
    return new Uint8Array(length);
  }

  private short(): WeightsError {
    return new WeightsError(`${this.path}: truncated; fetch or copy it again`);
  }
}
