export { findOwnBeing, kindsOfConcepts, misleadingWords } from "./words/index.js";
export { commonNames, misleadingTags } from "./commonNames.js";
export { type AliasFileOptions, writeAliasFile } from "./aliasFile.js";
export { listCaptions, drawCaption, type Captioned, isTagCaption } from "./captions.js";
export { buildEmojiData, type EmojiDataOptions } from "./emoji.js";
export type { FetchPackage } from "./fetch.js";
export { compose, type Composed, type ComposedItem } from "./compositions.js";
export { judgeSets } from "./judgeSets.js";
export { heldOutSet, iconSets, type IconSet } from "./sources.js";
export { type EmojiData, type EmojiItem, type EmojiManifest, loadEmojiData } from "./emojiData.js";
export { buildEmojiVariants, type EmojiVariants, readGender } from "./variants.js";
export {
  type CaptionedFile,
  readCaptionedFolder,
  type CaptionedFolder,
  captionOfName,
} from "./captionedFolder.js";
export { drawLarge } from "./large.js";
export { largeSide } from "./render.js";
export { maxRegions } from "./fills.js";
export { regionSide } from "./regions.js";
export { assign } from "./slots.js";
export { buildStickerData, smallestMedianPsnr } from "./buildStickers.js";
export {
  type StickerData,
  type StickerItem,
  type StickerManifest,
  listHeldOut,
  loadStickerData,
} from "./stickers.js";
export { thingGroup } from "./ownDrawings.js";
export { loadThingPictures } from "./thingPictures.js";
export { listPersonNames } from "./personNames.js";
export { listConceptNames } from "./conceptNames.js";
