import { ConfigError } from "../errors.js";
import { withoutArticles } from "../embedding/index.js";
import { type Picture, pictureFrom } from "../images/index.js";
import { type HostTensor, createRandom, hostFloats } from "../tensor/index.js";
import {
  type AscentConfig,
  type AscentOptions,
  type AscentResult,
  type AscentStep,
  type Candidate,
  type ScheduledTerm,
  ascend,
} from "./ascent/ascent.js";
import { type Draft, createDrafter } from "./candidates/drafts.js";
import { type Term, createEmbedder, rowsOf, wantedOf } from "./programs/embedTerms.js";
import { invert } from "./programs/invert.js";
import { type RunOptions, type SteerModels, namedStyle } from "./models.js";
import { type Aim, type Optimizer, adamOptimizer } from "./optimisers/optimizer.js";
import { directions, evolutionOptimizer, hybridOptimizer, populationOf } from "./optimisers/evolution.js";
import { type Scoring, type ScoringShape, createScoring } from "./programs/scoring.js";
import { type ReadOut, createReadOut } from "./programs/readOut.js";
import { type Recipe, defaultRecipe } from "./objectives/recipe.js";
import { type Path, pathOf } from "./ascent/promptPath.js";
import { latentShape } from "./programs/pictures.js";
import { type SteerShape, type Steering, createSteering } from "./programs/steer.js";

/** Makes one picture after the other with programs that are compiled once. */
export interface Session {
  /** Embeds terms beforehand, many at once. */
  embed(terms: readonly Term[]): Promise<void>;
  /** First pictures for terms, the best first. */
  draft(terms: readonly ScheduledTerm[], config: AscentConfig): Promise<Draft[]>;
  /** As `generate`. */
  run(
    terms: readonly ScheduledTerm[],
    config: AscentConfig,
    options?: AscentOptions,
  ): AsyncGenerator<AscentStep, AscentResult>;
  dispose(): Promise<void>;
}

/** Terms with their weights at a part of the run. */
const termsAt = (terms: readonly ScheduledTerm[], part: number): Term[] =>
  terms.map((term) => ({ ...term, weight: term.weightAt?.(part) ?? term.weight }));

/** The words of what is wanted, each as a term of its own, without those that show nothing; a picture stays one term. */
function wordsOf(terms: readonly Term[]): Term[] {
  return terms
    .filter(({ weight }) => weight > 0)
    .flatMap((term) => {
      if (term.text === undefined) return [term];
      const words = withoutArticles(term.text).split(/\s+/);
      const telling = words.filter((word) => !/^(?:with|and|of|in|on|at|to|for)$/i.test(word));
      return (telling.length > 0 ? telling : words).map((text) => ({ ...term, text }));
    });
}

/** The value kept for a key, made when first asked for. */
function kept<T>(map: Map<string, Promise<T>>, key: unknown, make: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key);
  let value = map.get(name);
  if (!value) map.set(name, (value = make()));
  return value;
}

