import {
  copyFile,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ClipModels, type Encoder, createEncoder, loadClips } from "../../src/embedding/index.js";
import { acquireLock } from "../../src/files/index.js";
import { savePicture } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import {
  type IndexReport,
  createSearcher,
  encodeQuery,
  indexFile,
  readIndex,
  updateIndex,
  writeIndex,
} from "../../src/search/index.js";
import { readRows } from "../../src/search/vectorFile.js";
import { createRandom } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

let models: ClipModels;
let others: ClipModels;
let encoder: Encoder;
let folder = "";
let path = "";

const paint = (name: string, seed: string): Promise<void> => {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: 64 * 64 * 3 }, () => random.uniform());
  return savePicture(join(folder, name), { width: 64, height: 64, data }, { format: "png" });
};

beforeAll(async () => {
  const pack = await loadPack(await writeTinyPack());
  models = await loadClips(pack, "all");
  others = await loadClips(pack, "judge");
  encoder = createEncoder(models.clips, models.tokenizer);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-search-"));
  path = join(folder, indexFile);
  for (const name of ["a", "b", "c", "d"]) await paint(`${name}.png`, name);
});

async function update(options: { signal?: AbortSignal; models?: ClipModels } = {}): Promise<IndexReport> {
  const steps = updateIndex(folder, path, options.models ?? models, encoder, options);
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

const contents = async (): Promise<Map<string, string>> => {
  const index = (await readIndex(path))!;
  expect(index).toMatchObject({ damaged: false, torn: false });
  const { features } = index.header;
  const values = await readRows(index.vectors, features, index.rows);
  // One file of vectors, none left from before.
  expect((await readdir(folder)).filter((name) => name.endsWith(".f32"))).toEqual([basename(index.vectors)]);
  return new Map(
    index.entries.map(({ path: file }, at) => [
      file,
      [...values.subarray(at * features, (at + 1) * features)].map((x) => x.toFixed(4)).join(),
    ]),
  );
};

describe("index", () => {
  it("embeds what is new or changed, knows what moved, forgets what is gone", async () => {
    expect(await update()).toMatchObject({ files: 4, embedded: 4, unchanged: 0, repaired: false });
    const before = await contents();
    expect(await update()).toMatchObject({ files: 4, embedded: 0, unchanged: 4, removed: 0 });
    await paint("a.png", "changed");
    await rm(join(folder, "b.png"));
    await rename(join(folder, "c.png"), join(folder, "moved.png"));
    await utimes(join(folder, "d.png"), 1, 1);
    await paint("e.png", "new");
    expect(await update()).toMatchObject({ files: 4, embedded: 2, known: 2, unchanged: 0, removed: 4 });
    const after = await contents();
    expect([...after.keys()].sort()).toEqual(["a.png", "d.png", "e.png", "moved.png"]);
    expect(after.get("moved.png")).toBe(before.get("c.png"));
    expect(after.get("d.png")).toBe(before.get("d.png"));
    expect(after.get("a.png")).not.toBe(before.get("a.png"));
  });

  it("goes on where it was killed, at any byte", async () => {
    await update();
    const whole = await contents();
    for (const cut of [1, 40, 400]) {
      await truncate(path, (await stat(path)).size - cut);
      const read = (await readIndex(path))!;
      expect(read).toMatchObject({ torn: true, damaged: false, entries: [] });
      expect(await update()).toMatchObject({ files: 4, repaired: false });
      expect(await contents()).toEqual(whole);
    }
    await paint("e.png", "e");
    await update();
    await truncate(path, (await stat(path)).size - 1);
    expect(await update()).toMatchObject({ files: 5, unchanged: 4, embedded: 1, repaired: false });
    expect(new Map([...(await contents())].slice(0, 4))).toEqual(whole);
  });

  it("never trusts a damaged file: whatever byte is turned, the vectors end up the same", async () => {
    await update();
    await paint("e.png", "e"); // a second block
    await update();
    const whole = await contents();
    const random = createRandom("damage");
    for (let round = 0; round < 16; round++) {
      const { vectors } = (await readIndex(path))!;
      const hurt = round % 2 === 0 ? path : vectors;
      const bad = await readFile(hurt);
      if (round === 13) await rm(vectors);
      else if (round === 15) await truncate(vectors, bad.length - 1);
      else {
        bad[random.integer(bad.length)]! ^= 1 << random.integer(8);
        await writeFile(hurt, bad);
      }
      const report = await update().catch((error: Error) => error.message);
      // A turned byte in the header's list of CLIPs makes it another model's.
      if (typeof report === "string") {
        expect(report).toContain("delete the file");
        await rm(path);
        await update();
      } else expect(report.repaired).toBe(true);
      expect(new Map([...(await contents())].sort())).toEqual(whole);
    }
    await writeFile(path, "no index");
    expect(await update()).toMatchObject({ files: 5, embedded: 5, repaired: true });
  });

  it("refuses the vectors of other models and says what to do", async () => {
    await update();
    await expect(update({ models: others })).rejects.toThrow(
      "made with tiny guide-0 guide-1 judge, not with tiny judge; use those, or delete",
    );
    const changed = {
      ...models,
      clips: models.clips.map((clip) => ({ ...clip, hash: "0" })),
    };
    await expect(update({ models: changed })).rejects.toThrow("made with other weights of tiny");
  });

  it("lists and leaves out what is no picture, and stops when asked, keeping what it has", async () => {
    await writeFile(join(folder, "0.png"), "no picture");
    const report = await update();
    expect(report.skipped).toEqual([
      { path: join(folder, "0.png"), reason: expect.stringContaining("not a readable picture") as string },
    ]);
    expect(report.files).toBe(4);
    await paint("e.png", "e");
    expect(await update({ signal: AbortSignal.abort() })).toMatchObject({ files: 4, embedded: 0 });
    expect(await update()).toMatchObject({ files: 5, embedded: 1 });
  });
});

describe("an index in a folder of a stranger's", () => {
  it("is never written through a link", async () => {
    const victim = join(await mkdtemp(join(tmpdir(), "clipsteer-victim-")), "precious");
    await writeFile(victim, "precious");
    const names = [".clipsteer-index", ".clipsteer-index.part"];
    for (const name of names) await symlink(victim, join(folder, name));
    await update();
    expect(await readFile(victim, "utf8")).toBe("precious");
    const { vectors } = (await readIndex(path))!;
    // Links in place of the two files that an update adds to.
    for (const file of [path, vectors]) {
      await rename(file, victim);
      const before = await readFile(victim);
      await symlink(victim, file);
      await paint(`new${basename(file)}.png`, file);
      await expect(update()).rejects.toThrow(/cannot be written \(ELOOP\)/);
      expect((await readFile(victim)).equals(before)).toBe(true);
      await rm(file);
      await rename(victim, file);
    }
  });

  it("is updated by one process at a time", async () => {
    await update();
    const lock = await acquireLock(`${path}.lock`, { purpose: "index this folder" });
    const before = await readFile(path);
    await rm(join(folder, "a.png"));
    await expect(update()).rejects.toThrow("holds the lock to index this folder");
    expect(await readFile(path)).toEqual(before);
    await lock.release();
    // Each waits for the one before.
    const reports = await Promise.all([update(), update(), update()]);
    expect(reports.map(({ removed }) => removed).sort()).toEqual([0, 0, 1]);
    expect([...(await contents()).keys()].sort()).toEqual(["b.png", "c.png", "d.png"]);
    expect((await readdir(folder)).filter((name) => name.includes("lock"))).toEqual([]);
  });

  it("whose header or rows promise more than its vectors hold is damaged, and made anew", async () => {
    await update();
    const before = await contents();
    const text = await readFile(path, "utf8");
    const { header, entries, rows, vectors } = (await readIndex(path))!;
    await writeFile(path, text.replace(/"features":\d+/, '"features":65536'));
    expect(await readIndex(path)).toMatchObject({ damaged: true, entries: [] });
    // More files than vectors, under a checksum of one's own.
    await writeIndex(path, header, [...entries, ...entries], () => readRows(vectors, header.features, rows));
    expect(await readIndex(path)).toMatchObject({ damaged: true, entries: [] });
    // Fewer features, and vectors as long as they say.
    const short = { ...header, features: 1 };
    await writeIndex(path, short, entries, () => new Float32Array(entries.length));
    expect(await readIndex(path)).toMatchObject({ damaged: false });
    await update();
    expect(await contents()).toEqual(before);
  });

  it("names no file outside of its folder", async () => {
    await update();
    const { header, entries, rows, vectors } = (await readIndex(path))!;
    // Checksums of one's own: whoever makes an index makes those too.
    const writeAs = (name: string): Promise<string> =>
      writeIndex(
        path,
        header,
        entries.map((entry, at) => (at === 0 ? { ...entry, path: name } : entry)),
        () => readRows(vectors, header.features, rows),
      );
    await writeAs("b/a.png");
    expect(await readIndex(path)).toMatchObject({ damaged: false, entries: { length: entries.length } });
    for (const name of ["../victim.png", "/etc/passwd", "a/../../b.png", "a\0.png"]) {
      await writeAs(name);
      expect(await readIndex(path), name).toMatchObject({ damaged: true, entries: [] });
    }
  });
});

describe("search", () => {
  it("finds a picture by itself, adds and subtracts terms as vectors do", async () => {
    await copyFile(join(folder, "c.png"), join(folder, "copy.png"));
    await update();
    const index = (await readIndex(path))!;
    const row = index.rows[index.entries.findIndex((entry) => entry.path === "c.png")]!;
    const searcher = await createSearcher(index);
    const vector = await readRows(index.vectors, index.header.features, [row]);
    const found = await searcher.search({ positive: vector, negatives: [] }, 2);
    expect(found.map((hit) => hit.path).sort()).toEqual(["c.png", "copy.png"]);
    expect(found[0]!.score).toBeCloseTo(1, 4);
    const terms = (weight: number) => [
      { prompts: ["red heart", "an emoji of red heart"], weight: 1 },
      { prompts: ["hat"], weight },
    ];
    const [alone, other] = [
      await encodeQuery(encoder, terms(0)),
      await encodeQuery(encoder, terms(0).reverse()),
    ];
    expect(Math.hypot(...alone.positive)).toBeCloseTo(1, 5);
    alone.positive.forEach((value, at) => expect(other.positive[at]).toBeCloseTo(value, 5));
    const apart = await encodeQuery(encoder, terms(-1));
    const hat = await encodeQuery(
      encoder,
      [terms(0)[1]!].map((term) => ({ ...term, weight: 1 })),
    );
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    expect(dot(apart.positive, hat.positive)).toBeLessThan(dot(alone.positive, hat.positive));
    await expect(encodeQuery(encoder, [terms(1)[1]!, terms(-1)[1]!])).rejects.toThrow("cancel out");
    await searcher.dispose();
  });

  it("holds off what is unwanted, and what is merely unlike it gains nothing", async () => {
    const features = 4;
    const unit = (...values: number[]): number[] => {
      const length = Math.hypot(...values);
      return values.map((value) => value / length);
    };
    const rows = [
      unit(1, 0.9, 0, 0),
      unit(1, 0, 0.2, 0),
      unit(1, -1, 0, 0),
      ...(Array(7).fill(unit(0, 0, 0, 1)) as number[][]),
    ];
    const values = Float32Array.from(rows.flat());
    await writeIndex(
      path,
      { pack: "", clips: [{ name: "", hash: "" }], features },
      rows.map((_, at) => ({ path: `${at}`, size: 0, changed: 0, hash: "" })),
      (from, to) => values.subarray(from * features, to * features),
    );
    const index = (await readIndex(path))!;
    const query = (weight: number) => ({
      positive: Float32Array.of(1, 0.5, 0, 0),
      negatives: [{ vector: Float32Array.of(0, 1, 0, 0), weight }],
    });
    const searcher = await createSearcher(index, { negatives: 1 });
    const [free, held] = [await searcher.search(query(0), 3), await searcher.search(query(1), 3)];
    expect(free.map(({ path: name }) => name)).toEqual(["0", "1", "2"]);
    expect(held.map(({ path: name }) => name)).toEqual(["1", "0", "2"]);
    expect(held[2]!.score).toBeCloseTo(free[2]!.score, 6);
    await searcher.dispose();
  });
});
