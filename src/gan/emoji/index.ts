export {
  type EmojiGeneratorConfig,
  mapToEmojiCode,
  emojiCodeSize,
  decodeEmoji,
  mapEmojiLatents,
  emojiCodeSide,
  withStyles,
} from "./decoder.js";
export { discriminateEmoji, encodeEmoji, type TrunkConfig } from "./networks.js";
