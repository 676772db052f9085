/** Picture formats that are read. */
export const readableFormats = ["png", "jpeg", "webp", "gif"] as const;

/** A picture format that is read. */
export type ReadableFormat = (typeof readableFormats)[number];

/** Raster formats that are written, all losslessly. */
export const pixelFormats = ["png", "webp", "avif"] as const;

/** Formats of a run's picture. Those that are not read hold their metadata as plain text. */
export const pictureFormats = [...pixelFormats, "svg"] as const;
