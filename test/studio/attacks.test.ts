import { mkdtemp, readdir, rm } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Studio, openStudio } from "../../src/studio/index.js";
import { buildPage } from "../../studio/build.js";
import { noBrowser, openBrowser, reportSkipped } from "./chromium.js";
import { type FakeEngine, fakeEngine } from "./fake.js";

reportSkipped("attacks on the studio from other pages");

let folder: string;
let browser: Browser;
let engine: FakeEngine;
let studio: Studio;
let url: string;
let stranger: Server;
let strangerUrl: string;

const openPage = async (address: string): Promise<Page> => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(address);
  return page;
};

describe.skipIf(noBrowser)("attacks from the browser", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clipsteer-attacks-"));
    await buildPage(join(folder, "page"));
    engine = fakeEngine();
    studio = await openStudio({ out: join(folder, "outputs"), page: join(folder, "page"), engine });
    ({ url } = await studio.listen(0));
    stranger = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end("<!doctype html><title>stranger</title><body></body>");
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    strangerUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`;
    browser = await openBrowser(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
  });
  afterAll(async () => {
    await browser.close();
    await studio.close();
    await new Promise((resolve) => stranger.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  it("cannot start a run from another site, even with the token, nor read an answer", async () => {
    const page = await openPage(strangerUrl);
    const outcome = await page.evaluate(`(async () => {
      const body = JSON.stringify({ kind: "generate", requests: [{ request: { text: ["a heart"] } }] });
      const headers = { Authorization: "Bearer ${studio.token}", "Content-Type": "application/json" };
      const tries = {
        json: () => fetch("${url}api/runs", { method: "POST", body, headers }),
        plain: () => fetch("${url}api/runs", { method: "POST", body, mode: "no-cors" }),
        read: () => fetch("${url}api/runs", { headers }),
        page: () => fetch("${url}"),
      };
      const results = {};
      for (const [name, attempt] of Object.entries(tries))
        results[name] = await attempt().then(({ type }) => type, () => "refused");
      return results;
    })()`);
    // An opaque answer is one that the page cannot look into; the request behind it was refused.
    expect(outcome).toEqual({ json: "refused", plain: expect.stringMatching(/opaque|refused/) as string, read: "refused", page: "refused" }); // prettier-ignore
    await page.setContent(
      `<form id="f" method="post" enctype="text/plain" action="${url}api/runs"><input name='{"kind":"generate","x":"' value='"}'></form>`,
    );
    await Promise.all([page.waitForNavigation(), page.evaluate("document.getElementById('f').submit()")]);
    expect(await page.textContent("body")).toContain("requests from other sites are refused");
    expect(engine.started).toEqual([]);
    await page.context().close();
  });

  it("cannot show the studio in a frame, nor its pictures", async () => {
    const page = await openPage(strangerUrl);
    const loaded = await page.evaluate(`(async () => {
      const frame = document.createElement("iframe");
      frame.src = "${url}";
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
      const image = new Image();
      image.src = "${url}icon.svg";
      return image.decode().then(() => true, () => false);
    })()`);
    expect(loaded).toBe(false);
    const frame = page.frames().find((each) => each !== page.mainFrame());
    expect(await frame?.evaluate("document.querySelector('#app') !== null").catch(() => false)).toBe(false);
    await page.context().close();
  });

  it("get nothing by pointing a name of their own at this machine", async () => {
    const page = await openPage(url.replace("127.0.0.1", "evil.example"));
    expect(await page.textContent("body")).toContain("does not answer under this host name");
    const status = await page.evaluate(
      `fetch("/api/session", { headers: { Authorization: "Bearer ${studio.token}" } }).then(({ status }) => status)`,
    );
    expect(status).toBe(403);
    await page.context().close();
  });

  it("do not run scripts that get into the page, and cannot send anything elsewhere", async () => {
    const page = await openPage(`${url}#token=${studio.token}`);
    await page.waitForSelector("h1");
    const outcome = await page.evaluate(`(async () => {
      const blocked = [];
      document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
      const script = document.createElement("script");
      script.textContent = "window.intruder = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<img src='x' onerror='window.intruder = true'>");
      const sent = await fetch("${strangerUrl}").then(() => true, () => false);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { intruder: window.intruder === true, sent, blocked: [...new Set(blocked)].sort() };
    })()`);
    expect(outcome).toEqual({
      intruder: false,
      sent: false,
      blocked: ["connect-src", "script-src-attr", "script-src-elem"],
    });
    await page.context().close();
    expect(await readdir(join(folder, "outputs"))).toEqual([".studio"]);
  });

  it("find no form without the token", async () => {
    const page = await openPage(url);
    await page.waitForSelector("text=This page needs its key");
    expect(await page.locator("[data-prompt]").count()).toBe(0);
    await page.context().close();
  });
});
