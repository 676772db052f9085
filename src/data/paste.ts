/** A picture without its background, cropped to its ink: colour and coverage of each pixel. */
export interface Piece {
  readonly width: number;
  readonly height: number;
  /** RGB `[height, width, 3]`, 0 to 255, and cover `[height, width]`, 0 to 1. */
  readonly rgb: Float32Array;
  readonly cover: Float32Array;
}

/** Cuts a drawing out of its white background: what white reaches from the border goes, and edges lose the white in them. */
export function cutOut(pixels: Uint8Array, side: number): Piece | undefined {
  const white = (at: number): boolean =>
    pixels[at * 3]! > 244 && pixels[at * 3 + 1]! > 244 && pixels[at * 3 + 2]! > 244;
  const outside = new Uint8Array(side * side);
  const queue: number[] = [];
  const visit = (at: number): void => {
    if (outside[at] || !white(at)) return;
    outside[at] = 1;
    queue.push(at);
  };
  for (let at = 0; at < side; at++)
    [at, (side - 1) * side + at, at * side, at * side + side - 1].forEach(visit);
  const beside = (at: number): number[] => {
    const column = at % side;
    return [
      ...(column > 0 ? [at - 1] : []),
      ...(column < side - 1 ? [at + 1] : []),
      ...(at >= side ? [at - side] : []),
      ...(at < side * (side - 1) ? [at + side] : []),
    ];
  };
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) beside(at).forEach(visit);

  let [top, bottom, left, right] = [side, -1, side, -1];
  for (let at = 0; at < side * side; at++) {
    if (outside[at]) continue;
    const [row, column] = [Math.floor(at / side), at % side];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  const [width, height] = [right - left + 1, bottom - top + 1];
  if (width < 6 || height < 6) return undefined;
  const rgb = new Float32Array(width * height * 3);
  const cover = new Float32Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const from = (row + top) * side + column + left;
      if (outside[from]) continue;
      const to = row * width + column;
      const edge = beside(from).some((at) => outside[at]);
      const [r, g, b] = [pixels[from * 3]!, pixels[from * 3 + 1]!, pixels[from * 3 + 2]!];
      const coverage = edge ? Math.min(1, ((255 - Math.min(r, g, b)) / 255) * 1.5) : 1;
      cover[to] = coverage;
      [r, g, b].forEach((value, channel) => {
        rgb[to * 3 + channel] = coverage > 0 ? Math.max(0, (value - 255 * (1 - coverage)) / coverage) : 255;
      });
    }
  return { width, height, rgb, cover };
}

/** Where a piece is put: its centre and its longer side, as parts of the picture's side. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

const fine = 3;

/** Puts a piece, scaled, onto a picture of `side` × `side` RGB bytes, which is changed. */
export function paste(onto: Uint8Array, side: number, piece: Piece, { x, y, size }: Place): void {
  const scale = (size * side) / Math.max(piece.width, piece.height);
  const [left, top] = [x * side - (piece.width * scale) / 2, y * side - (piece.height * scale) / 2];
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(side, top + piece.height * scale); row++)
    for (
      let column = Math.max(0, Math.floor(left));
      column < Math.min(side, left + piece.width * scale);
      column++
    ) {
      let cover = 0;
      const sum = [0, 0, 0];
      for (let part = 0; part < fine * fine; part++) {
        const px = Math.floor((column + ((part % fine) + 0.5) / fine - left) / scale);
        const py = Math.floor((row + (Math.floor(part / fine) + 0.5) / fine - top) / scale);
        if (px < 0 || py < 0 || px >= piece.width || py >= piece.height) continue;
        const at = py * piece.width + px;
        const coverage = piece.cover[at]!;
        cover += coverage;
        for (let channel = 0; channel < 3; channel++)
          sum[channel]! += coverage * piece.rgb[at * 3 + channel]!;
      }
      cover /= fine * fine;
      const to = (row * side + column) * 3;
      for (let channel = 0; channel < 3; channel++)
        onto[to + channel] = Math.round(onto[to + channel]! * (1 - cover) + sum[channel]! / (fine * fine));
    }
}
