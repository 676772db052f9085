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

reportSkipped("the page of the studio without models");
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const views = ["generate", "edit", "gallery", "queue", "classify", "prompts", "doctor"];

let folder: string;
let browser: Browser;
let page: Page;
let studio: Studio;
let engine: FakeEngine;
let url: string;
/** Hosts that pages asked for anything. */
const hosts = new Set<string>();

async function openPage(reducedMotion: "reduce" | "no-preference" = "reduce"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion });
  context.setDefaultTimeout(60_000);
  const opened = await context.newPage();
  opened.on("request", (request) => {
    const address = new URL(request.url());
    if (/^(?:https?|wss?):$/.test(address.protocol)) hosts.add(address.host);
  });
  await opened.goto(`${url}#token=${studio.token}`);
  await opened.waitForSelector("h1");
  return opened;
}

const goTo = async (view: string): Promise<void> => {
  await page.click(`nav a[href="#/${view}"]`);
  await page.waitForSelector(`nav a[href="#/${view}"][aria-current]`);
};

/** Pixels of the shown mask: in its outline or with the full opacity of its stripes and tint, and with partial opacity. */
async function masked(): Promise<{ full: number; soft: number }> {
  await page.mouse.move(5, 5); // the outline of the brush is no part of the mask
  return page.evaluate(`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const canvas = document.querySelector(".mask-canvas canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [full, soft] = [0, 0];
    const isFull = (alpha) => alpha > 220 || Math.abs(alpha - 0.7 * 255) < 2 || Math.abs(alpha - 0.3 * 255) < 2;
    for (let at = 3; at < data.length; at += 4) if (isFull(data[at])) full++; else if (data[at] > 4) soft++;
    done({ full, soft });
  })))`);
}

/** Drags over the mask along points in parts of its sides. */
async function drag(...points: (readonly [x: number, y: number])[]): Promise<void> {
  const box = (await page.locator(".mask-canvas canvas").boundingBox())!;
  const at = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + x * box.width,
    box.y + y * box.height,
  ];
  await page.mouse.move(...at(points[0]!));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
  await page.mouse.up();
}

/** Gives the page a picture as a drop or a paste would. */
async function give(event: "drop" | "paste", name: string): Promise<void> {
  const bytes = (await pngOf(512)).toString("base64");
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob("${bytes}"), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "${name}", { type: "image/png" }));
    const options = { bubbles: true, cancelable: true };
    document.dispatchEvent(
      "${event}" === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: files })
        : new ClipboardEvent("paste", { ...options, clipboardData: files }),
    );
  })()`);
}

/** Lists the requests of all runs. The page may show a run as queued before the server has it. */
async function listRequests(): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${url}api/runs`, { headers: { Authorization: `Bearer ${studio.token}` } });
  const { runs } = (await response.json()) as { runs: { request: Record<string, unknown> }[] };
  return runs.map(({ request }) => request);
}

