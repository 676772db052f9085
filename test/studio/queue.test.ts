import { spawnSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { cpuSeconds } from "../cpuTime.js";
import type { RunView } from "../../src/studio/api.js";
import { createHub } from "../../src/studio/hub.js";
import { expandWildcards, promptsOf } from "../../src/studio/wildcards.js";
import { pngOf, testStudio } from "./fake.js";

type Test = Awaited<ReturnType<typeof testStudio>>;
let open: Test[] = [];
const start = async (options: Parameters<typeof testStudio>[0] = {}): Promise<Test> => {
  const test = await testStudio(options);
  open.push(test);
  return test;
};
afterEach(async () => {
  for (const { close, out } of open) {
    await close();
    await rm(out, { recursive: true, force: true });
  }
  open = [];
});

const runsOf = async (test: Test): Promise<RunView[]> =>
  (await test.send("GET", "/api/runs")).body.runs as RunView[];
const titles = async (test: Test): Promise<string[]> =>
  (await runsOf(test)).map(({ title, status }) => `${title} ${status}`);
const add = async (test: Test, texts: string[], next = false): Promise<string[]> => {
  const requests = texts.map((text) => ({ request: { text: [text], seed: 1 } }));
  return (await test.send("POST", "/api/runs", { kind: "generate", requests, next })).body.ids as string[];
};
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const step = (index: number, preview?: Uint8Array) =>
  ({ type: "step", run: 0, index, steps: 10, loss: index === 0 ? undefined : 1 / index, preview }) as const;

describe("queue", () => {
  it("does one run after the other, in an order that can be changed", async () => {
    const test = await start();
    const [, b, c] = await add(test, ["a", "b", "c"]);
    await settle();
    expect(test.engine.started.map(({ task }) => task.request?.text)).toEqual([["a"]]);
    await test.send("POST", `/api/runs/${c}/move`, { to: 0 });
    await add(test, ["first"], true);
    expect(await titles(test)).toEqual(["a running", "first waiting", "c waiting", "b waiting"]);
    expect((await test.send("DELETE", `/api/runs/${b}`)).status).toBe(200);
    test.engine.started[0]!.end();
    await settle();
    expect(await titles(test)).toEqual(["a done", "first running", "c waiting"]);
  });

  it("stops a run by its signal, and forgets only what does not run", async () => {
    const test = await start();
    const [a, b] = await add(test, ["a", "b"]);
    await settle();
    expect((await test.send("POST", `/api/runs/${b}/stop`, {})).status).toBe(409);
    expect((await test.send("DELETE", `/api/runs/${a}`)).status).toBe(409);
    expect((await test.send("POST", "/api/runs/nothing/stop", {})).status).toBe(404);
    await test.send("POST", `/api/runs/${a}/stop`, {});
    expect(test.engine.started[0]!.signal.aborted).toBe(true);
    test.engine.started[0]!.end(true);
    await settle();
    expect(await titles(test)).toEqual(["a stopped", "b running"]);
  });

  it("goes on after a run that failed, and says why it did", async () => {
    const test = await start();
    await add(test, ["a", "b"]);
    await settle();
    test.engine.started[0]!.fail(new Error("no such style\n    at somewhere"));
    await settle();
    const [a, b] = await runsOf(test);
    expect(a).toMatchObject({ status: "failed", error: "no such style" });
    expect(b!.status).toBe("running");
  });

  it("lets a failed or stopped run go on: from its snapshot, or from its request again", async () => {
    const test = await start();
    const [a, b] = await add(test, ["a", "b"]);
    await settle();
    expect((await test.send("POST", `/api/runs/${a}/again`, {})).status).toBe(409);
    test.engine.started[0]!.fail(new Error("the disk is full"));
    await settle();
    expect((await test.send("POST", `/api/runs/${a}/again`, {})).status).toBe(200);
    expect(await titles(test)).toEqual(["b running", "a waiting"]);
    const folder = join(test.out, "00001-b");
    await mkdir(folder);
    await writeFile(join(folder, "unfinished.safetensors"), "");
    test.engine.started[1]!.emit({ type: "planned", run: 0, runs: 1, folder, steps: 10 });
    test.engine.started[1]!.end(true);
    await expect.poll(() => test.engine.started.length).toBe(3);
    expect(test.engine.started[2]!.task.request).toMatchObject({ text: ["a"] });
    expect((await runsOf(test)).at(-1)).not.toHaveProperty("error");
    expect((await test.send("POST", `/api/runs/${b}/again`, {})).status).toBe(200);
    test.engine.started[2]!.end();
    await expect.poll(() => test.engine.started.length).toBe(4);
    expect(test.engine.started[3]!.task).toMatchObject({ command: "generate", resume: folder });
  });

  it("survives a server that is killed: what ran is resumed from its folder, the rest waits", async () => {
    const test = await start();
    await add(test, ["a", "b", "c"]);
    await settle();
    const folder = join(test.out, "00001-a");
    test.engine.started[0]!.emit({ type: "planned", run: 0, runs: 1, folder, steps: 10 });
    await mkdir(folder);
    await writeFile(join(folder, "unfinished.safetensors"), "");
    const stored = () => readFile(join(test.out, ".studio", "runs.json"), "utf8").catch(() => "");
    while (!(await stored()).includes('"folder":"00001-a"')) await settle();
    // Not closed: a killed server does not get to do anything. Its lock names a process that no longer runs.
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    await writeFile(join(test.out, ".studio", "studio.lock"), JSON.stringify({ pid, host: hostname() }));
    const again = await start({ out: test.out });
    await settle();
    expect(await titles(again)).toEqual(["a running", "b waiting", "c waiting"]);
    expect(again.engine.started[0]!.task).toMatchObject({ command: "generate", resume: folder });
    again.engine.started[0]!.end();
    await settle();
    expect(again.engine.started[1]!.task).toMatchObject({ request: { text: ["b"], seed: 1 } });
  });

  it("sets a state aside that cannot be read, and starts without it", async () => {
    const test = await start();
    await test.studio.close();
    await writeFile(join(test.out, ".studio", "runs.json"), '{"version":9,"runs":[{}]}');
    const again = await start({ out: test.out });
    expect(await titles(again)).toEqual([]);
    expect(again.errors).toHaveLength(1);
    expect(await readFile(join(test.out, ".studio", "runs.json.unreadable"), "utf8")).toContain(
      '"version":9',
    );
  });

  it("keeps curves, scores and moments, and branches from one of them", async () => {
    const test = await start();
    const [a] = await add(test, ["a"]);
    await settle();
    const { emit, end } = test.engine.started[0]!;
    const frame = await pngOf(8, "#00ff00");
    for (let index = 0; index <= 10; index++) emit(step(index, index % 5 === 0 ? frame : undefined));
    emit({ type: "step", run: 0, index: 10, steps: 10, loss: 0.1, score: { guide: 0.5, judge: 0.3 } });
    const { body } = await test.send("GET", `/api/runs/${a}`);
    expect(body).toMatchObject({
      step: 10,
      steps: 10,
      frames: [0, 5, 10],
      scores: [{ step: 10, guide: 0.5, judge: 0.3 }],
    });
    expect(body.losses).toHaveLength(11);
    end();
    const branched = await test.send("POST", `/api/runs/${a}/branch`, {
      step: 5,
      request: { text: ["b"], seed: 3 },
    });
    expect(branched.status).toBe(200);
    await settle();
    const { request, uploads } = test.engine.started[1]!.task;
    expect(request).toMatchObject({
      text: ["b"],
      seed: 3,
      init: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(await readFile(join(uploads, String(request!.init)))).toEqual(frame);
    expect((await runsOf(test))[1]).toMatchObject({ parent: { run: a, step: 5 } });
    // Not every step has a picture: the nearest one that has is used, and said.
    const near = await test.send("POST", `/api/runs/${a}/branch`, { step: 7, request: { text: ["b"] } });
    expect(near.body).toMatchObject({ step: 5 });
    const [b] = await add(test, ["b"]);
    expect(
      (await test.send("POST", `/api/runs/${b}/branch`, { step: 4, request: { text: ["b"] } })).status,
    ).toBe(404);
  });

  it("branches from a step of a finished run after the server was restarted", async () => {
    const test = await start();
    const [a] = await add(test, ["a"]);
    await settle();
    const { emit, end } = test.engine.started[0]!;
    const frame = await pngOf(8, "#00ff00");
    for (let index = 0; index <= 100; index++) emit({ ...step(index, frame), steps: 100 });
    emit({ type: "step", run: 0, index: 100, steps: 100, loss: 0.1, score: { guide: 0.5, judge: 0.3 } });
    end();
    const stored = join(test.out, ".studio", "traces", `${a}.json`);
    await expect.poll(() => readFile(stored, "utf8").catch(() => "")).toContain('"step":100');
    await test.studio.close();
    const again = await start({ out: test.out });
    const { body } = await again.send("GET", `/api/runs/${a}`);
    expect(body).toMatchObject({ scores: [{ step: 100, guide: 0.5, judge: 0.3 }] });
    expect(body.losses).toHaveLength(101);
    const frames = body.frames as number[];
    expect([frames.length, frames[0], frames.at(-1)]).toEqual([48, 0, 100]);
    const branched = await again.send("POST", `/api/runs/${a}/branch`, {
      step: frames[20],
      request: { text: ["b"], seed: 3 },
    });
    expect(branched.body).toMatchObject({ step: frames[20] });
    await expect.poll(() => again.engine.started.length).toBe(1);
    const { request, uploads } = again.engine.started[0]!.task;
    expect(await readFile(join(uploads, String(request!.init)))).toEqual(frame);
    // A damaged file is as none.
    await writeFile(stored, "{");
    const third = await start({ out: await again.studio.close().then(() => test.out) });
    expect((await third.send("GET", `/api/runs/${a}`)).body.frames).toEqual([]);
    expect((await third.send("DELETE", `/api/runs/${a}`)).status).toBe(200);
    await expect.poll(() => readFile(stored, "utf8").catch(() => "gone")).toBe("gone");
  });

  it("estimates the end of a run from earlier ones before its first step, then from its own pace", async () => {
    const test = await start();
    await add(test, ["a", "b"]);
    await settle();
    expect((await runsOf(test))[0]).not.toHaveProperty("eta");
    const result = { folder: "00001-a", image: "image.png", seed: 1, guide: 0.5, judge: 0.5 };
    await new Promise((resolve) => setTimeout(resolve, 300));
    test.engine.started[0]!.emit({ type: "finished", ...result });
    await mkdir(join(test.out, "00001-a"));
    test.engine.started[0]!.end();
    await expect.poll(async () => (await runsOf(test))[1]!.status).toBe("running");
    const [, b] = await runsOf(test);
    expect(b!.eta).toBeGreaterThan(0.25);
    expect(b!.eta).toBeLessThan(2);
    const { emit } = test.engine.started[1]!;
    emit({ type: "planned", run: 0, runs: 1, folder: "00002-b", steps: 1000 });
    for (let index = 0; index <= 2; index++) {
      emit({ ...step(index), steps: 1000 });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect((await runsOf(test))[1]!.eta).toBeGreaterThan(30); // 60 ms a step
  });

  it("holds a bounded number of moments of a long run", async () => {
    const test = await start();
    const [a] = await add(test, ["a"]);
    await settle();
    const { emit } = test.engine.started[0]!;
    const frame = await pngOf();
    for (let index = 0; index <= 5000; index++) emit({ ...step(index, frame), steps: 5000 });
    const frames = (await test.send("GET", `/api/runs/${a}`)).body.frames as number[];
    expect(frames.length).toBeLessThanOrEqual(200);
    expect(frames.length).toBeGreaterThan(90);
    expect(frames.at(-1)).toBe(5000);
  });

  it("says in metrics what it did", async () => {
    const test = await start();
    await add(test, ["a", "b"]);
    await settle();
    test.engine.started[0]!.end();
    await settle();
    const text = await (await test.request("/metrics")).text();
    expect(text).toContain('clipsteer_runs_finished_total{status="done"} 1');
    expect(text).toContain("clipsteer_runs_running 1");
    for (const line of text.trim().split("\n"))
      expect(line).toMatch(
        /^(?:# (?:HELP|TYPE) clipsteer_\w+ .+|clipsteer_\w+(?:\{\w+="\w+"\})? [\d.e+-]+)$/,
      );
  });
});

describe("events", () => {
  it("reach a page that reconnects, or tell it to load everything", async () => {
    const hub = createHub();
    const end = new AbortController();
    for (let count = 0; count < 3; count++) hub.publish("run", { count });
    const seen: unknown[] = [];
    const listening = (async () => {
      for await (const { id, data } of hub.subscribe(1, end.signal)) seen.push([id, JSON.parse(data)]);
    })();
    await settle();
    hub.publish("run", { count: 3 });
    await settle();
    end.abort();
    await listening;
    expect(seen).toEqual([
      [2, { count: 1 }],
      [3, { count: 2 }],
      [4, { count: 3 }],
    ]);
    for (let count = 0; count < 600; count++) hub.publish("run", {});
    const first = await hub.subscribe(2, new AbortController().signal).next();
    expect(first.value).toMatchObject({ type: "reset" });
    expect((await hub.subscribe(99_999, new AbortController().signal).next()).value).toMatchObject({
      type: "reset",
    });
  });

  it("leave out previews for a page that does not read, and cut it off in the end", async () => {
    const hub = createHub();
    const stream = hub.subscribe(undefined, new AbortController().signal);
    const first = stream.next();
    hub.publish("run", {});
    await first;
    for (let count = 0; count < 20_000; count++) hub.publish("step", { count }, { droppable: true });
    for (let count = 0; count < 10_000; count++) hub.publish("run", { count });
    let events = 0;
    for await (const { id } of stream) events += id > 0 ? 1 : 0;
    expect(events).toBeLessThan(5300);
    expect(hub.listeners).toBe(0);
  });

  it("of steps without a picture are sent together with the next picture, or a moment later", async () => {
    const test = await start();
    await add(test, ["a"]);
    await settle();
    const response = await test.request("/api/events");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    await reader.read(); // the beat that opens it
    const { emit } = test.engine.started[0]!;
    const steps = (text = ""): number[] =>
      [...text.matchAll(/^data: (.*)$/gm)].map((match) => (JSON.parse(match[1]!) as { step: number }).step);
    for (const index of [1, 2]) emit(step(index));
    await settle();
    emit(step(3, await pngOf(8)));
    expect(steps((await reader.read()).value)).toEqual([1, 2, 3]);
    emit(step(4));
    expect(steps((await reader.read()).value)).toEqual([4]);
    await reader.cancel();
  });

  it("stop when the client goes away in the middle, and nothing else does", async () => {
    const test = await start();
    await add(test, ["a"]);
    await settle();
    const end = new AbortController();
    const response = await test.studio.app.request(
      new Request("http://127.0.0.1:4477/api/events", {
        headers: { Host: "127.0.0.1:4477", Authorization: `Bearer ${test.studio.token}` },
        signal: end.signal,
      }),
    );
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    end.abort();
    await settle();
    test.engine.started[0]!.emit(step(1));
    expect(await (await test.request("/metrics")).text()).toContain("clipsteer_pages_open 0");
    expect(await titles(test)).toEqual(["a running"]);
  });
});

describe("wildcards", () => {
  it("stand for every combination", () => {
    expect(expandWildcards("a {red|blue} {heart|cat}")).toEqual([
      "a red heart",
      "a red cat",
      "a blue heart",
      "a blue cat",
    ]);
    expect(expandWildcards("a {big {red|blue}|small} cat")).toEqual([
      "a big red cat",
      "a big blue cat",
      "a small cat",
    ]);
    expect(expandWildcards("a \\{b|c}")).toEqual(["a {b|c}"]);
    expect(expandWildcards("a {|very} cat")).toEqual(["a cat", "a very cat"]);
  });

  it("are refused when they are not closed or stand for too much", () => {
    expect(() => expandWildcards("a {red|blue heart")).toThrow("never closed");
    expect(() => expandWildcards("{a|b}".repeat(40))).toThrow("more than 1000");
    expect(() => expandWildcards("{".repeat(5000) + "}".repeat(5000))).toThrow("at most 10 braces");
    expect(expandWildcards("{a}".repeat(20_000))).toHaveLength(1);
  });

  it("take time and memory in proportion to a text of any form", async () => {
    const thousand = `{${Array.from({ length: 1000 }, (_, at) => at).join("|")}}`;
    const texts = [
      "x".repeat(190_000) + thousand,
      thousand + "{a}".repeat(60_000),
      `{${thousand}${"{a}".repeat(60_000)}|b}`,
      `${"{".repeat(9)}a${"}".repeat(9)}`.repeat(10_000),
      "{a}{b".repeat(30_000),
      `{${"\\{".repeat(90_000)}}`,
      `${" ".repeat(190_000)}a`,
      "[".repeat(190_000),
      "- &a x\n".repeat(25_000),
    ];
    for (const text of texts) {
      const seconds = await cpuSeconds(() => {
        try {
          promptsOf(text);
        } catch (error) {
          expect((error as Error).message.length).toBeLessThan(200);
        }
      });
      expect(seconds).toBeLessThan(3);
    }
  });

  it("give the product of their choices", () => {
    const word = fc.stringMatching(/^[a-z]{1,5}$/);
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        (parts) => {
          const found = expandWildcards(parts.map((choices) => `{${choices.join("|")}}`).join("-"));
          expect(new Set(found).size).toBe(parts.reduce((product, { length }) => product * length, 1));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("are read from lines and from YAML lists", () => {
    expect(promptsOf("# list\na cat\r\n\n  a {red|blue} heart \n")).toEqual([
      "a cat",
      "a red heart",
      "a blue heart",
    ]);
    expect(promptsOf('- a cat\n- "a: dog"\n')).toEqual(["a cat", "a: dog"]);
    expect(() => promptsOf("- a\n- {b: c}")).toThrow("texts only");
    expect(() => promptsOf("\n# x\n")).toThrow("no prompt");
    expect(() => promptsOf('- "a')).toThrow("YAML");
  });
});
