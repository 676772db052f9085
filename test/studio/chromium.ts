import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Whether there is no browser to test with. */
export const noBrowser = !existsSync(executablePath);

/** Says in one line what is skipped without a browser. */
export function reportSkipped(what: string): void {
  if (noBrowser) process.stderr.write(`skipped: ${what} (no ${executablePath})\n`);
}

/**
 * Features of Chromium that tests go without. Pages of the address bar and processes for a next page, which each window starts and
 * no test uses, took a quarter of the processor time. The others are on Playwright's own list, which this one replaces.
 */
const disabledFeatures = [
  ...["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"],
  ...["InitialWebUI", "PreloadTopChromeWebUI", "SpareRendererForSitePerProcess"],
  ...["AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"],
  ...["DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"],
  ...["MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"],
  "ThirdPartyStoragePartitioning",
];

/** Starts the browser. */
export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  const features = `--disable-features=${disabledFeatures.join(",")}`;
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", features, ...args],
  });
}
