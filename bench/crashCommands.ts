/**
 * Kills whole commands at random moments, then fills the disk under them: `npm run build && npx tsx bench/crashCommands.ts [kills] [seed] [command]`
 * (200, seed 1, all). Everything that a command writes lies in one folder: results, models, caches and temporary files.
 * After each kill, and after each full disk, every file has to be whole. A rerun (or `--resume`) has to succeed, after which no lock and no
 * unfinished or temporary file may be left. Full disks are small tmpfs, which only root can mount; they are left out elsewhere.
 */
import { type SpawnOptions, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { parse } from "yaml";
import { pullModel, placesOf } from "../src/models/index.js";
import { openWeights } from "../src/packs/index.js";
import { createRandom } from "../src/tensor/index.js";
import { sendRest, serve } from "../test/models/server.js";
import { writeTinyPack } from "../test/tiny.js";

const [first = "200", seed = "1", only] = process.argv.slice(2);
const sizeOfModel = 3_000_000;
const header = `{"w":{"dtype":"U8","shape":[${sizeOfModel}],"data_offsets":[0,${sizeOfModel}]}}`;
const content = Buffer.concat([
  Buffer.from(new BigUint64Array([BigInt(header.length)]).buffer),
  Buffer.from(header),
  Buffer.alloc(sizeOfModel, "weights "),
]);

if (first === "pull") {
  const files = [{ name: "w.safetensors", urls: [`${seed}/w.safetensors`] }];
  const about = { kind: "clip", about: "", license: "MIT", nonCommercial: false } as const;
  const known = [{ name: "m", ...about, files }];
  await pullModel("m", { places: placesOf(process.env), known }).catch((error: unknown) => {
    console.error(`error: ${(error as Error).message}`);
    process.exit(1);
  });
  process.exit();
}

/** A command that writes below `place`. */
interface Case {
  readonly name: string;
  /** Arguments of the command line, or of this file's `pull`. */
  args(place: string): string[];
  /** Arguments of the run after a kill; those of the first when absent. */
  again?(place: string): Promise<string[]>;
}

const root = resolve(import.meta.dirname, "..");
const inputs = await mkdtemp(join(tmpdir(), "clipsteer-crash-inputs-"));
const pack = await writeTinyPack();
const server = await serve({ "/w.safetensors": (request, response) => sendRest(request, response, content) });
const small = ["--generator", pack, "--views", "2", "--seed", "7"];

/** The unfinished run of a folder, if any. */
async function unfinished(folder: string): Promise<string | undefined> {
  const runs = await readdir(folder).catch(() => []);
  return runs.map((run) => join(folder, run)).find((run) => existsSync(join(run, "unfinished.safetensors")));
}

const resumable = (command: string, first: (place: string) => string[]): Case => ({
  name: command,
  args: first,
  async again(place) {
    const run = await unfinished(join(place, "runs"));
    return run ? [command, "--resume", run, "--generator", pack] : first(place);
  },
});
const training = (place: string): string[] => [
  ...["train", "clip", "--images", join(inputs, "pictures"), "--captions", join(inputs, "c.csv")],
  ...["--shape", join(inputs, "shape.yaml"), "--steps", "12", "--batch", "4", "--validate", "0"],
  ...["--save-every", "0.05", "--out", join(place, "train")],
];
const allCases: readonly Case[] = [
  resumable("generate", (place) => [
    ...["generate", "a red heart", ...small, "--candidates", "3", "--steps", "8", "--count", "2"],
    ...["--out", join(place, "runs")],
  ]),
  resumable("edit", (place) => [
    ...["edit", join(inputs, "pictures/0.png"), "a blue car", "a hat", "--from", "a red heart", ...small],
    ...["--steps", "4", "--out", join(place, "runs")],
  ]),
  {
    name: "index",
    args: (place) => ["index", join(inputs, "pictures"), "--generator", pack, "--index", join(place, "i")],
  },
  {
    name: "classify",
    args: () => [
      "classify",
      join(inputs, "pictures/0.png"),
      "--labels",
      "a heart,a car",
      "--generator",
      pack,
    ],
  },
  {
    name: "evaluate zero-shot",
    args: (place) => [
      ...["evaluate", "zero-shot", join(inputs, "c.csv"), "--generator", pack, "--out", join(place, "zs")],
    ],
  },
  {
    name: "prompts tune",
    args: (place) => [
      ...["prompts", "tune", join(inputs, "c.csv"), "--generator", pack, "--out", join(place, "tuned.yaml")],
    ],
  },
  {
    name: "train clip",
    args: training,
    again: (place) =>
      Promise.resolve(
        existsSync(join(place, "train/checkpoint.safetensors"))
          ? [...training(place), "--resume"]
          : training(place),
      ),
  },
  {
    name: "pack generator",
    args: (place) => [
      ...["pack", "generator", join(root, "test/packs/fixtures/stylegan2.pkl"), "--clips", pack],
      ...["--name", "g", "--out", join(place, "pack")],
    ],
  },
  {
    name: "models add",
    args: () => ["models", "add", join(root, "test/packs/fixtures/stylegan3.pkl")],
  },
  { name: "models pull", args: () => ["pull", server.url] },
  ...["npy", "safetensors", "jsonl"].map((format) => ({
    name: `embed ${format}`,
    args: (place: string) => [
      ...["embed", join(inputs, "pictures"), "--generator", pack, "--out", join(place, `rows.${format}`)],
    ],
  })),
];
const cases = allCases.filter(({ name }) => only === undefined || name.startsWith(only));

await mkdir(join(inputs, "pictures"));
const rows = ["path,label,file,caption"];
for (let at = 0; at < 12; at++) {
  const background = { r: at * 20, g: 255 - at * 20, b: (at * 70) % 256 };
  const label = ["red heart", "blue car", "hat", "cat face"][at % 4]!;
  await sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toFile(join(inputs, `pictures/${at}.png`));
  rows.push(`pictures/${at}.png,${label},${at}.png,${label} ${at}`);
}
await writeFile(join(inputs, "c.csv"), `${rows.join("\n")}\n`);
await writeFile(
  join(inputs, "shape.yaml"),
  "image: {size: 32, stem: 4, patch: 4, widths: [4, 6], layers: 0, heads: 2, features: 16}\ntext: {width: 8, layers: 1, heads: 2}\n",
);

interface Ended {
  readonly code: number | null;
  readonly seconds: number;
  readonly errors: string;
}

/** Runs a command with everything it writes below `place`; kills it after some seconds. */
async function run(args: readonly string[], place: string, killAfter?: number): Promise<Ended> {
  for (const name of ["tmp", "home"])
    await mkdir(join(place, name), { recursive: true }).catch(() => undefined);
  const options: SpawnOptions = {
    cwd: place,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      NO_COLOR: "1",
      HOME: join(place, "home"),
      XDG_CACHE_HOME: join(place, "home/cache"),
      CLIPSTEER_HOME: join(place, "home/clipsteer"),
      HF_HOME: join(place, "home/hf"),
      TMPDIR: join(place, "tmp"),
    },
  };
  delete options.env!.CLIPSTEER_CACHE;
  const began = performance.now();
  const isPull = args[0] === "pull";
  const tsx = fileURLToPath(import.meta.resolve("tsx"));
  const start = isPull ? ["--import", tsx, fileURLToPath(import.meta.url)] : [join(root, "bin/clipsteer.js")];
  const child = spawn(process.execPath, [...start, ...args], options);
  let errors = "";
  child.stderr!.on("data", (data: Buffer) => (errors = (errors + data.toString()).slice(-2000)));
  const timer = setTimeout(() => child.kill("SIGKILL"), killAfter === undefined ? 300_000 : killAfter * 1000);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearTimeout(timer);
  return { code, seconds: (performance.now() - began) / 1000, errors };
}

