import { timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { Context, MiddlewareHandler } from "hono";

/** Access rules: the token, and the address that the server is bound to. */
export interface AccessRules {
  /** Secret that every API call carries as `Authorization: Bearer <token>`. */
  readonly token: string;
  /** Address the server is bound to. */
  readonly bind: string;
}

/** Response headers of every answer. The policy allows the server's own files only: no inline scripts, no other host. */
const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), payment=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** Whether an address can be reached from this machine only. */
export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** Compares secrets without revealing by its duration where they differ. */
export function equalSecrets(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The name in a `Host` header, without port and brackets; undefined when it is malformed. */
function nameOf(host: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(host ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/**
 * Whether the server accepts a `Host` header. A page of another site can point its own name at this machine (DNS
 * rebinding); such a request names that site here.
 */
export function hostAllowed(host: string | undefined, bind: string): boolean {
  const name = nameOf(host);
  if (name === undefined) return false;
  if (isLoopback(bind)) return isLoopback(name);
  // Bound to the network: addresses cannot be rebound, other names can.
  return (
    isIP(name) !== 0 || isLoopback(name) || name === bind.toLowerCase() || name === hostname().toLowerCase()
  );
}

/** Whether a request comes from the server's own page, or from no page at all. */
export function originAllowed(headersOf: (name: string) => string | undefined): boolean {
  const origin = headersOf("origin");
  if (origin !== undefined && origin !== `http://${headersOf("host") ?? ""}`) return false;
  const site = headersOf("sec-fetch-site");
  return site === undefined || site === "same-origin" || site === "none";
}

const refuse = (context: Context, status: 401 | 403, message: string): Response =>
  context.json({ error: { code: status === 401 ? "token" : "origin", message } }, status);

/**
 * Checks `Host` and `Origin` of every request, and sets the security headers of every answer. It answers status 403 to a host
 * name that does not belong to the server, and to requests from other sites, except for the page itself.
 * @param rules `bind`: the address that the server listens on.
 * @returns middleware for all routes.
 */
export function guardRequests({ bind }: AccessRules): MiddlewareHandler {
  return async (context, next) => {
    const header = (name: string): string | undefined => context.req.header(name);
    if (!hostAllowed(header("host"), bind))
      context.res = refuse(context, 403, "this server does not answer under this host name");
    else if (context.req.path !== "/" && !originAllowed(header))
      context.res = refuse(context, 403, "requests from other sites are refused");
    else await next();
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  };
}

/**
 * Requires the token of an API call, as `Authorization: Bearer …`; without the right one the answer is status 401.
 * @param rules `token`: the server's token, compared in constant time.
 * @returns middleware for the routes that need it.
 */
export function requireToken({ token }: AccessRules): MiddlewareHandler {
  return async (context, next) => {
    const given = /^Bearer ([\w-]+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    if (given === undefined || !equalSecrets(given, token))
      return refuse(context, 401, "a valid token is needed; open the address that was printed at the start");
    return next();
  };
}

/** Limits attempts to enter the password: `tries` within `seconds`, over all clients. */
export function limitTries(
  tries: number,
  seconds: number,
  now: () => number = () => performance.now() / 1000,
) {
  let times: number[] = [];
  return (): boolean => {
    const at = now();
    times = times.filter((time) => at - time < seconds);
    if (times.length >= tries) return false;
    times.push(at);
    return true;
  };
}
