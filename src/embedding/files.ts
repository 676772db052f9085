import { InputError } from "../errors.js";
import { type Picture, readPictureBytes } from "../images/index.js";
import type { Encoder } from "./encoder.js";

/** A skipped file and the reason. */
export interface Skipped {
  /** Path as it was given. */
  readonly path: string;
  /** One line without the path. */
  readonly reason: string;
}

/** A picture file's unit rows, one a CLIP. */
export interface EncodedFile {
  readonly path: string;
  readonly rows: readonly Float32Array[];
}

/** Loads items in their order, `ahead` of them at once. */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  load: (item: T) => Promise<R>,
  ahead = 8,
): AsyncGenerator<R> {
  const waiting: Promise<R>[] = [];
  for (const item of items) {
    const loading = load(item);
    loading.catch(() => undefined); // reported when its turn comes
    waiting.push(loading);
    if (waiting.length >= ahead) yield await waiting.shift()!;
  }
  for (const loading of waiting) yield await loading;
}

/**
 * Returns the reason why a file cannot be used, for a message.
 * @param path path of the file, which is removed from the message.
 * @param error what opening or decoding the file threw.
 * @returns the message without the path.
 * @throws the error itself when the file is not its cause.
 */
export function reasonOf(path: string, error: unknown): string {
  if (error instanceof InputError) return error.message.replace(`${path}: `, "");
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return `cannot be read (${code})`;
}

/**
 * Embeds picture files in their order. Yields one result for each readable file, and ends early when the signal is aborted.
 * @param encoder encoder of one or several CLIPs.
 * @param paths paths of picture files.
 * @param options.onSkip called for each unreadable or too large file, which is skipped.
 * @param options.signal ends the reading before the next picture; those handed over are still yielded.
 * @returns a generator of results: one unit row `[features]` for each CLIP.
 */
export async function* encodeFiles(
  encoder: Encoder,
  paths: readonly string[],
  options: { onSkip: (file: Skipped) => void; signal?: AbortSignal | undefined },
): AsyncGenerator<EncodedFile> {
  /** Paths of the pictures that were handed over; `encodeImages` gives one result for each, in order. */
  const handedOver: string[] = [];
  const load = async (path: string): Promise<Picture | Skipped> => {
    try {
      return await encoder.open(await readPictureBytes(path), path);
    } catch (error) {
      return { path, reason: reasonOf(path, error) };
    }
  };
  async function* pictures(): AsyncGenerator<Picture> {
    let at = 0;
    for await (const loaded of readAhead(paths, load)) {
      if (options.signal?.aborted) return;
      const path = paths[at++]!;
      if ("reason" in loaded) options.onSkip(loaded);
      else {
        handedOver.push(path);
        yield loaded;
      }
    }
  }
  let at = 0;
  for await (const rows of encoder.encodeImages(pictures())) yield { path: handedOver[at++]!, rows };
}
