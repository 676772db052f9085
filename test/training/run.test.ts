import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "../../src/clip/index.js";
import { ConfigError, WeightsError } from "../../src/errors.js";
import { loadPack } from "../../src/packs/index.js";
import type { TensorRecord } from "../../src/tensor/index.js";
import { createRandom, hostZeros } from "../../src/tensor/index.js";
import {
  type ContrastiveConfig,
  type GanConfig,
  createContrastiveTrainer,
  createEmojiCaptions,
  createGanTrainer,
  initialiseClip,
  initialiseGan,
  initialiseState,
  loadCheckpoint,
  makeConditions,
  saveCheckpoint,
  train,
} from "../../src/training/index.js";
import { openStart } from "../../src/training/sessions.js";
import { clipWeights, tinyClip, tinyCritic, tinyEncoder, tinyGenerator, tokenizerJson } from "../tiny.js";
import { noiseSet } from "./fixture.js";

const tokenizer = loadTokenizer(tokenizerJson, { contextLength: 8 });
const set = noiseSet(10);

interface Trainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

const clipConfig: ContrastiveConfig = {
  model: tinyClip(4),
  batch: 4,
  steps: 6,
  rate: 1e-2,
  weightDecay: 0.1,
  warmUp: 1,
  seed: 1,
  augment: { zoom: 0.5, closest: 0.45, flip: 0.3, colour: 0.1, noise: 0.08 },
};

const ganConfig: GanConfig = {
  model: {
    generator: { ...tinyGenerator, widths: [...tinyGenerator.widths] },
    encoder: tinyEncoder,
    discriminator: tinyCritic,
  },
  batch: 2,
  steps: 6,
  rate: 1e-3,
  criticRate: 1e-3,
  seed: 1,
  weights: { pixels: 2, features: 0.3, divergence: 0.0001, meaning: 0.2 },
  words: { from: 0.2, again: 0.9, batch: 3 },
  adversarial: { weight: 0.05, from: 0.5, full: 0.8 },
  gamma: 0.1,
  flip: 0.25,
  renew: 2,
};

const trainings: Record<
  string,
  { fresh: () => TensorRecord; trainer: (state: TensorRecord) => Promise<Trainer> }
> = {
  "train clip": {
    fresh: () => initialiseState(initialiseClip(clipConfig)),
    trainer: (state) => createContrastiveTrainer(clipConfig, createEmojiCaptions(set), tokenizer, state),
  },
  "train gan": {
    fresh: () => initialiseGan(ganConfig),
    async trainer(state) {
      const clip = { config: tinyClip(6), weights: clipWeights(tinyClip(6), "gan") };
      const dataOf = async (round: number) => {
        const random = createRandom(round);
        return { set, conditions: await makeConditions(set, tokenizer, clip, tinyGenerator.styles, random) };
      };
      return createGanTrainer(ganConfig, clip, dataOf, state);
    },
  },
};

const steps = 6;
const folderOf = (): Promise<string> => mkdtemp(join(tmpdir(), "clipsteer-train-"));

/** Runs to the end or to a step, fresh or from the folder's checkpoint; by a trainer of its own unless one is passed. */
async function runTo(
  folder: string,
  training: (typeof trainings)[string],
  { resume = false, stopAt, trainer: shared }: { resume?: boolean; stopAt?: number; trainer?: Trainer } = {},
): Promise<{ state: TensorRecord; losses: Record<string, number>[] }> {
  const settings = "the same";
  const start = resume ? await loadCheckpoint(folder) : { step: 0, state: training.fresh(), settings };
  const trainer = shared ?? (await training.trainer(start.state));
  const stop = new AbortController();
  const losses: Record<string, number>[] = [];
  const run = train({ folder, steps, settings, start, step: trainer.step, saveEvery: 1e9 }, stop.signal);
  for (;;) {
    const next = await run.next();
    if (next.done) {
      if (!shared) await trainer.dispose();
      return { state: next.value, losses };
    }
    losses.push(next.value.losses);
    if (next.value.step === stopAt) stop.abort();
  }
}

