/**
 * Damages a file of each format many times and reads it, then makes and reads as many inputs of each grammar of bombs:
 * `npx tsx bench/fuzz.ts [count] [seed] [format]` (20 000 a format, seed 1, all).
 * For each grammar it then measures how time and memory grow with the input.
 * Each format has a process of its own with a small heap; one that says nothing for five minutes is ended and counted as a hang.
 * What was done is kept in outputs/fuzz, by a hash of the readers and of this run: the same command goes on with it.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { detonate, grammars, measureGrowth } from "../test/bombs/grammar.js";
import { formats, fuzz } from "../test/packs/mutate.js";

const [count = "20000", seed = "1", only, role] = process.argv.slice(2);
const batch = 100;
/** Bytes of the largest bomb, about. */
const bombSize = 4000;
/** Bytes of the bombs by which growth is measured, and their number of each size. */
const growth = { sizes: [40_000, 80_000, 160_000, 320_000, 640_000], count: 8 };

const root = join(import.meta.dirname, "..");

/** Hash of what reads and of what damages. */
async function codeHash(): Promise<string> {
  const hash = createHash("sha256");
  const folders = [
    "src/packs",
    "src/images",
    "src/files",
    "src/prompts",
    "src/data",
    "src/runs",
    "src/runs/requests",
    "test/bombs",
    "test/packs",
  ];
  for (const folder of [...folders, "test/packs/fixtures"])
    for (const name of (await readdir(join(root, folder))).sort())
      if (/\.(pt|pth|pkl|ckpt)$|mutate\.ts$/.test(name) || (folder !== "test/packs" && name.endsWith(".ts")))
        hash.update(name).update(await readFile(join(root, folder, name)));
  return hash.digest("hex").slice(0, 12);
}

if (only && role === "growth") {
  const measured = await measureGrowth(only, { ...growth, seed });
  const { exponent, milliseconds, perMegabyte, memoryMultiple, megabytes } = measured;
  console.log(
    `${only}: time grows with the content to the power of ${exponent.toFixed(2)}, ${milliseconds.toFixed(0)} ms an input, ` +
      `${perMegabyte.toFixed(0)} ms a MB; memory of ${memoryMultiple.toFixed(0)} times the content, ${megabytes.toFixed(0)} MB in all`,
  );
  // Where an input takes some milliseconds, fixed costs and noise decide the exponent.
  if (exponent > 1.3 && milliseconds > 50) throw new Error(`${only}: time is not linear`);
  if (megabytes > 400) throw new Error(`${only}: reading took ${megabytes.toFixed(0)} MB`);
} else if (only && role === "child") {
  const folder = join(root, "outputs/fuzz");
  await mkdir(folder, { recursive: true });
  const savedCase = join(folder, `${only}-${seed}-${await codeHash()}.json`);
  const none = { done: 0, read: 0, refused: 0, slowest: 0, megabytes: 0, failures: [] as string[] };
  const state = JSON.parse(
    await readFile(savedCase, "utf8").catch(() => JSON.stringify(none)),
  ) as typeof none;
  while (state.done < Number(count)) {
    const turn = `${seed}-${state.done}`;
    const outcome =
      only in grammars ? await detonate(only, batch, turn, bombSize) : await fuzz(only, batch, turn);
    state.done += batch;
    state.read += outcome.read;
    state.refused += outcome.refused;
    state.slowest = Math.max(state.slowest, outcome.slowest);
    state.megabytes = Math.max(state.megabytes, process.resourceUsage().maxRSS / 1024);
    state.failures.push(...outcome.failures);
    await writeFile(savedCase, JSON.stringify(state));
    console.error(`${only} ${state.done}/${count}`);
  }
  for (const failure of state.failures) console.log(failure);
  if (state.failures.length > 0) process.exitCode = 1;
  console.log(
    `${only}: ${state.read + state.refused} of ${state.done} as they should be (${state.read} read, ${state.refused} refused), ` +
      `slowest ${state.slowest.toFixed(0)} ms, at most ${state.megabytes.toFixed(0)} MB`,
  );
} else {
  const all = [...Object.keys(formats), ...Object.keys(grammars)];
  const tasks = (only ? [only] : all).flatMap((format) =>
    [[format, "child"] as const, [format, "growth"] as const].filter(
      ([, task]) => task === "child" || format in grammars,
    ),
  );
  for (const [format, task] of tasks) {
    const child = spawn(
      process.execPath,
      [
        "--max-old-space-size=512",
        "--import",
        "tsx",
        fileURLToPath(import.meta.url),
        count,
        seed,
        format,
        task,
      ],
      { stdio: ["ignore", "inherit", "pipe"] },
    );
    let errors = "";
    let timer: NodeJS.Timeout | undefined;
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill("SIGKILL"), 300_000);
    };
    watch();
    child.stderr.on("data", (data: Buffer) => {
      watch();
      errors = (errors + data.toString()).slice(-4000);
    });
    const code = await new Promise<number | null>((done) => child.on("close", done));
    clearTimeout(timer);
    if (code !== 0) {
      console.log(`${format}: failed, hung or died (${code})\n${errors}`);
      process.exitCode = 1;
    }
  }
}
