export { contactSheet, plotCurves, saveAnimation, type Series, terminalPreview } from "./compose.js";
export {
  bytesOf,
  encodePicture,
  type LoadedPicture,
  loadPicture,
  nextRunFolder,
  type PictureFormat,
  type ReadFile,
  readMetadata,
  readPictureFile,
  resizePicture,
  savePicture,
  slugOf,
  squareFrom,
  writeFileAtomic,
} from "./files.js";
export { boxMeans, guidedFilter, type GuidedOptions } from "./guided.js";
export { drawnParts, drawnShare, type LoadedMask, loadMask } from "./masks.js";
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
