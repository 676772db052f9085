import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePicture, loadPicture, loadPictureFrom } from "../../src/images/index.js";
import { readRecord } from "../../src/runs/index.js";
import { type Session, openSession } from "../../src/session/index.js";
import { run as command } from "../cli/inProcess.js";
import { writeTinyPack } from "../tiny.js";

const small = { steps: 2, views: 2, candidates: 3, seed: 7 } as const;
let session: Session;
let pack = "";
let folder = "";
beforeAll(async () => {
  pack = await writeTinyPack();
  session = await openSession(pack);
  folder = await mkdtemp(join(tmpdir(), "clipsteer-session-"));
});
afterAll(() => session.dispose());

describe("a session", () => {
  it("makes the bytes of the command line, saves them, and makes them again from the record", async () => {
    const { picture, report } = await session.generate(["a red heart", "a hat::0.5"], small);
    const options = Object.entries(small).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const printed = await command(
      ...["generate", "a red heart", "a hat::0.5", "--generator", pack, ...options, "--out", folder],
    );
    const written = await readFile((printed.images as string[])[0]!);
    expect(picture.bytes).toEqual(written);
    expect(printed.judgeScore).toBe(report.judgeScore);
    const path = join(folder, "saved.png");
    await picture.save(path);
    expect(await readFile(path)).toEqual(written);
    const record = await readRecord(written, "saved.png");
    const again = await session.replay(record);
    expect(again.picture.bytes).toEqual(written);
    await picture.save(join(folder, "saved.webp"));
    expect(await readRecord(await readFile(join(folder, "saved.webp")), "w")).toMatchObject({
      settings: { format: "webp" },
    });
    await expect(picture.save(join(folder, "saved.bmp"))).rejects.toThrow("give one of these");
  });

  it("makes AVIF, which is not read from other sources, and saves it in other formats", async () => {
    const { picture } = await session.generate("a red heart", { ...small, format: "avif" });
    const path = join(folder, "from-avif.png");
    await picture.save(path);
    const { picture: same } = await session.generate("a red heart", small);
    expect((await loadPicture(path)).picture.data).toEqual(
      (await loadPictureFrom(same.bytes, "same")).picture.data,
    );
  });

  it("tells progress in a loop, and gives the result after it", async () => {
    const run = session.generate("a red heart", small);
    const types: string[] = [];
    for await (const { type } of run) types.push(type);
    expect(types.filter((type) => type !== "finding" && type !== "drafting")).toEqual([
      "planned",
      "draft",
      "step",
      "step",
      "finished",
    ]);
    const { picture, stopped } = await run;
    expect([picture.width, picture.data.length, stopped]).toEqual([64, 64 * 64 * 3, false]);
  });

  it("stops by a signal with the best picture so far, and when its loop is left", async () => {
    const controller = new AbortController();
    const run = session.generate("a red heart", { ...small, steps: 500, signal: controller.signal });
    for await (const event of run) if (event.type === "step") controller.abort();
    expect((await run).stopped).toBe(true);
    const left = session.generate("a red heart", { ...small, steps: 500 });
    for await (const event of left) if (event.type === "step") break;
    await expect(left).rejects.toThrow("left before its end");
    expect((await session.generate("a red heart", small)).stopped).toBe(false); // the queue goes on
  });

  it("edits pixels inside a mask that is pixels", async () => {
    const side = 24;
    const data = new Float32Array(side * side * 3).fill(0.4);
    const mask = { width: side, height: side, data: new Float32Array(side * side * 3).fill(1) };
    const { picture, reports } = await session.edit({ width: side, height: side, data }, "a blue car", {
      from: "a red heart",
      mask,
      steps: 1,
      views: 2,
    });
    expect(reports).toHaveLength(1);
    expect([picture.width, picture.height]).toEqual([side, side]);
  });

  it("embeds to unit vectors and classifies, from bytes and from paths", async () => {
    const data = new Float32Array(32 * 32 * 3).fill(0.5);
    const bytes = await encodePicture({ width: 32, height: 32, data }, { format: "png" });
    const embedded = await session.embed({ texts: ["a hat"], pictures: [bytes] });
    expect(embedded.length).toBeGreaterThan(1);
    for (const { texts, pictures } of embedded)
      for (const vector of [...texts, ...pictures]) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    const labels = await session.classify(bytes, ["hat", "car", "cat face"]);
    expect(labels.map(({ label }) => label).sort()).toEqual(["car", "cat face", "hat"]);
    expect(labels.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    await expect(session.classify("nowhere.png", ["a", "b"])).rejects.toThrow("nowhere.png");
  });

  it("is not opened once its signal is aborted", async () => {
    const signal = AbortSignal.abort();
    await expect(openSession({ generator: pack, signal })).rejects.toThrow("aborted");
    const later = new AbortController();
    const opening = openSession({ generator: pack, signal: later.signal });
    later.abort();
    await expect(opening).rejects.toThrow("aborted");
  });

  it("is not opened with an option that it does not have", async () => {
    const options = { pack: "stickers" } as object;
    await expect(openSession(options)).rejects.toThrow(/^openSession: no option "pack"; there are generator/);
  });

  it("is released at the end of an await-using block", async () => {
    let released: Session;
    {
      await using scoped = await openSession({ generator: pack, threads: 1 });
      released = scoped;
      expect((await scoped.generate("a hat", small)).picture.width).toBeGreaterThan(0);
    }
    await expect(released.generate("a hat", small)).rejects.toThrow("disposed");
  });

  it("refuses to go on after it was disposed of", async () => {
    const other = await openSession({ generator: pack, threads: 1 });
    await other.dispose();
    await expect(other.generate("a hat", small)).rejects.toThrow("disposed");
  });
});
