export {
  type EmojiGeneratorConfig,
  mapToEmojiCode,
  emojiCodeSizeOf,
  decodeEmoji,
  mapEmojiLatents,
  emojiCodeSide,
  appendStyles,
} from "./decoder.js";
export { scoreEmojiRealness, encodeEmoji, type TrunkConfig } from "./networks.js";
