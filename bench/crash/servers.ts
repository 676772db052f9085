/** What a person does on the pages of `studio` and `rate`, as requests, for `commands.ts`. */
import { readFile } from "node:fs/promises";

/** Where a server answers. */
export interface Address {
  readonly url: string;
  readonly token: string;
}

/** Sends a request. @throws the server's message when it refuses. */
async function send<T>({ url, token }: Address, method: string, path: string, body?: unknown): Promise<T> {
  const isBytes = body instanceof Uint8Array;
  const request: RequestInit = {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && {
        "Content-Type": isBytes ? "application/octet-stream" : "application/json",
      }),
    },
    ...(body !== undefined && { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
  };
  // On a busy machine, a connection that was idle for seconds is closed while it is used again.
  const attempt = (): Promise<Response> => fetch(new URL(path, url), request);
  const response = await attempt()
    .catch((error: unknown) => {
      if (method !== "GET") throw error;
      return attempt();
    })
    .catch((error: unknown) => {
      const { message, cause } = error as Error;
      throw new Error(
        `${method} ${path}: ${message} (${(cause as NodeJS.ErrnoException | undefined)?.code})`,
      );
    });
  const answer = (await response.json().catch(() => ({}))) as T & { error?: { message: string } };
  if (!response.ok) throw new Error(answer.error?.message ?? `${method} ${path}: ${response.status}`);
  return answer;
}

/** Answers all open questions. */
export async function rateAll(address: Address): Promise<void> {
  for (;;) {
    const { question } = await send<{ question: { trial: number } | null }>(address, "GET", "/api/question");
    if (!question) return;
    await send(address, "POST", "/api/answers", { trial: question.trial, choice: 0, seconds: 1 });
  }
}

interface Run {
  readonly id: string;
  readonly status: string;
  readonly error?: string;
  readonly results: readonly { readonly folder: string }[];
}

/** Uploads a picture, makes two pictures and waits for them, stars one, exports it, puts it in the bin and brings it back. */
export async function useStudio(address: Address, picture: string): Promise<void> {
  const call = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    send<T>(address, method, path, body);
  await call("POST", "/api/uploads?name=a.png", await readFile(picture));
  const text = ["a red heart"];
  const requests = [1, 2].map((seed) => ({ request: { text, seed, steps: 0, candidates: 4 } }));
  const known = await call<{ runs: Run[] }>("GET", "/api/runs");
  if (known.runs.length < 2) await call("POST", "/api/runs", { kind: "generate", requests });
  for (const { id, status } of known.runs)
    if (status === "failed") await call("POST", `/api/runs/${id}/again`, {});
  for (;;) {
    const { runs } = await call<{ runs: Run[] }>("GET", "/api/runs");
    const failed = runs.find(({ status }) => status === "failed");
    if (failed) throw new Error(failed.error ?? "a run failed");
    if (runs.every(({ status }) => status === "done")) {
      const id = runs.flatMap(({ results }) => results)[0]?.folder;
      if (id === undefined) throw new Error("a run that is done has no result");
      await call("PUT", `/api/gallery/${id}/star`, { starred: true });
      await call("POST", `/api/gallery/${id}/upload`, {});
      await call("DELETE", `/api/gallery/${id}`);
      await call("POST", `/api/gallery/${id}/restore`, {});
      return;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}
