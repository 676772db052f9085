// Edits the left half of a picture.
//   node editWithMask.mjs [picture.png]
import { openSession } from "clipsteer";

const [path] = process.argv.slice(2);

const session = await openSession();
// A path, the bytes of a file, or pixels. Without an argument, a picture is generated first.
const original =
  path ?? (await session.generate("a red heart", { seed: 1, steps: 0, candidates: 8 })).picture;
const { picture, reports } = await session.edit(original, "a blue heart", {
  from: "a red heart",
  mask: "box 0 0 0.5 1", // or a picture: white may change, black stays to the bit
  steps: 4,
  views: 8,
});
const [report] = reports;
console.log(`${report.changed} pixels changed, ${report.changedOutside} of them outside the mask`);

await picture.save("edited.png");
await session.dispose(); // or `await using session = …`, from Node 24
console.log("edited.png");
