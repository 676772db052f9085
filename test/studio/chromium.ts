import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Whether there is no browser to test with. */
export const noBrowser = !existsSync(executablePath);

/** Says in one line what is skipped without a browser. */
export function reportSkipped(what: string): void {
  if (noBrowser) process.stderr.write(`skipped: ${what} (no ${executablePath})\n`);
}

/** Starts the browser. */
export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", ...args],
  });
}
