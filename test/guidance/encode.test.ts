import { beforeAll, describe, expect, it } from "vitest";
import { averageEnsemble } from "../../src/embedding/index.js";
import { type SteerModels, embedTerms, loadModels } from "../../src/guidance/index.js";
import { loadPack } from "../../src/packs/index.js";
import { writeTinyPack } from "../tiny.js";

describe("embedTerms", () => {
  let models: SteerModels;
  beforeAll(async () => {
    models = await loadModels(await loadPack(await writeTinyPack()));
  });

  it("averages unit embeddings of the templates and is of unit length", async () => {
    const clips = models.guides;
    const options = { engine: "compiled" } as const;
    const term = (templates: string[]) => ({ text: "red heart", weight: 1, templates });
    const both = await embedTerms(models, clips, [term(["{}", "an emoji of {}"])], options);
    const each = await embedTerms(models, clips, [term(["{}"]), term(["an emoji of {}"])], options);
    for (const { prefix } of clips) {
      const rows = [0, 16].map((at) => (each[prefix]!.data as Float32Array).subarray(at, at + 16));
      const expected = averageEnsemble(rows);
      both[prefix]!.data.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 5));
      expect(Math.hypot(...both[prefix]!.data)).toBeCloseTo(1, 5);
    }
  });

  it("hears no article when the pack's CLIPs never did", async () => {
    const term = (text: string) => ({ text, weight: 1, templates: ["{}"] });
    const terms = [term("a red heart"), term("red heart")];
    const { [models.judge.prefix]: rows } = await embedTerms(models, [models.judge], terms, {
      engine: "compiled",
    });
    expect(rows!.data.slice(0, 16)).toEqual(rows!.data.slice(16));
    const heard = await embedTerms({ ...models, articles: true }, [models.judge], terms, {
      engine: "compiled",
    });
    const { data } = heard[models.judge.prefix]!;
    expect(data.slice(0, 16)).not.toEqual(data.slice(16));
  });
});
