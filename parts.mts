const t0 = performance.now();
const lap = (what: string, since: number) => console.log(what.padEnd(34), (performance.now() - since).toFixed(0), "ms");
const R = process.env.ROOT ?? "/work/wt/studio";
const runs = await import(R + "/src/runs/index.ts");
lap("import runs", t0);
let t = performance.now();
const session = await runs.openRunSession("stickers");
lap("openRunSession", t);
t = performance.now();
const { draftSubject } = await import(R + "/src/guidance/models.ts");
console.log(JSON.stringify(draftSubject(session.models, "a red heart")), JSON.stringify(draftSubject(session.models, "a sleepy owl")), JSON.stringify(draftSubject(session.models, "zxcv qwe")));
lap("subject", t);
t = performance.now();
const s = session.programs();
const { hostFloats } = await import(R + "/src/tensor/index.ts");
const u = hostFloats(new Float32Array(session.models.generator.latentShape[0]), [1, session.models.generator.latentShape[0]]);
const p = s.painterOf(u);
for (const side of [128, 192, 256]) { 
await p.preview(u, side);
lap("paint first " + side, t);
const times = [];
for (let i = 0; i < 15; i++) { t = performance.now(); await p.preview(u, side); times.push(performance.now() - t); }
times.sort((a, b) => a - b); console.log(side, "median", times[7].toFixed(1), "min", times[0].toFixed(1));
t = performance.now();
}
const times = [];
for (let i = 0; i < 15; i++) { t = performance.now(); await p.parts(u); times.push(performance.now() - t); }
times.sort((a, b) => a - b); console.log("parts", "median", times[7].toFixed(1), "min", times[0].toFixed(1));
await session.dispose();
process.exit(0);
