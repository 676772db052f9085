/**
 * Takes the pictures of docs/studio.md: `npx tsx docs/studioScreens.ts [folder for all of them as PNG]`. Needs Chromium; takes
 * a few minutes, because the pictures that it shows are made.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page, chromium } from "playwright-core";
import sharp from "sharp";
import { openStudio } from "../src/studio/index.js";
import { buildPage } from "../studio/build.js";

const prompts = [
  "a slice of pizza",
  "a blue cat face",
  "a sleepy owl",
  "a rocket",
  "a green apple",
  "a yellow star",
  "a cup of coffee",
];
const documented = new Set([
  "generate-light",
  "edit-light",
  "report-dark",
  "gallery-light",
  "classify-dark",
  "grid-table-light",
  "queue-dark",
]);

const folder = await mkdtemp(join(tmpdir(), "clipsteer-screens-"));
const all = process.argv[2];
if (all !== undefined) await mkdir(all, { recursive: true });
await buildPage(join(folder, "page"));
const studio = await openStudio({ out: join(folder, "outputs"), page: join(folder, "page") });
const { url } = await studio.listen(0);
const headers = { Authorization: `Bearer ${studio.token}`, "Content-Type": "application/json" };
const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`${url}api${path}`, { method: "POST", headers, body: JSON.stringify(body) });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page: Page = await browser.newPage({ viewport: { width: 1360, height: 850 } });
page.setDefaultTimeout(300_000);

/** Takes the page as it is, in both themes. */
async function shoot(name: string): Promise<void> {
  for (const theme of ["light", "dark"]) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    while (!(await page.evaluate("[...document.images].every(({ complete }) => complete)")))
      await page.waitForTimeout(100);
    await page.waitForTimeout(400);
    const png = await page.screenshot();
    if (all !== undefined) await sharp(png).toFile(join(all, `${name}-${theme}.png`));
    if (documented.has(`${name}-${theme}`))
      await sharp(png)
        .webp({ quality: 78, effort: 6 })
        .toFile(join(import.meta.dirname, "studio", `${name}-${theme}.webp`));
  }
}

const goTo = async (view: string): Promise<void> => {
  await page.click(`nav a[href="#/${view}"]`);
  await page.waitForTimeout(600);
};

await mkdir(join(import.meta.dirname, "studio"), { recursive: true });
await page.goto(`${url}#token=${studio.token}`);
await page.waitForSelector("h1");
for (const view of ["generate", "edit", "gallery", "queue"]) {
  await goTo(view);
  await shoot(`${view}-empty`);
}
const requests = prompts.map((text, seed) => ({ request: { text: [text], seed, quality: "draft" } }));
await post("/runs", { kind: "generate", requests });
await page.waitForSelector(".badge", { state: "detached" });
await goTo("generate");
await page.fill("[data-prompt]", "a red heart");
await page.keyboard.press("Enter");
await page.waitForSelector("text=/Step (3\\d|4\\d) of/");
await shoot("generate");
await page.waitForSelector(".progress :text-is('Done')");
await shoot("generate-done");
await page.click("text=Vary two settings in a grid");
await page.fill("#values-Across", "1, 2, 3");
await page.selectOption("dialog .row:nth-child(3) select", "words");
await page.fill("#values-Down", "red, blue, green");
await shoot("grid-dialog");
await page.keyboard.press("Escape");
const cells = ["red", "blue", "green"].flatMap((y) =>
  ["1", "2", "3"].map((x) => ({
    request: { text: [`a ${y} heart`], seed: Number(x), quality: "draft" },
    cell: { x, y },
  })),
);
await post("/runs", { kind: "generate", requests: cells, group: "grid" });
await page.waitForSelector(".badge", { state: "detached" });
await page.click(".small-tiles .tile >> nth=0");
await shoot("grid");
await page.locator(".grid-table").scrollIntoViewIfNeeded();
await shoot("grid-table");
await goTo("generate");
await page.click(".small-tiles .tile >> nth=9");
await page.waitForTimeout(500);
await page.click("text=Edit this");
await page.waitForSelector(".mask-canvas canvas");
const box = (await page.locator(".mask-canvas canvas").boundingBox())!;
const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
await page.mouse.move(...at(0.15, 0.35));
await page.mouse.down();
for (let part = 0; part <= 1; part += 0.05)
  await page.mouse.move(...at(0.15 + 0.3 * part, 0.35 + 0.1 * Math.sin(9 * part)));
await page.mouse.up();
await page.keyboard.press("r");
await page.mouse.move(...at(0.1, 0.1));
await page.mouse.down();
await page.mouse.move(...at(0.5, 0.9), { steps: 4 });
await page.mouse.up();
await page.keyboard.press("b");
await page.fill("#edit-prompt", "a blue heart");
await page.fill("#edit-from", "a red heart");
await page.mouse.move(...at(0.7, 0.5));
await shoot("edit");
await page.click("text=Change the picture");
await page.waitForSelector("text=Report card");
await page.waitForTimeout(500);
await shoot("report");
await post("/runs", {
  kind: "generate",
  requests: prompts.map((text) => ({ request: { text: [text], seed: 9 } })),
});
await goTo("queue");
await page.fill("#many", "a {red|blue} heart\na sleepy {owl|cat}");
await page.click("text=Show what it makes");
await page.waitForSelector(".queue-row:has-text('step 1')");
await shoot("queue");
await goTo("gallery");
await shoot("gallery");
await page.click(".item >> nth=3");
await page.waitForTimeout(800);
await shoot("details");
await page.keyboard.press("Escape");
await page.focus(".item >> nth=4");
await page.keyboard.press("c");
await page.keyboard.press("ArrowRight");
await page.keyboard.press("c");
await page.waitForTimeout(600);
await shoot("compare");
await page.keyboard.press("Escape");
await goTo("classify");
await page.click("text=Name the pictures");
await page.waitForSelector(".shares");
await shoot("classify");
await goTo("prompts");
await page.click("text=showcase.yaml");
await page.waitForSelector("text=The file is right");
await shoot("prompts");
await page.fill("#prompt-text", "prompts:\n  - text: a heart\n    wieght: 2\n");
await page.waitForSelector("text=unknown key");
await shoot("prompts-wrong");
await goTo("doctor");
await page.waitForSelector("text=Optional packages");
await shoot("doctor");
await page.keyboard.press("?");
await shoot("help");
await page.keyboard.press("Escape");
await page.setViewportSize({ width: 390, height: 800 });
for (const view of ["generate", "edit", "gallery", "queue"]) {
  await goTo(view);
  await shoot(`narrow-${view}`);
}
await browser.close();
await studio.close();
await rm(folder, { recursive: true, force: true });
