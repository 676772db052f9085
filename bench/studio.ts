/**
 * Measures the studio as it is installed: `npx tsx bench/studio.ts [page] [picture] [previews] [idle] [gallery]` (all without
 * names). Needs Chromium and `npm run build`. Prints one line a figure, and a table of those with a goal. The times need a quiet
 * machine; sizes, memory and processor times do not.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { link, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, type Page, chromium } from "playwright-core";
import sharp from "sharp";
import { createFolderStore, createMemoryAssets, openRunSession, runGenerate } from "../src/runs/index.js";
import { bootstrap, medianOf } from "../src/evaluate/index.js";

const parts = ["page", "picture", "previews", "idle", "gallery"];
const names = process.argv.slice(2);
const unknown = names.find((name) => !parts.includes(name));
if (unknown !== undefined) throw new Error(`unknown part ${unknown}; known: ${parts.join(", ")}`);
const includes = (name: string): boolean => names.length === 0 || names.includes(name);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const chromiumOptions = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
/** Rows of the table that is printed at the end. */
const measured: { text: string; value: string; goal: string; outcome: string }[] = [];
/** Prints a figure and whether it meets its goal: at most, or at least with `least`. */
function printGoal(text: string, value: number, goal: number, unit: string, least = false): void {
  const row = {
    text,
    value: `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`,
    goal: `${least ? "at least" : "at most"} ${goal} ${unit}`,
    outcome: (least ? value >= goal : value <= goal) ? "met" : "missed",
  };
  measured.push(row);
  print(`${text}: ${row.value}, goal ${row.goal}: ${row.outcome}`);
}

/** Prints the median of paired measurements with its 95 % interval (bootstrap), which decides whether the goal, at most, is met. */
function printPaired(text: string, values: readonly number[], goal: number, unit: string): void {
  const { mean: median, low, high, samples } = bootstrap(values, { statistic: medianOf });
  const row = {
    text: `${text} (median of ${samples} pairs)`,
    value: `${median.toFixed(1)} ${unit} (${low.toFixed(1)} to ${high.toFixed(1)})`,
    goal: `at most ${goal} ${unit}`,
    outcome: high <= goal ? "met" : low > goal ? "missed" : "open",
  };
  measured.push(row);
  print(`${row.text}: ${row.value}, goal ${row.goal}: ${row.outcome}`);
}

