/**
 * Times one case on one engine in a process of its own: `node outputs/bench/built/bench/runner.js CASE ENGINE REPEATS [WITHOUT]`;
 * prints JSON. ENGINE `make` writes the shared tensors, `profile` gives the time by operator of the compiled engine.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { EngineName } from "../src/engine/index.js";
import { mapSafetensors, readSafetensors, writeSafetensors } from "../src/packs/index.js";
import { cases, folder } from "./cases.js";
import { readProfile } from "./profile.js";

/** Seconds after which no further repetition begins. */
const budget = 40;

const [name, engine, repeats = "7", without = ""] = process.argv.slice(2);
const bench = cases.find((each) => each.name === name);
if (!bench) throw new Error(`unknown case ${name}; known: ${cases.map((each) => each.name).join(", ")}`);
const shared = join(folder, name!, "shared.safetensors");
if (engine === "make") {
  await mkdir(join(folder, name!), { recursive: true });
  await writeSafetensors(shared, await bench.shared(), { dtype: "F32" });
} else {
  process.env.CLIPSTEER_CACHE = "off";
  const prefix = join(folder, name!, "profile");
  const profiled = engine === "profile";
  const step = await bench.prepare(
    bench.training ? (await readSafetensors(shared)).tensors : await mapSafetensors(shared),
    profiled ? "compiled" : (engine as EngineName),
    { ...(without && { without: without.split(",") }), ...(profiled && { profile: prefix }) },
  );
  const began = performance.now();
  const results = await step.run();
  const first = (performance.now() - began) / 1000;
  if (!without && !profiled)
    await writeSafetensors(join(folder, name!, `${engine}.safetensors`), results, { dtype: "F32" });
  const seconds: number[] = first > budget / 2 ? [first] : [];
  for (let round = 0; round < Number(repeats) && (performance.now() - began) / 1000 < budget; round++) {
    const start = performance.now();
    await step.run();
    seconds.push((performance.now() - start) / 1000);
  }
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  await step.dispose();
  console.log(JSON.stringify(profiled ? await readProfile(prefix) : { seconds, first, megabytes }));
}
