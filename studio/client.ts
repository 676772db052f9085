/** Calls the server's API with the token from the page's address. */

/** An error response. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(message);
  }
}

const tokenKey = "clipsteer-token";

/** The token of the address (`#token=…`), which is then hidden; a reload finds it in the tab's own store. */
function readToken(): string {
  const match = /[#&]token=([\w-]+)/.exec(location.hash);
  if (match) {
    sessionStorage.setItem(tokenKey, match[1]!);
    history.replaceState(null, "", location.pathname + "#/generate");
  }
  return sessionStorage.getItem(tokenKey) ?? "";
}

let token = readToken();

/** Whether this tab has a token. */
export const hasToken = (): boolean => token !== "";

/** Sets the token that the server returned for a password. */
export function setToken(value: string): void {
  token = value;
  sessionStorage.setItem(tokenKey, value);
}

async function readError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => undefined)) as
    { error?: { message?: string; code?: string } } | undefined;
  const { message = `the server answered ${response.status}`, code = "internal" } = body?.error ?? {};
  return new ApiError(message, response.status, code);
}

/** Calls a route. @throws {ApiError} */
export async function call<T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const raw = body instanceof Blob;
  const response = await fetch(`/api${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { "Content-Type": raw ? "application/octet-stream" : "application/json" }),
    },
    body: body === undefined || raw ? body : JSON.stringify(body),
    signal,
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw new ApiError("the studio does not answer; is it still running?", 0, "offline");
  });
  if (!response.ok) throw await readError(response);
  return (await response.json()) as T;
}

/** Bytes of a route's answer. @throws {ApiError} */
export async function download(path: string): Promise<Blob> {
  const response = await fetch(`/api${path}`, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw await readError(response);
  return response.blob();
}

/** An event from the server. */
export interface ServerEvent {
  readonly type: string;
  readonly data: unknown;
}

interface Reader {
  onEvent(event: ServerEvent): void;
  onState(connected: boolean): void;
}

/** Parses one server-sent event. Source: WHATWG HTML, §9.2.6. */
function parseEvent(block: string): { id?: string; type: string; data: string } {
  const fields = { type: "message", data: "" } as { id?: string; type: string; data: string };
  for (const line of block.split("\n")) {
    const [name, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trimStart()];
    if (name === "id") fields.id = value;
    if (name === "event") fields.type = value;
    if (name === "data") fields.data += value;
  }
  return fields;
}

/** Listens to the server for as long as the page is open; reconnects, and catches up on what it missed. */
export async function listen({ onEvent, onState }: Reader): Promise<never> {
  let last = "";
  for (let delay = 500; ; delay = Math.min(delay * 2, 5000)) {
    try {
      // `EventSource` cannot send the token as a header.
      const response = await fetch("/api/events", {
        headers: { Authorization: `Bearer ${token}`, ...(last !== "" && { "Last-Event-ID": last }) },
      });
      if (response.status === 401) onEvent({ type: "refused", data: undefined });
      if (!response.ok || !response.body) throw await readError(response);
      onState(true);
      delay = 500;
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let text = "";
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        text += decoder.decode(next.value, { stream: true });
        const blocks = text.split("\n\n");
        text = blocks.pop()!;
        for (const block of blocks) {
          const { id, type, data } = parseEvent(block);
          if (id !== undefined) last = id;
          if (data !== "") onEvent({ type, data: JSON.parse(data) });
        }
      }
    } catch {
      // The connection is retried below.
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
}
