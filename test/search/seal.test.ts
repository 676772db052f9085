import { createHash, createHmac } from "node:crypto";
import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import type { NeighbourSource } from "../../src/search/peer.js";

/** What the native package was asked to parse. */
const viewed: string[] = [];
vi.mock("../../src/search/peer.js", async (original) => ({
  ...(await original<object>()),
  loadPeer: () =>
    Promise.resolve({
      Index: class {
        add = () => undefined;
        search = () => ({ keys: BigUint64Array.of(0n) });
        view = (path: string) => void viewed.push(path);
        async save(path: string): Promise<void> {
          await writeFile(path, "graph");
        }
      },
    }),
}));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-seal-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  vi.resetModules();
  viewed.length = 0;
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const open = async (): Promise<void> => {
  const { openUsearch } = await import("../../src/search/usearch.js");
  const source: NeighbourSource = {
    ...{ of: "index", features: 2, count: 1, path: join(folder, "i") },
    async *pieces() {
      yield [0, Float32Array.of(1, 0)] as const;
    },
  };
  (await openUsearch(source, {})).close();
};

it("a graph beside an index is parsed only when a process of this user wrote it", async () => {
  await open();
  expect(viewed).toEqual([]);
  await open();
  expect(viewed).toHaveLength(1);
  vi.resetModules(); // the next process of the user
  await open();
  expect(viewed).toHaveLength(2);
  expect((await stat(join(folder, "cache/clipsteer-search/seal.key"))).mode & 0o777).toBe(0o600);

  const stamp = join(folder, "i.usearch.json");
  for (const forged of [
    JSON.stringify({ of: "index", sha256: sha256("evil") }),
    JSON.stringify({ of: "index", seal: sha256(`index\n${sha256("evil")}`) }),
    JSON.stringify({
      of: "index",
      seal: createHmac("sha256", "")
        .update(`index\n${sha256("evil")}`)
        .digest("hex"),
    }),
    await readFile(stamp, "utf8"),
  ]) {
    await writeFile(join(folder, "i.usearch"), "evil");
    await writeFile(stamp, forged);
    await open();
    expect(viewed).toHaveLength(2);
    expect(await readFile(join(folder, "i.usearch"), "utf8")).toBe("graph");
  }
});
