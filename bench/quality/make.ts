import { createHash } from "node:crypto";
import {
  type AscentResult,
  type SteerSession,
  type SteerModels,
  countClipPasses,
  createSteerSession,
} from "../../src/guidance/index.js";
import type { Draft } from "../../src/guidance/candidates/drafts.js";
import type { Picture } from "../../src/images/index.js";
import { type Configuration, base } from "./configurations.js";
import { mixedDraft } from "./mixing.js";
import { type MadeRow, type MadeSet, readMade, writeMade } from "./store.js";

/** What the pictures of a set of prompts are made with. */
export interface Making {
  readonly folder: string;
  readonly models: SteerModels;
  /** Fingerprint of the pack's weights. */
  readonly stamp: string;
  readonly prompts: readonly string[];
  readonly threads: number;
  /** Drafts that several configurations start from, by what decides them. */
  readonly drafts: Map<string, Drafted>;
}

interface Drafted {
  readonly drafts: Draft[];
  /** What making them took. */
  readonly seconds: number;
}

/** Processor seconds since the process began: what a busy machine does not stretch. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const saveEvery = 10;

const settingsOf = ({ settings }: Configuration) => ({ ...base, ...settings });

/** What decides a configuration's pictures. */
export function keyOf(
  configuration: Configuration,
  { stamp, prompts }: Pick<Making, "stamp" | "prompts">,
): string {
  const { name, negative, mixed } = configuration;
  const text = JSON.stringify([stamp, name, settingsOf(configuration), negative, mixed, prompts]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Makes the pictures of a configuration that aren't there yet; yields their number so far. */
export async function* make(configuration: Configuration, making: Making): AsyncGenerator<number, MadeSet> {
  const { folder, prompts, threads } = making;
  const key = keyOf(configuration, making);
  const before = await readMade(folder, configuration.name, key);
  const rows: MadeRow[] = [...before.rows];
  const pictures: Picture[] = [...before.pictures];
  const done = (): MadeSet => ({ key, rows, pictures });
  if (rows.length >= prompts.length) return done();
  const models = configuration.models?.(making.models) ?? making.models;
  const session = createSteerSession(models, { engine: "compiled", threads });
  // Mixtures are drafted as what they are mixed of.
  const drafting = configuration.mixed
    ? createSteerSession(making.models, { engine: "compiled", threads })
    : session;
  try {
    await session.embed(prompts.map((text) => ({ text, weight: 1, templates: models.templates })));
    for (let at = rows.length; at < prompts.length; at++) {
      const result = await makeOne(configuration, at, { making, models, session, drafting });
      pictures.push(result.picture);
      const settings = settingsOf(configuration);
      rows.push({
        prompt: prompts[at]!,
        guide: result.guide,
        judge: result.judge,
        steps: result.steps,
        chosen: result.chosen,
        passes: countClipPasses(result.steps, { ...settings, guides: models.guides.length }),
        seconds: result.seconds,
      });
      if (rows.length % saveEvery === 0 || at === prompts.length - 1)
        await writeMade(folder, configuration.name, done());
      yield rows.length;
    }
  } finally {
    await session.dispose();
    if (drafting !== session) await drafting.dispose();
  }
  return done();
}

async function makeOne(
  configuration: Configuration,
  at: number,
  {
    making,
    models,
    session,
    drafting,
  }: { making: Making; models: SteerModels; session: SteerSession; drafting: SteerSession },
): Promise<AscentResult & { readonly seconds: number }> {
  const { negative, mixed } = configuration;
  const { prompts, drafts: known } = making;
  const settings = { ...settingsOf(configuration), seed: base.seed + at };
  const term = (text: string, weight: number) => ({ text, weight, templates: models.templates });
  const terms = [term(prompts[at]!, 1)];
  const away = negative === undefined ? [] : [term(prompts[(at + 1) % prompts.length]!, -negative)];
  const { guides, generator } = mixed ? making.models : models;
  const key = JSON.stringify([at, settings.candidates, guides.length, generator.realism !== undefined]);
  const began = processorSeconds();
  const drafted = known.get(key) ?? {
    drafts: (await drafting.draft(terms, settings)).slice(0, 9),
    seconds: processorSeconds() - began,
  };
  known.set(key, drafted);
  const { drafts } = drafted;
  const steered = processorSeconds();
  const ascent = session.run([...terms, ...away], settings, {
    drafts: () => Promise.resolve(mixed ? [mixedDraft(drafts, mixed)] : drafts),
  });
  for (;;) {
    const next = await ascent.next();
    if (next.done) return { ...next.value, seconds: drafted.seconds + processorSeconds() - steered };
  }
}
