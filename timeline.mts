const R = process.env.ROOT ?? "/work/wt/studio";
let t = performance.now();
const cpu0 = process.cpuUsage();
const lap = (what: string, since: number, c = cpu0) => { const u = process.cpuUsage(c); console.log(what.padEnd(34), (performance.now() - since).toFixed(0), "ms", "cpu", ((u.user + u.system) / 1000).toFixed(0)); };
const runs = await import(R + (process.env.BUILT ? "/dist/index.js" : "/src/index.ts"));
lap("import", t);
t = performance.now();
const session = await (runs.openRunSession ?? (await import(R + "/src/runs/index.ts")).openRunSession)("stickers");
lap("openRunSession", t);
const { runGenerate, memoryStore, memoryAssets } = await import(R + "/src/runs/index.ts");
for (const text of process.argv.slice(2)) {
  console.log(text);
  const began = performance.now();
  const c = process.cpuUsage();
  let n = 0;
  for await (const event of runGenerate({ text: [text], seed: 3, steps: 6 }, { session, store: memoryStore(), assets: memoryAssets({}) })) {
    if (event.type === "planned") { const s = await event.sketch(256); lap("  sketch " + s?.width, began, c); if (s) await (await import(R + "/src/images/index.ts")).savePicture("/tmp/studio/sketch-" + text.replaceAll(" ", "-") + ".png", s, { format: "png" }); }
    if ((event.type === "draft" || event.index === 5) && event.paint) { const q = performance.now(); const s = await event.paint(256); lap("  paint " + s?.width, q, c); await (await import(R + "/src/images/index.ts")).savePicture("/tmp/studio/" + event.type + "-" + text.replaceAll(" ", "-") + ".png", s, { format: "png" }); }
    if (event.type !== "finding") lap("  " + event.type + " " + (event.index ?? ""), began, c);
  }
}
await session.dispose();
process.exit(0);
