import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { acquireLock } from "../../src/files/index.js";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";
import { clipsteer, findProgram } from "./spawn.js";

let folder = "";
let pack = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-processes-"));
  pack = await writeTinyPack();
});

const long = (out: string, seed = 1): string[] => [
  ...[
    "generate",
    "a red heart",
    "--generator",
    pack,
    "--candidates",
    "3",
    "--threads",
    "1",
    "--seed",
    String(seed),
  ],
  ...["--steps", "5000", "--views", "2", "--plateau", "0", "--out", join(folder, out)],
];
/** Whether a run below a folder has logged its first steps. */
const logs = (out: string): boolean =>
  existsSync(join(folder, out)) &&
  readdirSync(join(folder, out)).some((run) => existsSync(join(folder, out, run, "steps.jsonl")));

describe("signals", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s stops after the step with a whole picture, exit code %i", async (signal, code) => {
    const ended = await clipsteer(long(signal), { interruptAt: () => logs(signal), signal });
    expect(ended).toMatchObject({ code, signal: null });
    const [run] = await readdir(join(folder, signal));
    const names = await readdir(join(folder, signal, run!));
    expect(names).toContain("image.png");
    expect(names.filter((name) => /lock|part/.test(name))).toEqual([]);
    const steps = await readFile(join(folder, signal, run!, "steps.jsonl"), "utf8");
    expect(steps.split("\n").length).toBeLessThan(4000); // of 5000
  });

  it("to npx, which keeps them for itself, stop the run when npx ends", async () => {
    // npx starts a shell, and the shell the command.
    const command = [process.execPath, ...(await findProgram()), ...long("npx")];
    const shell = spawn("sh", ["-c", '"$0" "$@"; exit', ...command], {
      env: { ...process.env, npm_command: "exec" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    shell.stdout.resume();
    shell.stderr.resume();
    // The run holds these pipes until it ends.
    const ended = new Promise((done) => shell.on("close", done));
    while (!logs("npx")) await new Promise((done) => setTimeout(done, 20));
    shell.kill("SIGTERM");
    await ended;
    const [run] = await readdir(join(folder, "npx"));
    const names = await readdir(join(folder, "npx", run!));
    expect(names).toContain("image.png");
    expect(names.filter((name) => /lock|part/.test(name))).toEqual([]);
  });

  it("leave no handler after the first one: the system ends the process at a second Ctrl-C", async () => {
    const known = process.listeners("SIGINT");
    const ended = runCommand(long("handlers"));
    while (!logs("handlers")) await new Promise((done) => setTimeout(done, 20));
    const [stop, ...others] = process.listeners("SIGINT").filter((each) => !known.includes(each));
    expect(others).toEqual([]);
    stop!("SIGINT");
    expect(process.listeners("SIGINT")).toEqual(known);
    expect((await ended).code).toBe(130);
  });

  it("a second Ctrl-C ends the process at once, and the run can be resumed", async () => {
    const ended = await clipsteer(long("twice"), { interruptAt: () => logs("twice"), twice: true });
    // Ended by the signal, or, when it came too late, as by the first.
    expect([ended.signal, ended.code]).toEqual(ended.signal ? ["SIGINT", null] : [null, 130]);
    const [run] = await readdir(join(folder, "twice"));
    expect(await readdir(join(folder, "twice", run!))).toContain("unfinished.safetensors");
  });
});

describe("a reader that goes away", () => {
  const start = async (args: readonly string[], closed: "stdout" | "stderr"): Promise<number | null> => {
    const child = spawn(process.execPath, [...(await findProgram()), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child[closed].destroy();
    child[closed === "stdout" ? "stderr" : "stdout"].resume();
    return new Promise((done) => child.on("close", done));
  };

  it("of stderr does not end a run, which writes its picture", async () => {
    const args = long("stderr").map((arg) => (arg === "5000" ? "3" : arg));
    expect(await start(args, "stderr")).toBe(0);
    const [run] = await readdir(join(folder, "stderr"));
    expect((await readFile(join(folder, "stderr", run!, "image.png"))).length).toBeGreaterThan(100);
  });

  it("of stdout ends a command quietly", async () => {
    expect(await start(["generate", "--help"], "stdout")).toBe(141);
  });
});

describe("two processes at once", () => {
  it("make pictures below one folder, each in a run folder of its own", async () => {
    const args = (seed: number): string[] => long("both", seed).map((arg) => (arg === "5000" ? "3" : arg));
    const ended = await Promise.all([1, 2, 3].map((seed) => clipsteer(args(seed))));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    const runs = await readdir(join(folder, "both"));
    expect(runs).toHaveLength(3);
    for (const run of runs) expect(await readdir(join(folder, "both", run))).toContain("image.png");
  });

  it("never resume one run: the second is refused in a line and changes nothing", async () => {
    await clipsteer(long("resumed"), { interruptAt: () => logs("resumed"), signal: "SIGKILL" });
    const [run] = await readdir(join(folder, "resumed"));
    const place = join(folder, "resumed", run!);
    /** Files of the run; a lock and unfinished files of the killed process may go. */
    const files = async (): Promise<string[]> =>
      (await readdir(place)).filter((name) => name !== "run.lock" && !name.endsWith(".part"));
    const before = await files();
    const lock = await acquireLock(join(place, "run.lock"), { purpose: "test" });
    const refused = await clipsteer(["generate", "--resume", place, "--generator", pack]);
    await lock.release();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^error: .*another process \(\d+ on .*make this picture.*\n$/m);
    expect(await files()).toEqual(before);
    const logSize = (): number => statSync(join(place, "steps.jsonl")).size;
    const sizeBefore = logSize();
    const resumed = await clipsteer(["generate", "--resume", place, "--generator", pack], {
      interruptAt: () => logSize() > sizeBefore,
    });
    expect(resumed.code).toBe(130);
    expect(await readdir(place)).toContain("image.png");
  });
});
