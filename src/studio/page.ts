import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Hono } from "hono";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
};

/** Files of the page; no other name is ever read. */
const files: Readonly<Record<string, string>> = {
  "/": "index.html",
  "/page.js": "page.js",
  "/page.css": "page.css",
  "/icon.svg": "icon.svg",
  "/inter.woff2": "inter.woff2",
};

/** Folder of the built page, in the package. */
export function builtPage(): string {
  // Beside the bundle (dist/engine/…) or, from source, beside src.
  const places = ["../studio/page", "../../dist/studio/page"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return places.find((folder) => existsSync(join(folder, "index.html"))) ?? places[0]!;
}

/** Serves the files of the page. @param onOpen called before the page itself is sent. */
export function servePage(app: Hono, folder: string, onOpen: () => void): void {
  for (const [path, file] of Object.entries(files))
    app.get(path, async (context) => {
      if (path === "/") onOpen();
      const bytes = await readFile(join(folder, file)).catch(() => undefined);
      if (!bytes)
        return context.text("The page is missing from this installation; build it with npm run build.", 500);
      return context.body(new Uint8Array(bytes), 200, {
        "Content-Type": types[file.split(".").pop()!]!,
        "Cache-Control": "no-cache",
      });
    });
}
