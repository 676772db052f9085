import { InputError } from "../errors.js";
import {
  type Assets,
  type GenerateRecord,
  type RunSession,
  createMemoryStore,
  runGenerate,
} from "../runs/index.js";

/** Maximum difference of guide scores between two paintings of one picture. */
const sameScore = 1e-4;

/**
 * Paints the picture of a record again, in another format: the same settings give the same latents. Takes as long as making it.
 * @param guide score that the picture had, to notice when other weights paint another one.
 * @throws {ConfigError} for a generator of pixels; {InputError} when an input is missing or another picture comes out.
 */
export async function paintRecord(
  session: RunSession,
  record: GenerateRecord,
  { format, assets, guide }: { format: "svg" | "png"; assets: Assets; guide?: number | undefined },
): Promise<Uint8Array> {
  const replay: GenerateRecord = { ...record, settings: { ...record.settings, format } };
  for await (const event of runGenerate({ replay }, { session, assets, store: createMemoryStore() })) {
    if (event.type !== "finished" || !("report" in event.result)) continue;
    const { bytes, report } = event.result;
    if (guide !== undefined && Math.abs(report.guideScore - guide) > sameScore)
      throw new InputError(
        `this version paints another picture from these settings; make the picture again, then save it as ${format.toUpperCase()}`,
      );
    return bytes;
  }
  throw new InputError("the run made no picture");
}
