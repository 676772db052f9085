import { type ImageConfig, encoderPixels, imageSide, inputSide } from "../clip/index.js";
import {
  type Picture,
  padToSquare,
  pictureIn,
  resizePicture,
  rgbIn,
  sharesOf,
  squareBytes,
} from "../images/index.js";

/**
 * A picture that may still be RGB bytes `[height, width, 3]`: `data` is made of them when asked for. An encoder does not ask, since
 * arrays of its size for every picture of a folder would keep the garbage collector busy.
 */
export interface Shown extends Picture {
  readonly bytes?: Uint8Array;
}

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
 * @returns `[side, side, 3]` in [0, 1], or as bytes.
 */
export async function prepare(picture: Shown, config: ImageConfig): Promise<Float32Array | Uint8Array> {
  const side = inputSide(config);
  if (picture.width === side && picture.height === side) return picture.bytes ?? picture.data;
  if (config.kind === undefined) return (await encoderPicture(picture)).data;
  return encoderPixels(config, picture).data as Float32Array;
}

/** A picture file's bytes, decoded and, where all encoders are shown the same, prepared at once: a large picture is let go early. */
export async function openFor(configs: readonly ImageConfig[], file: Buffer, path: string): Promise<Shown> {
  const [only, ...others] = configs as [ImageConfig, ...ImageConfig[]];
  if (others.length > 0) return pictureIn(file, path);
  const side = inputSide(only);
  if (only.kind === undefined) {
    const bytes = await squareBytes(file, path, side);
    return {
      width: side,
      height: side,
      bytes,
      get data() {
        return sharesOf(bytes);
      },
    };
  }
  return {
    width: side,
    height: side,
    data: encoderPixels(only, await rgbIn(file, path)).data as Float32Array,
  };
}
