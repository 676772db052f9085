export type { ClassifyRequest, ClipEmbeddings, Embedded, EmbedRequest, LabelScore } from "./clips.js";
export type { InputPicture } from "./inputs.js";
export type { ResultPicture } from "./picture.js";
export type { Run } from "./run.js";
export {
  type Edited,
  type EditOptions,
  type Generated,
  type GenerateOptions,
  openSession,
  type Session,
  type SessionOptions,
  type Stoppable,
  type WeightedPicture,
} from "./session.js";
