/**
 * Makes a thousand pictures in one process and one session, and measures what grows:
 * `node --expose-gc --import tsx bench/soak.ts [pictures] [chart.svg]` (1000, no chart). Every picture has another prompt, seed and size; every tenth is a scene of several layers, every twentieth edits the picture before it, every fourth is saved.
 * The process has the environment of the studio's engine, unless MALLOC_MMAP_THRESHOLD_ is set already.
 * Each measurement is a line of JSON. Fails when the median of memory, file handles, threads or temporary
 * files is larger in the last fifth of the measurements than in the middle one, beyond the `tolerance`. The first two fifths warm up: by then every
 * kind of picture was drawn, and every program that is used again was closed and opened from the cache once.
 * Threads are of three kinds. Those of open programs are bounded by `mostOpen`. Libvips keeps the threads of a picture for the next one, and
 * ends those that were idle for 15 s: their number is that of the busiest moment, which `mostWorkers` bounds, and none may be left
 * `idleSeconds` after the last picture. All others are counted as `threads`, and may not be more at the end than in the middle.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writeFileAtomic } from "../src/files/index.js";
import { countOpenPrograms, mostOpen } from "../src/engine/openPrograms.js";
import { openSession } from "../src/session/index.js";
import { steadyAllocation } from "../src/studio/engine.js";
import { medianOf } from "../src/evaluate/index.js";

/** One measurement, after `pictures` pictures. */
interface Sample {
  readonly pictures: number;
  /** Resident memory in MB. */
  readonly resident: number;
  /** JavaScript heap and array buffers after a collection, in MB. */
  readonly heap: number;
  readonly handles: number;
  /** Threads that are neither of an open program nor of libvips. */
  readonly threads: number;
  /** Open programs, each with its weights and, on every core but one, a thread; at most `mostOpen`. */
  readonly programs: number;
  /** Threads of libvips and of its text; at most `mostWorkers`. */
  readonly workers: number;
  readonly temporaryFiles: number;
}

/** What may be measured more in the last fifth than in the middle one: MB, MB, and numbers. */
const tolerance = { resident: 50, heap: 30, handles: 0, threads: 0, temporaryFiles: 0 };
/** Libvips works for the four threads of libuv at once; for one it was never seen to use more than five. */
const mostWorkers = 20;
/** After this time without a picture, the threads of libvips have ended. */
const idleSeconds = 25;
const titles = {
  resident: "resident memory, MB",
  heap: "heap and array buffers, MB",
  handles: "file handles",
  threads: "threads beside programs and libvips",
  temporaryFiles: "temporary files",
};
const names = Object.keys(tolerance) as (keyof typeof tolerance)[];

const [count = "1000", chart] = process.argv.slice(2);
const pictures = Number(count);
const every = Math.max(1, Math.floor(pictures / 50));

const scratch = join(tmpdir(), `clipsteer-soak-${process.pid}`);
const temporary = join(scratch, "tmp");

/** Prompts of several layers: beside, on and wearing, holding, settings and states. */
const scenes = [
  "a red heart beside a blue star",
  "a cat wearing a hat",
  "a penguin on the beach at night",
  "three apples on a table",
  "a sleeping bear in the snow",
];
const colours = ["red", "blue", "green", "yellow", "black", "pink", "white"];
const things = [
  "heart",
  "cat",
  "star",
  "cup of coffee",
  "bicycle",
  "pizza",
  "ghost",
  "sun",
  "tree",
  "car",
  "fish",
];

/** Threads of the process: those of libvips, by their names, and all others. */
function countThreads(): { workers: number; others: number } {
  const workers = readdirSync("/proc/self/task").map((task) => {
    try {
      return /libvips|pango/.test(readFileSync(`/proc/self/task/${task}/comm`, "utf8")) ? 1 : 0;
    } catch {
      return undefined; // it has just ended
    }
  });
  const count = (kind: number): number => workers.filter((each) => each === kind).length;
  return { workers: count(1), others: count(0) };
}

