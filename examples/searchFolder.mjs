// Indexes a folder of pictures and finds those that match a text best.
//   node searchFolder.mjs [folder] ["a cat face"]
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createEncoder,
  createSearcher,
  encodeQuery,
  fillTemplate,
  indexFile,
  loadClips,
  loadPack,
  openSession,
  readIndex,
  updateIndex,
} from "clipsteer";

const [folder = await makeFolder(), text = "a cat face"] = process.argv.slice(2);

const models = await loadClips(await loadPack("emoji"), "all");
const encoder = createEncoder(models.clips, models.tokenizer);
const path = join(folder, indexFile);
for await (const { done, total } of updateIndex(folder, path, models, encoder))
  console.log(`${done} of ${total}`);

const index = await readIndex(path);
const searcher = await createSearcher(index);
const prompts = models.templates.map((template) => fillTemplate(template, text));
const hits = await searcher.search(await encodeQuery(encoder, [{ prompts, weight: 1 }]), 3);
for (const { path: name, score } of hits) console.log(`${score.toFixed(3)}  ${name}`);
await searcher.dispose();
await encoder.dispose();

await writeFile("hits.json", JSON.stringify(hits, undefined, 2));
console.log("hits.json");

/** Makes a folder of three pictures. */
async function makeFolder() {
  await mkdir("pictures", { recursive: true });
  const session = await openSession();
  for (const name of ["cat face", "red heart", "green apple"]) {
    const { picture } = await session.generate(`a ${name}`, { seed: 1, steps: 0, candidates: 8 });
    await picture.save(join("pictures", `${name}.png`));
  }
  await session.dispose();
  return "pictures";
}
