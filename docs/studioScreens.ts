/**
 * Takes the pictures of docs/studio.md: `npx tsx docs/studioScreens.ts [folder for all of them as PNG]`. Needs Chromium; takes
 * some minutes, because the pictures that it shows are made.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page, chromium } from "playwright-core";
import sharp from "sharp";
import { openStudio } from "../src/studio/index.js";
import { buildPage } from "../studio/build.js";
import { drawLabelledFolder } from "../test/studio/shapes.js";

const prompts = [
  "a penguin on the beach",
  "a blue car",
  "a slice of pizza",
  "a cat wearing a crown",
  "a sleepy owl",
  "a rocket in space",
  "a bee on a sunflower",
  "a purple octopus",
  "a cup of coffee",
  "a lighthouse at night",
  "a green apple",
];
/** Pictures of the page, light and dark beside each other. */
const documented = new Set([
  ...["generate", "grid", "edit", "report", "layers", "gallery", "compare", "queue"],
  ...["classify", "find", "groups", "prompts", "tune", "doctor", "help", "narrow"],
]);
const size = { width: 1440, height: 900 };
/** Width of one of the two in the page. */
const shownWidth = 800;

const folder = await mkdtemp(join(tmpdir(), "clipsteer-screens-"));
const target = join(import.meta.dirname, "studio");
const all = process.argv[2];
if (all !== undefined) await mkdir(all, { recursive: true });
await mkdir(target, { recursive: true });
await buildPage(join(folder, "page"));
await drawLabelledFolder(join(folder, "shapes"));
const studio = await openStudio({
  out: join(folder, "outputs"),
  pictures: [join(folder, "shapes")],
  page: join(folder, "page"),
});
const { url } = await studio.listen(0);
const headers = { Authorization: `Bearer ${studio.token}`, "Content-Type": "application/json" };
const post = (path: string, body: unknown): Promise<Response> =>
  fetch(`${url}api${path}`, { method: "POST", headers, body: JSON.stringify(body) });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page: Page = await browser.newPage({ viewport: size, colorScheme: "light", reducedMotion: "reduce" });
page.setDefaultTimeout(300_000);

/** Queues runs and waits until all are done. */
async function make(requests: readonly object[], group?: string): Promise<void> {
  await post("/runs", { kind: "generate", requests, ...(group !== undefined && { group }) });
  for (;;) {
    const { runs } = (await (await fetch(`${url}api/runs`, { headers })).json()) as {
      runs: { status: string }[];
    };
    if (runs.every(({ status }) => status !== "waiting" && status !== "running")) return;
    await page.waitForTimeout(200);
  }
}

/** Takes the page as it is, in both themes. */
async function shoot(name: string): Promise<void> {
  const pngs: Buffer[] = [];
  for (const theme of ["light", "dark"]) {
    // As the button of the page does it, also beneath a dialog.
    await page.evaluate(`(() => {
      const button = [...document.querySelectorAll(".nav button")].find(({ textContent }) => textContent.trim() === "${theme === "light" ? "Light" : "Dark"}");
      button?.click();
    })()`);
    await page.waitForTimeout(500);
    // A picture outside the window is not loaded, so its decoding never ends.
    await page.evaluate(
      "Promise.race([Promise.all([...document.images].map((image) => image.decode().catch(() => 0))), new Promise((done) => setTimeout(done, 5000))])",
    );
    pngs.push(await page.screenshot());
    if (all !== undefined) await sharp(pngs.at(-1)).toFile(join(all, `${name}-${theme}.png`));
  }
  if (name === "generate")
    await sharp(pngs[0]).webp({ quality: 78, effort: 6 }).toFile(join(target, "generate-light.webp"));
  if (!documented.has(name)) return;
  const halves = await Promise.all(pngs.map((png) => sharp(png).resize({ width: shownWidth, withoutEnlargement: true }).toBuffer())); // prettier-ignore
  const { width, height } = await sharp(halves[0]).metadata();
  await sharp({ create: { width: 2 * width, height, channels: 3, background: "#808080" } })
    .composite(halves.map((input, at) => ({ input, left: at * width, top: 0 })))
    .webp({ quality: 72, effort: 6 })
    .toFile(join(target, `${name}.webp`));
}

const goTo = async (view: string): Promise<void> => {
  await page.click(`nav a[href="#/${view}"]`);
  await page.waitForTimeout(600);
};

