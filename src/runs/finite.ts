import { ConfigError } from "../errors.js";

/** Checks a loss or score. @throws {ConfigError} when it is infinite or NaN, since all later results would be invalid. */
export function requireFinite(subject: string, value: number): void {
  if (!Number.isFinite(value))
    throw new ConfigError(
      `${subject} is ${value}, not a finite number; use smaller weights or a lower learning rate`,
      { reason: "not-finite" },
    );
}
