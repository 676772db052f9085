// Generates a picture from a prompt, prints progress, and saves the picture with its settings.
//   node generate.mjs ["a red heart"] [seed]
import { openSession } from "clipsteer";

const [text = "a red heart", seed = "3"] = process.argv.slice(2);

const session = await openSession(); // the bundled pack; or a name, a folder, or an object with options
const run = session.generate(text, {
  seed: Number(seed),
  steps: 8,
  views: 8,
  signal: AbortSignal.timeout(600_000),
});
for await (const event of run) {
  if (event.type === "step")
    console.log(`step ${event.index} of ${event.steps}: loss ${event.loss.toFixed(3)}`);
  if (event.type === "finding") console.log(event.finding.message);
}
const { picture, report } = await run;
console.log(`guides ${report.guideScore.toFixed(3)}, judge ${report.judgeScore.toFixed(3)}`);

await picture.save("heart.png"); // the bytes that `clipsteer generate` writes
await session.dispose(); // or `await using session = …`, from Node 24
console.log("heart.png");