const isUnfinished = (name: string): boolean => /\.part$|\.partial$|\.incomplete$|\.download$/.test(name);

/** Reads a file by its kind. @param isCut whether the last line of a log may be cut off. */
async function check(path: string, isCut: boolean): Promise<void> {
  const bytes = await readFile(path);
  switch (extname(path)) {
    case ".png":
    case ".webp":
      await sharp(bytes, { animated: true }).raw().toBuffer();
      break;
    case ".json":
      JSON.parse(bytes.toString());
      break;
    case ".jsonl": {
      const lines = bytes.toString().split("\n");
      for (const line of isCut ? lines.slice(0, -1) : lines.filter(Boolean)) JSON.parse(line);
      break;
    }
    case ".yaml":
      if (bytes.length === 0) throw new Error("is empty");
      parse(bytes.toString());
      break;
    case ".safetensors":
      if (/w\.safetensors$/.test(path) && !bytes.equals(content))
        throw new Error("is not what the server has");
      await (await openWeights(path)).close();
      break;
    default:
      // Vectors are on disk before the entries that name them.
      if (bytes.length === 0 && !/lock|\.f32$/.test(path)) throw new Error("is empty");
  }
}

/** What is wrong with the files of a folder. */
async function problemsOf(place: string, isFinished: boolean): Promise<string[]> {
  const problems: string[] = [];
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(place.length + 1);
    if (
      isFinished &&
      (isUnfinished(entry.name) || /\.lock$/.test(entry.name) || /^tmp\/(?!tsx-)/.test(shown))
    )
      problems.push(`${shown} is left`);
    if (!entry.isFile() || isUnfinished(entry.name) || shown.startsWith("tmp/tsx-")) continue; // of the loader
    await check(path, !isFinished).catch((error: unknown) => {
      problems.push(`${shown}: ${(error as Error).message.slice(0, 100)}`);
    });
  }
  return problems;
}

