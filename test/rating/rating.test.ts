import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeEach, describe, expect, it } from "vitest";
import { savePicture } from "../../src/images/index.js";
import { buildTrials, openRating, readRatings } from "../../src/rating/index.js";

let folder = "";
const path = (name: string): string => join(folder, name);
const colours = ["#f00", "#0f0", "#00f", "#ff0", "#0ff", "#f0f", "#888", "#000", "#fff"];
const prompts = ["heart", "frog", "car", "star", "ice", "plum", "stone", "night", "snow"];

async function draw(name: string, background: string): Promise<void> {
  await mkdir(join(path(name), ".."), { recursive: true });
  await sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toFile(path(name));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-rate-"));
});

describe("buildTrials", () => {
  it("offers eight prompts of the folder, the picture's own among them, in an order that hides it", async () => {
    await Promise.all(prompts.map((prompt, at) => draw(`${prompt}.png`, colours[at]!)));
    const trials = await buildTrials(folder, "naming");
    expect(trials).toHaveLength(9);
    const places = new Set<number>();
    for (const trial of trials) {
      if (trial.kind !== "naming") throw new Error("a choice");
      expect(new Set(trial.options).size).toBe(8);
      places.add(trial.options.indexOf(trial.prompt));
    }
    expect(places).not.toContain(-1);
    expect(places.size).toBeGreaterThan(2);
    expect(await buildTrials(folder, "naming")).toEqual(trials);
  });

  it("takes the prompt of a picture's record before its name", async () => {
    const picture = { width: 2, height: 2, data: new Float32Array(12) };
    const metadata = JSON.stringify({ settings: { terms: [{ text: "a red heart", weight: 1 }] } });
    await savePicture(path("image.png"), picture, { format: "png", metadata });
    await draw("blue-car.png", "#00f");
    const trials = await buildTrials(folder, "naming");
    expect(trials.map(({ prompt }) => prompt).sort()).toEqual(["a red heart", "blue car"]);
  });

  it("rates the result of a run folder alone, not its previews", async () => {
    await draw("00001-frog/image.png", "#0f0");
    await draw("00001-frog/progress.webp.png", "#0f0");
    await draw("00002-car/image.png", "#00f");
    await writeFile(path("00001-frog/image.txt"), "frog");
    await writeFile(path("00002-car/image.txt"), "car");
    const trials = await buildTrials(folder, "naming");
    expect(trials.map((trial) => trial.kind === "naming" && trial.picture)).toEqual([
      "00001-frog/image.png",
      "00002-car/image.png",
    ]);
  });

  it("pairs pictures of equal names, and says what a folder lacks", async () => {
    await draw("ascent/frog.png", "#f00");
    await draw("drafts/frog.png", "#0f0");
    await draw("drafts/car.png", "#00f");
    expect(await buildTrials(folder, "choice")).toEqual([
      {
        kind: "choice",
        prompt: "frog",
        pictures: ["ascent/frog.png", "drafts/frog.png"],
        methods: ["ascent", "drafts"],
      },
    ]);
    await expect(buildTrials(path("drafts"), "choice")).rejects.toThrow("needs two folders");
    await expect(buildTrials(path("ascent"), "naming")).rejects.toThrow("two prompts or more, it has 1");
    await expect(buildTrials(path("nowhere"), "choice")).rejects.toThrow("nowhere: no such folder");
  });
});

describe("a rating session", () => {
  const options = (rater: string) => ({
    folder,
    task: "choice" as const,
    rater,
    file: path(`ratings-${rater}.json`),
  });
  beforeEach(async () => {
    for (let at = 0; at < 9; at++) {
      await draw(`a/${prompts[at]!}.png`, "#f00");
      await draw(`b/${prompts[at]!}.png`, "#00f");
    }
  });

  it("shows sides at random, and saves which method was chosen", async () => {
    const session = await openRating(options("ada"));
    const lefts: string[] = [];
    for (let question = session.next(); question; question = session.next()) {
      const left = await sharp(await session.picture(question.trial, 0)).stats();
      lefts.push(left.channels[0]!.mean > 128 ? "a" : "b");
      await session.answer(question.trial, 0, 1.5); // always left
    }
    expect(new Set(lefts)).toEqual(new Set(["a", "b"]));
    const { answers, trials } = await readRatings(options("ada").file);
    const sides = answers.map(({ trial, choice }) => trials[trial]!.kind === "choice" && "ab"[choice!]);
    expect(sides).toEqual(lefts);
    expect((await readdir(folder)).filter((name) => name.includes(".part"))).toEqual([]);
  });

  it("continues after an interruption, takes an answer back, and refuses another rater's file", async () => {
    const first = await openRating(options("bob"));
    const { trial } = first.next()!;
    await first.answer(trial, null, 2);
    const second = await openRating(options("bob"));
    expect(second.next()).toMatchObject({ answered: 1, total: 9 });
    expect(second.next()!.trial).not.toBe(trial);
    await expect(second.answer(trial, 0, 1)).rejects.toThrow(`trial ${trial} is unknown or answered`);
    await expect(second.answer(99, 0, 1)).rejects.toThrow("trial 99");
    await second.answer(second.next()!.trial, 1, 1);
    expect(await second.undo()).toBe(true);
    expect(await second.undo()).toBe(false);
    expect(second.next()).toMatchObject({ answered: 1 });
    await expect(openRating({ ...options("bob"), rater: "eve" })).rejects.toThrow("holds ratings of bob");
  });

  it("refuses damaged files of ratings", async () => {
    const base = {
      format: 1,
      folder,
      rater: "x",
      trials: [{ kind: "naming", prompt: "a", picture: "a.png", options: ["a", "b"] }],
      answers: [],
    };
    for (const [change, message] of [
      [{ answers: [{ trial: 3, choice: 0, seconds: 1 }] }, "trial 3 is unknown"],
      [{ answers: [{ trial: 0, choice: 5, seconds: 1 }] }, "trial 0 is unknown"],
      [{ trials: [{ ...base.trials[0], options: ["b", "c"] }] }, "does not offer its own prompt"],
      [{ extra: 1 }, "extra"],
    ] as const) {
      await writeFile(path("bad.json"), JSON.stringify({ ...base, ...change }));
      await expect(readRatings(path("bad.json"))).rejects.toThrow(message);
    }
    await writeFile(path("bad.json"), "{");
    await expect(readRatings(path("bad.json"))).rejects.toThrow("is not JSON");
  });
});
