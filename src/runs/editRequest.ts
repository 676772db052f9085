import type { RequestedChange } from "../guidance/index.js";
import type { LayerCommand } from "../prompts/index.js";
import type { Finding } from "./findings.js";

/** Texts of one edit. */
export interface EditTexts {
  readonly prompt: string;
  readonly from: string;
  readonly change: RequestedChange;
  /** Words of the part that changes, for a mask; the whole picture when absent. */
  readonly maskPrompt?: string | undefined;
  /** Change of the picture's layers, which is the whole edit. */
  readonly layers?: LayerCommand;
  readonly findings: readonly Finding[];
}

/** Texts of one edit as requested, with aliases replaced. */
export interface RequestedTexts {
  readonly prompt: string;
  readonly from: string | undefined;
  readonly change: RequestedChange;
  readonly masked: boolean;
  /** Changes of layers before this edit; absent where it may not change layers, as it is made in part or follows another kind of edit. */
  readonly earlier?: readonly LayerCommand[] | undefined;
}

/** What the guides see in the picture. */
export interface Sight {
  readonly styles: readonly string[];
  /** Tells whether the picture shows what a text names. */
  shows(text: string): Promise<boolean>;
  /** Finds the known thing that the picture shows most probably. */
  name(): Promise<string | undefined>;
  /** Lists the names of the picture's layers; none when they are unknown. */
  layers(): Promise<readonly string[]>;
  /** Returns the prompt that the picture was generated from as a scene, if any. */
  scenePrompt(): Promise<string | undefined>;
  /** Tells whether the generator has a drawing of what a text names. */
  knows(text: string): boolean;
}
