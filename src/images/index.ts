export {
  contactSheet,
  encodeAnimation,
  plotCurves,
  saveAnimation,
  type Series,
  terminalPreview,
} from "./compose.js";
export {
  convertPicture,
  headerOf,
  type LoadedPicture,
  loadedPicture,
  loadPicture,
  loadPictureFrom,
  lossesIn,
  pictureIn,
  rgbIn,
  squareBytes,
  squareFrom,
  thumbnailOf,
} from "./decode.js";
export { encodePicture, type PictureFormat, resizeBytes, resizePicture, savePicture } from "./files.js";
export { metadataIn, metadataRdf, readMetadata } from "./metadata.js";
export { writeFileAtomic } from "../files/index.js";
export { pictureHeader, type PictureHeader } from "./header.js";
export { addBorder, overColour, parseColour } from "./sticker.js";
export { boxMeans, guidedFilter, type GuidedOptions } from "./guided.js";
export { drawnParts, drawnShare, type LoadedMask, loadMask, maskOfPicture } from "./masks.js";
export { folderWordsOf, nextRunFolder, slugOf } from "./runFolder.js";
export { type Oklab, oklabDistance, oklabOfRgb, rgbOfOklabColour } from "./oklab.js";
export { isShape, shapeMask } from "./shapes.js";
export { type ListOptions, listPictures } from "./pictureFiles.js";
export {
  onWhite,
  padToSquare,
  type Picture,
  pictureFrom,
  type Placement,
  rgbBytes,
  type RgbaBytes,
  sharesOf,
  toByte,
} from "./picture.js";
export { bytesOf, type ReadFile, readPictureFile } from "./readFile.js";
