const R = process.env.ROOT ?? "/work/wt/studio";
import { mkdir, rm } from "node:fs/promises";
const { chromium } = await import(R + "/node_modules/playwright-core/index.mjs");
const { openStudio } = await import(R + "/src/studio/index.ts");
const { buildPage } = await import(R + "/studio/build.js");
const out = "/tmp/studio/walk-out"; await rm(out, { recursive: true, force: true });
const shots = "/tmp/studio/walk"; await rm(shots, { recursive: true, force: true }); await mkdir(shots, { recursive: true });
await buildPage("/tmp/studio/walk-page");
const studio = await openStudio({ out, page: "/tmp/studio/walk-page" });
const { url } = await studio.listen(0);
const headers = { Authorization: `Bearer ${studio.token}`, "Content-Type": "application/json" };
const post = async (path, body) => (await fetch(`${url}api${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json();
const idle = async () => { for (;;) { const { runs } = await (await fetch(`${url}api/runs`, { headers })).json(); if (runs.every((r) => r.status !== "waiting" && r.status !== "running")) return runs; await new Promise((r) => setTimeout(r, 300)); } };
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
const page = await context.newPage(); page.setDefaultTimeout(120000);
const problems = []; page.on("console", (m) => m.type() === "error" && problems.push(m.text())); page.on("pageerror", (e) => problems.push(String(e)));
let n = 0; const shoot = async (name) => { await page.waitForTimeout(300); await page.screenshot({ path: `${shots}/${String(++n).padStart(2, "0")}-${name}.png` }); console.log("shot", name); };
const goTo = async (v) => { await page.click(`nav a[href="#/${v}"]`); await page.waitForTimeout(400); };
try {
await page.goto(`${url}#token=${studio.token}`);
await page.waitForSelector("[data-prompt]");
await page.waitForTimeout(Number(process.env.WAIT ?? 20000)); // warmed up
const began = Date.now();
await page.fill("[data-prompt]", "a cat wearing a crown");
await page.keyboard.press("Enter");
await page.waitForSelector(".frame img.picture");
console.log("first picture (scene) after", Date.now() - began, "ms");
await shoot("sketch");
await idle();
await goTo("gallery"); await goTo("generate");
await page.waitForSelector("text=Edit this"); await page.click("text=Edit this");
await page.waitForSelector("text=Change the layers"); await shoot("edit-layers");
await page.click("text=Change the layers"); await page.waitForSelector(".layer-canvas"); await shoot("layers"); await page.keyboard.press("Escape");
// every tool
const box = (await page.locator(".mask-canvas canvas").boundingBox());
const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
const drag = async (...points) => { await page.mouse.move(...at(...points[0])); await page.mouse.down(); for (const p of points.slice(1)) await page.mouse.move(...at(...p), { steps: 3 }); await page.mouse.up(); };
await page.click("button:has-text('Brush')"); await drag([0.2, 0.2], [0.3, 0.3]);
await page.click("button:has-text('Box')"); await drag([0.5, 0.1], [0.8, 0.3]);
await page.click("button:has-text('Ellipse')"); await drag([0.1, 0.5], [0.4, 0.8]);
await page.click("button:has-text('Lasso')"); await drag([0.6, 0.6], [0.9, 0.6], [0.9, 0.9], [0.6, 0.9]);
await page.click("button:has-text('Eraser')"); await drag([0.55, 0.2], [0.75, 0.2]);
await shoot("mask-tools");
await page.click("button:has-text('Clear')");
await page.fill("#mask-words", "the crown"); await page.click("button:has-text('Find')"); await page.waitForSelector("button:has-text('Find'):not([disabled])"); await shoot("mask-words");
// empty From, only a colour
await page.click("button:has-text('Clear')");
await page.fill("#edit-prompt", "a blue cat"); await page.keyboard.press("Enter");
await page.waitForSelector("text=Report card"); await shoot("colour-without-from");
await page.click("label:has-text('Side by side')"); await page.reload(); await page.waitForSelector("h1"); await goTo("edit"); await shoot("edit-after-reload");
// failed run
await post("/runs", { kind: "generate", requests: [{ request: { text: ["a red heart"], style: "no such style" } }] });
await idle(); await goTo("queue"); await shoot("queue-failed");
// gallery, star, compare
await goTo("gallery"); await page.waitForSelector(".item"); await page.click(".item >> nth=0"); await page.waitForSelector("dialog[open]"); await page.click("dialog button:has-text('Star')"); await page.waitForSelector("text=Starred"); await shoot("starred"); await page.keyboard.press("Escape");
await page.focus(".item >> nth=0"); await page.keyboard.press("c"); await page.keyboard.press("ArrowRight"); await page.keyboard.press("c"); await page.waitForTimeout(800); await shoot("compare-sides"); await page.keyboard.press("Escape");
await page.keyboard.press("?"); await shoot("help"); await page.keyboard.press("Escape");
// long prompt
await goTo("generate"); await page.fill("[data-prompt]", "x".repeat(10000)); await shoot("long-prompt");
await page.fill("[data-prompt]", "a blue car"); const b2 = Date.now(); await page.keyboard.press("Enter"); await page.waitForFunction("document.querySelector('.frame img.picture')?.alt.startsWith('a blue car')"); console.log("first picture (colour) after", Date.now() - b2, "ms");
await page.waitForSelector("text=/Step [1-9]/"); await shoot("steps"); await page.click("text=Stop, keep the best"); await page.waitForSelector("text=/Stopped/"); await shoot("stopped");
} catch (error) { console.log("FAILED", error); await page.screenshot({ path: `${shots}/99-failed.png` }); }
console.log("problems", problems);
await browser.close(); await studio.close(); process.exit(0);
