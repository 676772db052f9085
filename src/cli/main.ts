import pc from "picocolors";
import yargs, { type Argv } from "yargs";
import { ConfigError } from "../errors.js";
import { readToolkitVersion } from "../runs/requests/index.js";
import { explainError } from "./advice.js";
import type { Command } from "./command.js";
import { loadCommands, findCommand, loadCommand } from "./commands.js";
import { createContext } from "./context.js";
import { selectGiven, markTexts, parseOptions, optionsOf, positionalsOf } from "./options.js";
import { sanitize } from "./printable.js";

const groups: Readonly<Record<string, string>> = {
  prompts: "Check, show and tune prompt files",
  evaluate: "Measure pictures, CLIPs and their bias",
  train: "Train the models of a pack",
  data: "Build training data",
  pack: "Make packs of trained models",
  models: "Published models: download, describe, verify",
};

const common = {
  json: { type: "boolean", describe: "Print one JSON object on stdout" },
  quiet: { type: "boolean", alias: "q", describe: "Print no progress and no notes" },
  verbose: { type: "boolean", describe: "Show the stack of an error" },
} as const;

/** Formats the first lines of a command's help. */
const formatHeadline = ({ usage, describe }: Command): string => `$0 ${usage}\n\n${describe}`;

/** @param usage as yargs takes it: the command's last words, or `$0` in the place of all for one that is parsed alone. */
function register(
  parser: Argv,
  command: Command,
  usage: string,
  run: (action: () => Promise<void>) => void,
  signal: AbortSignal,
): Argv {
  const name = command.usage.replace(/ [[<].*$/, "");
  return parser.command(
    usage,
    command.describe,
    (inner) => {
      if (!usage.startsWith("$0")) inner.usage(formatHeadline(command)); // yargs keeps its parser's for a command alone
      for (const [key, positional] of Object.entries(positionalsOf(command.schema)))
        inner.positional(key, positional);
      inner.options(optionsOf(command.schema)).options(common);
      for (const [example, meaning] of command.examples) inner.example(example, meaning);
      return inner;
    },
    (argv) => {
      run(async () => {
        const {
          json = false,
          quiet = false,
          verbose = false,
        } = argv as Partial<Record<keyof typeof common, boolean>>;
        const given = selectGiven(command.schema, argv);
        const options = parseOptions(name, command.schema, given);
        await command.run(options, createContext({ json, quiet, verbose }, signal), given);
      });
    },
  );
}

type Add = (parser: Argv, command: Command, usage: string) => Argv;

/** Creates a parser with what all parsers have in common. */
function createParser(argv: readonly string[]): Argv {
  return yargs([...argv])
    .scriptName("clipsteer")
    .version(readToolkitVersion())
    .alias("h", "help")
    .alias("v", "version")
    .strict()
    .parserConfiguration({ "duplicate-arguments-array": true })
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(Math.min(110, process.stdout.columns || 100))
    .fail((message, error) => {
      const own = error as Error | undefined;
      throw own && own.name !== "YError"
        ? own
        : new ConfigError(formatUsage(message || (own?.message ?? "")), { reason: "usage" });
    });
}

/** Creates a parser of the command that is called alone: the others are not read, and their help is not laid out. */
async function loadOne(name: string, argv: readonly string[], add: Add): Promise<Argv> {
  const command = await loadCommand(name);
  const parser = createParser(argv.slice(name.split(" ").length)).usage(formatHeadline(command));
  return add(parser, command, command.usage.replace(name, "$0"));
}

/** Creates a parser of all commands; it suggests the nearest command for an unknown one. */
async function loadAll(argv: readonly string[], add: Add): Promise<Argv> {
  let parser = createParser(argv)
    .usage("$0 <command>\n\nPictures from sentences, on your own machine.")
    .recommendCommands()
    .demandCommand(1, "")
    .epilog('Start with: clipsteer generate "a red heart"');
  const commands = await loadCommands();
  for (const command of commands.filter(({ usage }) => !(usage.split(" ")[0]! in groups)))
    parser = add(parser, command, command.usage);
  for (const [group, describe] of Object.entries(groups)) {
    const members = commands.filter(({ usage }) => usage.startsWith(`${group} `));
    parser = parser.command(group, describe, (inner) => {
      let nested = inner.demandCommand(1, "");
      for (const member of members) nested = add(nested, member, member.usage.slice(group.length + 1));
      return nested;
    });
  }
  return parser;
}

/** Signals that stop a command, and the exit code of each. */
const stopCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof stopCodes;
/** Exit code of a command whose reader is gone, as shells report it. */
const pipeClosed = 141;

/**
 * Aborts on the first signal. A second one ends the process immediately, even during a computation, because the handlers are removed.
 * npx does not pass SIGTERM on, so a process that npx started stops as for SIGTERM when npx ends.
 */
function listenForStop(controller: AbortController): { code(): number | undefined; end(): void } {
  let stopped: StopSignal | undefined;
  const names = Object.keys(stopCodes) as StopSignal[];
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.env.npm_command === "exec" && process.ppid !== parent) stop("SIGTERM");
  }, 500);
  watch.unref();
  const end = (): void => {
    clearInterval(watch);
    names.forEach((name) => process.off(name, stop));
  };
  const stop = (name: StopSignal): void => {
    stopped = name;
    end();
    controller.abort();
  };
  names.forEach((name) => process.on(name, stop));
  return { code: () => stopped && stopCodes[stopped], end };
}

