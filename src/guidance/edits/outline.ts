import type { RgbaBytes } from "../../images/index.js";
import {
  type Box,
  type Placement,
  type Sprite,
  readAlpha,
  centreOf,
  heightOf,
  spriteOf,
  spriteSide,
  widthOf,
} from "../scenes/sprite.js";

/** Largest coordinate of ink on the canvas [−1, 1]². */
const edge = 0.99;

/** Makes the sprite of an alpha-like map `[height, width]` in the middle of a square; undefined when there is no ink. */
export function makeSpriteOfMap(
  drawnShares: Float32Array,
  { width, height }: Pick<RgbaBytes, "width" | "height">,
): Sprite | undefined {
  const side = Math.max(width, height);
  const [left, top] = [Math.floor((side - width) / 2), Math.floor((side - height) / 2)];
  const sums = new Float32Array(spriteSide * spriteSide);
  const counts = new Float32Array(spriteSide * spriteSide);
  const cellOf = (at: number): number => Math.floor((at * spriteSide) / side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const cell = cellOf(y) * spriteSide + cellOf(x);
      counts[cell]!++;
      const [column, row] = [x - left, y - top];
      if (column >= 0 && column < width && row >= 0 && row < height)
        sums[cell]! += drawnShares[row * width + column]!;
    }
  if (side >= spriteSide)
    return spriteOf(
      sums.map((sum, cell) => sum / counts[cell]!),
      spriteSide,
    );
  // A picture smaller than a sprite: the nearest pixel of each cell.
  const nearest = Float32Array.from({ length: spriteSide * spriteSide }, (_, cell) => {
    const x = Math.floor(((cell % spriteSide) * side) / spriteSide) - left;
    const y = Math.floor((Math.floor(cell / spriteSide) * side) / spriteSide) - top;
    return x >= 0 && x < width && y >= 0 && y < height ? drawnShares[y * width + x]! : 0;
  });
  return spriteOf(nearest, spriteSide);
}

/** The canvas [−1, 1]², less a margin. */
const canvas: Box = { left: -edge, top: -edge, right: edge, bottom: edge };

/** Moves a placed box into a frame, smaller where it does not fit. @returns the changed placement. */
export function moveInsideCanvas(box: Box, at: Placement, frame = canvas): Placement {
  const shrink = Math.min(
    1,
    widthOf(frame) / (at.scale * widthOf(box)),
    heightOf(frame) / (at.scale * heightOf(box)),
  );
  const scale = at.scale * shrink;
  const { x, y } = centreOf(box);
  const shifted = (centre: number, half: number, from: number, to: number): number =>
    Math.min(to - half, Math.max(from + half, centre));
  const [cx, cy] = [
    shifted(at.scale * x + at.x, (scale * widthOf(box)) / 2, frame.left, frame.right),
    shifted(at.scale * y + at.y, (scale * heightOf(box)) / 2, frame.top, frame.bottom),
  ];
  return { scale, x: cx - scale * x, y: cy - scale * y };
}

/** Lowest position of the brim of a hat without space above the head: distance from the head's top / head height. */
const lowestFoot = 0.26;

/** Moves a placed hat into a frame: its foot is lowered a little, and it is made smaller, so that it leaves the face free. */
export function moveHatInsideCanvas(box: Box, at: Placement, subject: Box, frame = canvas): Placement {
  const [top, foot] = [at.scale * box.top + at.y, at.scale * box.bottom + at.y];
  if (top >= frame.top) return moveInsideCanvas(box, at, frame);
  const height = foot - top;
  const lowest = Math.max(foot, subject.top + lowestFoot * heightOf(subject));
  const newFoot = Math.min(lowest, height + frame.top);
  const scale = Math.min(at.scale, (newFoot - frame.top) / heightOf(box));
  const { x } = centreOf(box);
  const centre = at.scale * x + at.x;
  return moveInsideCanvas(box, { scale, x: centre - scale * x, y: newFoot - scale * box.bottom }, frame);
}

/** Fits the placement that gives a box the centre of another and its size: the mean of the ratios of width and height. */
export function fitBox(box: Box, to: Box): Placement {
  const scale = Math.sqrt((widthOf(to) / widthOf(box)) * (heightOf(to) / heightOf(box)));
  const [own, centre] = [centreOf(box), centreOf(to)];
  return moveInsideCanvas(box, { scale, x: centre.x - scale * own.x, y: centre.y - scale * own.y });
}

/** Returns the placement that puts a box into the middle of another, as large as it fits. */
export function containBox(box: Box, to: Box): Placement {
  const scale = Math.min(widthOf(to) / widthOf(box), heightOf(to) / heightOf(box));
  const [own, centre] = [centreOf(box), centreOf(to)];
  return { scale, x: centre.x - scale * own.x, y: centre.y - scale * own.y };
}

/** Smallest share of its box that the ink of a head fills, and its smallest ratio of width and height or height and width. */
const head = { filled: 0.64, ratio: 0.72 };

/** Tells whether a sprite is round and full, as a head alone is. */
export function isHeadLike({ alpha, side, box }: Sprite): boolean {
  const [width, height] = [widthOf(box), heightOf(box)];
  const ink = alpha.reduce((sum, value) => sum + value, 0) * (2 / side) ** 2;
  return ink / (width * height) >= head.filled && Math.min(width / height, height / width) >= head.ratio;
}

/** Measures the share of a sprite's ink that a placed sprite covers, 0 to 1. */
export function measureCoveredShare(subject: Sprite, sprite: Sprite, at: Placement): number {
  let [covered, ink] = [0, 0];
  for (let cell = 0; cell < subject.side ** 2; cell++) {
    const x = ((cell % subject.side) + 0.5) * (2 / subject.side) - 1;
    const y = (Math.floor(cell / subject.side) + 0.5) * (2 / subject.side) - 1;
    const own = subject.alpha[cell]!;
    ink += own;
    covered += own * readAlpha(sprite, (x - at.x) / at.scale, (y - at.y) / at.scale);
  }
  return ink === 0 ? 0 : covered / ink;
}

/** Measures the intersection over union of a placed sprite's ink with another's, 0 to 1. */
export function measureOutlineAgreement(sprite: Sprite, at: Placement, other: Sprite): number {
  let [both, either] = [0, 0];
  for (let cell = 0; cell < spriteSide * spriteSide; cell++) {
    const x = ((cell % spriteSide) + 0.5) * (2 / spriteSide) - 1;
    const y = (Math.floor(cell / spriteSide) + 0.5) * (2 / spriteSide) - 1;
    const [a, b] = [readAlpha(sprite, (x - at.x) / at.scale, (y - at.y) / at.scale), readAlpha(other, x, y)];
    both += Math.min(a, b);
    either += Math.max(a, b);
  }
  return either === 0 ? 0 : both / either;
}
