import { z } from "zod";
import { ConfigError } from "../../errors.js";
import type { TrainingCheckpoint } from "../run.js";
import type { StickerConfig } from "./trainer.js";

const count = z.int().positive();
const widths = z.tuple([count, count, count]);
const shapeSchema = z.strictObject({
  code: count,
  detail: count.optional(),
  encoder: widths,
  decoder: widths,
  outline: count,
  fill: count,
  smoothing: z.number().min(0).max(0.25).optional(),
});

/** What other commands read of a sticker run's settings. */
const stickerSettings = z.looseObject({
  shape: shapeSchema,
  sets: z.array(z.string()).min(1),
  purpose: z.enum(["development", "release"]),
});

/** Parses the settings of a run's checkpoint, as other commands need them. @throws {ConfigError} when the run is of another kind. */
export function parseStickerSettings({ settings }: TrainingCheckpoint, folder: string): StickerConfig {
  try {
    return stickerSettings.parse(JSON.parse(settings)) as unknown as StickerConfig; // its training wrote the rest
  } catch (cause) {
    throw new ConfigError(
      `${folder}: the run there is not a training of encoder and decoder; name another folder`,
      { cause },
    );
  }
}
