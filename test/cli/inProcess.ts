import { expect, vi } from "vitest";
import { main } from "../../src/cli/main.js";

/** Runs the command line in this process. @returns what it printed as JSON. */
export async function run(...args: string[]): Promise<Record<string, unknown>> {
  const written: string[] = [];
  const errors: string[] = [];
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => errors.push(String(text)) > 0);
  const code = await main([...args, "--json"]).finally(() => {
    out.mockRestore();
    err.mockRestore();
  });
  expect(`${code} ${errors.join("")}`).toMatch(/^0 /);
  return JSON.parse(written.join("")) as Record<string, unknown>;
}
