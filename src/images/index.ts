export {
  composeContactSheet,
  encodeAnimation,
  plotCurves,
  saveAnimation,
  type Series,
  renderForTerminal,
} from "./compose.js";
export { escapeXml } from "./escapeXml.js";
export {
  convertPicture,
  readHeader,
  type LoadedPicture,
  makeLoadedPicture,
  loadPicture,
  loadOwnPicture,
  loadPictureFrom,
  maxPixelsOfPicture,
  readLosses,
  decodePicture,
  decodeRgb,
  squareBytes,
  squareFrom,
  makeThumbnail,
} from "./decode.js";
export { encodePlainPng } from "./png.js";
export { pictureFormats, pixelFormats } from "./formats.js";
export { encodePicture, type PictureFormat, resizeBytes, resizePicture, savePicture } from "./files.js";
export { decodeMetadata, renderMetadataRdf, readMetadata } from "./metadata.js";
export { writeFileAtomic } from "../files/index.js";
export { readPictureHeader, type PictureHeader } from "./header.js";
export { addBorder, compositeOverColour, parseColour } from "./sticker.js";
export { computeBoxMeans, filterByGuide, type GuidedOptions } from "./guided.js";
export { measureDrawnParts, measureDrawnShare, type LoadedMask, loadMask, decodeMask } from "./masks.js";
export { folderWordsOf, makeRunFolder, slugOf } from "./runFolder.js";
export { type Oklab, oklabDistance, oklabOfRgb, rgbOfOklabColour } from "./oklab.js";
export { findUpperMedian } from "./median.js";
export { isShape, drawShapeMask } from "./shapes.js";
export { type ListOptions, listPictures } from "./pictureFiles.js";
export {
  compositeOnWhite,
  padToSquare,
  type Picture,
  toPicture,
  type Placement,
  toPreview,
  toRgbBytes,
  toRgbaBytes,
  type RgbaBytes,
  sharesOf,
  toByte,
} from "./picture.js";
export { readPictureBytes, type ReadFile, readPictureFile } from "./readFile.js";
