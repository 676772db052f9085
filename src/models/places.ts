import { join, sep } from "node:path";
import { type Environment, findUserCacheFolder } from "../files/index.js";

export type { Environment } from "../files/index.js";

/** Where models and their records are stored. */
export interface Places {
  /** One record a model, and the files that do not come from the hub. */
  readonly home: string;
  /** Cache of the Hugging Face tools. */
  readonly hubCache: string;
  /** Address of the hub. */
  readonly hubEndpoint: string;
  /** File with the user's hub token. */
  readonly tokenFile: string;
  /** The hub token in `HF_TOKEN`; `tokenFile` is read when it is undefined. */
  readonly token: string | undefined;
  /** Whether `HF_HUB_OFFLINE` forbids downloads. */
  readonly offline: boolean;
}

/** Stands in for the cache folder of a user without a home folder; nothing can be written there. */
const nowhere = join(sep, "nonexistent", ".cache");

/**
 * Reads the model folders and the hub's settings from the environment: CLIPSTEER_HOME, by default `clipsteer` in the user's cache folder
 * (`findUserCacheFolder`), and the variables of the Hugging Face tools: HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH and
 * HF_HUB_OFFLINE.
 * @param env environment variables, such as `process.env`; empty ones count as absent.
 * @returns paths and settings; no folder is created.
 */
export function readPlaces(env: Environment): Places {
  const cache = findUserCacheFolder(env) ?? nowhere;
  const hubHome = env.HF_HOME || join(cache, "huggingface");
  return {
    home: env.CLIPSTEER_HOME || join(cache, "clipsteer"),
    hubCache: env.HF_HUB_CACHE || join(hubHome, "hub"),
    hubEndpoint: (env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, ""),
    tokenFile: env.HF_TOKEN_PATH || join(hubHome, "token"),
    token: env.HF_TOKEN?.trim() || undefined,
    offline: /^(1|true|yes|on)$/i.test(env.HF_HUB_OFFLINE ?? ""),
  };
}
