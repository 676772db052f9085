import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandNames, loadCommand } from "../src/cli/commands.js";
import { optionsOf } from "../src/cli/options.js";

// Writes the tables of commands and options in cli.md: `npm run docs:cli`.

const escape = (text: string): string => text.replaceAll("|", "\\|");

/** A table of every command. */
async function commandTable(): Promise<string> {
  const commands = await Promise.all(commandNames.map(loadCommand));
  return [
    "| command | what it does |",
    "| --- | --- |",
    ...commands.map(({ usage, describe }) => `| \`${usage}\` | ${escape(describe)} |`),
  ].join("\n");
}

/** A table of the options of one command. */
async function optionTable(name: string): Promise<string> {
  const { schema } = await loadCommand(name);
  const rows = Object.entries(optionsOf(schema)).map(
    ([option, { describe, defaultDescription, choices }]) => {
      const values =
        choices === undefined ? "" : ` (${choices.map((choice) => `\`${String(choice)}\``).join(", ")})`;
      const preset = defaultDescription === undefined ? "" : `\`${defaultDescription}\``;
      return `| \`--${option}\` | ${preset} | ${escape(describe ?? "")}${values} |`;
    },
  );
  return ["| option | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

const tables: Readonly<Record<string, () => Promise<string>>> = {
  commands: commandTable,
  generate: () => optionTable("generate"),
  edit: () => optionTable("edit"),
};

/**
 * Replaces the tables of cli.md by those that the commands' schemas give.
 * @throws {Error} when the page lacks a table's markers.
 */
export async function withOptions(page: string): Promise<string> {
  let result = page;
  for (const [name, table] of Object.entries(tables)) {
    const start = `<!-- ${name}: made by npm run docs:cli -->`;
    const end = `<!-- end of ${name} -->`;
    const [from, to] = [result.indexOf(start), result.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/cliOptions.ts: cli.md has no "${start}" … "${end}"`);
    result = `${result.slice(0, from + start.length)}\n\n${await table()}\n\n${result.slice(to)}`;
  }
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(import.meta.dirname, "cli.md");
  writeFileSync(path, await withOptions(readFileSync(path, "utf8")));
}
