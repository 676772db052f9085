import type { ClipConfig } from "../clip/index.js";
import type { Program } from "../engine/index.js";
import {
  type HostTensor,
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
import { codeSize, places } from "../gan/index.js";
import { side } from "./augment.js";
import { type TrainingSet, drawBatch, planesOf } from "./batches.js";
import { type Conditions, drawConditions } from "./conditions.js";
import { type GanConfig, type Phase, adam, compilePhase } from "./ganProgram.js";
import { type Codes, codesOf, compileWords, encodeSet } from "./words.js";

const average = 0.998;

/** Small moves and flips of the pictures that are known; the others stay, for words don't tell where things are. */
function drawMoves(known: HostTensor, flip: number, random: Random): TensorRecord {
  const count = known.data.length;
  const spans = (mirrored: boolean): Span[] =>
    Array.from({ length: count }, (_, row) => {
      if (known.data[row] === 0) return { start: 0, span: 1, flip: false };
      const span = 0.97 + 0.12 * random.uniform();
      const start = (1 - span) / 2 + 0.06 * (random.uniform() - 0.5);
      return { start, span, flip: mirrored && random.uniform() < flip };
    });
  const matrices = (list: Span[]) => hostFloats(samplingMatrices(list, side, side), [count, 1, side, side]);
  return { rows: matrices(spans(false)), columns: matrices(spans(true)) };
}

/** A compiled training with its data. */
export interface GanTrainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

const warmUp = 100;

/** Compiles each phase when it comes: rebuilding alone, then words alone, then rebuilding with the discriminator. */
export function createGanTrainer(
  config: GanConfig,
  clip: { config: ClipConfig; weights: TensorRecord },
  data: { set: TrainingSet; conditions: Conditions },
  state: TensorRecord,
  options: { threads?: number } = {},
): GanTrainer {
  const random = createRandom(config.seed);
  const { steps } = config;
  const [words, begin] = [config.words.from, config.adversarial.from].map((part) =>
    Math.floor(part * steps),
  ) as [number, number];
  const size = codeSize(config.model.generator);
  let current: { phase: Phase | "words"; program: Program; codes?: Codes } | undefined;
  const enter = async (phase: Phase | "words", from: TensorRecord): Promise<NonNullable<typeof current>> => {
    if (current?.phase === phase) return current;
    await current?.program.dispose();
    current =
      phase === "words"
        ? {
            phase,
            program: await compileWords(config, state, options),
            codes: await encodeSet(config, data.set, from, options),
          }
        : { phase, program: await compilePhase(phase, config, clip, state, options) };
    return current;
  };
  const scalarsOf = (values: Record<string, number>): TensorRecord =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, hostScalar(value)]));

  /** What a step of words takes. */
  const wordInputs = (index: number, codes: Codes, draw: Random): TensorRecord => {
    const batch = drawBatch(data.set, index, config.words.batch, random);
    const peak = cosineRate(index - words, begin - words, config.rate, warmUp);
    const [rate, rootCorrection, decayRate] = adamScalars(index, peak, adam);
    const { condition } = drawConditions(data.conditions, batch, draw.stream("condition"));
    return {
      ...codesOf(codes, batch, config),
      condition,
      ...scalarsOf({ rate, rootCorrection, decayRate, average }),
    };
  };

  /** What a step that draws pictures takes. */
  const pictureInputs = (index: number, draw: Random): TensorRecord => {
    const { weight, from, full } = config.adversarial;
    const batch = drawBatch(data.set, index, config.batch, random);
    const [rate, rootCorrection, decayRate] = adamScalars(
      index,
      cosineRate(index, steps, config.rate, warmUp),
      adam,
    );
    const criticPeak = cosineRate(index, steps, config.criticRate, warmUp, 0.1);
    const [criticRate, criticCorrection] = adamScalars(Math.max(0, index - begin), criticPeak, adam);
    const conditions = drawConditions(data.conditions, batch, draw.stream("condition"));
    return {
      ...conditions,
      ...drawMoves(conditions.known, config.flip, draw.stream("moves")),
      ...scalarsOf({
        pressure: weight * Math.min(1, Math.max(0, (index / steps - from) / (full - from))),
        rate,
        rootCorrection,
        decayRate,
        criticRate,
        criticCorrection,
        average: Math.min(average, (index + 1) / (index + 10)),
      }),
      planes: planesOf(data.set, batch),
      draws: hostFloats(draw.stream("draws").normals(config.batch * size), [
        config.batch,
        places,
        places,
        size / places ** 2,
      ]),
      noiseIndex: {
        shape: [config.batch],
        dtype: "int32",
        data: Int32Array.from(batch, () => draw.integer(64)),
      },
    };
  };

  return {
    async step(from, index) {
      const phase = index < words ? "rebuild" : index < begin ? "words" : "adversarial";
      const { program, codes } = await enter(phase, from);
      const draw = random.stream(`step/${index}`);
      const inputs = codes ? wordInputs(index, codes, draw) : pictureInputs(index, draw);
      const results = await program.run({ ...from, ...inputs });
      const reported = Object.entries(underPrefix("loss/", results)).map(([name, { data: value }]) => [
        name,
        value[0]!,
      ]);
      const next = Object.fromEntries(Object.entries(results).filter(([name]) => !name.startsWith("loss/")));
      return {
        state: { ...from, ...next },
        losses: Object.fromEntries(reported) as Record<string, number>,
      };
    },
    async dispose() {
      await current?.program.dispose();
    },
  };
}