/** Prints the figures that have a goal as a Markdown table. */
function printTable(): void {
  print("\n| measure | result | goal | |\n| --- | --- | --- | --- |");
  for (const { text, value, goal, outcome } of measured)
    print(`| ${text} | ${value} | ${goal} | ${outcome} |`);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const milliseconds = (value: number): string => `${Math.round(value)} ms`;
const request = { text: ["a red heart"], seed: 3, steps: 60, plateau: 0 };
/**
 * Pairs of runs with and without previews, in alternating order. The server and the models are started again for every group of pairs,
 * since where a process lies in memory changes its speed by several percent.
 */
const [groupCount, pairsPerGroup] = [4, 5];

interface Server {
  readonly process: ChildProcess;
  readonly url: string;
  readonly token: string;
}

/** Starts the built command, as users do. */
async function startServer(out: string): Promise<Server> {
  const child = spawn(
    process.execPath,
    [resolve("bin/clipsteer.js"), "studio", "--no-open", "--json", "--out", out, "--port", "4610"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  process.on("exit", () => child.kill()); // whatever fails, no server is left
  const line = await new Promise<string>((done, fail) => {
    let text = "";
    child.stdout.on("data", (data: Buffer) => {
      text += data.toString();
      if (text.includes("\n")) done(text.split("\n")[0]!);
    });
    child.on("exit", (code) => fail(new Error(`the studio ended with ${code}`)));
  });
  return { process: child, ...(JSON.parse(line) as { url: string; token: string }) };
}

const stopServer = ({ process: child }: Server): Promise<void> =>
  new Promise((done) => {
    child.on("exit", () => done());
    child.kill("SIGINT");
  });

/** Resident memory of a process, MB. */
async function memoryOf(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
}

const call = async <T>({ url, token }: Server, method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${url}api${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
};

/** Notes when an element first appears, from the start of the page or from the last Enter. */
const watcher = `(() => {
  const seen = (window.seen = {});
  const look = () => {
    if (document.querySelector("[data-prompt]")) seen.form ??= performance.now();
    if (seen.enter && document.querySelector(".frame .live[data-drawn]")) seen.picture ??= performance.now() - seen.enter;
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") Object.assign(seen, { enter: performance.now(), picture: undefined });
  }, true);
})()`;

async function openPage(browser: Browser, { url, token }: Server): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(300_000);
  await page.addInitScript(watcher);
  await page.goto(`${url}#token=${token}`);
  await page.waitForSelector("[data-prompt]");
  return page;
}

const waitIdle = async (server: Server): Promise<void> => {
  for (;;) {
    const { runs } = await call<{ runs: { status: string; error?: string }[] }>(server, "GET", "/runs");
    const failed = runs.find(({ status }) => status === "failed");
    if (failed) throw new Error(failed.error);
    if (runs.every(({ status }) => status !== "waiting" && status !== "running")) return;
    await new Promise((done) => setTimeout(done, 100));
  }
};

async function measurePage(browser: Browser, server: Server): Promise<void> {
  const folder = resolve("dist/studio/page");
  const files = await readdir(folder);
  const sizes = await Promise.all(
    files.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
  );
  printGoal("page: gzipped", sizes.reduce((sum, size) => sum + size, 0) / 1000, 150, "kB");
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const page = await openPage(browser, server);
    times.push(Number(await page.evaluate("window.seen.form")));
    await page.context().close();
  }
  print(`page: the form can be used after ${times.map(milliseconds).join(", ")}`);
  printGoal("page: the form can be used after (median of 5)", medianOf(times), 1000, "ms");
}

async function measurePicture(browser: Browser, server: Server): Promise<void> {
  const prompts = [
    { prompt: "a green apple", goal: 1500 },
    { prompt: "a cat wearing a crown", goal: 2000 },
  ];
  const states = ["models not loaded", "models loaded", "models loaded"];
  const cases = prompts.flatMap((each) => states.map((state) => ({ ...each, state })));
  for (const { prompt, goal, state } of cases) {
    if (state !== "models loaded") await call(server, "POST", "/unload", {});
    const page = await openPage(browser, server);
    if (state === "models loaded") await call(server, "GET", "/models");
    await page.fill("[data-prompt]", prompt);
    await page.keyboard.press("Enter");
    // The page's policy allows no functions made of text, which waitForFunction would need.
    while (!(await page.evaluate("window.seen.picture"))) await page.waitForTimeout(50);
    const time = Number(await page.evaluate("window.seen.picture"));
    printGoal(`first picture of "${prompt}" after Enter, ${state}`, time, goal, "ms");
    await waitIdle(server);
    await page.context().close();
  }
}

/** Milliseconds of a step, and the processor time of a step. */
interface StepTime {
  readonly step: number;
  readonly processor: number;
}

/** Mean times of a step of the library, which shows nothing; it writes the same files. */
async function libraryStep(
  session: Awaited<ReturnType<typeof openRunSession>>,
  out: string,
): Promise<StepTime> {
  const times: number[] = [];
  let began: NodeJS.CpuUsage | undefined;
  let last = performance.now();
  const tools = { session, store: createFolderStore(out), assets: createMemoryAssets({}) };
  for await (const event of runGenerate(request, tools)) {
    if (event.type !== "step") continue;
    times.push(performance.now() - last);
    last = performance.now();
    began ??= process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(began);
  return { step: mean(times.slice(1)), processor: (user + system) / 1000 / (times.length - 1) };
}

/** Mean times of a step of the studio, with its server, and its previews a second. */
async function studioStep(server: Server): Promise<StepTime & { previews: number }> {
  const times: { at: number; preview: boolean; step: number }[] = [];
  let began: Promise<number> | undefined;
  let after: Promise<number> | undefined;
  const ended = new AbortController();
  const response = await fetch(`${server.url}api/events`, {
    headers: { Authorization: `Bearer ${server.token}` },
    signal: ended.signal,
  });
  const listening = (async () => {
    let text = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        if (!block.includes("event: step")) continue;
        const { step, preview } = JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as {
          step: number;
          preview?: string;
        };
        if (step === 0) continue;
        times.push({ at: performance.now(), preview: preview !== undefined, step });
        began ??= processorTime(server.process.pid);
        if (step === request.steps) after = processorTime(server.process.pid);
      }
    }
  })().catch(() => undefined);
  await call(server, "POST", "/runs", { kind: "generate", requests: [{ request }] });
  await waitIdle(server);
  ended.abort();
  await listening;
  const span = (times.at(-1)!.at - times[0]!.at) / 1000;
  return {
    step: (span * 1000) / (times.length - 1),
    processor: ((await after)! - (await began)!) / (times.length - 1),
    previews: times.filter(({ preview }) => preview).length / span,
  };
}

/** Processor time so far, in milliseconds, of a process and those that it started; of the browser without an id. */
async function processorTime(root?: number): Promise<number> {
  const processes = new Map<string, { parent: string; ticks: number }>();
  for (const id of await readdir("/proc")) {
    const stat = /^\d+$/.test(id) ? await readFile(`/proc/${id}/stat`, "utf8").catch(() => "") : "";
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (stat !== "" && (root !== undefined || stat.includes("chrom")))
      processes.set(id, { parent: fields[1]!, ticks: Number(fields[11]) + Number(fields[12]) });
  }
  const isOwn = (id: string): boolean => {
    const found = processes.get(id);
    if (root !== undefined && id === String(root)) return true;
    const isStarted = root === undefined && found?.parent === String(process.pid);
    return found !== undefined && (isStarted || isOwn(found.parent));
  };
  const ticks = [...processes].filter(([id]) => isOwn(id)).map(([, each]) => each.ticks);
  return ticks.reduce((sum, each) => sum + each, 0) * 10; // a tick is 10 ms
}

/** Opens the page in a browser of its own, which no program controls: that would take processor time too. @returns closes it. */
async function watchPage({ url, token }: Server, profile: string): Promise<() => Promise<void>> {
  const child = spawn(
    chromiumPath,
    [
      "--headless",
      "--no-first-run",
      ...chromiumOptions,
      "--window-size=1280,800",
      `--user-data-dir=${profile}`,
      `${url}#token=${token}`,
    ],
    { stdio: "ignore" },
  );
  process.on("exit", () => child.kill());
  const isOpen = async (): Promise<boolean> => {
    const response = await fetch(`${url}metrics`, { headers: { Authorization: `Bearer ${token}` } });
    return /pages_open 1$/m.test(await response.text());
  };
  while (!(await isOpen())) await new Promise((done) => setTimeout(done, 200));
  return () =>
    new Promise((done) => {
      child.on("exit", () => done());
      child.kill();
    });
}

/** One pair of runs: with previews, and of the library alone. */
interface Pair {
  readonly slower: number;
  readonly processor: number;
  readonly previews: number;
  /** Milliseconds of the browser's processor time a second. */
  readonly browser: number;
}

/** Measures one pair of runs. @param isFirst whether the library's comes first. */
async function measurePair(
  measureAlone: () => Promise<StepTime>,
  server: Server,
  isFirst: boolean,
): Promise<Pair> {
  const before = isFirst ? await measureAlone() : undefined;
  const [start, browserBefore] = [performance.now(), await processorTime()];
  const shown = await studioStep(server);
  const seconds = (performance.now() - start) / 1000;
  const browser = ((await processorTime()) - browserBefore) / seconds;
  const alone = before ?? (await measureAlone());
  print(
    `${shown.previews.toFixed(1)} previews a second, a step ${shown.step.toFixed(1)} ms; without the studio ${alone.step.toFixed(1)} ms; processor time ${shown.processor.toFixed(1)} ms, without the studio ${alone.processor.toFixed(1)} ms; load ${loadavg()[0]!.toFixed(1)}; the browser takes ${browser.toFixed(0)} ms of processor time a second`,
  );
  return {
    slower: 100 * (shown.step / alone.step - 1),
    processor: 100 * (shown.processor / alone.processor - 1),
    previews: shown.previews,
    browser,
  };
}

/** Steps with previews against steps of the library alone; without a page, and with one in a browser on the same threads. */
async function measurePreviews(folder: string): Promise<void> {
  const pairs: Record<"without a page" | "with a page in a browser", Pair[]> = {
    "without a page": [],
    "with a page in a browser": [],
  };
  for (let group = 0; group < groupCount; group++) {
    const server = await startServer(join(folder, `previews-${group}`));
    const session = await openRunSession();
    const measureAlone = (): Promise<StepTime> => libraryStep(session, join(folder, `alone-${group}`));
    await measureAlone(); // both once, to load
    await studioStep(server);
    for (const [name, measuredPairs] of Object.entries(pairs)) {
      print(`previews ${name}, group ${group + 1} of ${groupCount}:`);
      const close =
        name === "without a page" ? undefined : await watchPage(server, join(folder, `browser-${group}`));
      for (let round = 0; round < pairsPerGroup; round++)
        measuredPairs.push(await measurePair(measureAlone, server, (group + round) % 2 === 0));
      await close?.();
    }
    await session.dispose();
    await stopServer(server);
  }
  for (const [name, all] of Object.entries(pairs)) {
    const rate = medianOf(all.map(({ previews }) => previews));
    printGoal(`previews ${name}: a second (median of ${all.length})`, rate, 8, "previews", true);
    printPaired(
      `previews ${name}: a step is slower by`,
      all.map(({ slower }) => slower),
      5,
      "%",
    );
    printPaired(
      `previews ${name}: a step takes more processor time by`,
      all.map(({ processor }) => processor),
      5,
      "%",
    );
    print(`previews ${name}: the browser takes ${medianOf(all.map(({ browser }) => browser)).toFixed(0)} ms a second`); // prettier-ignore
  }
}

async function measureIdle(server: Server): Promise<void> {
  print(`memory: ${await memoryOf(server.process)} MB before anything was done, or after the above`);
  await call(server, "POST", "/runs", {
    kind: "generate",
    requests: [{ request: { ...request, steps: 5 } }],
  });
  await waitIdle(server);
  await call(server, "POST", "/unload", {});
  await new Promise((done) => setTimeout(done, 3000));
  printGoal("memory: after a run, with the models unloaded", await memoryOf(server.process), 250, "MB");
}

async function measureGallery(browser: Browser, folder: string): Promise<void> {
  const count = 10_000;
  const out = join(folder, "many");
  await mkdir(out);
  const picture = join(folder, "picture.png");
  await sharp({ create: { width: 512, height: 512, channels: 4, background: "#c34" } }).toFile(picture);
  for (let start = 1; start <= count; start += 500)
    await Promise.all(
      Array.from({ length: 500 }, async (_, at) => {
        const run = join(out, `${String(start + at).padStart(5, "0")}-picture`);
        await mkdir(run);
        await link(picture, join(run, "image.png"));
        const config = `settings:\n  terms:\n    - {name: a, text: picture ${start + at}, weight: 1}\n  seed: 1\nreport: {guideScore: 0.6, judgeScore: 0.5}\n`;
        await writeFile(join(run, "config.yaml"), config);
      }),
    );
  const server = await startServer(out);
  const list = async (query: string): Promise<number> => {
    const began = performance.now();
    await call(server, "GET", `/gallery?${query}`);
    return performance.now() - began;
  };
  print(`gallery of ${count} runs: listed for the first time in ${milliseconds(await list("limit=100"))}`);
  print(`gallery: listed again in ${milliseconds(await list("limit=100&offset=5000"))}`);
  await new Promise((done) => setTimeout(done, 1100));
  print(`gallery: looked through for changes in ${milliseconds(await list("limit=100"))}`);
  print(`gallery: searched by words in ${milliseconds(await list("limit=100&words=99"))}`);
  const page = await openPage(browser, server);
  await page.click('nav a[href="#/gallery"]');
  await page.waitForSelector(".item");
  const scrolled = (await page.evaluate(`(async () => {
    const scroller = document.getElementById("main");
    const next = () => new Promise((done) => requestAnimationFrame(done));
    const gaps = [];
    let last = performance.now();
    for (let step = 0; step < 120; step++) {
      scroller.scrollTop += 400;
      await next();
      gaps.push(performance.now() - last);
      last = performance.now();
    }
    const began = performance.now();
    scroller.scrollTop = scroller.scrollHeight;
    while (!document.querySelector('[data-id^="00001"]')) await next();
    gaps.sort((a, b) => a - b);
    return {
      frame: gaps[gaps.length >> 1],
      slowest: gaps[Math.floor(gaps.length * 0.95)],
      end: performance.now() - began,
      tiles: document.querySelectorAll(".cell").length,
    };
  })()`)) as { frame: number; slowest: number; end: number; tiles: number };
  print(
    `gallery: scrolling draws a frame in ${milliseconds(scrolled.frame)}, 95 % within ${milliseconds(scrolled.slowest)}; ` +
      `the last run is shown ${milliseconds(scrolled.end)} after a jump; ${scrolled.tiles} tiles in the page`,
  );
  printGoal("gallery: scrolling, 95 % of the frames within", scrolled.slowest, 34, "ms");
  printGoal("gallery: the server takes", await memoryOf(server.process), 250, "MB");
  await page.context().close();
  await stopServer(server);
}

const folder = await mkdtemp(join(tmpdir(), "clipsteer-bench-"));
const browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumOptions] });
print(`load before: ${loadavg()[0]!.toFixed(1)}`);
const server = await startServer(join(folder, "outputs"));
if (includes("idle")) await measureIdle(server);
if (includes("page")) await measurePage(browser, server);
if (includes("picture")) await measurePicture(browser, server);
await stopServer(server);
if (includes("previews")) await measurePreviews(folder);
if (includes("gallery")) await measureGallery(browser, folder);
await browser.close();
await rm(folder, { recursive: true, force: true });
printTable();
print(`load after: ${loadavg()[0]!.toFixed(1)}`);
