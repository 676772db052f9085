import { expect, vi } from "vitest";
import { main } from "../../src/cli/main.js";

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command that runs now: output is that of the process, so commands run one after another. */
let running: Promise<unknown> = Promise.resolve();

/** Runs the command line in this process, after the commands that were started before. */
export function runCommand(args: readonly string[]): Promise<Ended> {
  const ended = running.then(() => capture(args));
  running = ended.catch(() => undefined);
  return ended;
}

async function capture(args: readonly string[]): Promise<Ended> {
  const written: string[] = [];
  const errors: string[] = [];
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0),
    vi.spyOn(process.stderr, "write").mockImplementation((text) => errors.push(String(text)) > 0),
    vi.spyOn(console, "log").mockImplementation((text) => void written.push(`${text}\n`)), // yargs prints help so
  ];
  const code = await main(args).finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return { code, stdout: written.join(""), stderr: errors.join("") };
}

/** Runs a command that succeeds. @returns what it printed as JSON. */
export async function run(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCommand([...args, "--json"]);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  return JSON.parse(stdout) as Record<string, unknown>;
}
