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

reportSkipped("the edits of the studio without models");
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let browser: Browser;
let studio: Studio;
let engine: FakeEngine;
let url: string;

/**
 * Collects the layout shifts of a page from now on in `window.shifts`. `expected` ones belong to the first frame after a
 * press of a button, which the person caused; Chromium's own `hadRecentInput` ends after 500 ms, whatever the page does.
 */
const collectShifts = `(() => {
  window.shifts = [];
  let [pressed, painted] = [Infinity, -Infinity];
  addEventListener("click", () => {
    pressed = performance.now();
    painted = Infinity;
    requestAnimationFrame(() => requestAnimationFrame(() => (painted = performance.now())));
  }, { capture: true });
  new PerformanceObserver((list) => {
    for (const { value, startTime, sources } of list.getEntries()) {
      const moved = sources.map(({ node }) => (node?.outerHTML ?? "").slice(0, 60));
      window.shifts.push({ value, expected: startTime >= pressed && startTime < painted, moved });
    }
  }).observe({ type: "layout-shift" });
})()`;
/** Smallest layout shift that counts: text of another length in a button. Good pages stay below 0.1. */
const smallestShift = 0.001;

async function openPage(width = 1400): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: "reduce" });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(`${url}#token=${studio.token}`);
  await page.click('nav a[href="#/edit"]');
  return page;
}

/** Opens a picture of 640×480 pixels, paints on it, and writes what it should show. */
async function prepare(page: Page, text: string): Promise<void> {
  const buffer = await sharp(await pngOf(8)).resize(640, 480, { fit: "fill" }).png().toBuffer(); // prettier-ignore
  await page.setInputFiles("[data-file]", { name: "wide.png", mimeType: "image/png", buffer });
  const canvas = (await page.locator(".mask-canvas canvas").boundingBox())!;
  await page.mouse.click(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
  await page.fill("#edit-prompt", text);
}

/** Holds a page's requests for uploads and runs. @returns a function that sends them, and all later ones. */
async function holdRequests(page: Page): Promise<() => void> {
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/api\/(?:runs|uploads)/, (route) => released.then(() => route.continue()));
  return release;
}

/** Plays a whole edit with four steps and a report. */
async function finish(
  name: string,
  report: object,
  between: () => Promise<void> = async () => {},
): Promise<void> {
  const { emit, end } = engine.started.at(-1)!;
  await mkdir(join(folder, "outputs", name));
  await writeFile(join(folder, "outputs", name, "image.png"), await pngOf(64, "#33cc44"));
  emit({ type: "planned", run: 0, runs: 1, folder: join(folder, "outputs", name), steps: 4 });
  for (const index of [0, 1, 2, 3])
    emit({ type: "step", run: 0, index, steps: 4, loss: 1, preview: await pngOf(64, "#3344cc") });
  await between();
  const both = (value: number) => ({ guide: value, judge: value });
  const measured = {
    direction: both(0.4),
    gain: both(0.2),
    score: both(0.5),
    changed: 9000,
    changedOutside: 0,
    visible: { drawing: 0.4, background: 0 },
  };
  const reports = [{ ...measured, ...report }];
  emit({ type: "finished", folder: name, image: "image.png", seed: 0, guide: 0.5, judge: 0.5, reports });
  end();
}

const lastRequest = (): unknown => engine.started.at(-1)?.task.request;

