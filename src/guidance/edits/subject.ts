import { type Picture, type RgbaBytes, compositeOnWhite } from "../../images/index.js";
import { type Ground, detectGround, transparentGround, removeGround } from "./ground.js";
import { reduceMask, reducePicture } from "./workingCopy.js";

/** Maximum side of the copy that candidates are applied to; larger than the input of the pack's CLIPs. */
const candidateSide = 256;
/** A reduced copy of the original for candidates, without a background of one colour. */
export interface Subject {
  readonly bytes: RgbaBytes;
  readonly picture: Picture;
  readonly mask: Float32Array | undefined;
  /** Backgrounds of the original and of the subject. */
  readonly ground: Ground;
  readonly ownGround: Ground;
}

/** Returns the subject of an original and its mask. */
export function extractSubject(original: RgbaBytes, mask: Float32Array | undefined): Subject {
  const working = reducePicture(original, candidateSide);
  const ground = detectGround(working);
  const bytes = removeGround(working, ground);
  return {
    bytes,
    picture: compositeOnWhite(bytes),
    mask: mask && reduceMask(mask, original, candidateSide),
    ground,
    ownGround: ground.kind === "colour" ? transparentGround : ground,
  };
}
