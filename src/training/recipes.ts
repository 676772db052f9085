import { z } from "zod";
import { ConfigError } from "../errors.js";
import type { ContrastiveConfig } from "./contrastive.js";
import type { GanConfig } from "./ganProgram.js";
import type { ClipShape } from "./requests/index.js";

const whole = z.int().min(1).max(4096);
const shapeSchema = z.strictObject({
  image: z.strictObject({
    size: z.union([z.literal(16), z.literal(32), z.literal(64)]),
    stem: whole,
    patch: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8), z.literal(16)]),
    widths: z.array(whole).min(1).max(6),
    layers: z.int().min(0).max(48),
    heads: whole,
    features: whole,
  }),
  text: z.strictObject({ width: whole, layers: whole, heads: whole }),
});

/**
 * Checks the shape of a CLIP's encoders, as a file holds it.
 * @param subject names its source in errors.
 * @throws {ConfigError} for a shape that cannot be built.
 */
export function parseClipShape(value: unknown, subject: string): ClipShape {
  const parsed = shapeSchema.safeParse(value);
  if (typeof value !== "object" || value === null)
    throw new ConfigError(
      `${subject}: has no shape of encoders; expected YAML with ${Object.entries(shapeSchema.shape)
        .map(([part, { shape }]) => `${part} (${Object.keys(shape).join(", ")})`)
        .join(" and ")}`,
    );
  if (!parsed.success) {
    const { path: key, message } = parsed.error.issues[0]!;
    throw new ConfigError([subject, ...key.map(String), message].join(": "));
  }
  const { image, text: words } = parsed.data;
  const { size, patch, widths, heads } = image;
  const last = size / (patch * 2 ** (widths.length - 1));
  if (!Number.isInteger(last))
    throw new ConfigError(
      `${subject}: image: ${size} pixels cannot be halved that often (patch ${patch}, ${widths.length} widths); take fewer widths`,
    );
  if (widths[widths.length - 1]! % heads !== 0 || words.width % words.heads !== 0)
    throw new ConfigError(`${subject}: heads must divide the last image width, and the text's width`);
  return parsed.data;
}

/** Settings of a contrastive training that a user chooses. */
export interface ContrastiveRequest {
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly seed: number;
  /** Parts that a batch is computed in. */
  readonly accumulate: number;
  /** Attribute whose groups get the same influence. */
  readonly balance?: string | undefined;
  readonly balanceBy: "sampling" | "weights";
  /** Strength of crops, flips, colours and noise, 0 to 2. */
  readonly augment: number;
}

/** Makes the settings of a contrastive training from a request. */
export function makeContrastiveSettings({
  batch,
  steps,
  rate,
  seed,
  accumulate,
  balance,
  balanceBy,
  augment,
}: ContrastiveRequest): Omit<ContrastiveConfig, "model"> {
  return {
    batch,
    steps,
    rate,
    weightDecay: 0.1,
    warmUp: 60,
    seed,
    augment: {
      zoom: Math.min(1, 0.5 * augment),
      closest: Math.max(0.1, 0.45 + 0.55 * (1 - augment)),
      flip: 0.3 * augment,
      colour: 0.1 * augment,
      noise: 0.08 * augment,
    },
    accumulate: accumulate > 1 ? accumulate : undefined,
    balance: balance === undefined ? undefined : { by: balance, how: balanceBy },
  };
}

/** Settings of a training of the emoji generator that a user chooses. */
export interface GanRequest {
  readonly batch: number;
  readonly steps: number;
  /** Peak learning rate of generator and encoder. */
  readonly rate: number;
  /** Peak learning rate of the discriminator. */
  readonly criticRate: number;
  readonly seed: number;
  /** Shares of the steps: pictures alone, words alone, with the discriminator, words again. */
  readonly phases: readonly number[];
  /** Weight of the discriminator's term. */
  readonly adversarial: number;
  /** Share of composed pictures, and the texts that none of them may show. */
  readonly composed?: { readonly share: number; readonly held: readonly string[] } | undefined;
  /** Steps between two generations of composed pictures; 0 never. */
  readonly renew: number;
}

/** Makes the settings of a training of the emoji generator from a request. */
export function makeGanSettings({
  batch,
  steps,
  rate,
  criticRate,
  seed,
  phases,
  adversarial,
  composed,
  renew,
}: GanRequest): Omit<GanConfig, "model"> {
  const sum = (list: readonly number[]): number => list.reduce((total, part) => total + part, 0);
  const until = (phase: number): number => sum(phases.slice(0, phase)) / sum(phases);
  return {
    batch,
    steps,
    rate,
    criticRate,
    seed,
    weights: { pixels: 2, features: 0.3, divergence: 0.0001, meaning: 0.2 },
    words: { from: until(1), again: until(3), batch: 256 },
    adversarial: { weight: adversarial, from: until(2), full: (until(2) + until(3)) / 2 },
    gamma: 0.1,
    flip: 0.25,
    composed,
    renew: composed && renew > 0 ? renew : undefined,
  };
}