describe.each(Object.entries(trainings))("%s", (_name, training) => {
  it("stopped and resumed ends in the same numbers as run through", async () => {
    const [whole, parted] = [await folderOf(), await folderOf()];
    // Compiling takes most of the time: one trainer makes the first part and then, from the start, the whole.
    const trainer = await training.trainer(training.fresh());
    const first = await runTo(parted, training, { stopAt: 4, trainer });
    const through = await runTo(whole, training, { trainer });
    await trainer.dispose();
    expect(first.losses).toHaveLength(4);
    expect((await loadCheckpoint(parted)).step).toBe(4);
    const second = await runTo(parted, training, { resume: true });
    expect([...first.losses, ...second.losses]).toEqual(through.losses);
    for (const [name, { data }] of Object.entries(through.state))
      expect(second.state[name]!.data).toEqual(data);
    expect(await readFile(join(parted, "checkpoint.safetensors"))).toEqual(
      await readFile(join(whole, "checkpoint.safetensors")),
    );
    expect(await readdir(parted)).toEqual(["checkpoint.safetensors"]);
    for (const { data } of Object.values(through.state)) expect(data.every(Number.isFinite)).toBe(true);
  });
});

describe("checkpoints", () => {
  it("are refused under other settings, when missing, and when cut short", async () => {
    const folder = await folderOf();
    await expect(loadCheckpoint(folder)).rejects.toThrow(WeightsError);
    const training = trainings["train clip"]!;
    await runTo(folder, training, { stopAt: 1 });
    const start = await loadCheckpoint(folder);
    const other = train({
      folder,
      steps,
      settings: "other",
      start,
      step: () => Promise.reject(new Error("not reached")),
      saveEvery: 1,
    });
    await expect(other.next()).rejects.toThrow(ConfigError);
    const path = join(folder, "checkpoint.safetensors");
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 100));
    await expect(loadCheckpoint(folder)).rejects.toThrow(WeightsError);
  });
});

describe("a run from another's weights", () => {
  it("begins with them and with fresh moments, and refuses those of another shape", async () => {
    const from = await mkdtemp(join(tmpdir(), "clipsteer-from-"));
    const out = await mkdtemp(join(tmpdir(), "clipsteer-to-"));
    const fresh = (width: number): TensorRecord =>
      initialiseState(initialiseClip({ ...clipConfig, model: tinyClip(width), seed: 2 }));
    const state = initialiseState(initialiseClip(clipConfig));
    await saveCheckpoint(from, {
      step: 5,
      state: { ...state, "m/logitScale": state["w/logitScale"]! },
      settings: "old",
    });
    const start = await openStart({ out, resume: false, from }, "new", () => fresh(4));
    expect(start).toMatchObject({ step: 0, settings: "new" });
    expect(start.state["m/logitScale"]!.data).toEqual(new Float32Array(1));
    const name = Object.keys(state).find((each) => each.startsWith("w/image"))!;
    expect(start.state[name]!.data).toEqual(state[name]!.data);
    expect(start.state[name]!.data).not.toEqual(fresh(4)[name]!.data);
    await expect(openStart({ out, resume: false, from }, "new", () => fresh(8))).rejects.toThrow(
      /a run starts from weights of the same model/,
    );
  });

  it("begins with those of a pack, by the pack's name, and says when there is neither run nor pack", async () => {
    const out = await mkdtemp(join(tmpdir(), "clipsteer-to-"));
    const nothing = { out, resume: false, from: join(out, "nothing") };
    await expect(
      openStart(
        nothing,
        "new",
        () => ({}),
        () => Promise.resolve({}),
      ),
    ).rejects.toThrow(/nothing: neither a run's folder nor a model pack/);
    const weights = await (await loadPack("emoji")).weights("upscaler.safetensors");
    const zeros = Object.fromEntries(
      Object.entries(weights).map(([name, { shape }]) => [name, hostZeros(shape)]),
    );
    const start = await openStart(
      { out, resume: false, from: "emoji" },
      "new",
      () => initialiseState(zeros),
      (pack) => pack.weights("upscaler.safetensors"),
    );
    for (const [name, tensor] of Object.entries(weights)) {
      expect(start.state[`w/${name}`]!.data).toEqual(tensor.data);
      expect(Math.max(...start.state[`m/${name}`]!.data)).toBe(0);
    }
  });
});
