import { ConfigError } from "../errors.js";
import { type AscentResult, type SteerModels, enlargePictures } from "../guidance/index.js";
import {
  type Picture,
  type RgbaBytes,
  addBorder,
  encodePicture,
  renderMetadataRdf,
  compositeOnWhite,
  compositeOverColour,
  parseColour,
} from "../images/index.js";
import { renderSvg } from "../vector/index.js";
import type { GenerateRecord } from "./records.js";
import type { FullGenerateRequest } from "./requests/index.js";
import type { RunSession } from "./session.js";

/** Settings that decide how a generated picture is written. */
export type OutputSettings = Pick<GenerateRecord["settings"], "size" | "format" | "background" | "outline">;

/** Side of the reference picture for an outline's width, in pixels. */
const outlineSide = 256;
/** Maximum side of the preview of a file, in pixels. */
const shownSide = 512;

/**
 * Checks that a generator supports the output settings.
 * @throws {ConfigError} for SVG, a background or an outline when the generator has no regions.
 */
export function requireOutput(
  { format, background = "white", outline = 0 }: Omit<OutputSettings, "size">,
  { generator, pack }: Pick<SteerModels, "generator" | "pack">,
): void {
  if (generator.regions) return;
  const subject = `the pack "${pack}" makes pixels on white`;
  if (format === "svg")
    throw new ConfigError(`${subject}, so there is no SVG of its pictures; choose png, webp or avif`, {
      reason: "no-regions",
    });
  if (!["white", "#fff", "#ffffff"].includes(background.toLowerCase()))
    throw new ConfigError(`${subject}, so its pictures have no other background; leave background out`, {
      reason: "no-alpha",
    });
  if (outline > 0)
    throw new ConfigError(`${subject}, so there is no border around its pictures; leave outline out`, {
      reason: "no-alpha",
    });
}

/** Plans the output settings of a request, with the generator's defaults. @throws {ConfigError} as `requireOutput`. */
export function planOutput(
  { format, background, outline }: Pick<FullGenerateRequest, "format" | "background" | "outline">,
  models: Pick<SteerModels, "generator" | "pack">,
): Omit<OutputSettings, "size"> {
  requireOutput({ format, background, outline }, models);
  if (!models.generator.regions) return { format };
  return { format, background: (background ?? "none").toLowerCase(), outline };
}

/** Returns the margin that a border needs, as an option of the painter; none without a border. */
export const placeInside = (outline = 0): { readonly margin?: number } =>
  outline > 0 ? { margin: (outline + 1) / outlineSide } : {};

/** A picture as a file, and its preview. */
export interface WrittenPicture {
  readonly bytes: Buffer;
  /** Preview over white. A picture of regions is painted at 512 pixels a side at most. */
  readonly picture: Picture;
}

/**
 * Encodes an ascent's result as a file. A generator with regions paints it from the latents; otherwise its pixels are resized.
 * @param result its latents and pixels, and the names of its layers, for SVG.
 * @param metadata text that is written into the file.
 */
export async function writePicture(
  { models, runOptions, getPrograms }: Pick<RunSession, "models" | "runOptions" | "getPrograms">,
  {
    latents,
    picture: pixels,
    names,
  }: Pick<AscentResult, "latents" | "picture"> & { names?: readonly string[] },
  { size, format, background = "none", outline = 0 }: OutputSettings,
  metadata: string | undefined,
): Promise<WrittenPicture> {
  const text = metadata === undefined ? {} : { metadata };
  if (!models.generator.regions) {
    const [picture] = await enlargePictures(models, [pixels], size, runOptions);
    if (format === "svg") throw new ConfigError("a generator of pixels has no SVG"); // excluded by requireOutput
    return { bytes: await encodePicture(picture!, { format, ...text }), picture: picture! };
  }
  const painter = getPrograms().painterOf(latents);
  const placed = placeInside(outline);
  const colour = parseColour(background);
  const paint = async (side: number): Promise<RgbaBytes> => {
    const painted = await painter.paint(latents, side, placed);
    const bordered = outline > 0 ? addBorder(painted, (outline * side) / outlineSide) : painted;
    return colour ? compositeOverColour(bordered, colour) : bordered;
  };
  if (format !== "svg") {
    const rgba = await paint(size);
    const bytes = await encodePicture(rgba, { format, ...text });
    return { bytes, picture: compositeOnWhite(size <= shownSide ? rgba : await paint(shownSide)) };
  }
  const document = renderSvg(await painter.regions(latents, placed), {
    size,
    outline,
    names,
    background: colour && `#${Buffer.from(colour).toString("hex")}`,
    metadata: metadata === undefined ? undefined : renderMetadataRdf(metadata),
  });
  return { bytes: Buffer.from(document), picture: compositeOnWhite(await paint(Math.min(size, shownSide))) };
}
