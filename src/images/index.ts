export {
  contactSheet,
  encodeAnimation,
  plotCurves,
  saveAnimation,
  type Series,
  terminalPreview,
} from "./compose.js";
export {
  encodePicture,
  type LoadedPicture,
  loadPicture,
  loadPictureFrom,
  metadataIn,
  pictureIn,
  type PictureFormat,
  readMetadata,
  resizePicture,
  rgbIn,
  savePicture,
  sharesOf,
  squareBytes,
  squareFrom,
} from "./files.js";
export { writeFileAtomic } from "../files/index.js";
export { boxMeans, guidedFilter, type GuidedOptions } from "./guided.js";
export { drawnParts, drawnShare, type LoadedMask, loadMask, maskOfPicture } from "./masks.js";
export { folderWordsOf, nextRunFolder, slugOf } from "./runFolder.js";
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
export { bytesOf, type ReadFile, readPictureFile } from "./readFile.js";