/** Opens a session over a pack's models. */
export function createSession(models: SteerModels, run: RunOptions): Session {
  const clips = [...models.guides, models.judge];
  const embedder = createEmbedder(models, clips, run);
  const drafter = createDrafter(models, run);
  const steerings = new Map<string, Promise<Steering>>();
  const scorings = new Map<string, Promise<Scoring>>();
  let opened: Promise<ReadOut> | undefined;
  const openReadOut = (): Promise<ReadOut> => (opened ??= createReadOut(models, run));

  const steeringFor = (shape: SteerShape): Promise<Steering> =>
    kept(steerings, shape, () => createSteering(models, shape, run));
  const scoringFor = (shape: ScoringShape): Promise<Scoring> =>
    kept(scorings, shape, () => createScoring(models, shape, run));

  const shapeOf = ({ weights, distance, floor }: Recipe, terms: number) => ({
    terms,
    weights,
    measure: { distance, floor },
  });

  const optimizerFor = async (
    { optimizer = "adam", views, seed }: AscentConfig,
    aim: Aim,
    terms: number,
    others: readonly HostTensor[],
  ): Promise<Optimizer> => {
    const shape = shapeOf(aim.recipe, terms);
    const gradient = async (): Promise<Optimizer> =>
      adamOptimizer(await steeringFor({ ...shape, views, shared: aim.shared }), aim);
    const evolution = async (): Promise<Optimizer> =>
      evolutionOptimizer(await scoringFor({ ...shape, ...populationOf(views) }), aim, { seed, others });
    if (optimizer === "adam") return gradient();
    if (optimizer === "cma-es") return evolution();
    return hybridOptimizer(await evolution(), await gradient());
  };

  const draft = async (
    terms: readonly ScheduledTerm[],
    config: AscentConfig,
    meanwhile?: () => void,
  ): Promise<Draft[]> => {
    const first = termsAt(terms, 0);
    const words = wordsOf(first);
    const named = new Set(
      first.flatMap(({ text, weight }) => (weight > 0 ? [namedStyle(models, text)] : [])),
    );
    const style = config.style ?? (named.size === 1 ? [...named][0] : undefined);
    const draws = models.generator.sample(createRandom(config.seed).stream("candidates"), config.candidates, {
      truncation: config.truncation,
      ...(style !== undefined && { style }),
    });
    const embedding = embedder.embed([...first, ...words]); // one pass for both
    const count = config.candidates;
    drafter.prepare({ draws, count }, words.length);
    const all = await embedding;
    const whole = rowsOf(all, first.keys());
    const each = rowsOf(
      all,
      words.map((_, at) => first.length + at),
    );
    return drafter.draft({ draws, count, wanted: wantedOf(whole, first), words: each }, meanwhile);
  };

  /** The path from each wanted prompt's own best draft to the next one's. */
  const pathFor = async (
    terms: readonly ScheduledTerm[],
    config: AscentConfig,
    start: HostTensor,
  ): Promise<Path> => {
    const wanted = terms.filter(({ weight }) => weight > 0);
    const stops: HostTensor[] = [];
    for (const term of wanted)
      stops.push((await draft([{ ...term, weightAt: () => 1 }], config))[0]!.latents);
    return pathOf(start, stops, (part) => termsAt(wanted, part).map(({ weight }) => weight));
  };

  return {
    embed: async (terms) => void (await embedder.embed([...terms, ...wordsOf(terms)])),
    draft: (terms, config) => draft(terms, config),
    async *run(terms, config, options = {}) {
      for (const part of [0, 1])
        if (!termsAt(terms, part).some(({ weight }) => weight > 0))
          throw new ConfigError(
            `no prompt has a positive weight at the ${part === 0 ? "beginning" : "end"} of the run; give one to go towards`,
          );
      const recipe: Recipe = { ...defaultRecipe, ...config.recipe };
      const { from } = options;
      const begun = from && "start" in from.tensors ? from : undefined;
      // Drafts are steered where pictures stay whole (W); a given picture needs all of its latents (W+).
      const shared = recipe.shared && models.generator.narrow !== undefined && options.init === undefined;
      const { optimizer: kind = "adam", views } = config;
      /** Opens the step's program while the drafts are made. */
      const meanwhile = (): void => {
        if (config.steps === 0 || kind === "cma-es") return;
        const shape = { ...shapeOf(recipe, terms.length), views, shared };
        steeringFor(shape).catch(() => undefined); // met again when it is used
      };
      const drafts = begun || options.init ? [] : (options.drafts ?? (await draft(terms, config, meanwhile)));
      const start = begun
        ? { latents: begun.tensors.start! }
        : options.init
          ? await invert(models, options.init, { steps: 60 }, run)
          : drafts[0]!;
      const side = models.generator.resolution;
      const changing = terms.some(({ weightAt }) => weightAt);
      const embeddings = await embedder.embed(terms);
      const wanted = wantedOf(embeddings, termsAt(terms, 1));
      const pictureOf = ({ picture }: { picture: HostTensor }): Picture =>
        pictureFrom(picture.data as Float32Array, side);
      if ("picture" in start) yield { index: 0, steps: config.steps, picture: pictureOf(start) };

      // Opened when first needed, which is after the first step: nobody waits for it until then.
      const readOut: Pick<ReadOut, "read"> = {
        read: async (latents, asked) => (await openReadOut()).read(latents, asked),
      };
      let steered: Candidate | undefined;
      let [done, plateaued] = [0, false];
      if (config.steps > 0) {
        const aim = {
          models,
          recipe,
          views,
          lr: config.lr,
          start: start.latents,
          condition: wanted[models.guides[0]!.prefix]!,
          embeddings,
          shared,
        };
        // Evolution goes towards other drafts; in W there is no other way to know where pictures stay whole.
        const adam = kind === "adam";
        const few = shared && !begun && !adam && drafts.length <= directions;
        const more = few ? await draft(terms, { ...config, candidates: directions + 1 }) : drafts;
        const others = more.slice(1, 1 + directions).map(({ latents }) => latents);
        const optimizer = await optimizerFor(config, aim, terms.length, others);
        const trial = async (): Promise<void> => {
          const weights = termsAt(terms, 0).map(({ weight }) => weight);
          const place = { index: 0, steps: 1, random: createRandom("trial"), weights };
          await optimizer.step(optimizer.begin(start.latents), place);
        };
        if (options.plan) await openReadOut(); // everything must be ready to be timed
        const ascent = ascend({
          models,
          recipe,
          optimizer,
          readOut,
          terms,
          wanted,
          start: start.latents,
          path: changing && !options.init && adam ? await pathFor(terms, config, start.latents) : undefined,
          seed: config.seed,
          steps: begun ? (begun.values.steps as number) : ((await options.plan?.(trial)) ?? config.steps),
          plateau: config.plateau ?? 0,
          from: begun,
          signal: options.signal,
        });
        for (;;) {
          const next = await ascent.next();
          if (!next.done) {
            yield next.value;
            continue;
          }
          ({ done, plateaued, best: steered } = next.value);
          break;
        }
      }
      const first = { ...(await readOut.read(start.latents, wanted)), latents: start.latents, chosen: 0 };
      // Prompts that change over the run leave the draft behind.
      const best = steered && (changing || steered.judge >= first.judge + recipe.worthIt) ? steered : first;
      return {
        picture: pictureOf(best),
        latents: hostFloats(best.latents.data as Float32Array, latentShape(models)),
        guide: best.guide,
        judge: best.judge,
        steps: done,
        chosen: best.chosen,
        plateaued,
      };
    },
    async dispose() {
      const programs = await Promise.all([
        ...steerings.values(),
        ...scorings.values(),
        ...(opened ? [opened] : []),
      ]);
      await Promise.all([embedder, drafter, ...programs].map((each) => each.dispose()));
    },
  };
}
