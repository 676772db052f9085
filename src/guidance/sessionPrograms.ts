import { type Encoder, createEncoder } from "../embedding/index.js";
import { disposeOpened } from "../engine/index.js";
import { selectPrefix } from "../tensor/index.js";
import { type Drafter, createDrafter } from "./candidates/drafts.js";
import { type Sketcher, createSketcher } from "./candidates/sketch.js";
import type { RunOptions, SteerModels } from "./steerModels.js";
import { type Embedder, createEmbedder } from "./programs/embedTerms.js";
import { type Inverter, createInverter } from "./programs/invert.js";
import { type Painter, createPainter } from "./programs/paint.js";
import { type ReadOut, createReadOut } from "./programs/readOut.js";
import { type Scoring, type ScoringShape, createScoring } from "./programs/scoring.js";
import { type SteerShape, type Steering, createSteering } from "./programs/steer.js";
import { createLayeredModels } from "./scenes/layeredModels.js";
import { type Synthesizer, createSynthesizer } from "./programs/synthesize.js";

/** The compiled programs of a session, each opened when it is first needed and then reused. */
export interface SessionPrograms {
  readonly models: SteerModels;
  readonly options: RunOptions;
  /** Embeds terms under all guides and the judge. */
  readonly embedder: Embedder;
  readonly drafter: Drafter;
  readonly sketcher: Sketcher;
  readonly inverter: Inverter;
  /** Embeds pictures under the guides alone. */
  readonly guideEncoder: Encoder;
  steering(shape: SteerShape): Promise<Steering>;
  scoring(shape: ScoringShape): Promise<Scoring>;
  readOut(): Promise<ReadOut>;
  synthesizer(): Promise<Synthesizer>;
  /** Paints pictures of regions. @throws {ConfigError} when the generator has no regions. */
  painter(): Painter;
  /** Returns the programs of scenes of so many layers. @throws {ConfigError} when the generator has no regions. */
  layered(layers: number): SessionPrograms;
  dispose(): Promise<void>;
}

/** Returns the promise stored under a key's JSON; `open` is called when there is none. A failure is stored too. */
function getOrOpen<T>(cache: Map<string, Promise<T>>, key: unknown, open: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key);
  let value = cache.get(name);
  if (!value) cache.set(name, (value = open()));
  return value;
}

/** Makes the programs of a session. Each is compiled when it is first used. */
export function createSessionPrograms(models: SteerModels, options: RunOptions): SessionPrograms {
  const embedder = createEmbedder(models, [...models.guides, models.judge], options);
  const drafter = createDrafter(models, options);
  const sketcher = createSketcher(models, options);
  const inverter = createInverter(models, options);
  const clips = models.guides.map(({ config, prefix, tokenizer }) => ({
    config,
    weights: selectPrefix(prefix, models.weights),
    tokenizer,
  }));
  const guideEncoder = createEncoder(clips, models.tokenizer, options);
  const steerings = new Map<string, Promise<Steering>>();
  const scorings = new Map<string, Promise<Scoring>>();
  let readOut: Promise<ReadOut> | undefined;
  let synthesizer: Promise<Synthesizer> | undefined;
  let painter: Painter | undefined;
  const layered = new Map<number, SessionPrograms>();
  return {
    models,
    options,
    embedder,
    drafter,
    sketcher,
    inverter,
    guideEncoder,
    steering: (shape) => getOrOpen(steerings, shape, () => createSteering(models, shape, options)),
    scoring: (shape) => getOrOpen(scorings, shape, () => createScoring(models, shape, options)),
    readOut: () => (readOut ??= createReadOut(models, options)),
    synthesizer: () => (synthesizer ??= createSynthesizer(models, options)),
    painter: () => (painter ??= createPainter(models, options)),
    layered(layers) {
      const known = layered.get(layers);
      if (known) return known;
      // The CLIPs are the same, so embeddings of texts are shared.
      const programs = { ...createSessionPrograms(createLayeredModels(models, layers), options), embedder };
      layered.set(layers, programs);
      return programs;
    },
    async dispose() {
      await disposeOpened([
        ...[embedder, drafter, sketcher, inverter, guideEncoder, painter, readOut, synthesizer],
        ...[...steerings.values(), ...scorings.values(), ...layered.values()],
      ]);
    },
  };
}
