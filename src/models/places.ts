import { homedir } from "node:os";
import { join } from "node:path";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where models and what is known of them lie. */
export interface Places {
  /** One record a model, and the files that come from no hub. */
  readonly home: string;
  /** Cache of the Hugging Face tools. */
  readonly hubCache: string;
  /** Address of the hub. */
  readonly hubEndpoint: string;
  /** File with the user's hub token. */
  readonly tokenFile: string;
  readonly token: string | undefined;
  readonly offline: boolean;
}

/**
 * Reads the places from the environment: CLIPSTEER_HOME (else XDG_CACHE_HOME/clipsteer, else ~/.cache/clipsteer), and, as the
 * Hugging Face tools do, HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, HF_TOKEN_PATH and HF_HUB_OFFLINE.
 */
export function placesOf(env: Environment): Places {
  const cache = env.XDG_CACHE_HOME || join(homedir(), ".cache");
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
