import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadClips } from "../../src/embedding/index.js";
import { loadModels } from "../../src/guidance/index.js";
import { savePicture } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import { createRandom } from "../../src/tensor/index.js";
import {
  exportClipPack,
  prepareFolderClipTraining,
  measureRetrieval,
  weightsOfState,
} from "../../src/training/index.js";

const settings = {
  batch: 4,
  steps: 2,
  rate: 1e-3,
  weightDecay: 0.1,
  warmUp: 1,
  seed: 1,
  augment: { zoom: 0.5, closest: 0.5, flip: 0.5, colour: 0.1, noise: 0.1 },
};
const shape = {
  image: { size: 32, stem: 4, patch: 4, widths: [4, 4], layers: 0, heads: 1, features: 16 },
  text: { width: 8, layers: 1, heads: 2 },
};

describe("training on a folder", () => {
  it("holds pictures out, skips what it cannot use, steps, and ends in a pack of a CLIP alone", async () => {
    const images = await mkdtemp(join(tmpdir(), "clipsteer-own-"));
    const random = createRandom("own");
    for (let at = 0; at < 12; at++) {
      const data = Float32Array.from({ length: 64 * 64 * 3 }, () => random.uniform());
      await savePicture(
        join(images, `red-thing-${"abcdefghijkl"[at]}.png`),
        { width: 64, height: 64, data },
        { format: "png" },
      );
    }
    await writeFile(join(images, "broken.png"), "no picture");
    const out = join(images, "run");
    const options = { images, shape, loss: "sigmoid", validate: 0.4, out, resume: false } as const;
    const session = await prepareFolderClipTraining(settings, options);
    expect(session.skipped.map(({ path }) => path)).toEqual([join(images, "broken.png")]);
    const held = session.heldOut.positions.length;
    expect(held).toBeGreaterThan(0);
    expect(session.trained.positions.length + held).toBe(12);
    expect(session.config.model.text.contextLength).toBeLessThan(77);
    const { state, losses } = await session.trainer.step(session.start.state, 0);
    expect(Number.isFinite(losses.loss)).toBe(true);
    await session.trainer.dispose();

    const weights = weightsOfState(state);
    const { model } = session.config;
    const found = await measureRetrieval(session.heldOut, session.tokenizer, { config: model, weights });
    expect(found.textToImage1).toBeLessThanOrEqual(found.textToImage5);
    const folder = join(out, "pack");
    await exportClipPack(folder, { name: "own", json: session.json, model, weights });
    const pack = await loadPack(folder);
    expect((await loadClips(pack, "all")).clips.map(({ name }) => name)).toEqual(["clip"]);
    await expect(loadModels(pack)).rejects.toThrow("pack own: holds CLIPs and no generator");
    await expect(prepareFolderClipTraining({ ...settings, batch: 13 }, options)).rejects.toThrow(
      "a batch takes 13",
    );
  });
});
