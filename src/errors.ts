/** What may accompany an error. */
export interface ToolkitErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Stable name of what went wrong, such as `output-folder`, from which a front end can give advice of its own. */
  readonly reason?: string | undefined;
}

/** Length that messages stay below, in UTF-16 units; and how much of the start and the end of a longer one is kept. */
const longest = 1000;
const [start, end] = [500, 400];

/**
 * Converts a message to one line: line breaks become spaces, and the middle of a message of 1000 characters or more is cut.
 * @param message text of any length.
 * @returns a line of fewer than 1000 characters (UTF-16 units).
 */
export function oneLine(message: string): string {
  const line = message.replace(/[\r\n\u2028\u2029]+/g, " ");
  return line.length < longest ? line : `${line.slice(0, start)} … ${line.slice(-end)}`;
}

/**
 * Base of every error that this toolkit throws on purpose; `message` says who, what, got, expected and what to do, in one line of
 * fewer than 1000 characters.
 */
export class ToolkitError extends Error {
  /** Stable name of the error's reason, if there is one. */
  readonly reason: string | undefined;

  constructor(
    readonly code: string,
    message: string,
    options: ToolkitErrorOptions = {},
  ) {
    super(oneLine(message), { cause: options.cause });
    this.name = new.target.name;
    this.reason = options.reason;
  }
}

/** A tensor has another shape than the function takes. */
export class ShapeError extends ToolkitError {
  constructor(message: string, options?: ToolkitErrorOptions) {
    super("shape", message, options);
  }
}

/** What the user asked for cannot be done as asked: an option, a prompt, a prompt file. The command line exits with 2. */
export class ConfigError extends ToolkitError {
  constructor(message: string, options?: ToolkitErrorOptions) {
    super("config", message, options);
  }
}

/** A file given by the user is not what it should be (image, mask, data). */
export class InputError extends ToolkitError {
  constructor(message: string, options?: ToolkitErrorOptions) {
    super("input", message, options);
  }
}

/** A weight file, pack or checkpoint is missing, truncated, corrupt or does not fit the model. */
export class WeightsError extends ToolkitError {
  constructor(message: string, options?: ToolkitErrorOptions) {
    super("weights", message, options);
  }
}

/** A download failed, or its content does not match the expected hash. */
export class DownloadError extends ToolkitError {
  constructor(message: string, options?: ToolkitErrorOptions) {
    super("download", message, options);
  }
}

/** An engine is missing, or has no kernel for an operation. */
export class EngineError extends ToolkitError {
  constructor(message: string, options?: ToolkitErrorOptions) {
    super("engine", message, options);
  }
}
