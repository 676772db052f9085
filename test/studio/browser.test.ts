import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildPage } from "../../studio/build.js";
import type { SceneFile } from "../../src/runs/index.js";
import { createEngine } from "../../src/studio/engine.js";
import { type Studio, openStudio } from "../../src/studio/index.js";
import { findEngineProcess } from "../cli/spawn.js";
import { noBrowser, openBrowser, reportSkipped } from "./chromium.js";
import { drawLabelledFolder } from "./shapes.js";

reportSkipped("the studio in a browser");
/** Pictures are made on the way, on machines that may have other work. */
vi.setConfig({ testTimeout: 400_000 });

const axe = await readFile(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");
const views = ["generate", "edit", "gallery", "queue", "classify", "prompts", "doctor"];

let folder: string;
let out: string;
let browser: Browser;
let page: Page;
let studio: Studio;
let url: string;
const problems: string[] = [];

async function openServer(): Promise<void> {
  studio = await openStudio({
    out,
    pictures: [join(folder, "shapes")],
    page: join(folder, "page"),
    engine: createEngine({ program: await findEngineProcess() }),
    onError: (error) => problems.push(String(error)),
  });
  ({ url } = await studio.listen(0));
}

async function openPage(): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${url}#token=${studio.token}`);
  await page.waitForSelector("h1");
}

const goTo = async (view: string): Promise<void> => {
  await page.click(`nav a[href="#/${view}"]`);
  await page.waitForSelector(`nav a[href="#/${view}"][aria-current]`);
};

/**
 * Violations that axe finds on the page as it is, of all rules or of some. Its script is given by the browser, past the policy of the
 * page.
 */
async function violations(rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe);
  const options = JSON.stringify({ resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) });
  const { violations: found } = (await page.evaluate(`axe.run(${options})`)) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

