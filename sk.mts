const R = "/work/wt/studio";
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const runs = await import(R + "/src/runs/index.ts");
let c = cpu();
const lap = (w: string) => { const n = cpu(); console.log(w.padEnd(30), (n - c).toFixed(0), "cpu ms"); c = cpu(); };
const session = await runs.openRunSession("stickers");
lap("open");
const s = session.programs();
const config = { seed: 3, steps: 0, views: 4, lr: 0.1, candidates: 64, truncation: 1 };
const term = (text: string) => [{ text, weight: 1, templates: session.models.templates }];
for (const text of ["a red heart", "a red heart", "a blue car", "a blue car", "a sleepy owl"]) {
  const l = await s.sketch(term(text), config); lap("sketch " + text);
  await s.painterOf(l).preview(l, 256); lap("preview");
}
const plan = { parts: ["cat", "crown"], relations: [{ subject: 0, kind: "head", object: 1 }] };
for (let i = 0; i < 2; i++) { const l = await s.sketch(term("a cat wearing a crown"), config, plan); lap("scene sketch"); await s.painterOf(l).preview(l, 256); lap("preview"); }
process.exit(0);
