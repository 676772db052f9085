import { defineConfig } from "vitest/config";
import { nodeFlags } from "./test/nodeFlags.js";

/**
 * Tests that leave nothing behind in their process; `atomic` and `seal` replace modules. Of the
 * tests of the command line, those of processes and of the build do not share, nor those that leave another environment or clock.
 */
const sharing = [
  "test/{clip,data,embedding,engine,evaluate,files,gan,guidance,images,models,packs,prompts,rating,runs,search,session,tensor,training,vector}/**/!(atomic|seal).test.ts",
  "test/studio/!(browser|engine).test.ts",
  "test/cli/!(built|models|processes|progress).test.ts",
];

const common = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // On a busy machine a page answers late.
  expect: { poll: { timeout: 20_000 } },
  setupFiles: "test/equality.ts",
  execArgv: [...nodeFlags],
  // Tests read what commands say; colour would come and go with the terminal and with CI.
  env: { NO_COLOR: "1" },
};

export default defineConfig({
  test: {
    globalSetup: "test/programCache.ts",
    maxWorkers: 2,
    // Both projects and later runs share each module once it is compiled; its key is its content.
    experimental: { fsModuleCache: true, fsModuleCachePath: ".cache/vitest" },
    coverage: { include: ["src/**"], reporter: ["text-summary", "html"] },
    projects: [
      { test: { ...common, name: "isolated", include: ["test/**/*.test.ts"], exclude: sharing } },
      // One process for many files: loading the modules takes most of a second.
      { test: { ...common, name: "sharing", include: sharing, isolate: false } },
    ],
  },
});
