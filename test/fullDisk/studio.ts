/**
 * A studio on a disk that becomes full and has room again later: run with LD_PRELOAD of `full.c`. Arguments: a folder and the
 * script of the engine's process. Prints a line of JSON (`StudioOutcome`).
 */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { createEngine } from "../../src/studio/engine.js";
import { openStudio } from "../../src/studio/index.js";

interface Run {
  readonly id: string;
  readonly status: string;
  readonly error?: string;
  readonly results: readonly { readonly folder: string }[];
}

/** What the studio did. */
export interface StudioOutcome {
  /** Hash of a finished picture before, while and after the disk was full. */
  readonly first: readonly string[];
  /** The run that found the disk full, then the same run after it was resumed. */
  readonly second: readonly Run[];
  readonly upload: { readonly status: number; readonly message: string };
  /** Status of every run after a restart. */
  readonly restarted: readonly string[];
}

const [place, program] = process.argv.slice(2) as [string, string];
const out = join(place, "out");
const setFull = (full: boolean): void =>
  void Object.assign(process.env, { CRASH_PLACE: `${out}/`, CRASH_FULL_AT: full ? "1" : "0" });
setFull(false);
const open = async () => {
  const studio = await openStudio({ out, engine: createEngine({ program }), onError: () => undefined });
  const { url } = await studio.listen(0);
  const send = (method: string, path: string, body?: string | Uint8Array): Promise<Response> =>
    fetch(`${url}api${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${studio.token}`,
        "Content-Type": typeof body === "string" ? "application/json" : "application/octet-stream",
      },
      ...(body !== undefined && { body: body as RequestInit["body"] }),
    });
  const list = async (): Promise<Run[]> =>
    ((await (await send("GET", "/runs")).json()) as { runs: Run[] }).runs;
  const ended = async (): Promise<Run> => {
    for (;;) {
      const last = (await list()).at(-1)!;
      if (last.status !== "waiting" && last.status !== "running") return last;
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const add = async (seed: number): Promise<Run> => {
    // The smaller of the bundled packs: what is painted does not matter here.
    const request = { text: ["a red heart"], generator: "emoji", seed, steps: 0, candidates: 8 };
    await send("POST", "/runs", JSON.stringify({ kind: "generate", requests: [{ request }] }));
    return ended();
  };
  return { studio, send, list, ended, add };
};

const { studio, send, ended, add } = await open();
const path = join(out, "00001-finished", "image.png");
await mkdir(join(path, ".."));
await sharp({ create: { width: 8, height: 8, channels: 3, background: "#cc3344" } }).toFile(path);
const hash = async (): Promise<string> =>
  createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
const first = [await hash()];
setFull(true);
const failed = await add(2);
const response = await send("POST", "/uploads?name=a.png", await readFile(path));
const { error } = (await response.json()) as { error?: { message: string } };
first.push(await hash());
setFull(false);
await send("POST", "/unload", "{}"); // that process has the environment that it was started with
await send("POST", `/runs/${failed.id}/again`, "{}");
const again = await ended();
first.push(await hash());
await studio.close();
const reopened = await open();
const restarted = (await reopened.list()).map(({ status }) => status);
await reopened.studio.close();
const outcome: StudioOutcome = {
  first,
  second: [failed, again],
  upload: { status: response.status, message: error?.message ?? "" },
  restarted,
};
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
