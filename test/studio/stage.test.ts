import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildPage } from "../../studio/build.js";
import { type Studio, openStudio } from "../../src/studio/index.js";
import { noBrowser, openBrowser, reportSkipped } from "./chromium.js";
import { type FakeEngine, fakeEngine, pngOf } from "./fake.js";

reportSkipped("the page of the studio while runs start and end");
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let folder: string;
let browser: Browser;
let studio: Studio;
let engine: FakeEngine;
let url: string;

async function openPage(width = 1280): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: "reduce" });
  context.setDefaultTimeout(60_000);
  const opened = await context.newPage();
  await opened.goto(`${url}#token=${studio.token}`);
  await opened.waitForSelector("h1");
  return opened;
}

/** Holds every new run back. @returns a function that lets them through. */
async function holdRuns(page: Page): Promise<() => void> {
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/api\/runs$/, (route) => released.then(() => route.continue()));
  return release;
}

/** Ends the run in progress with a picture, without any step. */
async function finishDraft(name: string): Promise<void> {
  await mkdir(join(folder, "outputs", name), { recursive: true });
  await writeFile(join(folder, "outputs", name, "image.png"), await pngOf(64));
  const { emit, end } = engine.started.at(-1)!;
  emit({ type: "planned", run: 0, runs: 1, folder: join(folder, "outputs", name), steps: 0 });
  emit({ type: "finished", folder: name, image: "image.png", seed: 0, guide: 0.5, judge: 0.5 });
  end();
}

describe.skipIf(noBrowser)("the page of the studio, while runs start and end", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clipsteer-stage-"));
    await buildPage(join(folder, "page"));
    engine = fakeEngine();
    studio = await openStudio({ out: join(folder, "outputs"), page: join(folder, "page"), engine });
    ({ url } = await studio.listen(0));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("shows an empty frame, not a black one, until the first picture", async () => {
    const page = await openPage();
    const release = await holdRuns(page);
    await page.fill("[data-prompt]", "a red heart");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".frame .live");
    const { dominant } = await sharp(await page.locator(".frame").screenshot()).stats();
    expect(Math.min(dominant.r, dominant.g, dominant.b)).toBeGreaterThan(200);
    const { channels } = await sharp(await page.locator(".frame .live").screenshot()).stats();
    expect(Math.min(...channels.map(({ min }) => min))).toBeGreaterThan(100);
    release();
    await expect.poll(() => engine.started.length).toBe(1);
    await page.context().close();
  });

  it("moves nothing when a run without steps ends", async () => {
    const page = await openPage();
    await page.waitForSelector(".stage button:has-text('Stop')");
    const placeOf = async (): Promise<number[]> =>
      Promise.all(
        [".stage .frame", ".stage .actions", ".charts"].map(
          async (each) => (await page.locator(each).boundingBox())!.y,
        ),
      );
    const before = await placeOf();
    await finishDraft("00001-a-red-heart");
    await page.waitForSelector(".frame img[alt$='finished']");
    expect(await page.locator("#timeline").isVisible()).toBe(false);
    expect(await placeOf()).toEqual(before);
    await page.context().close();
  });

  it("shows a grid before the server answers, and leaves its values in the form when that refuses it", async () => {
    const page = await openPage();
    await page.fill("[data-prompt]", "a red heart");
    const generate = async (): Promise<void> => {
      await page.click("text=X/Y grid over");
      await page.fill("#values-X", "4, 5");
      await page.click("dialog button:has-text('Generate 2 pictures')");
    };
    await page.route(/\/api\/runs$/, (route) => route.abort());
    await generate();
    await page.waitForSelector(".toast.bad");
    expect(await page.locator(".grid-table").count()).toBe(0);
    await page.click("text=X/Y grid over");
    expect(await page.inputValue("#values-X")).toBe("4, 5");
    await page.keyboard.press("Escape");
    await page.unroute(/\/api\/runs$/);
    const release = await holdRuns(page);
    await generate();
    await page.waitForSelector(".grid-table");
    expect(await page.locator(".grid-table thead th").allTextContents()).toEqual(["4", "5"]);
    expect(engine.started).toHaveLength(1);
    release();
    await expect.poll(() => engine.started.length).toBe(2);
    await page.waitForSelector("text=2 pictures were added to the queue");
    expect(await page.locator(".grid-table .tile").count()).toBe(2);
    engine.started.at(-1)!.end();
    await expect.poll(() => engine.started.length).toBe(3);
    engine.started.at(-1)!.end();
    await page.context().close();
  });

  it("drops the request for a second picture when two are compared", async () => {
    const name = "00002-a-crown";
    await mkdir(join(folder, "outputs", name));
    await writeFile(join(folder, "outputs", name, "image.png"), await pngOf(64));
    const page = await openPage();
    await page.click('nav a[href="#/gallery"]');
    await page.focus(".item[data-id^='00001']");
    await page.keyboard.press("c");
    await page.waitForSelector(".toast:has-text('Select another picture')");
    await page.focus(".item[data-id^='00002']");
    await page.keyboard.press("c");
    await page.waitForSelector("dialog .compare");
    await expect.poll(() => page.locator(".toast:has-text('Select another')").count()).toBe(0);
    await page.context().close();
  });

  it("shows every placeholder whole, also in a narrow window", async () => {
    for (const width of [1280, 390]) {
      const page = await openPage(width);
      for (const view of ["generate", "edit", "gallery", "queue", "classify", "prompts", "doctor"]) {
        await page.click(`nav a[href="#/${view}"]`);
        await page.waitForSelector(`nav a[href="#/${view}"][aria-current]`);
        const cut =
          await page.evaluate(`[...document.querySelectorAll("main input[placeholder]")].flatMap((input) => {
          const style = getComputedStyle(input);
          const context = document.createElement("canvas").getContext("2d");
          context.font = style.font;
          const space = input.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
          return context.measureText(input.placeholder).width > space ? [input.placeholder] : [];
        })`);
        expect({ width, view, cut }).toEqual({ width, view, cut: [] });
      }
      await page.context().close();
    }
  });
});
