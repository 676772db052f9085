import { expect, vi } from "vitest";
import { main } from "../../src/cli/main.js";

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process. */
export async function runCommand(...args: string[]): Promise<Ended> {
  const written: string[] = [];
  const errors: string[] = [];
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => errors.push(String(text)) > 0);
  const code = await main(args).finally(() => {
    out.mockRestore();
    err.mockRestore();
  });
  return { code, stdout: written.join(""), stderr: errors.join("") };
}

/** Runs a command that succeeds. @returns what it printed as JSON. */
export async function run(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCommand(...args, "--json");
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  return JSON.parse(stdout) as Record<string, unknown>;
}
