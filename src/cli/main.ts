import { readFileSync } from "node:fs";
import pc from "picocolors";
import yargs, { type Argv } from "yargs";
import { ConfigError, ToolkitError } from "../errors.js";
import type { Command } from "./command.js";
import { classify } from "./commands/classify.js";
import { dataEmoji, dataEmojiVariants } from "./commands/data.js";
import { doctor } from "./commands/doctor.js";
import { edit } from "./commands/edit.js";
import { embed } from "./commands/embed.js";
import { evaluateBiasCommand } from "./commands/evaluateBias.js";
import { evaluateGeneration } from "./commands/evaluateGeneration.js";
import { evaluateRetrievalCommand } from "./commands/evaluateRetrieval.js";
import { evaluateZeroShotCommand } from "./commands/evaluateZeroShot.js";
import { generate } from "./commands/generate.js";
import { modelsAdd } from "./commands/modelsAdd.js";
import { modelsInfo } from "./commands/modelsInfo.js";
import { modelsList } from "./commands/modelsList.js";
import { modelsPull } from "./commands/modelsPull.js";
import { modelsRemove } from "./commands/modelsRemove.js";
import { modelsVerify } from "./commands/modelsVerify.js";
import { packEmoji } from "./commands/pack.js";
import { packClips } from "./commands/packClips.js";
import { packGenerator } from "./commands/packGenerator.js";
import { search } from "./commands/search.js";
import { searchIndex } from "./commands/searchIndex.js";
import { trainClip } from "./commands/trainClip.js";
import { trainGan } from "./commands/trainGan.js";
import { trainUpscaler } from "./commands/trainUpscaler.js";
import { promptsCheck, promptsShow, promptsTune } from "./commands/prompts.js";
import { createContext } from "./context.js";
import { givenOptions, parseOptions, yargsOptions } from "./options.js";

/** Every command. */
export const commands: readonly Command[] = [
  generate,
  edit,
  classify,
  searchIndex,
  search,
  embed,
  evaluateGeneration,
  evaluateZeroShotCommand,
  evaluateRetrievalCommand,
  evaluateBiasCommand,
  promptsShow,
  promptsCheck,
  promptsTune,
  trainClip,
  trainGan,
  trainUpscaler,
  dataEmoji,
  dataEmojiVariants,
  packEmoji,
  packClips,
  packGenerator,
  modelsList,
  modelsPull,
  modelsAdd,
  modelsInfo,
  modelsVerify,
  modelsRemove,
  doctor,
] as unknown as readonly Command[]; // each is typed by its own schema

const groups: Readonly<Record<string, string>> = {
  prompts: "Check, show and tune prompt files",
  evaluate: "Measure pictures, CLIPs and their bias",
  train: "Train the models of a pack",
  data: "Build training data",
  pack: "Put trained models together",
  models: "Other people's models: fetch, look into, check",
};

function version(): string {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}

const common = {
  json: { type: "boolean", describe: "Print one JSON object on stdout" },
  quiet: { type: "boolean", alias: "q", describe: "No progress and no remarks" },
  verbose: { type: "boolean", describe: "Show the stack of an error" },
} as const;

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
      inner
        .usage(`$0 ${command.usage}\n\n${command.describe}`)
        .options(yargsOptions(command.schema))
        .options(common);
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
        const given = givenOptions(command.schema, argv);
        const options = parseOptions(name, command.schema, given);
        await command.run(options, createContext({ json, quiet, verbose }, signal), given);
      });
    },
  );
}

/**
 * Runs the command line.
 * @returns exit code: 0; 1 for a failure, 2 for a usage error, 130 after Ctrl-C.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  let action: (() => Promise<void>) | undefined;
  const run = (given: () => Promise<void>): void => void (action = given);
  try {
    let parser = yargs([...argv])
      .scriptName("clipsteer")
      .usage("$0 <command>\n\nPictures from sentences, on your own machine.")
      .version(version())
      .alias("h", "help")
      .alias("v", "version")
      .strict()
      .recommendCommands()
      .demandCommand(1, "")
      .parserConfiguration({ "duplicate-arguments-array": true })
      .exitProcess(false)
      .showHelpOnFail(false)
      .wrap(Math.min(110, process.stdout.columns || 100))
      .fail((message, error) => {
        const own = error as Error | undefined;
        throw own && own.name !== "YError"
          ? own
          : new ConfigError(usageMessage(message || (own?.message ?? "")));
      })
      .epilog('Start with: clipsteer generate "a red heart"');
    for (const command of commands.filter(({ usage }) => !(usage.split(" ")[0]! in groups)))
      parser = register(parser, command, command.usage, run, controller.signal);
    for (const [group, describe] of Object.entries(groups)) {
      const members = commands.filter(({ usage }) => usage.startsWith(`${group} `));
      parser = parser.command(group, describe, (inner) => {
        let nested = inner.demandCommand(1, "");
        for (const member of members)
          nested = register(nested, member, member.usage.slice(group.length + 1), run, controller.signal);
        return nested;
      });
    }
    if (argv.length === 0) {
      parser.showHelp("log");
      return 0;
    }
    await parser.parseAsync();
    await action?.();
    return controller.signal.aborted ? 130 : 0;
  } catch (error) {
    if (controller.signal.aborted) return 130;
    const verbose = argv.includes("--verbose");
    process.stderr.write(`${pc.red("error:")} ${explain(error, verbose)}\n`);
    return error instanceof ConfigError ? 2 : 1;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

function usageMessage(message: string): string {
  const line = message.split("\n").join(" ").trim();
  return line === "" ? "which command? see clipsteer --help" : `${line}; see --help`;
}

function explain(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  if (verbose) return error.stack ?? error.message;
  const line = error.message.split("\n")[0]!;
  return error instanceof ToolkitError ? line : `${line} (unexpected; --verbose shows where)`;
}
