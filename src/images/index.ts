export { contactSheet, plotCurves, saveAnimation, type Series, terminalPreview } from "./compose.js";
export {
  bytesOf,
  encodePicture,
  type LoadedPicture,
  loadPicture,
  pictureIn,
  type PictureFormat,
  type ReadFile,
  readMetadata,
  readPictureFile,
  resizePicture,
  rgbIn,
  savePicture,
  sharesOf,
  squareBytes,
  squareFrom,
  writeFileAtomic,
} from "./files.js";
export { boxMeans, guidedFilter, type GuidedOptions } from "./guided.js";
export { drawnParts, drawnShare, type LoadedMask, loadMask } from "./masks.js";
export { nextRunFolder, slugOf } from "./runFolder.js";
export { isShape, shapeMask } from "./shapes.js";
export { listPictures } from "./folder.js";
export {
  onWhite,
  padToSquare,
  type Picture,
  pictureFrom,
  type Placement,
  rgbBytes,
  type RgbaBytes,
  toByte,
} from "./picture.js";
