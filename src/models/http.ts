import { ProxyAgent, type Response, fetch } from "undici";
import { DownloadError } from "../errors.js";
import type { Environment } from "./places.js";

/** How a request is made. */
export interface RequestOptions {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly redirect?: "follow" | "manual";
}

const agents = new Map<string, ProxyAgent>();

/**
 * Proxy that the environment names for an address: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY lists the host (or its domain, or
 * `*`; with a port, only that one). Lower-case names count too, and before.
 */
export function proxyFor(url: string, env: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const get = (name: string): string => env[name.toLowerCase()] || env[name] || "";
  const proxy = get(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  const own = port || (protocol === "https:" ? "443" : "80");
  const direct = get("NO_PROXY")
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, host = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      const domain = host.replace(/^\*?\./, "");
      return (
        host === "*" || ((hostname === domain || hostname.endsWith(`.${domain}`)) && (only ?? own) === own)
      );
    });
  return direct || proxy === "" ? undefined : proxy;
}

/**
 * Requests a page, through the proxy of the environment if there is one.
 * @throws {DownloadError} when no answer comes: no network, no such host, a refused connection.
 */
export async function request(url: string, options: RequestOptions = {}): Promise<Response> {
  const { signal, ...rest } = options;
  const proxy = proxyFor(url, process.env);
  let agent = proxy === undefined ? undefined : agents.get(proxy);
  if (proxy !== undefined && !agent) agents.set(proxy, (agent = new ProxyAgent(proxy)));
  try {
    return await fetch(url, { ...rest, ...(agent && { dispatcher: agent }), ...(signal && { signal }) });
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
