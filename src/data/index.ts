export { allCaptions, captionFor, type Captioned } from "./captions.js";
export {
  buildEmojiData,
  type EmojiData,
  type EmojiDataOptions,
  type EmojiItem,
  type EmojiManifest,
  loadEmojiData,
} from "./emoji.js";
