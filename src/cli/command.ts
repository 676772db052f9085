import type { z } from "zod";
import type { Context } from "./context.js";

/** A command: its schema is the one source of its options. */
export interface Command<T extends z.ZodObject = z.ZodObject> {
  /** Words that call it, with positionals as yargs writes them: `generate [prompts..]`, `train clip`. */
  readonly usage: string;
  readonly describe: string;
  readonly schema: T;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** `given` are the options that the user wrote out, to tell them from defaults. */
  run(options: z.infer<T>, context: Context, given: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Gives a command its types. */
export function defineCommand<T extends z.ZodObject>(command: Command<T>): Command<T> {
  return command;
}