describe.skipIf(noBrowser)("the page of the studio", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clipsteer-page-"));
    await buildPage(join(folder, "page"));
    engine = fakeEngine();
    studio = await openStudio({ out: join(folder, "outputs"), page: join(folder, "page"), engine });
    ({ url } = await studio.listen(0));
    // No name is resolved and no other address is reached, as without a network.
    browser = await openBrowser(["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]);
    page = await openPage();
  });
  afterAll(async () => {
    await browser.close();
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("offers to edit, search, classify or start from a foreign picture, dropped or pasted", async () => {
    for (const [event, name] of [
      ["drop", "foreign.png"],
      ["paste", "pasted.png"],
    ] as const) {
      await give(event, name);
      await page.waitForSelector(`dialog:has-text("${name}")`);
      expect(await page.locator("dialog .drop button").allTextContents()).toEqual([
        "Edit it",
        "Find similar pictures",
        "Classify it",
        "Start a new picture from it",
      ]);
      await page.keyboard.press("Escape");
      await page.waitForSelector("dialog", { state: "detached" });
    }
    await give("drop", "foreign.png");
    await page.click("text=Classify it");
    await page.waitForSelector("button:has-text('Classify the picture')");
    await page.waitForSelector("form:has-text('foreign.png')");
    await page.click("button[aria-label='Classify the pictures of a folder instead']");
    await page.waitForSelector("button:has-text('Classify the pictures')");
  });

  it("paints a mask with brush, soft edge, wheel, eraser, box, ellipse and lasso, and undoes all of it", async () => {
    await give("drop", "foreign.png");
    await page.click("text=Edit it");
    await page.waitForSelector(".mask-canvas canvas");
    // The other uses of a picture that is open are one button away.
    await page.click("button:has-text('Search or classify this picture')");
    await page.waitForSelector("dialog:has-text('Find similar pictures')");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await masked()).toEqual({ full: 0, soft: 0 });
    const soft = page.locator(".brush-sliders input").nth(1);
    await soft.fill("0");
    await drag([0.5, 0.5], [0.5, 0.5]);
    const hard = await masked();
    expect(hard.full).toBeGreaterThan(100);
    await page.keyboard.press("Control+z");
    expect((await masked()).full).toBe(0);

    await soft.fill("1");
    await drag([0.5, 0.5], [0.5, 0.5]);
    const faded = await masked();
    expect(faded.soft).toBeGreaterThan(3 * hard.soft);
    expect(faded.full).toBeLessThan(hard.full);
    await page.click("button:has-text('Clear')");
    expect(await masked()).toEqual({ full: 0, soft: 0 });
    await soft.fill("0");

    const size = page.locator(".brush-sliders input").first();
    const before = Number(await size.inputValue());
    const box = (await page.locator(".mask-canvas canvas").boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    for (let count = 0; count < 4; count++) await page.mouse.wheel(0, -100);
    await expect.poll(async () => Number(await size.inputValue())).toBeGreaterThan(before * 1.3);
    await drag([0.5, 0.5], [0.5, 0.5]);
    const large = await masked();
    expect(large.full).toBeGreaterThan(hard.full * 1.6);
    await page.keyboard.press("e");
    for (let count = 0; count < 6; count++) await page.keyboard.press("[");
    await drag([0.5, 0.5], [0.5, 0.5]);
    const erased = await masked();
    expect(erased.full).toBeLessThan(large.full);
    expect(erased.full).toBeGreaterThan(0);

    await page.click("button:has-text('Clear')");
    const areas: number[] = [];
    for (const key of ["r", "o"]) {
      await page.keyboard.press(key);
      await drag([0.2, 0.2], [0.7, 0.6]);
      areas.push((await masked()).full);
      await page.keyboard.press("Control+z");
    }
    await page.keyboard.press("l");
    await drag([0.2, 0.2], [0.7, 0.2], [0.2, 0.6]);
    areas.push((await masked()).full);
    const whole = box.width * box.height;
    const shares = areas.map((area) => area / whole);
    expect(shares[0]).toBeCloseTo(0.2, 1);
    expect(shares[1]! / shares[0]!).toBeCloseTo(Math.PI / 4, 1);
    expect(shares[2]! / shares[0]!).toBeCloseTo(1 / 2, 1);
    await page.click("button:has-text('Invert')");
    expect((await masked()).full / whole).toBeCloseTo(1 - shares[2]!, 1);
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    expect(await masked()).toEqual({ full: 0, soft: 0 });
    await page.keyboard.press("Control+Shift+Z");
    expect((await masked()).full).toBe(areas[2]);
    await page.click("button:has-text('Clear')");
  });

  it("shows the part of the picture that words name as the mask, to be corrected", async () => {
    const left = { input: await pngOf(32, "#ffffff"), left: 0, top: 0 };
    const map = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#000000" } })
      .composite([left])
      .png()
      .toBuffer();
    const requests: unknown[] = [];
    engine.call = (name, given) => {
      if (name !== "relevance") return Promise.reject(new Error("the fake engine has no models"));
      requests.push(given);
      return Promise.resolve({ mask: map, certainty: 0.9, weak: false } as never);
    };
    await page.fill("#mask-words", "the hat");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Only the painted part may change");
    expect(requests).toEqual([expect.objectContaining({ words: "the hat" })]);
    const box = (await page.locator(".mask-canvas canvas").boundingBox())!;
    await expect.poll(async () => (await masked()).full / box.width / box.height).toBeCloseTo(0.25, 1);
    await page.keyboard.press("Tab"); // out of the field, whose own undo Ctrl+Z is
    await page.keyboard.press("Control+z");
    expect(await masked()).toEqual({ full: 0, soft: 0 });
  });

  it("paints and starts an edit with the keyboard alone", async () => {
    await page.focus(".mask-canvas canvas");
    await page.keyboard.press("b");
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Space");
    expect((await masked()).full).toBeGreaterThan(100);
    await page.waitForSelector("text=Only the painted part may change");
    await page.keyboard.press("/");
    await page.keyboard.type("a blue thing");
    await page.keyboard.press("Enter");
    await expect.poll(() => engine.started.length).toBe(1);
    const { task } = engine.started[0]!;
    expect(task.command).toBe("edit");
    expect(task.request).toMatchObject({
      prompt: ["a blue thing"],
      mask: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    });
  });

  it("shows the picture while its edit begins, then before and after with a line that is dragged", async () => {
    const { emit } = engine.started[0]!;
    const picture = page.locator(".stage img.picture");
    const shown = async (): Promise<string> => (await picture.first().getAttribute("src"))!;
    expect(await shown()).toMatch(/\/uploads\/[0-9a-f]{64}$/);
    expect(
      await page.evaluate(
        "(async (image) => (await image.decode(), image.naturalWidth))(document.querySelector('.stage img.picture'))",
      ),
    ).toBe(512);
    const name = "00001-a-blue-thing";
    await mkdir(join(folder, "outputs", name), { recursive: true });
    await writeFile(join(folder, "outputs", name, "image.png"), await pngOf(512, "#3344cc"));
    emit({ type: "planned", run: 0, runs: 1, folder: join(folder, "outputs", name), steps: 4 });
    emit({ type: "step", run: 0, index: 1, steps: 4, preview: await pngOf(64, "#3344cc") });
    await page.waitForSelector(".stage .live[data-drawn]");
    const both = (value: number) => ({ guide: value, judge: -value });
    const report = { direction: both(0.4), gain: both(0.2), score: both(0.5), judgeAgrees: false };
    emit({
      type: "finished",
      folder: name,
      image: "image.png",
      seed: 0,
      guide: 0.5,
      judge: 0.1,
      reports: [report],
    });
    await page.waitForSelector("text=The judge does not agree");
    expect(await page.textContent(".report")).toContain("Likeness to the words");

    const sides = page.locator(".before-after .side-name");
    await expect.poll(() => sides.allTextContents()).toEqual(["After"]);
    expect(await shown()).toContain(name);
    await page.click("label:has-text('Before')");
    expect(await sides.allTextContents()).toEqual(["Before"]);
    expect(await shown()).toContain("uploads");
    await page.click("label:has-text('Slider')");
    expect(await sides.allTextContents()).toEqual(["Before", "After"]);
    const cut = () => page.evaluate("document.querySelector('.before-after .over').style.clipPath");
    expect(await cut()).toBe("inset(0px 0px 0px 50%)");
    const box = (await page.locator(".before-after .pictures").boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    expect(await cut()).toBe("inset(0px 0px 0px 20%)");
    await page.keyboard.press("ArrowLeft");
    expect(await cut()).toBe("inset(0px 0px 0px 19%)");
    await page.keyboard.press("Home");
    expect(await sides.allTextContents()).toEqual(["After"]);
    await page.click("label:has-text('Side by side')");
    expect(await page.locator(".side-by-side figcaption").allTextContents()).toEqual(["Before", "After"]);
  });

  it("moves with prefers-reduced-motion unset only", async () => {
    const still = await openPage();
    const moving = await openPage("no-preference");
    for (const [opened, moves] of [
      [still, false],
      [moving, true],
    ] as const) {
      await opened.goto(`${url}#/generate`);
      const durations = (await opened.evaluate(
        "[...document.querySelectorAll('button')].map((each) => getComputedStyle(each).transitionDuration)",
      )) as string[];
      expect(durations.some((each) => each !== "0s")).toBe(moves);
      await opened.context().close();
    }
  });

  it("reorders the queue and takes single runs out of it", async () => {
    await goTo("queue");
    await page.fill("#many", "- a {red|blue} heart\n- a bus");
    await page.click("button:has-text('Preview')");
    await page.waitForSelector(".preview-list li:nth-child(3)");
    await page.click("text=Add to the queue");
    await page.waitForSelector(".queue-row:has-text('a bus')");
    await page.click("button[aria-label='Move “a bus” up']");
    const order = async (): Promise<string[]> =>
      (await page.locator(".queue-row:has-text('in the queue') strong").allTextContents()).map((each) =>
        each.trim(),
      );
    await expect.poll(order).toEqual(["a red heart", "a bus", "a blue heart"]);
    await page.click("button[aria-label='Remove “a red heart”']");
    await expect.poll(order).toEqual(["a bus", "a blue heart"]);
    await page.click(".queue-row:has-text('running') >> text=Stop");
    await expect.poll(() => engine.started[0]!.signal.aborted).toBe(true);
    engine.started[0]!.end(true);
    await page.waitForSelector(".queue-row:has-text('a bus'):has-text('running')");
  });

  it("queues variations, and grids over two settings", async () => {
    await goTo("generate");
    await page.fill("[data-prompt]", "a red heart");
    await page
      .locator("label:has-text('Pictures') + input, .field:has-text('Pictures') input")
      .last()
      .fill("4");
    await page.waitForSelector("text=Enter to queue");
    await page.click(".controls button[type=submit]");
    const requests = async (): Promise<Record<string, unknown>[]> => {
      const response = await fetch(`${url}api/runs`, {
        headers: { Authorization: `Bearer ${studio.token}` },
      });
      const { runs } = (await response.json()) as { runs: { request: Record<string, unknown> }[] };
      return runs.map(({ request }) => request);
    };
    await expect.poll(requests).toContainEqual(expect.objectContaining({ text: ["a red heart"], count: 4 }));
    const before = (await requests()).length;
    await page.click("text=Grid over two");
    await page.fill("#values-X", "1, 2, 3");
    await page.selectOption("dialog .axis:nth-child(3) select", "words");
    await page.fill("#values-Y", "red, blue");
    await page.click("dialog button:has-text('Generate 6 pictures')");
    await page.waitForSelector(".grid-table");
    expect(await page.locator(".grid-table thead th").allTextContents()).toEqual([
      "Seed 1",
      "Seed 2",
      "Seed 3",
    ]);
    expect(await page.locator(".grid-table tbody th").allTextContents()).toEqual(["red", "blue"]);
    const cells = async (): Promise<string[]> =>
      (await requests()).slice(before).map(({ text, seed }) => `${String(text)} ${String(seed)}`);
    await expect
      .poll(cells)
      .toEqual(["red", "blue"].flatMap((colour) => [1, 2, 3].map((seed) => `a ${colour} heart ${seed}`)));
  });

  it("asks for several prompts with weights, one to avoid, a time and a kept seed", async () => {
    await goTo("generate");
    for (const text of ["a blue heart", "a face"]) {
      await page.click("text=Add a prompt");
      await page.locator(".term textarea").last().fill(text);
    }
    await page.locator(".term-row input").nth(1).fill("0.5");
    await page.locator(".term-row").nth(2).locator("text=Avoid").click();
    await page.click(".segments label:has-text('Time')");
    await page.locator(".controls .field:has-text('Time') input[type=range]").last().fill("30");
    expect(await page.inputValue("#seed")).toBe("");
    await page.fill("#seed", "77");
    await page.keyboard.press("Tab");
    await page.waitForSelector("button[aria-label='Use a random seed each time']");
    await page.click(".controls button[type=submit]");
    await page.waitForSelector("text=In the queue");
    await expect.poll(listRequests).toContainEqual(
      expect.objectContaining({
        text: ["a red heart", "a blue heart::0.5"],
        negative: ["a face"],
        budget: "30s",
        seed: 77,
      }),
    );
    expect(await page.inputValue("#seed")).toBe("77");
    await page.click(".segments label:has-text('Normal')");
  });

  it("completes the keys of a prompt file, and shows its sentences and weights", async () => {
    await goTo("prompts");
    await page.fill("#prompt-text", 'templates: ["{} at night"]\nprompts:\n  - text: a heart\n    ');
    await page.click("[aria-label='Keys to insert'] button:text-is('weight')");
    await page.keyboard.type("2");
    expect(await page.inputValue("#prompt-text")).toMatch(/text: a heart\n {4}weight: 2$/);
    await page.waitForSelector(".bullets li:has-text('heart at night')");
    expect(await page.locator(".weights .numbers").allTextContents()).toEqual(Array(5).fill("2.0"));
    await page.fill("#prompt-text", "prompts: [a heart]\nnegatives:\n  - text: a face\n    weight: 0.5\n");
    await expect
      .poll(() => page.locator(".weights div:has(> .away) .numbers").allTextContents())
      .toEqual(Array(5).fill("−0.5"));
  });

  it("shows where the focus is, wherever Tab leads", async () => {
    // The page itself looks at each element that gains the focus: asking it after each key took most of the time.
    await page.evaluate(`window.focused = []; window.lookAtFocus = ({ target }) => {
      const shown = [target, target.closest("label"), target.querySelector(".image")].some((each) => each && getComputedStyle(each).outlineStyle !== "none" && Number.parseFloat(getComputedStyle(each).outlineWidth) > 1);
      focused.push({ shown, html: target.outerHTML.slice(0, 120) });
    }; document.addEventListener("focusin", lookAtFocus)`);
    for (const view of views) {
      await goTo(view);
      await page.waitForTimeout(200);
      await page.evaluate("focused.length = 0");
      await Promise.all(Array.from({ length: 40 }, () => page.keyboard.press("Tab")));
      const focused = (await page.evaluate("focused")) as { shown: boolean; html: string }[];
      expect(focused.length).toBeGreaterThan(10);
      expect({ view, hidden: focused.filter(({ shown }) => !shown) }).toEqual({ view, hidden: [] });
    }
    await page.evaluate('document.removeEventListener("focusin", lookAtFocus)');
  });

  it("drags, resizes, recolours and hides layers, and steers them again", async () => {
    const name = "00002-a-cat-wearing-a-crown";
    const fills = Array.from({ length: 15 }, (_, at) => ({
      colour: at === 0 ? "#ff8800" : "#112233",
      share: at < 2 ? 0.5 : 0,
    }));
    const layer = (text: string, y: number) => ({ text, pose: { x: 0, y, size: 0.5 }, fills, code: "AAAA" });
    const layers = [layer("cat", 0.3), layer("crown", -0.3)];
    await mkdir(join(folder, "outputs", name));
    for (const [file, bytes] of [
      ["image.png", await pngOf(64)],
      ["layer-1.png", await pngOf(64)],
      ["layer-2.png", await pngOf(64)],
      ["config.yaml", "settings:\n  terms: [{name: a cat, text: a cat, weight: 1}]\n  seed: 7\n"],
      ["scene.json", JSON.stringify({ format: 1, prompt: "a cat wearing a crown", layers })],
    ] as const)
      await writeFile(join(folder, "outputs", name, file), bytes);
    await goTo("gallery");
    await page.click(`.item[data-id='${name}']`);
    await page.click("dialog button:has-text('Layers')");
    await page.waitForSelector(".layer-canvas img[data-layer='1']");
    const canvas = (await page.locator(".layer-canvas").boundingBox())!;
    const move = async (from: { x: number; y: number }, across: number, down: number): Promise<void> => {
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      const [x, y] = [from.x + (across * canvas.width) / 2, from.y + (down * canvas.height) / 2];
      await page.mouse.move(x, y, { steps: 3 });
      await page.mouse.up();
    };
    const middleOf = async (selector: string) => {
      const { x, y, width, height } = (await page.locator(selector).boundingBox())!;
      return { x: x + width / 2, y: y + height / 2 };
    };
    await move(await middleOf(".layer-box"), 0.2, 0.1);
    await move(await middleOf(".layer-box .handle.se"), -0.2, -0.2);
    await page.locator("input[aria-label='Colour of region 1 of crown']").fill("#3344ff");
    await page.click("button[aria-label='Hide region 2 of crown']");
    await page.click("button[aria-label='Hide cat']");
    await page.click("text=Steer again");
    await page.waitForSelector("dialog", { state: "detached" });
    const findSteered = async () => (await listRequests()).find((request) => request.scene !== undefined);
    await expect.poll(findSteered).toBeDefined();
    const { scene, steps, seed } = (await findSteered()) as {
      scene: { layers: (ReturnType<typeof layer> & { hidden: boolean })[] };
      [name: string]: unknown;
    };
    const [cat, crown] = scene.layers;
    expect({ seed, hidden: cat!.hidden, steps }).toEqual({ seed: 7, hidden: true, steps: 60 });
    expect(crown!.pose.x).toBeCloseTo(0.2, 1);
    expect(crown!.pose.y).toBeCloseTo(-0.2, 1);
    expect(crown!.pose.size).toBeCloseTo(0.3, 1);
    expect(crown!.fills[0]).toMatchObject({ colour: "#3344ff", hidden: false });
    expect(crown!.fills[1]).toMatchObject({ colour: "#112233", hidden: true });
  });

  it("stars, saves, bins and brings back a picture from its details, and goes on with an unfinished run", async () => {
    const unfinished = join(folder, "outputs", "00003-unfinished");
    await mkdir(unfinished);
    await writeFile(join(unfinished, "unfinished.safetensors"), "");
    await goTo("edit");
    await goTo("gallery");
    await page.waitForSelector(".item[data-id='00003-unfinished']");
    const item = ".item[data-id='00001-a-blue-thing']";
    await page.click(item);
    await page.click("dialog button:has-text('Star')");
    await page.waitForSelector(`${item} .starred`, { state: "attached" });
    for (const format of ["png", "webp"]) {
      const [saved] = await Promise.all([
        page.waitForEvent("download"),
        page.click(`dialog button:has-text('${format.toUpperCase()}')`),
      ]);
      expect(saved.suggestedFilename()).toBe(`00001-a-blue-thing.${format}`);
      expect(await sharp(await saved.path()).metadata()).toMatchObject({ format, width: 512 });
    }
    await page.click("dialog button:has-text('Delete')");
    await page.waitForSelector(item, { state: "detached" });
    await page.click(".toast button:has-text('Undo')");
    await page.waitForSelector(`${item} .starred`);
    await page.click(".filters button[aria-label='Show only starred pictures']");
    await expect.poll(() => page.locator(".item").count()).toBe(1);
    await page.click(".filters button[aria-label='Show only starred pictures']");
    await page.fill("#words", "crown cat nothing");
    await page.waitForSelector("text=Nothing matches");
    await page.fill("#words", "");
    await page.click(".item[data-id='00003-unfinished']");
    await page.click("dialog button:has-text('Resume')");
    await page.waitForSelector("dialog", { state: "detached" });
    const response = await fetch(`${url}api/runs`, { headers: { Authorization: `Bearer ${studio.token}` } });
    expect((await response.json()) as object).toMatchObject({
      runs: expect.arrayContaining([
        expect.objectContaining({ folder: "00003-unfinished", status: "waiting" }),
      ]) as object[],
    });
  });

  it("compares two pictures by the buttons over them, and by their details", async () => {
    await goTo("gallery");
    const select = async (id: string): Promise<void> => {
      await page.hover(`.item[data-id='${id}']`);
      await page.click(".item-actions button[aria-label^='Compare']");
    };
    await select("00001-a-blue-thing");
    await page.waitForSelector(".item.chosen[data-id='00001-a-blue-thing']");
    await select("00001-a-blue-thing");
    await page.waitForSelector(".item.chosen", { state: "detached" });
    await select("00001-a-blue-thing");
    await page.click(".item[data-id='00002-a-cat-wearing-a-crown']");
    await page.click("dialog button:has-text('Compare')");
    await page.waitForSelector("dialog .compare");
    expect(await page.textContent("dialog table")).toContain("a cat");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await page.locator(".item.chosen").count()).toBe(0);
    // A key acts on the picture that the key before it moved to, even within one frame.
    const next = (await page.evaluate(`(() => {
      const items = [...document.querySelectorAll(".item")];
      const at = items.findIndex((item, at) => item.querySelector("img") && items[at + 1]?.querySelector("img"));
      items[at].focus();
      for (const key of ["ArrowRight", "c"])
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
      return items[at + 1].dataset.id;
    })()`)) as string;
    await page.waitForSelector(`.item.chosen[data-id='${next}']`);
    await page.keyboard.press("c");
    await page.waitForSelector(".item.chosen", { state: "detached" });
  });

  it("opens no other picture when runs arrive between the press and the release of a click", async () => {
    await goTo("gallery");
    const box = (await page.locator(".item[data-id='00001-a-blue-thing']").boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await mkdir(join(folder, "outputs", "00006-later"));
    await fetch(`${url}api/gallery/00001-a-blue-thing/star`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${studio.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ starred: true }),
    });
    await page.waitForSelector(".item[data-id='00006-later']");
    await page.mouse.up();
    await page.waitForTimeout(300);
    expect(await page.locator("dialog").count()).toBe(0);
    // The keyboard acts on the tile that has the focus, wherever it is now.
    await page.focus(".item[data-id='00001-a-blue-thing']");
    await mkdir(join(folder, "outputs", "00007-later"));
    await page.keyboard.press("s");
    await page.waitForSelector(".item[data-id='00001-a-blue-thing'] .starred", { state: "detached" });
    await page.waitForSelector(".item[data-id='00007-later']");
    await page.keyboard.press("s");
    await page.waitForSelector(".item[data-id='00001-a-blue-thing'] .starred", { state: "attached" });
    expect(await page.locator(".starred").count()).toBe(1);
    for (const name of ["00006-later", "00007-later"])
      await rm(join(folder, "outputs", name), { recursive: true });
  });

  it("is set in its own font", async () => {
    expect(await page.evaluate("document.fonts.ready.then(() => document.fonts.check('14px Inter'))")).toBe(
      true,
    );
    expect(await page.evaluate("[...document.fonts].map(({ status }) => status)")).toEqual(["loaded"]);
  });

  it("shows scores and curve of a finished run that it did not watch", async () => {
    for (const name of ["00004-one", "00005-two"]) {
      await mkdir(join(folder, "outputs", name));
      await writeFile(join(folder, "outputs", name, "image.png"), await pngOf(64));
      await writeFile(
        join(folder, "outputs", name, "steps.jsonl"),
        [1, 2, 3, 4].map((step) => JSON.stringify({ step, loss: 1 / step })).join("\n"),
      );
      const count = engine.started.length;
      const { emit, end } = engine.started.at(-1)!;
      emit({ type: "planned", run: 0, runs: 1, folder: join(folder, "outputs", name), steps: 4 });
      emit({ type: "finished", folder: name, image: "image.png", seed: 0, guide: 0.5, judge: 0.125 });
      end();
      await expect.poll(() => engine.started.length).toBe(count + 1);
    }
    const other = await openPage();
    await other.click(".small-tiles .tile >> nth=0");
    await other.waitForSelector("[aria-label='Loss 0.250 after step 4']");
    expect(await other.locator(".readings dd").allTextContents()).toEqual(["0.50", "0.13", "0.38"]);
    await other.context().close();
  });

  it("steers a draft on request, from its seed", async () => {
    const name = "00006-draft";
    await mkdir(join(folder, "outputs", name));
    await writeFile(join(folder, "outputs", name, "image.png"), await pngOf(64));
    const count = engine.started.length;
    const { emit, end } = engine.started.at(-1)!;
    emit({ type: "planned", run: 0, runs: 1, folder: join(folder, "outputs", name), steps: 0 });
    emit({ type: "finished", folder: name, image: "image.png", seed: 9, guide: 0.5, judge: 0.5 });
    end();
    await expect.poll(() => engine.started.length).toBe(count + 1);
    const other = await openPage();
    await other.click(".small-tiles .tile >> nth=0");
    await other.click("button:has-text('Steer this')");
    const requests = async (): Promise<unknown[]> => {
      const response = await fetch(`${url}api/runs`, {
        headers: { Authorization: `Bearer ${studio.token}` },
      });
      return ((await response.json()) as { runs: { request: unknown }[] }).runs.map(({ request }) => request);
    };
    await expect.poll(requests).toContainEqual(expect.objectContaining({ seed: 9, steps: 60, count: 1 }));
    await other.context().close();
  });

  it("asked for nothing from elsewhere", () => {
    expect([...hosts]).toEqual([new URL(url).host]);
  });
});
