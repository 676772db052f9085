import { expect, it } from "vitest";
import type { RunEvent } from "../../src/runs/index.js";
import { createEventSender } from "../../src/studio/eventSender.js";
import type { EngineEvent } from "../../src/studio/messages.js";

const steps = 4;
const png = Uint8Array.of(1, 2, 3);
const picture = { width: 8, height: 8, data: new Float32Array(8 * 8 * 3) };
const paint = () => Promise.resolve(picture);
const sketch = paint;

const planned = {
  type: "planned",
  run: 0,
  runs: 1,
  folder: "/out/1",
  record: { settings: { steps } },
  sketch,
} as unknown as RunEvent;
const draft = { type: "draft", run: 0, steps, paint } as unknown as RunEvent;
const stepAt = (index: number): RunEvent =>
  ({ type: "step", run: 0, index, steps, loss: index, scores: undefined, paint }) as unknown as RunEvent;
const finished = {
  type: "finished",
  result: { path: "/out/1/image.png", seed: 7, report: { guideScore: 0.5, judgeScore: 0.4 } },
} as unknown as RunEvent;

/** An event in words: its type, its step, and whether it has a preview. */
const describeEvent = (event: EngineEvent): string =>
  event.type === "step" ? `step ${event.index}${event.preview ? " with preview" : ""}` : event.type;

/** A sender whose previews are encoded when the test says so. */
function openSender({ isResumed = false, refuse = (_: EngineEvent): boolean => false } = {}) {
  const sent: EngineEvent[] = [];
  const encodings: { resolve(bytes: Uint8Array): void; reject(error: Error): void }[] = [];
  const sender = createEventSender(
    isResumed,
    (event) => {
      if (refuse(event)) throw new Error(`refused: ${describeEvent(event)}`);
      sent.push(event);
    },
    () => new Promise((resolve, reject) => void encodings.push({ resolve, reject })),
  );
  return { sender, encodings, listSent: () => sent.map(describeEvent), sent };
}

it("events are sent in their order, the end of a run after the previews before it", async () => {
  const { sender, encodings, listSent, sent } = openSender();
  for (const event of [planned, draft, stepAt(steps), finished]) await sender.send(event);
  let isFinished = false;
  const end = sender.finish().then(() => (isFinished = true));
  expect(encodings.length).toBe(3);
  for (const at of [2, 1]) encodings[at]!.resolve(png); // later ones are encoded first
  await expect.poll(listSent).toEqual(["planned"]);
  expect(isFinished).toBe(false);
  encodings[0]!.resolve(png);
  await end;
  expect(listSent()).toEqual([
    "planned",
    "step 0 with preview",
    "step 0 with preview",
    `step ${steps} with preview`,
    "finished",
  ]);
  expect(sent[0]).toEqual({ type: "planned", run: 0, runs: 1, folder: "/out/1", steps });
  expect(sent.at(-1)).toMatchObject({ folder: "1", image: "image.png", seed: 7, guide: 0.5, judge: 0.4 });
});

it("a run that continues an earlier one has no first look", async () => {
  const { sender, listSent } = openSender({ isResumed: true });
  await sender.send(planned);
  await sender.finish();
  expect(listSent()).toEqual(["planned"]);
});

it("a step whose preview cannot be encoded is sent without one", async () => {
  const { sender, encodings, listSent } = openSender();
  await sender.send(draft);
  encodings[0]!.reject(new Error("no memory"));
  await sender.send(finished);
  await sender.finish();
  expect(listSent()).toEqual(["step 0", "finished"]);
});

it("steps have no preview while one is being encoded, except the last", async () => {
  const { sender, encodings, listSent } = openSender();
  await sender.send(draft);
  for (const index of [1, 2]) {
    await new Promise((resolve) => setTimeout(resolve, 250)); // longer than between two previews
    await sender.send(stepAt(index));
  }
  expect(encodings.length).toBe(1);
  encodings[0]!.resolve(png);
  await expect.poll(listSent).toEqual(["step 0 with preview", "step 1", "step 2"]);
  await sender.send(stepAt(3));
  await sender.send(stepAt(steps));
  expect(encodings.length).toBe(3);
  for (const { resolve } of encodings) resolve(png);
  await sender.finish();
  expect(listSent().slice(3)).toEqual(["step 3 with preview", `step ${steps} with preview`]);
});

it("events after one that cannot be sent are sent, and the error is reported at the end", async () => {
  const { sender, listSent } = openSender({ refuse: ({ type }) => type === "planned" });
  await sender.send({ ...planned, sketch: () => Promise.resolve(undefined) } as unknown as RunEvent);
  await sender.send(finished);
  await expect(sender.finish()).rejects.toThrow("refused: planned");
  expect(listSent()).toEqual(["finished"]);
});

it("drafts are reported in the order of the other events", async () => {
  const { sender, encodings, sent } = openSender();
  const drafting = { type: "drafting", run: 0, stage: "drafts", done: 16, total: 96 } as const;
  await sender.send(planned);
  await sender.send(drafting);
  encodings[0]!.resolve(png);
  await sender.finish();
  expect(sent.map(describeEvent)).toEqual(["planned", "step 0 with preview", "drafting"]);
  expect(sent[2]).toEqual(drafting);
});
