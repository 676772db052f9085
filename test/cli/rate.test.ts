import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { openRating, readRatings, serveRating } from "../../src/rating/index.js";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";
import { clipsteer } from "./spawn.js";

const browser = "/usr/bin/chromium";
let folder = "";
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-rate-cli-"));
  for (const [name, background] of Object.entries({ heart: "#f00", frog: "#0f0", car: "#00f" })) {
    await mkdir(path("pictures"), { recursive: true });
    await sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .png()
      .toFile(path(`pictures/${name}.png`));
  }
});

describe("rate and evaluate people", () => {
  it("prints the address, ends on Ctrl-C, and reports people beside the judge", async () => {
    const { code, stdout } = await clipsteer(["rate", path("pictures"), "--rater", "ada", "--json"], {
      interruptAt: /Ctrl-C ends/,
    });
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#/) as string,
      trials: 3,
    });
    for (const [rater, wrong] of [
      ["ada", 1],
      ["bob", 2],
    ] as const) {
      const file = path(`ratings-${rater}.json`);
      const session = await openRating({ folder: path("pictures"), task: "naming", rater, file });
      for (let question = session.next(); question; question = session.next()) {
        const { trials } = await readRatings(file).catch(() => ({ trials: [] }));
        const trial = trials[question.trial];
        const right = trial?.kind === "naming" ? trial.options.indexOf(trial.prompt) : 0;
        await session.answer(question.trial, question.answered < wrong ? null : right, 1);
      }
    }
    const files = ["ada", "bob"].map((rater) => path(`ratings-${rater}.json`));
    const pack = await writeTinyPack();
    const found = await runCommand(["evaluate", "people", ...files, "--judge", pack]);
    expect(found.stderr).not.toContain("error");
    expect(found.stdout).toMatch(/Cohen's kappa: .*3 trials/);
    expect(found.stdout).toMatch(/named correctly: 50\.0 % \(.*\), 6 answers/);
    expect(found.stdout).toMatch(/judge's false-positive rate: /);

    const outside = JSON.parse(await readFile(files[0]!, "utf8")) as { trials: { picture: string }[] };
    outside.trials[0]!.picture = "../../secret.png";
    await writeFile(path("outside.json"), JSON.stringify(outside));
    const refused = await runCommand(["evaluate", "people", path("outside.json"), "--judge", pack]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("../../secret.png: lies outside");
  });
});

describe.skipIf(!existsSync(browser))("the rating page in a browser", () => {
  it("is answered by keys alone, and runs under its own content policy", async () => {
    const file = path("ratings-keys.json");
    const session = await openRating({ folder: path("pictures"), task: "naming", rater: "eve", file });
    const server = await serveRating(session, 0);
    const chrome = await chromium.launch({ executablePath: browser, args: ["--no-sandbox"] });
    try {
      const page = await chrome.newPage();
      const problems: string[] = [];
      page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
      page.on("pageerror", (error) => problems.push(error.message));
      await page.goto(server.url);
      expect(page.url()).not.toContain(server.token);
      await page.getByText("0 of 3").waitFor();
      await page.waitForFunction("[...document.images].every((image) => image.naturalWidth > 0)");
      await page.keyboard.press("1");
      await page.getByText("1 of 3").waitFor();
      await page.reload();
      await page.getByText("1 of 3").waitFor();
      await page.keyboard.press("9"); // no such option: nothing happens
      await page.keyboard.press("Backspace");
      await page.getByText("0 of 3").waitFor();
      for (const [at, key] of ["1", "2", "0"].entries()) {
        await page.keyboard.press(key);
        if (at < 2) await page.getByText(`${at + 1} of 3`).waitFor();
      }
      await page.getByText("Done. Thank you.").waitFor();
      expect(problems).toEqual([]);
    } finally {
      await chrome.close();
      await server.close();
    }
    const { answers } = await readRatings(file);
    expect(answers.map(({ choice }) => choice)).toEqual([0, 1, null]);
  });
});
