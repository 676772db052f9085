/** Base of every error this toolkit throws on purpose; `message` says who, what, got, expected and what to do. */
export class ToolkitError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A tensor has another shape than the function takes. */
export class ShapeError extends ToolkitError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("shape", message, options);
  }
}

/** What the user asked for cannot be done as asked: an option, a prompt, a prompt file. The command line exits with 2. */
export class ConfigError extends ToolkitError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("config", message, options);
  }
}

/** A file given by the user is not what it should be (image, mask, data). */
export class InputError extends ToolkitError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("input", message, options);
  }
}

/** A weight file, pack or checkpoint is missing, truncated, corrupt or does not fit the model. */
export class WeightsError extends ToolkitError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("weights", message, options);
  }
}

/** A download failed or its content is not what was pinned. */
export class DownloadError extends ToolkitError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("download", message, options);
  }
}

/** An engine is missing, or has no kernel for an operation. */
export class EngineError extends ToolkitError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("engine", message, options);
  }
}
