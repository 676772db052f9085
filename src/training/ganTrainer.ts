import type { ClipConfig } from "../clip/index.js";
import type { Program } from "../engine/index.js";
import {
  type Random,
  type Span,
  type TensorRecord,
  adamScalars,
  cosineRate,
  createRandom,
  hostFloats,
  hostScalar,
  samplingMatrices,
  underPrefix,
} from "../tensor/index.js";
import { side } from "./augment.js";
import { type TrainingSet, drawBatch, planesOf } from "./batches.js";
import { type Conditions, drawConditions } from "./conditions.js";
import { type GanConfig, type Phase, adam, compilePhase } from "./ganProgram.js";

const average = 0.998;

function drawMoves(count: number, flip: number, random: Random): TensorRecord {
  const spans = (mirrored: boolean): Span[] =>
    Array.from({ length: count }, () => {
      const span = 0.97 + 0.12 * random.uniform();
      const start = (1 - span) / 2 + 0.06 * (random.uniform() - 0.5);
      return { start, span, flip: mirrored && random.uniform() < flip };
    });
  const matrices = (list: Span[]) => hostFloats(samplingMatrices(list, side, side), [count, 1, side, side]);
  return { rows: matrices(spans(false)), columns: matrices(spans(true)) };
}

/** A compiled training with its data; a step takes its state's arrays over, so that no copies are made. */
export interface GanTrainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

/** Compiles both phases lazily: rebuilding alone, then with the discriminator. */
export function createGanTrainer(
  config: GanConfig,
  clip: { config: ClipConfig; weights: TensorRecord },
  data: { set: TrainingSet; conditions: Conditions },
  state: TensorRecord,
  options: { threads?: number } = {},
): GanTrainer {
  const random = createRandom(config.seed);
  const programs: Partial<Record<Phase, Promise<Program>>> = {};
  const begin = Math.floor(config.adversarial.from * config.steps);
  const { noise } = config.model.generator;
  return {
    async step(current, index) {
      const phase: Phase = index < begin ? "rebuild" : "adversarial";
      if (phase === "adversarial" && programs.rebuild) {
        await (await programs.rebuild).dispose();
        delete programs.rebuild;
      }
      programs[phase] ??= compilePhase(phase, config, clip, state, options);
      const program = await programs[phase];
      const draw = random.stream(`step/${index}`);
      const batch = drawBatch(data.set, index, config.batch, random);
      const part =
        (index / config.steps - config.adversarial.from) /
        (config.adversarial.full - config.adversarial.from);
      const warmUp = 100;
      const [rate, rootCorrection, decayRate] = adamScalars(
        index,
        cosineRate(index, config.steps, config.rate, warmUp),
        adam,
      );
      const critic = Math.max(0, index - begin);
      const criticPeak = cosineRate(index, config.steps, config.criticRate, warmUp, 0.1);
      const [criticRate, criticCorrection] = adamScalars(critic, criticPeak, adam);
      const scalars = {
        pressure: config.adversarial.weight * Math.min(1, Math.max(0, part)),
        rate,
        rootCorrection,
        decayRate,
        criticRate,
        criticCorrection,
        average: Math.min(average, (index + 1) / (index + 10)),
      };
      const inputs: TensorRecord = {
        ...drawMoves(config.batch, config.flip, draw.stream("moves")),
        ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, hostScalar(value)])),
        planes: planesOf(data.set, batch),
        draws: hostFloats(draw.stream("draws").normals(config.batch * noise), [config.batch, noise]),
        ...drawConditions(data.conditions, batch, draw.stream("condition")),
        noiseIndex: {
          shape: [config.batch],
          dtype: "int32",
          data: Int32Array.from(batch, () => draw.integer(64)),
        },
      };
      const results = await program.run(inputs, current);
      const reported = Object.entries(underPrefix("loss/", results)).map(([name, { data: value }]) => [
        name,
        value[0]!,
      ]);
      const next = Object.fromEntries(Object.entries(results).filter(([name]) => !name.startsWith("loss/")));
      return {
        state: { ...current, ...next },
        losses: Object.fromEntries(reported) as Record<string, number>,
      };
    },
    async dispose() {
      for (const program of Object.values(programs)) await (await program).dispose();
    },
  };
}