/** Drops a file on the page, as from another window. */
async function dropFile(bytes: Buffer, name: string, type = "image/png"): Promise<void> {
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob("${bytes.toString("base64")}"), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "${name}", { type: "${type}" }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
  })()`);
}

/** Settings that the page has no fields for: few steps, which take less time, and an ascent for known things, which have none by default; it has more steps than a test waits for. */
const quickSteps = { steps: 3, views: 4 };
const ascent = { steps: 1000, views: 4, plateau: 0, candidates: 16 };

interface RunsBody {
  readonly kind: "generate" | "edit";
  readonly requests: readonly { readonly request: Record<string, unknown> }[];
}

/** Adds `quickSteps` to edits and to runs of layers, and `ascent` to other runs, that pages of a context request. */
async function setSteps(context: BrowserContext): Promise<void> {
  await context.route("**/api/runs", async (route) => {
    const body = route.request().postDataJSON() as RunsBody | null;
    if (!body) return route.continue();
    const withSteps = (request: Record<string, unknown>): object => {
      if (body.kind === "edit") return { ...quickSteps, ...request };
      if (request.scene) return request.steps === 0 ? request : { ...request, ...quickSteps };
      return request.quality === "draft" ? { candidates: 16, ...request } : { ...ascent, ...request };
    };
    const requests = body.requests.map(({ request, ...rest }) => ({ ...rest, request: withSteps(request) }));
    return route.continue({ postData: JSON.stringify({ ...body, requests }) });
  });
}

const runFolders = async (): Promise<string[]> =>
  (await readdir(out)).filter((name) => /^\d{5}-/.test(name)).sort();

describe.skipIf(noBrowser)("the studio in a browser", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clipsteer-browser-"));
    out = join(folder, "outputs");
    await buildPage(join(folder, "page"));
    await drawLabelledFolder(join(folder, "shapes"), 2);
    await openServer();
    browser = await openBrowser();
    const context = await browser.newContext({
      viewport: { width: 1400, height: 900 },
      reducedMotion: "reduce",
    });
    await setSteps(context);
    page = await context.newPage();
    context.setDefaultTimeout(300_000);
    page.on("pageerror", (error) => problems.push(error.message));
    page.on(
      "console",
      (message) => message.type() === "error" && problems.push(`${message.text()} ${message.location().url}`),
    );
    await openPage();
  });
  afterAll(async () => {
    await browser.close();
    await studio.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("hides the token of its address", () => {
    expect(page.url()).not.toContain(studio.token);
  });

  it("makes a picture that can be watched, stopped and branched", async () => {
    await page.keyboard.press("/");
    await page.keyboard.type("a red heart");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".frame .live[data-drawn]");
    await page.waitForSelector("text=/Step ([5-9]|\\d\\d) of/");
    await page.click("text=Stop, keep the best");
    await page.waitForSelector("text=Stopped: this is the best so far");
    await page.waitForSelector(".frame img[alt$='finished']");
    const [first] = await runFolders();
    expect(await readdir(join(out, first!))).toEqual(
      expect.arrayContaining(["image.png", "config.yaml", "steps.jsonl"]),
    );

    await page.click("label:has-text('Draft')");
    await page.focus("#timeline");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    const moment = await page.textContent(".timeline span");
    await page.click("text=Branch from here");
    await page.waitForSelector(`text=${/Step (\d+)/.exec(moment!)![1]!}`);
    await page.waitForSelector(".progress :text-is('Done')");
    expect(await runFolders()).toHaveLength(2);
  });

  it("edits under a painted mask, and changes no byte outside of it", async () => {
    await page.click(".stage button:has-text('Edit')");
    await page.waitForSelector(".mask-canvas canvas");
    const box = (await page.locator(".mask-canvas canvas").boundingBox())!;
    const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(0.3, 0.4));
    await page.mouse.down();
    await page.mouse.move(...at(0.6, 0.4), { steps: 8 });
    await page.mouse.up();
    await page.keyboard.press("Control+z");
    await page.waitForSelector("text=nothing is painted");
    await page.keyboard.press("Control+Shift+Z");
    await page.keyboard.press("r");
    await page.mouse.move(...at(0.4, 0.5));
    await page.mouse.down();
    await page.mouse.move(...at(0.6, 0.7), { steps: 3 });
    await page.mouse.up();
    await page.waitForSelector("text=Only the painted part may change");
    await page.fill("#edit-prompt", "a blue heart");
    await page.fill("#edit-from", "a red heart");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Report card");

    const last = join(out, (await runFolders()).at(-1)!);
    const before = join(out, (await runFolders()).at(-2)!, "image.png");
    const raw = (path: string) => sharp(path).ensureAlpha().raw().toBuffer();
    const [original, edited, mask] = await Promise.all(
      [before, join(last, "image.png"), join(last, "mask.png")].map(raw),
    );
    let [inside, changed, outside] = [0, 0, 0];
    for (let pixel = 0; pixel < original!.length; pixel += 4) {
      const same = original!.subarray(pixel, pixel + 4).equals(edited!.subarray(pixel, pixel + 4));
      if (mask![pixel]! > 0) inside++;
      if (!same) changed++;
      if (!same && mask![pixel] === 0) outside++;
    }
    expect(inside).toBeGreaterThan(1000);
    expect(changed).toBeGreaterThan(500);
    expect(outside).toBe(0);
  });

  it("compares two pictures, stars one, and bins one with a way back", async () => {
    await goTo("gallery");
    await page.waitForSelector(".item[data-id^='00003']");
    await page.focus(".item[data-id^='00003']");
    await page.keyboard.press("c");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("c");
    await page.waitForSelector("dialog .before-after");
    expect(await page.textContent("dialog table")).toContain("a blue heart");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.focus(".item[data-id^='00002']");
    await page.keyboard.press("s");
    await page.waitForSelector(".item[data-id^='00002'] .starred");
    await page.keyboard.press("Delete");
    await page.waitForSelector(".item[data-id^='00002']", { state: "detached" });
    await page.click("text=Undo");
    await page.waitForSelector(".item[data-id^='00002']");
  });

  it("restores the settings of pictures that are dropped back", async () => {
    const folders = await runFolders();
    const first = folders[0]!;
    const read = (name: string) => readFile(join(out, name, "image.png"));
    await goTo("doctor");
    await dropFile(await read(first), "back.png");
    await page.click("text=Restore its settings");
    await page.waitForSelector("#seed");
    const config = await readFile(join(out, first, "config.yaml"), "utf8");
    expect(await page.inputValue("[data-prompt]")).toBe("a red heart");
    expect(await page.inputValue("#seed")).toBe(/seed: (\d+)/.exec(config)![1]);
    expect(await page.isChecked("label:has-text('Normal') input")).toBe(true);

    await dropFile(await read(folders.at(-1)!), "edited.png");
    await page.waitForSelector("text=Every setting can be restored");
    await page.click("text=Restore its settings");
    await page.waitForSelector("text=Only the painted part may change");
    expect(await page.inputValue("#edit-prompt")).toBe("a blue heart");
    expect(await page.inputValue("#edit-from")).toBe("a red heart");
    await page.click("text=Apply the edit");
    await page.waitForSelector("text=Report card");
    // The same settings give the same bytes.
    const again = (await runFolders()).at(-1)!;
    expect(again).not.toBe(folders.at(-1));
    expect(await read(again)).toEqual(await read(folders.at(-1)!));
  });

  it("says what is wrong with what it is given, and goes on", async () => {
    await goTo("generate");
    await dropFile(Buffer.from("no picture"), "notes.png");
    await page.waitForSelector(".toast.bad:has-text('this is not a readable picture')");
    await page.fill("[data-prompt]", "heart ".repeat(1667));
    await page.waitForSelector("text=10,002 characters are too many: at most 2,000");
    expect(await page.isDisabled("button:has-text('Generate')")).toBe(true);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".toast.bad:has-text('at most 2000 characters')");
    expect(problems.splice(0)).toEqual([expect.stringContaining("422"), expect.stringContaining("400")]);
    await page.fill("[data-prompt]", "a red heart");
  });

  it("lets two pages edit one picture; each has its own result, and sees the other's", async () => {
    const before = await runFolders();
    const other = await page.context().newPage();
    await other.goto(`${url}#token=${studio.token}`);
    for (const [each, text] of [
      [page, "a green heart"],
      [other, "a yellow heart"],
    ] as const) {
      await each.click('nav a[href="#/gallery"]');
      await each.click(".item[data-id^='00002']");
      await each.click("dialog button:has-text('Edit')");
      await each.waitForSelector(".mask-canvas canvas");
      await each.fill("#edit-prompt", text);
      await each.keyboard.press("Enter");
    }
    for (const each of [page, other]) await each.waitForSelector("text=Report card");
    expect(await runFolders()).toHaveLength(before.length + 2);
    for (const each of [page, other]) {
      await each.click('nav a[href="#/queue"]');
      for (const text of ["a green heart", "a yellow heart"])
        await each.waitForSelector(`.queue-row:has-text('${text}'):has-text('done')`);
    }
    // What one page removes, the other does not show any longer.
    const last = (await runFolders()).at(-1)!;
    await other.click('nav a[href="#/gallery"]');
    await other.waitForSelector(`.item[data-id='${last}']`);
    await goTo("gallery");
    // A thumbnail that is still being loaded would be missed.
    for (const each of [page, other])
      await each
        .locator(`.item[data-id='${last}'] img`)
        .evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
    await page.focus(`.item[data-id='${last}']`);
    await page.keyboard.press("Delete");
    await other.waitForSelector(`.item[data-id='${last}']`, { state: "detached" });
    await other.close();
  });

  it("names the pictures by labels, finds similar ones, and says what is wrong with a prompt file", async () => {
    await goTo("classify");
    await page.fill("#labels", "a heart, a bus");
    await page.click("button:has-text('Classify the pictures')");
    await page.waitForSelector(".intervals li:has-text('a heart')");
    // Bars and whiskers are drawn: pixels of their colours, which there are none of in an empty chart.
    const [bars, whiskers] = (await page.evaluate(`(() => {
      const canvas = document.querySelector(".intervals canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const counts = [0, 0];
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] === 165 && data[at + 1] === 211) counts[0]++;
        if (data[at] === 25 && data[at + 1] === 27 && data[at + 3] === 255) counts[1]++;
      }
      return counts;
    })()`)) as [number, number];
    expect(bars).toBeGreaterThan(1000);
    expect(whiskers).toBeGreaterThan(100);
    await page.selectOption("select", "shapes/a red circle");
    await page.click("button:has-text('Classify the pictures')");
    await page.waitForSelector(".intervals li:has-text('of 4')");
    await page.click("label:has-text('Search')");
    await page.fill("#find-words", "a red circle");
    await page.selectOption("select", "shapes");
    await page.keyboard.press("Enter");
    await page.click("button[type=submit]:has-text('Search')");
    await page.waitForSelector(".tile:has-text('likeness')");
    await page.click("label:has-text('Compare groups')");
    await page.click("button:has-text('Compare groups')");
    await page.waitForSelector("h2:has-text('By size')");
    await page.click(".intervals button:has-text('small')");
    await page.waitForSelector("[aria-label='Pictures of small'] .tile");
    await page.click("[aria-label='Pictures of small'] .tile");
    await page.click("dialog button:has-text('Edit it')");
    await page.waitForSelector(".mask-canvas canvas");
    await goTo("gallery");
    await page.click("label:has-text('Content')");
    await page.fill("#words", "a blue heart");
    await page.waitForSelector("text=/likeness 0/");
    await goTo("prompts");
    await page.fill("#prompt-text", "prompts:\n  - text: a heart\n    wieght: 2\n");
    await page.waitForSelector("text=/unknown key .wieght./");
    expect(await page.textContent(".line-numbers .wrong")).toBe("3");
    await page.fill(
      "#prompt-text",
      'templates:\n  - "{}"\n  - an emoji of {}\nprompts:\n  - text: a heart\n',
    );
    await page.waitForSelector("text=The file is valid");
    await page.click("text=Select templates");
    await page.waitForSelector("text=Use in the file");
    await page.click("text=Use in the file");
    await page.waitForSelector("text=The file is valid");
    await page.click("text=Use in Generate");
    await page.waitForSelector("text=/Also set: .*Prompt file/");
  });

  it("moves, mirrors, hides and recolours layers and regions, paints them, and steers them again", async () => {
    await goTo("generate");
    await page.fill("[data-prompt]", "a cat wearing a crown");
    if (await page.isVisible("text=Use the defaults")) await page.click("text=Use the defaults");
    await page.click("label:has-text('Draft')");
    await page.click("button:has-text('Generate')");
    await page.click(".stage button:has-text('Layers')");
    await page.waitForSelector(".layer-canvas img[data-layer='1']");
    expect(await violations()).toEqual([]);
    const folder = join(out, (await runFolders()).at(-1)!);
    const read = async (folder: string) =>
      JSON.parse(await readFile(join(folder, "scene.json"), "utf8")) as SceneFile;
    const before = (await read(folder)).layers;
    expect(before.map(({ text }) => text)).toEqual(["cat", "crown"]);
    // With the pointer, then with the keyboard.
    const box = (await page.locator(".layer-box").boundingBox())!;
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x - 60, middle.y + 30, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("-");
    await page.keyboard.press("m");
    await page.waitForSelector("button[aria-label='Mirror crown'][aria-pressed='true']");
    await page.click("button[aria-label='Hide cat']");
    await page.locator("input[aria-label$='of crown']").first().fill("#3344ff");
    await page.click("button[aria-label='Hide region 2 of crown']");
    await page.waitForSelector("button[aria-label='Show region 2 of crown']");
    expect(await violations()).toEqual([]);
    await page.click("dialog button:has-text('Apply')");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForSelector(".progress :text-is('Done')");
    await page.waitForSelector(".stage button:has-text('Layers')");
    const painted = join(out, (await runFolders()).at(-1)!);
    expect(painted).not.toBe(folder);
    const [cat, crown] = (await read(painted)).layers;
    expect(cat!.hidden).toBe(true);
    expect([before[1]!.mirrored, crown!.mirrored]).toEqual([false, true]);
    const hiddenFills = crown!.fills!.flatMap(({ hidden }, at) => (hidden ? [at] : []));
    expect(hiddenFills).toHaveLength(1);
    expect(before[1]!.fills![hiddenFills[0]!]!.share).toBeGreaterThan(0.02);
    expect(crown!.pose.x).toBeLessThan(before[1]!.pose.x - 0.1);
    expect(crown!.pose.y).toBeGreaterThan(before[1]!.pose.y + 0.1);
    expect(crown!.pose.size).toBeCloseTo(before[1]!.pose.size / 1.05, 2);
    const pixels = await sharp(join(painted, "image.png")).ensureAlpha().raw().toBuffer();
    let [ink, blue] = [0, 0];
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3]! > 200) ink++;
      if (pixels[at + 3]! > 200 && pixels[at + 2]! > 200 && pixels[at]! < 90) blue++;
    }
    expect(ink).toBeLessThan(512 * 512 * 0.3); // the crown alone
    expect(blue).toBeGreaterThan(ink * 0.2);

    // From a new place, an ascent goes on.
    await page.click(".stage button:has-text('Layers')");
    await page.waitForSelector(".layer-canvas img[data-layer='1']");
    await page.focus(".layer-box");
    for (let count = 0; count < 3; count++) await page.keyboard.press("Shift+ArrowRight");
    await page.click("dialog button:has-text('Steer again')");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForSelector("text=/Step [123] of 3/");
    await page.waitForSelector(".progress :text-is('Done')");
    const steered = join(out, (await runFolders()).at(-1)!);
    expect(steered).not.toBe(painted);
    const losses = (await readFile(join(steered, "steps.jsonl"), "utf8")).trim().split("\n");
    expect(losses.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([1, 2, 3]);
    const [, moved] = (await read(steered)).layers;
    expect(moved!.pose.x).toBeGreaterThan(crown!.pose.x + 0.1);
    expect(moved!.mirrored).toBe(true);
    expect(await readFile(join(steered, "image.png"))).not.toEqual(
      await readFile(join(painted, "image.png")),
    );

    await dropFile(await readFile(join(painted, "image.png")), "layers.png");
    await page.click("text=Restore its settings");
    await page.waitForSelector("text=/Also set: .*Layers and their places/");
    await page.click("text=Use the defaults");
  });

  it("replays a run to the same bytes, and saves its picture as SVG", async () => {
    const folders = await runFolders();
    const folder = folders.find((name) => name.endsWith("a-cat-wearing-a-crown"))!;
    await goTo("gallery");
    await page.click(`.item[data-id='${folder}']`);
    const [saved] = await Promise.all([
      page.waitForEvent("download"),
      page.click("dialog button:has-text('SVG')"),
    ]);
    expect(saved.suggestedFilename()).toBe(`${folder}.svg`);
    const svg = await readFile(await saved.path());
    const painted = await sharp(svg).resize(256).flatten({ background: "#ffffff" }).raw().toBuffer();
    const image = await readFile(join(out, folder, "image.png"));
    const expected = await sharp(image).resize(256).flatten({ background: "#ffffff" }).raw().toBuffer();
    const difference = painted.reduce((sum, value, at) => sum + Math.abs(value - expected[at]!), 0);
    expect(difference / painted.length).toBeLessThan(6); // of 255: the same picture

    await page.click("dialog button:has-text('Replay')");
    await page.waitForSelector(".toast:has-text('The run is being replayed')");
    await expect.poll(async () => (await runFolders()).length, { timeout: 300_000 }).toBe(folders.length + 1);
    const again = (await runFolders()).at(-1)!;
    await page.waitForSelector(`.item[data-id='${again}'] img`);
    expect(await readFile(join(out, again, "image.png"))).toEqual(image);
  });

  it("goes on with its queue after the server was restarted", async () => {
    await goTo("queue");
    await page.fill("#many", "a {red|blue} heart\na sleepy owl");
    await page.click("button:has-text('Preview')");
    await page.waitForSelector(".preview-list li:nth-child(3)");
    await page.click("text=Add to the queue");
    // Numbers change once a second.
    await expect.poll(() => page.textContent("#main")).toMatch(/step ([3-9]|\d\d)/);
    await studio.close();
    await page.waitForSelector("text=The studio does not answer");
    const folders = await runFolders();
    await openServer();
    await openPage();
    await goTo("queue");
    await page.waitForSelector(".queue-row:has-text('a red heart'):has-text('running')");
    expect(await page.locator(".queue-row:has-text('in the queue')").count()).toBe(2);
    for (const title of ["a sleepy owl", "a blue heart"])
      await page.click(`button[aria-label="Remove “${title}”"]`);
    await page.waitForSelector(".queue-row:has-text('step')");
    await page.click(".queue-row >> text=Stop");
    await page.waitForSelector(".queue-row:has-text('running')", { state: "detached" });
    expect(await runFolders()).toEqual(folders); // resumed in its own folder
  });

  it("has no barriers that axe finds, in light and dark, wide and narrow", async () => {
    const setTheme = (theme: string) => page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    for (const view of views) {
      await goTo(view);
      if (view === "prompts") await page.waitForSelector("text=The file is valid");
      if (view === "doctor") await page.waitForSelector(".part");
      await setTheme("light");
      expect({ view, found: await violations() }).toEqual({ view, found: [] });
      // Of axe's rules, a theme changes those of colours alone.
      await setTheme("dark");
      const found = await violations(["color-contrast", "link-in-text-block"]);
      expect({ view, theme: "dark", found }).toEqual({ view, theme: "dark", found: [] });
    }
    await page.setViewportSize({ width: 360, height: 740 });
    for (const view of views) {
      await goTo(view);
      const wide = await page.evaluate(
        "document.querySelector('#main').scrollWidth - document.querySelector('#main').clientWidth",
      );
      expect({ view, wide }).toEqual({ view, wide: 0 });
    }
    await page.setViewportSize({ width: 1400, height: 900 });
  });

  it("is small, and threw no errors on the way", async () => {
    const { gzipSync } = await import("node:zlib");
    const files = await readdir(join(folder, "page"));
    const sizes = await Promise.all(
      files.map(async (name) => gzipSync(await readFile(join(folder, "page", name))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
    // The server that was stopped is the one thing that may have been missed.
    expect(
      problems.filter(
        (problem) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET/.test(problem),
      ),
    ).toEqual([]);
  });
});
