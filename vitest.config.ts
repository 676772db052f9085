import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Tests read what commands say; colour would come and go with the terminal and with CI.
    env: { CLIPSTEER_CACHE: "off", NO_COLOR: "1" },
    coverage: { include: ["src/**"], reporter: ["text-summary", "html"] },
  },
});
