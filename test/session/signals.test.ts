import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Pack,
  exportPack,
  exportRetrainedClips,
  hostFloats,
  judgeTrials,
  loadClips,
  loadPack,
  openRunStart,
  packClips,
  writePack,
} from "../../src/index.js";
import { packClip } from "../../src/embedding/index.js";
import { writeTinyPack } from "../tiny.js";

let folder: string;
let tiny: string;
let pack: Pack;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "clipsteer-signals-"));
  tiny = await writeTinyPack();
  pack = await loadPack(tiny);
});
afterAll(() => [folder, tiny].forEach((path) => rmSync(path, { recursive: true, force: true })));

const signal = AbortSignal.abort();
const card = { name: "x", description: "x", license: "MIT" };

describe("an aborted signal", () => {
  const out = (): string => join(folder, "out");
  const calls: Record<string, () => Promise<unknown>> = {
    exportPack: () => exportPack({ runs: folder, data: folder, out: out(), signal }),
    exportRetrainedClips: () =>
      exportRetrainedClips({ runs: folder, data: folder, pack: tiny, out: out(), signal }),
    packClip: () => packClip(folder, out(), card, { signal }),
    packClips: () => packClips(out(), card, [pack], { judge: pack, signal }),
    writePack: () => writePack(out(), pack.manifest, { weights: {}, texts: {} }, { signal }),
    openRunStart: () =>
      openRunStart("generate", { out: out(), generator: tiny, signal }, () => ({
        generator: tiny,
        engine: "compiled",
      })),
  };
  it.each(Object.keys(calls))("ends %s before it writes anything", async (name) => {
    await expect(calls[name]!()).rejects.toThrow("aborted");
    expect(existsSync(out())).toBe(false);
  });

  it("ends judgeTrials between two trials", async () => {
    const controller = new AbortController();
    let count = 0;
    const trials = async function* () {
      for (;;) {
        count++;
        if (count === 2) controller.abort();
        yield await Promise.resolve({
          pictures: [{ width: 8, height: 8, data: new Float32Array(8 * 8 * 3) }],
          texts: ["a red heart", "a blue car"],
        });
      }
    };
    const models = await loadClips(pack, pack.manifest.guides[0]!.name);
    const options = { engine: "compiled", signal: controller.signal } as const;
    await expect(judgeTrials(models, trials(), options)).rejects.toThrow("aborted");
    expect(count).toBe(2);
  });

  it("ends writePack between two files, and leaves a folder that is no pack", async () => {
    const controller = new AbortController();
    const tensors = { a: hostFloats(Float32Array.of(1), [1]) };
    const written: string[] = [];
    const weights = {
      "first.safetensors": () => {
        written.push("first");
        controller.abort();
        return Promise.resolve(tensors);
      },
      "second.safetensors": () => {
        written.push("second");
        return Promise.resolve(tensors);
      },
    };
    const files = { weights, texts: {} };
    await expect(writePack(out(), pack.manifest, files, { signal: controller.signal })).rejects.toThrow(
      "aborted",
    );
    expect(written).toEqual(["first"]);
    await expect(loadPack(out())).rejects.toThrow("unknown generator");
  });
});
