import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import type { Engine } from "../../src/studio/engine.js";
import type { EngineEvent, RunTask } from "../../src/studio/messages.js";
import { type Studio, openStudio } from "../../src/studio/index.js";

/** An engine whose runs the test plays by hand. */
export interface FakeEngine extends Engine {
  readonly started: {
    task: RunTask;
    signal: AbortSignal;
    emit(event: EngineEvent): void;
    end(stopped?: boolean): void;
    fail(error: Error): void;
  }[];
  /** How often the process was started before it was needed. */
  readonly starts: number;
}

export function fakeEngine(): FakeEngine {
  const started: FakeEngine["started"] = [];
  let starts = 0;
  return {
    started,
    loaded: false,
    start: () => void starts++,
    get starts() {
      return starts;
    },
    run: (task, emit, signal) =>
      new Promise((resolve, reject) =>
        started.push({ task, signal, emit, end: (stopped = false) => resolve({ stopped }), fail: reject }),
      ),
    call: () => Promise.reject(new Error("the fake engine has no models")),
    close: () => Promise.resolve(),
  };
}

/** A studio in a folder of its own, and calls to it without a port. */
export async function testStudio(
  options: { out?: string; pictures?: string[]; host?: string; password?: string } = {},
) {
  const out = options.out ?? (await mkdtemp(join(tmpdir(), "clipsteer-studio-")));
  const engine = fakeEngine();
  const errors: unknown[] = [];
  const studio: Studio = await openStudio({
    ...options,
    out,
    engine,
    onError: (error) => errors.push(error),
  });
  const request = (
    path: string,
    init: RequestInit = {},
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    Promise.resolve(
      studio.app.request(path, {
        ...init,
        headers: { Host: "127.0.0.1:4477", Authorization: `Bearer ${studio.token}`, ...headers },
      }),
    );
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await request(
      path,
      { method, ...(body !== undefined && { body: JSON.stringify(body) }) },
      body === undefined ? {} : { "Content-Type": "application/json" },
    );

    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown> & { error?: { message: string } },
    };
  };
  const close = async (): Promise<void> => {
    await studio.close();
    if (options.out === undefined) await rm(out, { recursive: true, force: true });
  };
  return { out, engine, errors, studio, request, send, close };
}

/** A small picture as a PNG. */
export function pngOf(side = 8, colour = "#cc3344"): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: colour } })
    .png()
    .toBuffer();
}
