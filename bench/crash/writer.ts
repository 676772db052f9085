/**
 * Kills writing processes at random moments and checks the files that they leave: `npx tsx bench/crash/writer.ts [kills] [seed]` (200, seed 1).
 * A writer holds a lock and replaces three files by `writeFileAtomic`, again and again.
 * After each kill every file has to be whole, and after the next start no unfinished file may be left.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runLocked, writeFileAtomic } from "../../src/files/index.js";
import { createRandom } from "../../src/tensor/index.js";

const [kills = "200", seed = "1", folder, role] = process.argv.slice(2);
const names = ["small.json", "medium.bin", "large.bin"];
const sizes = [100, 200_000, 5_000_000];

/** Content that can be verified: bytes that repeat a generation number, and their hash. */
function contentOf(generation: number, size: number): Buffer {
  const body = Buffer.alloc(size, `${generation},`);
  return Buffer.concat([createHash("sha256").update(body).digest(), body]);
}

function isWhole(bytes: Buffer): boolean {
  return createHash("sha256").update(bytes.subarray(32)).digest().equals(bytes.subarray(0, 32));
}

if (role === "child") {
  await runLocked(join(folder!, "lock"), { purpose: "write here" }, async () => {
    process.send!("ready");
    for (let generation = 0; ; generation++)
      for (const [at, name] of names.entries())
        await writeFileAtomic(join(folder!, name), contentOf(generation, sizes[at]!));
  });
} else {
  const random = createRandom(`crash ${seed}`);
  const place = await mkdtemp(join(tmpdir(), "clipsteer-crash-"));
  const problems: string[] = [];
  let [unfinished, checked, killed] = [0, 0, 0];
  for (let turn = 0; turn < Number(kills); turn++) {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", fileURLToPath(import.meta.url), kills, seed, place, "child"],
      { stdio: ["ignore", "ignore", "pipe", "ipc"] },
    );
    let errors = "";
    child.stderr!.on("data", (data: Buffer) => (errors += data.toString()));
    const ended = new Promise((done) => child.on("close", done));
    const isReady = await new Promise<boolean>((done) => {
      child.on("message", () => done(true));
      child.on("close", () => done(false));
    });
    if (!isReady) {
      problems.push(`turn ${turn}: did not start: ${errors.trim().split("\n").at(-1)}`);
      break;
    }
    await new Promise((done) => setTimeout(done, random.integer(120)));
    child.kill("SIGKILL");
    await ended;
    killed++;
    const left = await readdir(place);
    unfinished += left.filter((name) => name.endsWith(".part")).length;
    for (const name of left.filter((each) => names.includes(each))) {
      checked++;
      if (!isWhole(await readFile(join(place, name)))) problems.push(`turn ${turn}: ${name} is not whole`);
    }
  }
  await runLocked(join(place, "lock"), { purpose: "write here" }, async () => {
    await writeFileAtomic(join(place, names[0]!), contentOf(0, 100));
  });
  const left = (await readdir(place)).filter((name) => !names.includes(name));
  if (left.length > 0) problems.push(`left after the next start: ${left.join(", ")}`);
  await rm(place, { recursive: true });
  for (const problem of problems) console.log(problem);
  console.log(
    `${killed} kills: ${checked} files looked at, ${problems.length} problems; ` +
      `${unfinished} unfinished files were left by kills, and removed by the next start`,
  );
  if (problems.length > 0) process.exitCode = 1;
}