async function main(): Promise<void> {
  const collect = globalThis.gc;
  if (!collect) throw new Error("run with node --expose-gc");
  mkdirSync(temporary, { recursive: true });
  process.env.TMPDIR = temporary;
  process.env.CLIPSTEER_CACHE = join(scratch, "cache");
  const session = await openSession("stickers");
  const samples: Sample[] = [];
  const began = performance.now();
  let last: Awaited<ReturnType<typeof session.generate>> | undefined;
  for (let count = 1; count <= pictures; count++) {
    const text = `a ${colours[count % colours.length]!} ${things[count % things.length]!}`;
    const cost = { seed: count, steps: 1, views: 2 };
    if (last && count % 20 === 0) await session.edit(last.picture, text, { ...cost, from: "a red heart" });
    else {
      const isScene = count % 10 === 5;
      const prompt = isScene ? scenes[Math.floor(count / 10) % scenes.length]! : text;
      const run = session.generate(prompt, { ...cost, candidates: 2, size: 64 + 64 * (count % 3) });
      for await (const event of run)
        if (
          event.type === "planned" &&
          isScene &&
          !("scene" in event.record.settings && event.record.settings.scene)
        )
          throw new Error(`"${prompt}" was not drawn as layers`);
      last = await run;
      if (count % 4 === 0)
        await last.picture.save(join(scratch, `saved.${count % 8 === 0 ? "webp" : "png"}`));
    }
    if (count % every !== 0) continue;
    collect();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const { workers, others } = countThreads();
    const programs = countOpenPrograms();
    const sample: Sample = {
      pictures: count,
      resident: Math.round(rss / 2 ** 20),
      heap: Math.round((heapUsed + arrayBuffers) / 2 ** 20),
      handles: readdirSync("/proc/self/fd").length,
      threads: others - programs * (availableParallelism() - 1),
      programs,
      workers,
      temporaryFiles:
        readdirSync(temporary).length + readdirSync(scratch).filter((name) => /part/.test(name)).length,
    };
    samples.push(sample);
    console.log(JSON.stringify({ ...sample, seconds: Math.round((performance.now() - began) / 1000) }));
  }
  await delay(1000 * idleSeconds);
  const idle = countThreads().workers;
  await session.dispose();
  if (chart) await writeFileAtomic(chart, drawChart(samples));
  const fifth = Math.floor(samples.length / 5);
  for (const name of names) {
    const [early, late] = [samples.slice(2 * fifth, 3 * fifth), samples.slice(-fifth)].map((each) =>
      medianOf(each.map((sample) => sample[name])),
    ) as [number, number];
    const isFlat = late - early <= tolerance[name];
    console.log(`${titles[name]}: ${early}, later ${late}${isFlat ? "" : ": it grows"}`);
    if (!isFlat) process.exitCode = 1;
  }
  const most = (name: "programs" | "workers"): number => Math.max(...samples.map((sample) => sample[name]));
  console.log(`open programs: at most ${most("programs")} of ${mostOpen}`);
  console.log(
    `threads of libvips: at most ${most("workers")} of ${mostWorkers}, ${idle} after ${idleSeconds} s without a picture`,
  );
  if (most("programs") > mostOpen || most("workers") > mostWorkers || idle > 0) process.exitCode = 1;
}

/** One panel a quantity, from zero, over the number of pictures. */
function drawChart(samples: readonly Sample[]): string {
  const [width, height, gap] = [560, 70, 34];
  const panels = names.map((name, row) => {
    const top = row * (height + gap) + 24;
    const largest = Math.max(1, ...samples.map((sample) => sample[name]));
    const points = samples.map((sample) => {
      const x = 50 + (sample.pictures / pictures) * (width - 70);
      return `${x.toFixed(1)},${(top + height * (1 - sample[name] / largest)).toFixed(1)}`;
    });
    return [
      `<text x="50" y="${top - 8}">${titles[name]}</text>`,
      `<text x="44" y="${top + 5}" text-anchor="end">${largest}</text>`,
      `<text x="44" y="${top + height + 4}" text-anchor="end">0</text>`,
      `<path d="M50 ${top}V${top + height}H${width - 20}" fill="none" stroke="#999"/>`,
      `<polyline points="${points.join(" ")}" fill="none" stroke="#1f6feb" stroke-width="1.5"/>`,
    ].join("");
  });
  const total = names.length * (height + gap) + 30;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" font-family="sans-serif" font-size="12">` +
    `<rect width="100%" height="100%" fill="white"/>${panels.join("")}` +
    `<text x="${width - 20}" y="${total - 12}" text-anchor="end">pictures: 0 to ${pictures}</text></svg>\n`
  );
}

// The allocator reads its environment when a process starts.
if (process.env.MALLOC_MMAP_THRESHOLD_ === undefined) {
  const again = [...process.execArgv, ...process.argv.slice(1)];
  const env = { ...steadyAllocation, ...process.env };
  process.exitCode = spawnSync(process.execPath, again, { env, stdio: "inherit" }).status ?? 1;
} else
  try {
    await main();
  } finally {
    rmSync(scratch, { recursive: true });
  }
