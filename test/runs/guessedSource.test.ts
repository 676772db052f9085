import { afterAll, beforeAll, expect, it } from "vitest";
import { encodePicture } from "../../src/images/index.js";
import {
  type EditRequest,
  type RunSession,
  createMemoryAssets,
  createMemoryStore,
  openRunSession,
  runEdit,
} from "../../src/runs/index.js";

let session: RunSession;
let heart: Buffer;
beforeAll(async () => {
  session = await openRunSession("stickers", { threads: 1 });
  const programs = session.getPrograms();
  const latents = await programs.sketch([{ text: "a red heart", weight: 1, templates: [] }], { seed: 1 });
  heart = await encodePicture(await programs.painterOf(latents!).preview(latents!, 128), { format: "png" });
}, 120_000);
afterAll(() => session.dispose());

/** Source text in the record of an edit, and whether a note says that it was guessed. */
async function sourceOf(request: Partial<EditRequest>): Promise<[from: string, noted: boolean]> {
  const tools = { session, store: createMemoryStore(), assets: createMemoryAssets({ "heart.png": heart }) };
  const codes: string[] = [];
  const given = { generator: "stickers", picture: "heart.png", steps: 1, seed: 1, ...request } as EditRequest;
  for await (const event of runEdit(given, tools)) {
    if (event.type === "finding") codes.push(event.finding.code);
    if (event.type === "planned" && event.record.command === "edit")
      return [event.record.settings.edits[0]!.from, codes.includes("guessed-source")];
  }
  throw new Error("nothing was planned");
}

it("takes what the picture shows for its source where another colour of it is asked for", async () => {
  expect(await sourceOf({ prompt: ["a blue heart"] })).toEqual(["heart", true]);
  expect(await sourceOf({ edits: [{ prompt: "the green heart" }] })).toEqual(["heart", true]);
}, 120_000);

it("guesses nothing where the picture shows another thing, no colour is asked for, or the source is given", async () => {
  expect(await sourceOf({ prompt: ["a blue car"] })).toEqual(["an emoji", false]);
  expect(await sourceOf({ prompt: ["a heart"] })).toEqual(["an emoji", false]);
  expect(await sourceOf({ prompt: ["a blue heart"], from: ["a flower"] })).toEqual(["a flower", false]);
}, 120_000);
