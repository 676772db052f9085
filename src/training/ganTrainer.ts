import type { ClipConfig } from "../clip/index.js";
import type { Program } from "../engine/index.js";
import {
  type HostTensor,
  type Random,
  type Span,
  type TensorRecord,
  adamScalarsOf,
  cosineRateAt,
  createRandom,
  hostFloats,
  hostScalar,
  makeSamplingMatrices,
  selectPrefix,
} from "../tensor/index.js";
import { emojiCodeSizeOf, emojiCodeSide } from "../gan/index.js";
import { trainingSide } from "./augment.js";
import { type TrainingSet, drawBatch, gatherPlanes } from "./batches.js";
import { type Conditions, drawConditions } from "./conditions.js";
import { type GanConfig, type Phase, ganAdam, compilePhase } from "./ganProgram.js";
import { type Codes, gatherCodes, compileMappingStep, encodeSet } from "./mappingTraining.js";

const average = 0.998;

/**
 * Draws small shifts and flips of the pictures that are encoded; the others stay in place, since captions do not state
 * positions.
 */
function drawMoves(known: HostTensor, flip: number, random: Random): TensorRecord {
  const count = known.data.length;
  const spans = (mirrored: boolean): Span[] =>
    Array.from({ length: count }, (_, row) => {
      if (known.data[row] === 0) return { start: 0, span: 1, flip: false };
      const span = 0.97 + 0.12 * random.uniform();
      const start = (1 - span) / 2 + 0.06 * (random.uniform() - 0.5);
      return { start, span, flip: mirrored && random.uniform() < flip };
    });
  const matrices = (list: Span[]) =>
    hostFloats(makeSamplingMatrices(list, trainingSide, trainingSide), [
      count,
      1,
      trainingSide,
      trainingSide,
    ]);
  return { rows: matrices(spans(false)), columns: matrices(spans(true)) };
}

/** A compiled training with its data. A step takes ownership of its state's arrays, which avoids copies. */
export interface GanTrainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

/** Training data of a generator. */
export interface GanData {
  readonly set: TrainingSet;
  readonly conditions: Conditions;
}

const warmUp = 100;

/**
 * Compiles each phase when it begins: reconstruction alone, words alone, reconstruction with the discriminator, and words
 * again.
 * @param dataOf the training data of each round of `config.renew` steps.
 */
export function createGanTrainer(
  config: GanConfig,
  clip: { config: ClipConfig; weights: TensorRecord },
  dataOf: (round: number) => Promise<GanData>,
  state: TensorRecord,
  options: { threads?: number } = {},
): GanTrainer {
  const random = createRandom(config.seed);
  const { steps } = config;
  const at = (part: number): number => Math.floor(part * steps);
  const [words, begin, again] = [at(config.words.from), at(config.adversarial.from), at(config.words.again)];
  const size = emojiCodeSizeOf(config.model.generator);
  let current: { phase: Phase | "words"; program: Program } | undefined;
  let material: { round: number; data: GanData; codes?: Codes } | undefined;
  const enter = async (phase: Phase | "words"): Promise<Program> => {
    if (current?.phase === phase) return current.program;
    await current?.program.dispose();
    const program = await (phase === "words"
      ? compileMappingStep(config, state, options)
      : compilePhase(phase, config, clip, state, options));
    current = { phase, program };
    // The encoder has changed since words were learnt last.
    delete material?.codes;
    return program;
  };
  const materialOf = async (index: number): Promise<NonNullable<typeof material>> => {
    const round = config.renew === undefined ? 0 : Math.floor(index / config.renew);
    if (material?.round !== round) material = { round, data: await dataOf(round) };
    return material;
  };
  const scalarsOf = (values: Record<string, number>): TensorRecord =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, hostScalar(value)]));

  /** Returns the inputs of a step on words. */
  const wordInputs = (index: number, data: GanData, codes: Codes, draw: Random): TensorRecord => {
    const batch = drawBatch(data.set, index, config.words.batch, random);
    const [from, to] = index < begin ? [words, begin] : [again, steps];
    const peak = cosineRateAt(index - from, to - from, config.rate, warmUp);
    const [rate, rootCorrection, decayRate] = adamScalarsOf(index, peak, ganAdam);
    const { condition } = drawConditions(data.conditions, batch, draw.stream("condition"));
    return {
      ...gatherCodes(codes, batch, config),
      condition,
      ...scalarsOf({ rate, rootCorrection, decayRate, average }),
    };
  };

  /** Returns the inputs of a step on pictures. */
  const pictureInputs = (index: number, data: GanData, draw: Random): TensorRecord => {
    const { weight, from, full } = config.adversarial;
    const batch = drawBatch(data.set, index, config.batch, random);
    const [rate, rootCorrection, decayRate] = adamScalarsOf(
      index,
      cosineRateAt(index, steps, config.rate, warmUp),
      ganAdam,
    );
    const criticPeak = cosineRateAt(index, steps, config.criticRate, warmUp, 0.1);
    const [criticRate, criticCorrection] = adamScalarsOf(Math.max(0, index - begin), criticPeak, ganAdam);
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
      planes: gatherPlanes(data.set, batch),
      draws: hostFloats(draw.stream("draws").normals(config.batch * size), [
        config.batch,
        emojiCodeSide,
        emojiCodeSide,
        size / emojiCodeSide ** 2,
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
      const phase = index < words ? "rebuild" : index < begin || index >= again ? "words" : "adversarial";
      const program = await enter(phase);
      const now = await materialOf(index);
      const draw = random.stream(`step/${index}`);
      if (phase === "words") now.codes ??= await encodeSet(config, now.data.set, from, options);
      const inputs = now.codes
        ? wordInputs(index, now.data, now.codes, draw)
        : pictureInputs(index, now.data, draw);
      const results = await program.run(inputs, from);
      const reported = Object.entries(selectPrefix("loss/", results)).map(([name, { data: value }]) => [
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
