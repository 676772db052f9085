// Classifies a picture by labels of your choice, without training, and computes a similarity from embeddings.
//   node zeroShot.mjs [picture.png]
import { writeFile } from "node:fs/promises";
import { openSession } from "clipsteer";

const [path] = process.argv.slice(2);

const session = await openSession();
const picture = path ?? (await session.generate("a cat face", { seed: 1, steps: 0, candidates: 8 })).picture;

const labels = await session.classify(picture, ["cat face", "red heart", "green apple"]);
for (const { label, probability } of labels) console.log(`${(100 * probability).toFixed(1)} %  ${label}`);

// The same with unit vectors: the cosine of two is their dot product.
const [{ clip, texts, pictures }] = await session.embed({ texts: ["cat face"], pictures: [picture] });
const cosine = texts[0].reduce((sum, value, at) => sum + value * pictures[0][at], 0);
console.log(`cosine under ${clip}: ${cosine.toFixed(3)}`);

await writeFile("labels.json", JSON.stringify(labels, undefined, 2));
await session.dispose(); // or `await using session = …`, from Node 24
console.log("labels.json");