describe.skipIf(noBrowser)("edits in the studio", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clipsteer-edits-"));
    await buildPage(join(folder, "page"));
    engine = fakeEngine();
    const models = { pack: "stickers", styles: ["noto style"], resolution: 64, size: 512 };
    engine.call = () => Promise.resolve(models as never);
    studio = await openStudio({ out: join(folder, "outputs"), page: join(folder, "page"), engine });
    ({ url } = await studio.listen(0));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("open a picture by the file dialog, and one that is dragged from another window", async () => {
    const page = await openPage();
    const file = join(folder, "from-disk.png");
    await writeFile(file, await pngOf(400));
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.click("button:has-text('Choose a picture')"),
    ]);
    await chooser.setFiles(file);
    await page.waitForSelector("text=400 × 400 pixels");
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [file], dragOperationsMask: 1 };
    for (const selector of [".mask-canvas canvas", "#edit-prompt", ".nav"]) {
      const { x, y, width, height } = (await page.locator(selector).boundingBox())!;
      const point = { x: x + width / 2, y: y + height / 2 };
      for (const type of ["dragEnter", "dragOver"] as const)
        await devtools.send("Input.dispatchDragEvent", { type, ...point, data });
      await page.waitForSelector(".dropping");
      await devtools.send("Input.dispatchDragEvent", { type: "drop", ...point, data });
      // It opens without a question, in place of the one before.
      await page.waitForSelector("text=nothing is painted");
      expect(await page.inputValue("#edit-prompt")).toBe("");
      expect(await page.locator("dialog").count()).toBe(0);
      await page.fill("#edit-prompt", "a hat");
      const { x: left, y: top, width: across, height: down } = (await page.locator(".mask-canvas canvas").boundingBox())!; // prettier-ignore
      await page.mouse.click(left + across / 2, top + down / 2);
      await page.waitForSelector("text=Only the painted part may change");
    }
    await page.context().close();
  });

  it.each([900, 1280])("show the picture, the brush and the words together, %i×800", async (width) => {
    const page = await openPage(width);
    await page.setViewportSize({ width, height: 800 });
    await prepare(page, "make the sofa blue");
    await page.waitForSelector("label:text-is('In the painted part')");
    await page.evaluate('document.querySelectorAll("*").forEach((each) => each.scrollTo(0, 0))');
    const places = ["#edit-prompt", ".mask-canvas canvas", '[aria-label="Brush (B)"]'];
    await vi.waitFor(async () => {
      for (const selector of places) {
        const { y, height } = (await page.locator(selector).boundingBox())!;
        expect(y, selector).toBeGreaterThanOrEqual(0);
        expect(y + height, selector).toBeLessThanOrEqual(800);
      }
    }, 10_000);
    const earlier = engine.started.length;
    await page.click(".controls [type=submit]");
    await vi.waitFor(() => expect(engine.started.length).toBe(earlier + 1), 20_000);
    await finish(`0003${width}-a-blue-sofa`, { change: "colour", steps: 0, judgeAgrees: true });
    await page.waitForSelector("[aria-label='Report card']");
    const row = page.locator(".result-tools > .row");
    const buttons = await row.locator(".button").all();
    await vi.waitFor(async () => {
      const tops = await Promise.all(buttons.map(async (button) => (await button.boundingBox())!.y));
      expect(new Set(tops).size).toBe(1);
    }, 10_000);
    await page.context().close();
  });

  it.each([1400, 420])("move nothing from the mask to the result, %i pixels wide", async (width) => {
    const page = await openPage(width);
    await prepare(page, "a green thing");
    const place = async () => (await page.locator(".edit-picture").boundingBox())!;
    let before = await place();
    // As on a slow machine, where the server answers long after the press.
    const answer = await holdRequests(page);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.evaluate(collectShifts);
    const count = engine.started.length;
    await page.click("text=Apply the edit");
    await page.waitForSelector(".mask-outline", { state: "attached" });
    await page.waitForSelector(".run-title:text-is('a green thing')");
    await page.waitForTimeout(600);
    expect(engine.started.length).toBe(count);
    answer();
    await page.waitForSelector("button:has-text('Stop, keep the best'):enabled");
    expect(engine.started.length).toBe(count + 1);
    expect(lastRequest()).toMatchObject({ mask: [expect.any(String)], change: "auto" });
    if (width < 720) {
      before = await place(); // it is above the form, and comes into view
      expect(before.y).toBeGreaterThanOrEqual(0);
    }
    await finish(
      `${String(width).padStart(5, "0")}-a-green-thing`,
      { change: "colour", steps: 0, judgeAgrees: true },
      async () => {
        await page.waitForSelector(".edit-picture .live[data-drawn]");
        expect(await place()).toEqual(before);
      },
    );
    await page.waitForSelector(".before-after");
    expect(await page.textContent(".notice.good")).toMatch(/^The words were followed, and the rest stayed\./);
    const values = await page.locator("[aria-label='Report card'] dd").allTextContents();
    expect(values).toEqual(["unchanged", "40 % changed", "unchanged", "9,000 (3 %)"]);
    expect(await place()).toEqual(before);
    const shifts = (await page.evaluate("window.shifts")) as { value: number; expected: boolean }[];
    // In a narrow window the form moves up to the picture when its button is pressed.
    const counted = shifts.filter(
      ({ value, expected }) => value > smallestShift && !(expected && width < 720),
    );
    expect(counted).toEqual([]);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    // What is done is shown as it is; the outline of the mask comes back on request.
    expect(await page.locator(".mask-outline").count()).toBe(0);
    await page.click("button:has-text('Show the mask')");
    await page.waitForSelector(".mask-outline", { state: "attached" });
    for (const mode of ["Before", "Slider", "Side by side", "After"]) {
      await page.click(`label:has-text('${mode}')`);
      expect((await place()).height).toBe(before.height);
    }
    await page.click("button:has-text('Back to the mask')");
    await page.waitForSelector("text=Only the painted part may change");
    await page.context().close();
  });

  it.each(["light", "dark"])("show the mask over pictures of any colour, %s", async (theme) => {
    const page = await openPage();
    await page.click(`.nav button:has-text('Dark')`);
    if (theme === "light") await page.click(`.nav button:has-text('Light')`);
    for (const colour of ["#ff8800", "#ffffff", "#000000", "#0f6e66", "#4fd1c0", "#808080"]) {
      const [name, buffer] = [`${colour.slice(1)}.png`, await pngOf(64, colour)];
      await page.setInputFiles("[data-file]", { name, mimeType: "image/png", buffer });
      await page.waitForSelector(`.run-title:text-is('${name}')`);
      const { x, y, width, height } = (await page.locator(".mask-canvas canvas").boundingBox())!;
      await page.keyboard.press("r");
      await page.mouse.move(x + 0.1 * width, y + 0.1 * height);
      await page.mouse.down();
      await page.mouse.move(x + 0.9 * width, y + 0.9 * height, { steps: 3 });
      await page.mouse.up();
      await page.waitForSelector("text=Only the painted part may change");
      // Well within the mask, where its outline is not seen.
      const clip = { x: x + 0.4 * width, y: y + 0.4 * height, width: 0.2 * width, height: 0.2 * height };
      const { data } = await sharp(await page.screenshot({ clip })).raw().toBuffer({ resolveWithObject: true }); // prettier-ignore
      const [lightest, darkest] = [
        data.reduce((a, b) => Math.max(a, b)),
        data.reduce((a, b) => Math.min(a, b)),
      ];
      expect({ colour, range: lightest - darkest > 120 }).toEqual({ colour, range: true });
    }
    await page.context().close();
  });

  it("show the mask again when the server refuses the edit", async () => {
    const page = await openPage();
    await prepare(page, "a grey thing");
    await page.route(/\/api\/runs/, (route) => route.abort());
    await page.click("text=Apply the edit");
    await page.waitForSelector("text=the studio does not answer");
    await page.waitForSelector("text=Only the painted part may change");
    expect(await page.inputValue("#edit-prompt")).toBe("a grey thing");
    await page.context().close();
  });

  it("say which kind of change was made, and are repeated as another kind, in a style or with another seed", async () => {
    const page = await openPage();
    await prepare(page, "a blue thing");
    await page.click("text=Apply the edit");
    await expect.poll(lastRequest).toMatchObject({ prompt: ["a blue thing"] });
    await finish("00021-a-blue-thing", { change: "colour", steps: 0, judgeAgrees: false });
    await page.waitForSelector(".notice.warn:has-text('The judge does not agree')");
    expect(await page.textContent(".kind-of-change")).toContain(
      "Recoloured; the shapes stayed. The words decided",
    );
    // Another seed would give the same colours, so it is not offered.
    expect(await page.locator(".chip").allTextContents()).toEqual([
      "Replace a thing",
      "Add a thing",
      "Change its shape",
    ]);
    // Numbers are in words, with their scales, on request.
    expect(await page.isVisible("table.report")).toBe(false);
    await page.click("summary:has-text('Measurements')");
    expect(await page.textContent("table.report")).toContain("0.30 → 0.50");

    const mask = [expect.any(String)];
    await page.click(".chip:text-is('Add a thing')");
    await expect
      .poll(lastRequest)
      .toMatchObject({ prompt: ["a blue thing"], change: "layer", mask, seed: 0 });
    await finish("00022-a-blue-thing", { change: "shape", steps: 4, judgeAgrees: true });
    await page.waitForSelector("text=“Add a thing” was not possible with these words");
    await page.waitForSelector(
      ".notice:has-text('The painted part was drawn anew. Nothing outside it changed.')",
    );
    // A mask that was not kept to is not passed over.
    await page.click(".chip:text-is('Another seed')");
    await expect.poll(lastRequest).toMatchObject({ change: "layer", mask, seed: expect.any(Number) });
    const leaked = { change: "shape", steps: 4, judgeAgrees: true, changedOutside: 1234 };
    await finish("00025-a-blue-thing", leaked);
    await page.waitForSelector(".notice.warn:has-text('more changed than they name: 1,234 pixels outside')");
    expect(await page.textContent("[aria-label='Report card']")).not.toContain("Nothing outside it changed");
    const count = engine.started.length;
    await page.click(".chip:text-is('Another seed')");
    await expect.poll(() => engine.started.length).toBe(count + 1);
    await expect.poll(lastRequest).toMatchObject({ change: "layer", mask, seed: expect.any(Number) });
    expect(lastRequest()).not.toMatchObject({ seed: 0 });
    await finish("00023-a-blue-thing", { change: "layer", steps: 0, judgeAgrees: true });
    await page.waitForSelector("text=Something was added, as you chose");
    await page.selectOption("section[aria-label='Try again'] select", "noto style");
    await expect.poll(lastRequest).toMatchObject({
      prompt: ["a blue thing, noto style"],
      from: ["a blue thing"],
      change: "drawing",
      mask,
    });
    await finish("00024-a-blue-thing", { change: "drawing", steps: 0, judgeAgrees: true });
    await page.waitForSelector("text=Replaced by another drawing");
    await page.context().close();
  });

  it("weigh what changed beside the words, and do not praise a picture whose rest is gone", async () => {
    const page = await openPage();
    const cases = [
      [
        { change: "shape", visible: { drawing: 0.9, background: 0.4 } },
        "warn",
        "90 % of the drawing and 40 % of the background",
      ],
      [
        { change: "layer", visible: { drawing: 0.2, background: 0, elsewhere: 0.3 } },
        "warn",
        "30 % of the picture beside",
      ],
      [
        { change: "layer", visible: { drawing: 0.2, background: 0, elsewhere: 0 } },
        "good",
        "the rest stayed",
      ],
      [
        { change: "drawing", visible: { drawing: 0.9, background: 0.4 } },
        "note",
        "Nothing of the old one was kept. Paint a mask",
      ],
      [
        // Where the old drawing was and the new one is not, pixels become transparent.
        {
          change: "drawing",
          visible: { drawing: 0.9, background: 0 },
          alpha: { grown: 3000, lost: 5000 },
        },
        "note",
        "Nothing of the old one was kept. Paint a mask",
      ],
      [
        {
          change: "layer",
          visible: { drawing: 0.2, background: 0, elsewhere: 0 },
          alpha: { grown: 0, lost: 2000 },
        },
        "warn",
        "2,000 pixels of the picture became transparent: look for holes",
      ],
    ] as const;
    for (const [at, [report, kind, words]] of cases.entries()) {
      const buffer = await pngOf(64);
      await page.setInputFiles("[data-file]", { name: `${at}.png`, mimeType: "image/png", buffer });
      await page.waitForSelector(`.run-title:text-is('${at}.png')`);
      const text = `a thing ${at}`;
      await page.fill("#edit-prompt", text);
      await page.click("text=Apply the edit");
      await expect.poll(lastRequest).toMatchObject({ prompt: [text] });
      await finish(`0004${at}-a-thing`, { ...report, steps: 0, judgeAgrees: true });
      await page.waitForSelector(`[aria-label='Report card'] .notice.${kind}:has-text('${words}')`);
    }
    await page.context().close();
  });

  it("offer to repeat the edit within the window, and to go on with the result in an empty form", async () => {
    for (const [width, height] of [
      [1280, 800],
      [1440, 900],
    ] as const) {
      const page = await openPage(width);
      await page.setViewportSize({ width, height });
      await prepare(page, `a pink thing ${width}`);
      await page.click("text=Apply the edit");
      await expect.poll(lastRequest).toMatchObject({ prompt: [`a pink thing ${width}`] });
      await finish(`000${width}-a-pink-thing`.slice(-18), { change: "layer", steps: 0, judgeAgrees: true });
      const retry = page.locator("section[aria-label='Try again']");
      await retry.waitFor();
      const { y, height: tall } = (await retry.boundingBox())!;
      expect(y + tall).toBeLessThanOrEqual(height);
      await page.click("button:has-text('Edit the result')");
      await page.waitForSelector("text=nothing is painted");
      expect(await page.inputValue("#edit-prompt")).toBe("");
      await page.context().close();
    }
  });

  it("show picture, mask and result again after the page was loaded anew", async () => {
    const page = await openPage();
    await prepare(page, "a red thing");
    await page.click("text=Apply the edit");
    await expect.poll(lastRequest).toMatchObject({ prompt: ["a red thing"] });
    await finish("00031-a-red-thing", { change: "colour", steps: 0, judgeAgrees: true });
    await page.waitForSelector(".before-after");
    await page.reload();
    await page.waitForSelector(".before-after");
    expect(await page.inputValue("#edit-prompt")).toBe("a red thing");
    await page.click("button:has-text('Back to the mask')");
    await page.waitForSelector("text=Only the painted part may change");
    await page.context().close();
  });
});
