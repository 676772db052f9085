import { beforeAll, expect, it } from "vitest";
import { synthesizeLatents } from "../../src/guidance/programs/synthesize.js";
import { createDrafter } from "../../src/guidance/candidates/drafts.js";
import { type SteerModels, createSteerSession, loadModels } from "../../src/guidance/index.js";
import { loadPack } from "../../src/packs/index.js";
import { type HostTensor, type TensorRecord, createRandom, hostFloats } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

let models: SteerModels;
beforeAll(async () => {
  models = await loadModels(await loadPack(await writeTinyPack()));
});

const options = { engine: "compiled" } as const;

/** The largest difference between two tensors. */
const apart = ({ data }: HostTensor, other: HostTensor): number =>
  Math.max(...Array.from(data, (value, at) => Math.abs(value - other.data[at]!)));

it("scores drafts a few at a time, each once and by its own picture", async () => {
  const count = 21; // two programs' worth, the second filled up
  const random = createRandom("drafts");
  const draws = models.generator.sample(random, count, { truncation: 0.7 });
  const reversed: TensorRecord = Object.fromEntries(
    Object.entries(draws).map(([name, { shape, data }]) => {
      const size = shape[1]!;
      const rows = Array.from({ length: count }, (_, at) => [...data.subarray(at * size, (at + 1) * size)]);
      return [name, hostFloats(Float32Array.from(rows.reverse().flat()), shape)];
    }),
  );
  const unit = (rows: number, features: number): HostTensor =>
    hostFloats(
      Float32Array.from(random.normals(rows * features), (value) => value / 4),
      [rows, features],
    );
  const prompts: TensorRecord = {};
  const words: TensorRecord = {};
  for (const { prefix, config } of models.guides) {
    prompts[prefix] = unit(1, config.text.features);
    words[prefix] = unit(3, config.text.features);
  }
  const drafter = createDrafter(models, options);
  const drafts = await drafter.draft({ draws, count, positives: prompts, words });
  const again = await drafter.draft({ draws: reversed, count, positives: prompts, words });
  await drafter.dispose();
  expect([drafts.length, again.length]).toEqual([count, count]);
  drafts.forEach(({ latents }, at) => {
    for (const [place, other] of again.entries())
      if (place === at) expect(apart(latents, other.latents)).toBeLessThan(1e-4);
      else expect(apart(latents, other.latents)).toBeGreaterThan(1e-2);
  });
  const pictures = await synthesizeLatents(
    models,
    drafts.map(({ latents }) => latents),
    options,
  );
  drafts.forEach(({ picture }, at) => expect(apart(picture, pictures[at]!.picture)).toBeLessThan(1e-4));
});

it("draws a style that the words name, as when it is asked for by name", async () => {
  const session = createSteerSession(models, options);
  const config = { seed: 3, steps: 0, views: 2, lr: 0.02, candidates: 4, truncation: 0.5 };
  const draftsOf = async (text: string, style?: string): Promise<HostTensor[]> => {
    const terms = [{ text, weight: 1, templates: ["{}"] }];
    const drafts = await session.draft(terms, { ...config, ...(style !== undefined && { style }) });
    return drafts.map(({ latents }) => latents);
  };
  const [named, requested, other] = [
    await draftsOf("red heart, shaded"),
    await draftsOf("red heart, shaded", "shaded"),
    await draftsOf("red heart, shaded", "plain"),
  ];
  await session.dispose();
  named.forEach((latents, at) => expect(latents.data).toEqual(requested[at]!.data));
  expect(Math.min(...named.map((latents, at) => apart(latents, other[at]!)))).toBeGreaterThan(1e-3);
});
