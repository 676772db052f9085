import { createRequire } from "node:module";
import type * as library from "undici";
import { ConfigError, DownloadError } from "../errors.js";
import type { Environment } from "./places.js";

/** Loads undici for the first request: it starts a WebAssembly module, which needs 10 GB of address space, and most commands need no network. */
const loadUndici = (): typeof library => createRequire(import.meta.url)("undici") as typeof library;

/** How a request is made. */
export interface RequestOptions {
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Whether redirects are followed. Default: `follow`. */
  readonly redirect?: "follow" | "manual";
}

const agents = new Map<string, library.ProxyAgent>();
const maxRedirects = 10;

/**
 * Finds the proxy that the environment names for an address: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY lists the host (or its
 * domain, or `*`; with a port, only that one). Lower-case names take precedence. An address without a scheme is one of an HTTP
 * proxy.
 * @throws {ConfigError} for a proxy that is not reached by HTTP.
 */
export function findProxy(url: string, env: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(url);
  const get = (name: string): string => env[name.toLowerCase()] || env[name] || "";
  const variable = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = get(variable).trim();
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
  return direct || proxy === "" ? undefined : parseProxyAddress(proxy, variable);
}

/** Parses a proxy's address. Errors do not show it, since it may hold a password. */
function parseProxyAddress(proxy: string, variable: string): string {
  const address = proxy.includes("://") ? proxy : `http://${proxy}`;
  const scheme = /^([a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase();
  if (scheme !== "http" && scheme !== "https")
    throw new ConfigError(`${variable}: names a ${scheme} proxy; only http:// and https:// are supported`);
  if (!URL.canParse(address))
    throw new ConfigError(`${variable}: is not the address of a proxy; expected http://host:port`);
  return address;
}

/**
 * Requests a page, through the proxy of the environment if there is one. The authorization header goes to the first origin alone,
 * and never over an unencrypted connection to another machine; a redirect from https to http is refused.
 * @throws {DownloadError} when no answer comes: no network, no such host, a refused connection, endless redirects.
 */
export async function request(url: string, options: RequestOptions = {}): Promise<library.Response> {
  const { redirect = "follow", headers = {}, ...rest } = options;
  let address = url;
  let sent = headers;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (!isConfidential(address)) sent = removeAuthorization(sent);
    const response = await requestOnce(address, { ...rest, headers: sent });
    const next = redirect === "manual" ? undefined : resolveRedirect(address, response);
    if (next === undefined) return response;
    await response.body?.cancel();
    if (!isSameOrigin(address, next)) sent = removeAuthorization(sent);
    address = next;
  }
  throw new DownloadError(`${hostOf(address)}: too many redirects`);
}

async function requestOnce(url: string, { signal, ...rest }: RequestOptions): Promise<library.Response> {
  const proxy = findProxy(url, process.env);
  const { ProxyAgent, fetch } = loadUndici();
  let agent = proxy === undefined ? undefined : agents.get(proxy);
  if (proxy !== undefined && !agent) agents.set(proxy, (agent = new ProxyAgent(proxy)));
  try {
    return await fetch(url, {
      ...rest,
      redirect: "manual",
      dispatcher: agent,
      signal,
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new DownloadError(`${hostOf(url)}: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Resolves the address that an answer redirects to; undefined when it does not.
 * @throws {DownloadError} for one that is no web address, or leads from https to http.
 */
export function resolveRedirect(url: string, { status, headers }: library.Response): string | undefined {
  const location = headers.get("location");
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (!URL.canParse(location, url))
    throw new DownloadError(`${hostOf(url)}: redirects to an invalid address`);
  const { protocol, href } = new URL(location, url);
  const isAllowed = protocol === "https:" || (protocol === "http:" && new URL(url).protocol === "http:");
  if (!isAllowed)
    throw new DownloadError(`${hostOf(url)}: redirects to an unencrypted address (${protocol}); refused`);
  return href;
}

/** Tells whether two addresses have the same scheme, host and port. */
export function isSameOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}

/** Tells whether a request cannot be read on its way: encrypted, or to this machine. */
function isConfidential(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function removeAuthorization(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^authorization$/i.test(name)));
}

/** Returns the host of an address, for messages. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Returns the short cause of a failed request; never a header's value. */
export function reasonOf(error: unknown): string {
  for (let each = error as Error | undefined; each; each = each.cause as Error | undefined) {
    const status = /Proxy response \((\d+)\)/.exec(each.message)?.[1];
    if (status)
      return `the proxy answers ${status}${status === "407" ? " (it wants user and password in its address)" : ""}`;
    if (/header/i.test(each.message)) return "a header has characters that cannot be sent";
  }
  const { cause, message } = error as Error;
  const inner = cause as (Error & { code?: string }) | undefined;
  return inner?.code ?? inner?.message ?? message;
}

/** A server's description of a file before it is fetched. */
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
  return { size: total ? Number(total) : undefined, etag: etag || undefined };
}
