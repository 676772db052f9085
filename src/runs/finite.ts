import { ConfigError } from "../errors.js";

/** @throws {ConfigError} when a loss or score is no finite number: what follows from it would be meaningless. */
export function requireFinite(subject: string, value: number): void {
  if (!Number.isFinite(value))
    throw new ConfigError(
      `${subject} is ${value}, no finite number; use smaller weights or a lower learning rate`,
      { reason: "not-finite" },
    );
}
