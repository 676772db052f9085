/** Builds the studio's page: a few static files that ship in the package. */
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

/** @param {string} folder where the files go. */
export async function buildPage(folder) {
  const source = import.meta.dirname;
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(source, "page.tsx"), join(source, "styles", "page.css")],
    outdir: folder,
    entryNames: "[name]",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    external: ["*.woff2"], // copied below
    logLevel: "warning",
  });
  for (const file of ["index.html", "icon.svg", "fonts/inter.woff2", "fonts/inter.LICENSE.txt"])
    copyFileSync(join(source, file), join(folder, basename(file)));
}