let isWatching = false;

/** Ends the process when stdout cannot be written; without a message if its reader is gone. Ignores a closed stderr. */
function watchPipes(): void {
  if (isWatching) return;
  isWatching = true;
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EPIPE") process.stderr.write(`${pc.red("error:")} stdout: cannot be written (${code})\n`);
    process.exit(code === "EPIPE" ? pipeClosed : 1);
  });
  process.stderr.on("error", () => undefined);
}

/**
 * Runs the command line.
 * @returns exit code: 0; 1 for a failure, 2 for a usage error, 130 after Ctrl-C, 143 after SIGTERM.
 */
export async function main(commandLine: readonly string[]): Promise<number> {
  const controller = new AbortController();
  const stop = listenForStop(controller);
  watchPipes();
  let argv = commandLine;
  let action: (() => Promise<void>) | undefined;
  const add: Add = (parser, command, usage) =>
    register(parser, command, usage, (run) => void (action = run), controller.signal);
  try {
    argv = markTexts(commandLine);
    const name = findCommand(argv);
    const parser = name === undefined ? await loadAll(argv, add) : await loadOne(name, argv, add);
    if (argv.length === 0) {
      parser.showHelp("log");
      return 0;
    }
    await parser.parseAsync();
    await action?.();
    return stop.code() ?? 0;
  } catch (error) {
    const code = stop.code();
    if (code !== undefined) return code;
    const verbose = argv.includes("--verbose");
    const hint = error instanceof ConfigError && error.reason === "usage" ? makeDashHint(argv) : "";
    process.stderr.write(`${pc.red("error:")} ${sanitize(explain(error, verbose) + hint)}\n`);
    return error instanceof ConfigError ? 2 : 1;
  } finally {
    stop.end();
  }
}

/** Explains how to write a text that begins with a dash, when the arguments hold one that cannot be an option. */
function makeDashHint(argv: readonly string[]): string {
  const text = argv.find(
    (argument) => /^-/.test(argument) && !/^-[a-z]$|^--[a-z][\w-]*(?:=|$)/i.test(argument),
  );
  return text === undefined ? "" : `; put a text or file that begins with a dash after --: -- "${text}"`;
}

function formatUsage(message: string): string {
  const choices = /Argument: (.*), Given: (.*), Choices: (.*)/.exec(message);
  const line = choices
    ? `--${choices[1]}: ${choices[2]} is none of ${choices[3]}`
    : message.split("\n").join(" ").trim();
  return line === "" ? "which command? see clipsteer --help" : `${line.replace(/\?$/, "")}; see --help`;
}

function explain(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (verbose) return error.stack ?? error.message;
  return explainError(error);
}
