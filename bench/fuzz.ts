/**
 * Damages a file of each format many times and reads it: `npx tsx bench/fuzz.ts [count] [seed]` (20 000 a format, seed 1).
 * Each format has a process of its own with a small heap; one that says nothing for five minutes is ended and counted as a hang.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { formats, fuzz } from "../test/packs/mutate.js";

const [count = "20000", seed = "1", only] = process.argv.slice(2);
const batch = 100;

if (only) {
  let [read, refused, slowest] = [0, 0, 0];
  for (let done = 0; done < Number(count); done += batch) {
    const outcome = await fuzz(only, batch, `${seed}-${done}`);
    read += outcome.read;
    refused += outcome.refused;
    slowest = Math.max(slowest, outcome.slowest);
    for (const failure of outcome.failures) console.log(failure);
    console.error(`${only} ${done + batch}/${count}`);
  }
  const megabytes = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${only}: ${read + refused} of ${count} as they should be (${read} read, ${refused} refused), ` +
      `slowest ${slowest.toFixed(0)} ms, at most ${megabytes.toFixed(0)} MB, ${(performance.now() / 1000).toFixed(0)} s`,
  );
} else {
  for (const format of Object.keys(formats)) {
    const child = spawn(
      process.execPath,
      ["--max-old-space-size=512", "--import", "tsx", fileURLToPath(import.meta.url), count, seed, format],
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
      console.log(`${format}: hung or died (${code})\n${errors}`);
      process.exitCode = 1;
    }
  }
}
