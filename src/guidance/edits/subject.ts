import { type Picture, type RgbaBytes, onWhite } from "../../images/index.js";
import { type Ground, groundOf, transparentGround, withoutGround } from "./ground.js";
import { reduceMask, reducePicture } from "./workingCopy.js";

/** Longest side of the copy that candidates are applied to: more than any CLIP sees of a picture. */
const candidateSide = 256;
/** The original as candidates are made for it: small, and without a ground of one colour. */
export interface Subject {
  readonly bytes: RgbaBytes;
  readonly picture: Picture;
  readonly mask: Float32Array | undefined;
  /** Ground of the original, and of the subject. */
  readonly ground: Ground;
  readonly ownGround: Ground;
}

/** The subject of an original and its mask. */
export function subjectOf(original: RgbaBytes, mask: Float32Array | undefined): Subject {
  const working = reducePicture(original, candidateSide);
  const ground = groundOf(working);
  const bytes = withoutGround(working, ground);
  return {
    bytes,
    picture: onWhite(bytes),
    mask: mask && reduceMask(mask, original, candidateSide),
    ground,
    ownGround: ground.kind === "colour" ? transparentGround : ground,
  };
}
