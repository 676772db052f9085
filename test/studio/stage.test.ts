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
async function finishDraft(name: string, judge = 0.5): Promise<void> {
  await mkdir(join(folder, "outputs", name), { recursive: true });
  await writeFile(join(folder, "outputs", name, "image.png"), await pngOf(64));
  const { emit, end } = engine.started.at(-1)!;
  emit({ type: "planned", run: 0, runs: 1, folder: join(folder, "outputs", name), steps: 0 });
  emit({ type: "finished", folder: name, image: "image.png", seed: 0, guide: 0.5, judge });
  end();
}

/** Writes the run folder of a picture of two layers, a cat and a crown. */
async function makeLayered(name: string): Promise<void> {
  const fills = Array.from({ length: 15 }, () => ({ colour: "#ff8800", share: 1 / 15 }));
  const layers = ["cat", "crown"].map((text) => ({
    text,
    pose: { x: 0, y: 0, size: 0.5 },
    fills,
    code: "AAAA",
  }));
  await mkdir(join(folder, "outputs", name));
  for (const [file, bytes] of [
    ["image.png", await pngOf(64)],
    ["layer-1.png", await pngOf(64)],
    ["layer-2.png", await pngOf(64)],
    ["config.yaml", "settings:\n  terms: [{name: a cat, text: a cat, weight: 1}]\n  seed: 7\n"],
    ["scene.json", JSON.stringify({ format: 1, prompt: "a cat wearing a crown", layers })],
  ] as const)
    await writeFile(join(folder, "outputs", name, file), bytes);
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
    expect(await page.locator("#timeline").count()).toBe(0);
    expect(await placeOf()).toEqual(before);
    await page.context().close();
  });

  it("shows how far drafts are, and moves nothing while they become a picture", async () => {
    const page = await openPage();
    const count = engine.started.length;
    await page.fill("[data-prompt]", "a green apple");
    await page.keyboard.press("Enter");
    await expect.poll(() => engine.started.length).toBe(count + 1);
    const { emit } = engine.started.at(-1)!;
    const folderOf = join(folder, "outputs", "00100-a-green-apple");
    const placeOf = async (): Promise<number> => (await page.locator(".stage .actions").boundingBox())!.y;
    const widthOf = async (): Promise<number> =>
      parseFloat((await page.locator(".progress .bar > div").getAttribute("style"))!.split(":")[1]!);
    emit({ type: "planned", run: 0, runs: 1, folder: folderOf, steps: 0 });
    const before = await placeOf();
    const widths: number[] = [];
    for (const done of [32, 64, 96]) {
      emit({ type: "drafting", run: 0, stage: "drafts", done, total: 96 });
      const shown = done < 96 ? `Scoring drafts · ${done} of 96` : "Painting the best draft";
      await expect.poll(() => page.textContent(".progress .grow")).toContain(shown);
      widths.push(await widthOf());
      expect(await placeOf()).toBe(before);
    }
    expect(widths).toEqual([30, 60, 90]);
    // Without steps there is no timeline, nor a free place for one.
    expect(await page.locator(".timeline").count()).toBe(0);
    const frame = (await page.locator(".stage .frame").boundingBox())!;
    expect(before - frame.y - frame.height).toBeLessThan(20);
    await finishDraft("00100-a-green-apple");
    await page.waitForSelector(".frame img[alt$='finished']");
    expect(await placeOf()).toBe(before);
    await page.context().close();
  });

  it("shows a grid before the server answers, and leaves its values in the form when that refuses it", async () => {
    const page = await openPage();
    await page.fill("[data-prompt]", "a red heart");
    const generate = async (): Promise<void> => {
      await page.click("text=Grid over two");
      await page.fill("#values-X", "4, 5");
      await page.click("dialog button:has-text('Generate 2 pictures')");
    };
    await page.route(/\/api\/runs$/, (route) => route.abort());
    await generate();
    await page.waitForSelector(".toast.bad");
    await page.waitForSelector(".grid-table", { state: "detached" });
    await page.click("text=Grid over two");
    expect(await page.inputValue("#values-X")).toBe("4, 5");
    await page.keyboard.press("Escape");
    await page.unroute(/\/api\/runs$/);
    const release = await holdRuns(page);
    await generate();
    await page.waitForSelector(".grid-table");
    expect(await page.locator(".grid-table thead th").allTextContents()).toEqual(["Seed 4", "Seed 5"]);
    expect(engine.started).toHaveLength(2);
    release();
    await expect.poll(() => engine.started.length).toBe(3);
    await page.waitForSelector("text=2 pictures were added to the queue");
    const [first, second] = [0, 1].map((at) => page.locator(".grid-table .tile").nth(at));
    const nameOf = (cell = first): Promise<string | null> => cell!.getAttribute("aria-label");
    expect(await page.locator(".grid-table .tile").count()).toBe(2);
    expect([await nameOf(), await nameOf(second)]).toEqual(["Seed 4, running", "Seed 5, in the queue"]);
    await finishDraft("00101-a-red-heart", 0.6);
    await expect.poll(nameOf).toBe("Seed 4, best match");
    await expect.poll(() => engine.started.length).toBe(4);
    await finishDraft("00102-a-red-heart", 0.7);
    await expect.poll(() => nameOf(second)).toBe("Seed 5, best match");
    expect(await nameOf()).toBe("Seed 4");
    // The grid fills the place of the picture; a picture that is pressed takes it, and leads back.
    const widthOf = async (selector: string): Promise<number> =>
      (await page.locator(selector).boundingBox())!.width;
    expect(2 * (await widthOf(".grid-table td:nth-child(2) .tile"))).toBeGreaterThan(
      0.85 * (await widthOf(".stage-place")),
    );
    await second!.click();
    await page.waitForSelector(".frame .picture");
    expect(await page.locator(".grid-table").count()).toBe(0);
    await page.waitForSelector("button:has-text('Show the grid'):focus");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".grid-table .tile[aria-pressed='true']:focus");
    // The guides steered neither.
    expect(await page.textContent(".charts")).not.toContain("The guides steered");
    await page.context().close();
  });

  it("calls no cell of a grid the best match where the cells have different words", async () => {
    const page = await openPage();
    const count = engine.started.length;
    await page.fill("[data-prompt]", "a red heart");
    await page.click("text=Grid over two");
    await page.selectOption("dialog .axis:nth-child(2) select", "words");
    await page.fill("#values-X", "red, blue");
    await page.click("dialog button:has-text('Generate 2 pictures')");
    for (const [at, name] of ["00103-a-red-heart", "00104-a-blue-heart"].entries()) {
      await expect.poll(() => engine.started.length).toBe(count + 1 + at);
      await finishDraft(name, 0.5 + at / 10);
    }
    const names = (): Promise<(string | null)[]> =>
      Promise.all([0, 1].map((at) => page.locator(".grid-table .tile").nth(at).getAttribute("aria-label")));
    await expect.poll(names).toEqual(["red", "blue"]);
    expect(await page.textContent(".grid-table")).not.toContain("best match");
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

  it("shows edited layers as a run before the server answers, and opens them again when that refuses them", async () => {
    const name = "00003-a-cat-wearing-a-crown";
    await makeLayered(name);
    const page = await openPage();
    await page.click('nav a[href="#/gallery"]');
    await page.click(`.item[data-id='${name}']`);
    await page.click("dialog button:has-text('Layers')");
    await page.waitForSelector(".layer-box");
    await page.route(/\/api\/runs$/, (route) => route.abort());
    await page.focus(".layer-box");
    await page.keyboard.press("ArrowRight");
    await page.click("dialog button:has-text('Apply')");
    // The message lies in the dialog, where it can be dismissed.
    await page.waitForSelector("dialog .layers");
    const message = ".toast.bad:has-text('the studio does not answer')";
    await page.click(`dialog ${message} button[aria-label='Dismiss']`);
    await page.waitForSelector(message, { state: "detached" });
    expect(await page.locator("dialog button:has-text('Apply')").isEnabled()).toBe(true);
    await page.unroute(/\/api\/runs$/);
    const release = await holdRuns(page);
    const count = engine.started.length;
    await page.click("dialog button:has-text('Apply')");
    await page.waitForSelector(".stage .run-title:text-is('a cat wearing a crown')");
    expect(await page.locator("dialog").count()).toBe(0);
    expect(engine.started).toHaveLength(count);
    release();
    await expect.poll(() => engine.started.length).toBe(count + 1);
    engine.started.at(-1)!.end();
    await page.context().close();
  });

  it("begins the comparison in the middle of what differs", async () => {
    const blank = sharp(await pngOf(64, "#ffffff"));
    const block = { create: { width: 16, height: 20, channels: 3, background: "#cc3344" } } as const;
    const changed = blank
      .clone()
      .composite([{ input: await sharp(block).png().toBuffer(), left: 40, top: 8 }]);
    for (const [name, picture] of [
      ["00011-before", blank],
      ["00012-after", changed],
    ] as const) {
      await mkdir(join(folder, "outputs", name));
      await picture.png().toFile(join(folder, "outputs", name, "image.png"));
    }
    const page = await openPage();
    await page.click('nav a[href="#/gallery"]');
    for (const name of ["00011-before", "00012-after"]) {
      await page.focus(`.item[data-id='${name}']`);
      await page.keyboard.press("c");
    }
    const line = page.locator("dialog input[type=range]");
    // The block covers the columns 40 to 56 of 64.
    await expect.poll(() => line.inputValue()).toBe("75");
    await page.context().close();
  });

  it("shows of a run's further pictures only those that mean something, with their names", async () => {
    const name = "00013-a-hat";
    await mkdir(join(folder, "outputs", name));
    for (const file of ["image.png", "inversion.png", "mask.png"])
      await writeFile(join(folder, "outputs", name, file), await pngOf(64));
    const page = await openPage();
    await page.click('nav a[href="#/gallery"]');
    await page.click(`.item[data-id='${name}']`);
    await page.waitForSelector("dialog .others img");
    expect(await page.locator("dialog figcaption").allTextContents()).toEqual(["What could change (white)"]);
    expect(await page.textContent("dialog")).not.toContain("inversion");
    await page.context().close();
  });

  it("has the picture above the form in a narrow window, with the time left", async () => {
    const page = await openPage(360);
    await page.fill("[data-prompt]", "a green apple");
    await page.keyboard.press("Enter");
    await expect.poll(() => engine.started.at(-1)!.task.request).toMatchObject({ text: ["a green apple"] });
    const { emit } = engine.started.at(-1)!;
    emit({
      type: "planned",
      run: 0,
      runs: 1,
      folder: join(folder, "outputs", "00014-a-green-apple"),
      steps: 60,
    });
    for (const index of [0, 1, 2]) {
      emit({ type: "step", run: 0, index, steps: 60, loss: 1, preview: await pngOf(64) });
      await page.waitForTimeout(800);
    }
    const status = page.locator(".progress .grow");
    await expect.poll(() => status.textContent()).toMatch(/Steering · step 2 of 60 · about .* left/);
    // All of its text lies within its box, and that in the window.
    const isWhole = `(() => {
      const box = document.querySelector(".progress .grow");
      const text = document.createRange();
      text.selectNodeContents(box);
      const [outer, inner] = [box.getBoundingClientRect(), text.getBoundingClientRect()];
      return inner.right <= outer.right + 1 && inner.bottom <= outer.bottom + 1 && outer.right <= innerWidth;
    })()`;
    expect(await page.evaluate(isWhole)).toBe(true);
    const frame = (await page.locator(".stage .frame").boundingBox())!;
    const form = (await page.locator(".controls").boundingBox())!;
    expect(frame.y + frame.height).toBeLessThan(form.y);
    expect(frame.y).toBeGreaterThanOrEqual(0);
    expect(frame.y + frame.height).toBeLessThanOrEqual(800);
    // The prompt is in view below the picture.
    const prompt = (await page.locator("[data-prompt]").boundingBox())!;
    expect(prompt.y + prompt.height).toBeLessThan((await page.locator(".nav .views").boundingBox())!.y);
    // Only the view scrolls, not the document with its bars.
    expect(await page.evaluate("document.documentElement.scrollHeight")).toBe(800);
    engine.started.at(-1)!.end(true);
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