await page.goto(`${url}#token=${studio.token}`);
await page.waitForSelector("h1");
for (const view of ["generate", "edit", "gallery", "queue", "classify"]) {
  await goTo(view);
  await shoot(`${view}-empty`);
}
await make(prompts.map((text, seed) => ({ request: { text: [text], seed, quality: "draft" } })));
await goTo("generate");
await page.fill("[data-prompt]", "a red heart");
await page.keyboard.press("Enter");
await page.click("text=Steer this"); // a known thing is drawn without an ascent
await page.waitForSelector("text=/Step (2[1-9]|3\\d|4\\d) of/"); // guides and judge are measured at step 20
await shoot("generate");
await page.waitForSelector(".progress :text-is('Done')");
await page.waitForSelector(".frame img[alt$='finished']");
await shoot("generate-done");
await page.click("text=Grid over two");
await page.fill("#values-X", "1, 2, 3");
await page.selectOption("dialog .axis:nth-child(3) select", "words");
await page.fill("#values-Y", "red, blue, green");
await shoot("grid-dialog");
await page.keyboard.press("Escape");
await page.click(".stage button:has-text('Edit')");
await page.waitForSelector(".mask-canvas canvas");
const box = (await page.locator(".mask-canvas canvas").boundingBox())!;
const at = (x: number, y: number): [number, number] => [box.x + x * box.width, box.y + y * box.height];
await page.mouse.move(...at(0.2, 0.35));
await page.mouse.down();
for (let part = 0; part <= 1; part += 0.05)
  await page.mouse.move(...at(0.2 + 0.25 * part, 0.35 + 0.1 * Math.sin(9 * part)));
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
await page.click("text=Apply the edit");
await page.waitForSelector("text=Report card");
await page.waitForSelector(".before-after");
await page.waitForTimeout(500);
await shoot("report");
const cells = ["red", "blue", "green"].flatMap((y) =>
  ["1", "2", "3"].map((x) => ({
    request: { text: [`a ${y} heart`], seed: Number(x), quality: "draft" },
    cell: { x: `Seed ${x}`, y },
  })),
);
await make(cells, "grid");
await goTo("generate");
await page.click(".small-tiles .tile >> nth=0");
await page.locator(".grid-table").scrollIntoViewIfNeeded();
await shoot("grid");
await make([{ request: { text: ["a cat wearing a crown"], seed: 4, quality: "draft", layerFiles: true } }]);
await goTo("generate");
await page.click(".small-tiles .tile >> nth=0");
await page.click(".stage button:has-text('Layers')");
await page.waitForSelector(".layer-canvas img");
await page.focus(".layer-box");
for (let count = 0; count < 4; count++) await page.keyboard.press("ArrowRight");
await shoot("layers");
await page.keyboard.press("Escape");
await post("/runs", {
  kind: "generate",
  requests: prompts.map((text) => ({ request: { text: [text], seed: 9, steps: 60 } })),
});
await goTo("queue");
await page.fill("#many", "a {red|blue} heart\na sleepy {owl|cat}");
await page.click("button:has-text('Preview')");
await page.waitForSelector(".queue-row:has-text('step 1')");
await shoot("queue");
await goTo("gallery");
await page.waitForSelector(".item img");
await shoot("gallery");
await page.click(".item >> nth=3");
await page.waitForTimeout(800);
await shoot("details");
await page.keyboard.press("Escape");
await page.focus(".item >> nth=4");
await page.keyboard.press("c");
for (let count = 0; count < 3; count++) await page.keyboard.press("ArrowRight");
await page.keyboard.press("c");
await page.waitForTimeout(600);
await shoot("compare");
await page.keyboard.press("Escape");
await goTo("classify");
await page.click("button:has-text('Classify the pictures')");
await page.waitForSelector(".intervals");
await shoot("classify");
await page.click("label:has-text('Search')");
await page.selectOption("select", "shapes");
await page.fill("#find-words", "a green triangle");
await page.click("button[type=submit]:has-text('Search')");
await page.waitForSelector(".tile");
await shoot("find");
await page.click("label:has-text('Compare groups')");
await page.click("button:has-text('Compare groups')");
await page.waitForSelector(".intervals");
await shoot("groups");
await goTo("prompts");
await page.click("text=showcase.yaml");
await page.waitForSelector("text=The file is valid");
await shoot("prompts");
await page.click("text=emoji.yaml");
await page.waitForTimeout(600);
await page.click("text=Select templates");
await page.waitForSelector("text=Use in the file");
await page.locator("text=Use in the file").scrollIntoViewIfNeeded();
await shoot("tune");
await page.fill("#prompt-text", "prompts:\n  - text: a heart\n    wieght: 2\n");
await page.waitForSelector("text=unknown key");
await shoot("prompts-wrong");
await goTo("doctor");
await page.waitForSelector(".part");
await shoot("doctor");
await page.keyboard.press("?");
await shoot("help");
await page.keyboard.press("Escape");
await page.setViewportSize({ width: 420, height: 900 });
for (const view of ["edit", "gallery", "queue", "classify", "prompts", "doctor", "generate"]) {
  await goTo(view);
  await shoot(view === "generate" ? "narrow" : `narrow-${view}`);
}
for (const name of await readdir(target))
  if (!documented.has(name.replace(/(-light)?\.webp$/, ""))) await rm(join(target, name));
await browser.close();
await studio.close();
await rm(folder, { recursive: true, force: true });
