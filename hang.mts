const R = "/work/wt/studio";
const { createEngine } = await import(R + "/src/studio/engine.ts");
const engine = createEngine();
const t = performance.now();
const lap = (w: string) => console.log(w, ((performance.now() - t) / 1000).toFixed(1), "s");
await engine.run({ command: "generate", request: { text: ["a red heart"], steps: 12, views: 4, candidates: 8, seed: 5 }, out: "/tmp/studio/hang-out", uploads: "/tmp/studio/hang-out/.studio/uploads" }, (e: any) => lap(e.type + " " + (e.index ?? "") + (e.preview ? " preview" : "")), new AbortController().signal);
lap("done");
await engine.close();
process.exit(0);