/** Bytes of all files of a folder. */
async function sizeOf(place: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name))).size;
  return total;
}

const random = createRandom(`crash ${seed}`);
const failures: string[] = [];
/** Counts a failure, and shows it at once: a run takes long. */
const fail = (...found: readonly string[]): void => {
  failures.push(...found);
  for (const failure of found) console.log(failure);
};
const seconds = new Map<string, number>();
const bytes = new Map<string, number>();
for (const { name, args } of cases) {
  const place = await mkdtemp(join(tmpdir(), "clipsteer-crash-"));
  const ended = await run(args(place), place);
  if (ended.code !== 0) fail(`${name}: ended with ${ended.code}: ${ended.errors.slice(-300)}`);
  fail(...(await problemsOf(place, true)).map((problem) => `${name}, not killed: ${problem}`));
  seconds.set(name, ended.seconds);
  bytes.set(name, await sizeOf(place));
  await rm(place, { recursive: true });
  console.log(`${name}: ${ended.seconds.toFixed(1)} s, ${bytes.get(name)} bytes`);
}

/** Runs the command that goes on after an interruption, and looks at what is there. */
async function goOn({ name, args, again }: Case, place: string, what: string): Promise<void> {
  const { code, errors } = await run(again ? await again(place) : args(place), place);
  if (code !== 0) fail(`${name}, ${what}: the next run ended with ${code}: ${errors.slice(-300)}`);
  else fail(...(await problemsOf(place, true)).map((problem) => `${name}, after ${what}: ${problem}`));
}

const killed = new Map<string, number>();
for (let turn = 0; turn < Number(first); turn++) {
  const each = cases[turn % cases.length]!;
  const place = await mkdtemp(join(tmpdir(), "clipsteer-crash-"));
  const after = seconds.get(each.name)! * random.uniform();
  const { code } = await run(each.args(place), place, after);
  if (code === null) killed.set(each.name, (killed.get(each.name) ?? 0) + 1);
  const what = `kill ${turn} at ${after.toFixed(2)} s`;
  fail(...(await problemsOf(place, false)).map((problem) => `${each.name}, ${what}: ${problem}`));
  await goOn(each, place, what);
  await rm(place, { recursive: true });
  if (turn % 20 === 19) console.log(`${turn + 1} kills, ${failures.length} failures`);
}
console.log([...killed].map(([name, count]) => `${name}: killed ${count} times`).join("\n"));

/** Mounts a small disk. @returns whether it could. */
function mountDisk(place: string, size: number, isThere: boolean): boolean {
  try {
    const options = `${isThere ? "remount," : ""}size=${Math.ceil(size / 4096) * 4}k`;
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", place], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

let [full, ran] = [0, 0];
const parts = 4;
for (const each of cases) {
  for (let part = 0; part < parts; part++) {
    const place = await mkdtemp(join(tmpdir(), "clipsteer-crash-"));
    if (!mountDisk(place, 8192 + (bytes.get(each.name)! * (part + random.uniform())) / parts, false)) {
      await rm(place, { recursive: true });
      continue;
    }
    const what = `full disk ${part} of ${parts}`;
    const { code, errors } = await run(each.args(place), place);
    ran++;
    if (code !== 0) {
      full++;
      const lines = errors.trimEnd().split("\n");
      if (code !== 1 || !/^error: /.test(lines.at(-1)!) || /unexpected/.test(lines.at(-1)!))
        fail(`${each.name}, ${what}: ended with ${code}: ${errors.slice(-300)}`);
    }
    fail(...(await problemsOf(place, false)).map((problem) => `${each.name}, ${what}: ${problem}`));
    mountDisk(place, 500e6, true);
    await goOn(each, place, what);
    execFileSync("umount", ["-l", place]);
    await rm(place, { recursive: true });
  }
}
console.log(
  ran === 0
    ? "no disk could be mounted"
    : `${ran} runs on small disks, of which ${full} failed with one line`,
);
console.log(`${failures.length} failures`);
if (failures.length > 0) process.exitCode = 1;
await server.close();
await rm(inputs, { recursive: true });
