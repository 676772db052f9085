import { type ImageConfig, encoderPixels, imageSide, inputSide } from "../clip/index.js";
import { type Picture, padToSquare, pictureIn, resizePicture, rgbIn, squareFrom } from "../images/index.js";

/** What an image encoder is shown of a picture: encoders with the same answer are shown the same. */
export function viewOf(config: ImageConfig): string {
  if (config.kind === undefined) return "white square";
  const fit = config.kind === "vit" && config.pool === "attention" ? "squeezed" : "middle";
  return `${fit} ${config.side}`;
}

/** A picture as our small encoders take it: in the middle of a white square, 64×64 unless told another side. */
export async function encoderPicture(picture: Picture, side = imageSide): Promise<Picture> {
  if (picture.width === side && picture.height === side) return picture;
  return resizePicture(padToSquare(picture).picture, side, side);
}

/**
 * Values of a picture as an image encoder takes it: ours see it whole on a white square, published ones as their authors
 * prepare it (`encoderPixels`). A picture of the encoder's size is taken as it is.
 * @returns `[side, side, 3]` in [0, 1].
 */
export async function prepare(picture: Picture, config: ImageConfig): Promise<Float32Array> {
  const side = inputSide(config);
  if (picture.width === side && picture.height === side) return picture.data;
  if (config.kind === undefined) return (await encoderPicture(picture)).data;
  return encoderPixels(config, picture).data as Float32Array;
}

/** A picture file's bytes, decoded and, where all encoders are shown the same, prepared at once: a large picture is let go early. */
export async function openFor(configs: readonly ImageConfig[], file: Buffer, path: string): Promise<Picture> {
  const [only, ...others] = configs as [ImageConfig, ...ImageConfig[]];
  if (others.length > 0) return pictureIn(file, path);
  const side = inputSide(only);
  if (only.kind === undefined) return squareFrom(file, path, side);
  return {
    width: side,
    height: side,
    data: encoderPixels(only, await rgbIn(file, path)).data as Float32Array,
  };
}
