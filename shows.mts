const R = "/work/wt/studio";
const runs = await import(R + "/src/runs/index.ts");
const { loadPicture } = await import(R + "/src/images/index.ts");
const session = await runs.openRunSession("stickers");
const s = session.programs();
for (const file of ["sketch-a-red-heart", "draft-a-blue-car", "draft-a-cat-wearing-a-crown", "draft-zorblax"]) {
  const { picture } = await loadPicture("/tmp/studio/" + file + ".png");
  const out = [];
  for (const t of ["heart", "car", "cat", "horse", "hat", "apple", "crown", "dog"]) out.push(t + ":" + (await s.shows(picture, t)));
  console.log(file, out.join(" "));
}
process.exit(0);
