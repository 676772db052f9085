/** Messages between the server and the engine's process. */
import type { DraftProgress } from "../guidance/index.js";
import type { Finding } from "../runs/index.js";
import type { TunedPrompts } from "../evaluate/index.js";
import type { Classified } from "./classifying.js";
import type { ContentHit } from "./contentSearch.js";
import type { BiasQuestion, BiasResult } from "./measuring.js";
import type { MachineReport } from "../machine/index.js";
import type { ModelsView } from "./api.js";

/** A run for the engine. */
export interface RunTask {
  readonly command: "generate" | "edit";
  /** Checked request; absent when a folder is resumed or a record replayed. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** Run folder to resume, absolute. */
  readonly resume?: string;
  /** Record whose picture is to be made again. */
  readonly replay?: Readonly<Record<string, unknown>>;
  /** Folder that run folders are made in, absolute. */
  readonly out: string;
  /** Folder of uploads, which requests name by their SHA-256. */
  readonly uploads: string;
}

/** Progress of a run. */
export type EngineEvent =
  | {
      readonly type: "planned";
      readonly run: number;
      readonly runs: number;
      readonly folder: string;
      readonly steps: number;
    }
  | {
      readonly type: "step";
      readonly run: number;
      readonly index: number;
      readonly steps: number;
      readonly loss?: number | undefined;
      readonly score?: { readonly guide: number; readonly judge: number } | undefined;
      /** PNG; absent when the last one was sent a moment ago. */
      readonly preview?: Uint8Array | undefined;
    }
  | ({ readonly type: "drafting"; readonly run: number } & DraftProgress)
  | { readonly type: "finding"; readonly finding: Finding }
  | {
      readonly type: "finished";
      readonly folder: string;
      readonly image: string;
      readonly seed: number;
      readonly guide: number | undefined;
      readonly judge: number | undefined;
      /** Whether the run has a scene file. */
      readonly hasLayers?: boolean;
      readonly reports?: readonly Readonly<Record<string, unknown>>[];
    };

/** Calls of the engine other than runs. */
export interface EngineCalls {
  readonly models: { readonly given: { readonly pack: string }; readonly result: ModelsView };
  /** Pictures that match words or are similar to a picture, nearest first. */
  readonly search: {
    readonly given: {
      readonly pack: string;
      readonly folder: string;
      /** Path of the folder's index. */
      readonly index: string;
      /** Words, or the bytes of a picture. */
      readonly query: string | Uint8Array;
      readonly top: number;
      /** Whether it is the folder of runs, of which only the results count. */
      readonly runs: boolean;
    };
    readonly result: readonly ContentHit[];
  };
  /** Names the pictures of a folder by labels. */
  readonly classify: {
    readonly given: {
      readonly pack: string;
      readonly folder: string;
      /** File of the folder to name alone; all pictures when absent. */
      readonly only?: string | undefined;
      readonly labels: readonly string[];
      readonly maxPictures: number;
      /** Whether it is the folder of runs. */
      readonly runs: boolean;
    };
    readonly result: Classified;
  };
  /** Compares groups of the pictures of a labelled folder. */
  readonly bias: {
    readonly given: BiasQuestion & { readonly pack: string; readonly folder: string };
    readonly result: BiasResult;
  };
  /** Paints the picture of a record again, in another format; waits for the run in progress. */
  readonly paint: {
    readonly given: {
      readonly format: "svg" | "png";
      readonly record: Readonly<Record<string, unknown>>;
      /** Folder of uploads, in which the record's inputs are. */
      readonly uploads: string;
      /** Guide score that the picture had. */
      readonly guide?: number | undefined;
    };
    readonly result: Uint8Array;
  };
  /** Chooses templates by the pictures of a labelled folder. */
  readonly tune: {
    readonly given: {
      readonly pack: string;
      readonly folder: string;
      readonly candidates: readonly string[];
      readonly maxTemplates: number;
    };
    readonly result: TunedPrompts;
  };
  /** Reports on the machine. This loads packages, which the server must not do. */
  readonly machine: { readonly given: Record<string, never>; readonly result: MachineReport };
  /** Mask of the object that words name, by the guides. */
  readonly relevance: {
    readonly given: { readonly pack: string; readonly picture: Uint8Array; readonly words: string };
    /** Grey PNG of the picture's size, and the confidence in it. */
    readonly result: { readonly mask: Uint8Array; readonly certainty: number; readonly weak: boolean };
  };
}

/** To the engine's process. */
export type ServerMessage =
  | { readonly id: number; readonly kind: "run"; readonly task: RunTask }
  | { readonly id: number; readonly kind: "stop" }
  | {
      readonly id: number;
      readonly kind: "call";
      readonly name: keyof EngineCalls;
      readonly given: EngineCalls[keyof EngineCalls]["given"];
    };

/** From the engine's process. */
export type EngineMessage =
  | { readonly id: number; readonly kind: "event"; readonly event: EngineEvent }
  | { readonly id: number; readonly kind: "done"; readonly value: unknown }
  | { readonly id: number; readonly kind: "error"; readonly code: string; readonly message: string };
