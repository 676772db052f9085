import { EnvHttpProxyAgent, type Response, fetch } from "undici";
import { DownloadError } from "../errors.js";

/** How a request is made. */
export interface RequestOptions {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly redirect?: "follow" | "manual";
}

let agent: EnvHttpProxyAgent | undefined;

/**
 * Requests a page, through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
 * @throws {DownloadError} when no answer comes: no network, no such host, a refused connection.
 */
export async function request(url: string, options: RequestOptions = {}): Promise<Response> {
  agent ??= new EnvHttpProxyAgent();
  const { signal, ...rest } = options;
  try {
    return await fetch(url, { dispatcher: agent, ...rest, ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new DownloadError(`${hostOf(url)}: ${reasonOf(cause)}`, { cause });
  }
}

/** Host of an address, for messages. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** What went wrong below a failed request, in few words. */
export function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  const inner = cause as (Error & { code?: string }) | undefined;
  return inner?.code ?? inner?.message ?? message;
}

/** What a server says about a file before it is fetched. */
export interface Probe {
  readonly size?: number;
  readonly etag?: string;
}

/**
 * Asks for size and version of a file by its first byte (servers that sign addresses refuse HEAD).
 * @throws {DownloadError} when there is no such file, or no answer within half a minute.
 */
export async function probe(url: string, options: RequestOptions = {}): Promise<Probe> {
  const limit = AbortSignal.timeout(30_000);
  const response = await request(url, {
    ...options,
    headers: { ...options.headers, range: "bytes=0-0" },
    signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
  });
  await response.body?.cancel();
  if (!response.ok) throw new DownloadError(`${hostOf(url)}: answers ${response.status}`);
  const total =
    response.status === 206
      ? /^bytes 0-0\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1]
      : response.headers.get("content-length");
  const etag = response.headers.get("etag");
  return { ...(total && { size: Number(total) }), ...(etag && { etag }) };
}
