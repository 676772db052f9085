import { createRequire } from "node:module";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const root = resolve(process.env.TFJS ?? ".", "tfjs-core/src");
const ours = resolve(import.meta.dirname, "../../..");
/** The installed package, whole: src/tf.ts exports only functions. */
const library = "\0tfjs:";
const require = createRequire(resolve(ours, "package.json"));

/** Modules of theirs that are parts of the installed package. */
const parts = new Map([
  [resolve(root, "test_util"), "test_util"],
  [resolve(root, "util"), "util"],
]);

const random = ["rand", "random_normal", "random_standard_normal", "truncated_normal"].map(
  (name) => `**/${name}_test.ts`,
);

export default defineConfig({
  root,
  plugins: [
    {
      name: "tfjs-tests",
      enforce: "pre",
      resolveId(source, importer) {
        if (source.startsWith(library)) return source;
        if (!source.startsWith(".") || !importer?.startsWith(root)) return undefined;
        const target = resolve(importer, "..", source);
        if (target === resolve(root, "jasmine_util")) return resolve(import.meta.dirname, "jasmine.ts");
        const part = parts.get(target);
        if (part !== undefined) return `${library}${part}`;
        if (target === root || target === resolve(root, "index")) return library;
        // A test imports the installed package instead of the sources beside it, but for helpers.
        return importer.endsWith("_test.ts") && !/(_util|_data|_test)$/.test(target) ? library : undefined;
      },
      async load(id) {
        if (!id.startsWith(library)) return undefined;
        const part = id.slice(library.length);
        if (part === "")
          return [
            `import { createRequire } from "node:module";`,
            `const tf = createRequire(${JSON.stringify(resolve(ours, "package.json"))})("@tensorflow/tfjs");`,
            ...Object.keys(require("@tensorflow/tfjs") as object).map(
              (name) => `export const ${name} = tf.${name};`,
            ),
          ].join("\n");
        const members = Object.keys(((await import("@tensorflow/tfjs-core")) as never)[part]);
        return [
          `import * as tf from ${JSON.stringify(library)};`,
          ...members.map((member) => `export const ${member} = tf.${part}.${member};`),
        ].join("\n");
      },
    },
  ],
  test: {
    root,
    include: ["ops/**/*_test.ts"],
    // Not of an operator: helpers, files without a test of their own, browsers' workers, and statistics of random draws.
    exclude: ["**/*_util_test.ts", "**/identity_pool_test.ts", "**/from_pixels_worker_test.ts", ...random],
    setupFiles: [resolve(import.meta.dirname, "jasmine.ts")],
    testTimeout: 300_000,
    isolate: false,
    maxWorkers: 2,
  },
});
