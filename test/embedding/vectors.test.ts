import { mkdtemp, open, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createVectorWriter } from "../../src/embedding/index.js";
import { readSafetensors } from "../../src/packs/index.js";

const rows = [Float32Array.of(1, -0.5, 0.25), Float32Array.of(0, 3, 1e-3)];

describe("files of vectors", () => {
  const write = async (format: "npy" | "safetensors" | "jsonl") => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-vectors-"));
    const path = join(folder, `x.${format}`);
    const writer = await createVectorWriter(path, { format, features: 3 });
    for (const [at, row] of rows.entries()) await writer.write({ path: `${at}.png` }, row);
    expect((await readdir(folder)).every((name) => name.endsWith(".part"))).toBe(true);
    return { folder, path, writer };
  };

  it("are NumPy's: magic, a header of 16-byte steps, then the rows", async () => {
    const { path, writer } = await write("npy");
    expect(await writer.finish()).toEqual({ rows: 2, files: [path, `${path}.jsonl`] });
    const bytes = await readFile(path);
    expect(bytes.toString("latin1", 0, 8)).toBe("\x93NUMPY\x01\x00");
    const length = 10 + bytes.readUInt16LE(8);
    expect(length % 16).toBe(0);
    expect(bytes.toString("latin1", 10, length)).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/,
    );
    expect(new Float32Array(new Uint8Array(bytes.subarray(length)).buffer)).toEqual(
      Float32Array.of(...rows[0]!, ...rows[1]!),
    );
    expect(await readFile(`${path}.jsonl`, "utf8")).toBe('{"path":"0.png"}\n{"path":"1.png"}\n');
  });

  it("are safetensors that our reader reads", async () => {
    const { path, writer } = await write("safetensors");
    await writer.finish();
    const { vectors } = (await readSafetensors(path)).tensors;
    expect(vectors!.shape).toEqual([2, 3]);
    expect([...vectors!.data]).toEqual([...rows[0]!, ...rows[1]!]);
  });

  it("are lines of JSON", async () => {
    const { path, writer } = await write("jsonl");
    await writer.finish();
    const lines = (await readFile(path, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual(rows.map((row, at) => ({ path: `${at}.png`, vector: [...row] })));
  });

  it("leave nothing behind when abandoned, and say where they cannot be written", async () => {
    const { folder, writer } = await write("npy");
    await writer.abandon();
    expect(await readdir(folder)).toEqual([]);
    const nowhere = createVectorWriter(join(folder, "no", "x.npy"), { format: "npy", features: 3 });
    await expect(nowhere).rejects.toThrow("cannot be written (ENOENT); choose another place");
  });

  it.each(["npy", "safetensors", "jsonl"] as const)(
    "of the format %s leave nothing on a full disk, with one line",
    async (format) => {
      const folder = await mkdtemp(join(tmpdir(), "clipsteer-vectors-"));
      const writer = await createVectorWriter(join(folder, `x.${format}`), { format, features: 3 });
      const probe = await open(tmpdir());
      const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
      vi.spyOn(Object.getPrototypeOf(probe) as typeof probe, "writeFile").mockRejectedValueOnce(full);
      await expect(writer.write({ path: "a.png" }, rows[0]!)).rejects.toThrow(
        `x.${format}: cannot be written (ENOSPC); the disk is full; free some space`,
      );
      await probe.close();
      vi.restoreAllMocks();
      expect(await readdir(folder)).toEqual([]);
    },
  );
});
