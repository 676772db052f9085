/**
 * Memory and time of one steering step by number of views, with CLIP ViT-B/32 as the guide, each in a process of its own:
 * `npx tsx bench/views.ts`; `npx tsx bench/views.ts VIEWS [TOGETHER]` does one, looking at TOGETHER views at a time.
 */
import { execFileSync } from "node:child_process";
import { type ClipConfig, embedImages } from "../src/clip/index.js";
import { collectParameters } from "../src/engine/index.js";
import { type SteerModels, loadModels } from "../src/guidance/index.js";
import { latentShapeOf } from "../src/guidance/programs/pictures.js";
import { adamInputsAt, createSteering } from "../src/guidance/programs/steer.js";
import { defaultViews, drawViews, viewSidesOf } from "../src/guidance/objectives/views.js";
import { createRandom, hostFloats, hostZeros, initialise, withPrefix } from "../src/tensor/index.js";
import type * as tf from "../src/tf.js";
import { packFolder } from "./cases.js";
import { seededPack } from "./pack.js";

const image: ClipConfig["image"] = {
  kind: "vit",
  side: 224,
  patch: 32,
  width: 768,
  layers: 12,
  heads: 12,
  hidden: 3072,
  features: 512,
  activation: "quickGelu",
  epsilon: 1e-5,
  pool: "class",
  pixels: { mean: [0.48, 0.46, 0.41], deviation: [0.27, 0.26, 0.28] },
};

/** The bench pack's generator, guided by a ViT-B/32 of seeded weights. */
async function models(): Promise<SteerModels> {
  const pack = await loadModels(await seededPack(packFolder));
  const config: ClipConfig = { image, text: { ...pack.judge.config.text, features: 512 } };
  const specs = collectParameters(
    (parameters, { pictures }) => embedImages(parameters, config, pictures as tf.Tensor4D),
    {
      pictures: { shape: [1, 224, 224, 3], dtype: "float32" },
    },
  );
  const guide = { name: "vit", prefix: "guide0/", config };
  const weights = withPrefix(guide.prefix, initialise(specs, createRandom("vit")));
  const generator = Object.entries(pack.weights).filter(([name]) => name.startsWith("generator/"));
  return {
    ...pack,
    guides: [guide],
    judge: guide,
    weights: { ...Object.fromEntries(generator), ...weights },
  };
}

async function measure(views: number, together?: number): Promise<{ megabytes: number; seconds: number }> {
  process.env.CLIPSTEER_CACHE = "off";
  const all = await models();
  const shape = latentShapeOf(all);
  const random = createRandom(1);
  const steering = await createSteering(
    all,
    {
      ...{ terms: 1, views, measure: { distance: "spherical", floor: true }, edit: false, shared: false },
      weights: { anchor: 1, range: 0.1, realism: 0, direction: 0, outside: 0, boundary: 0 },
      ...(together !== undefined && { together }),
    },
    { engine: "compiled" },
  );
  const unit = hostFloats(new Float32Array(512).fill(512 ** -0.5), [1, 512]);
  const latents = hostFloats(random.normals(shape.reduce((a, b) => a * b)), shape);
  const zeros = hostZeros(shape);
  const inputs = {
    ...drawViews({ count: views, ...defaultViews }, random, viewSidesOf(all)),
    ...adamInputsAt(0, 0.05),
    ...{ noise: zeros, anchor: latents, condition: unit, "guide0/terms": unit },
    termWeights: hostFloats(Float32Array.of(1), [1]),
  };
  const state = { latents, first: zeros, second: zeros };
  await steering.step(state, inputs);
  const began = performance.now();
  await steering.step(state, inputs);
  const seconds = (performance.now() - began) / 1000;
  return { megabytes: Math.round(process.resourceUsage().maxRSS / 1024), seconds };
}

const [views, together] = process.argv.slice(2).map(Number);
if (views !== undefined) console.log(JSON.stringify(await measure(views, together)));
else
  for (const args of [[16], [32], [64], [128], [32, 32]]) {
    const printed = execFileSync(process.execPath, [
      ...process.execArgv,
      import.meta.filename,
      ...args.map(String),
    ]);
    const { megabytes, seconds } = JSON.parse(printed.toString()) as Awaited<ReturnType<typeof measure>>;
    const how = args.length > 1 ? ", all together" : "";
    console.log(`${args[0]} views${how}: ${megabytes} MB, ${seconds.toFixed(2)} s a step`);
  }
