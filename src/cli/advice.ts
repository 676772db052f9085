import { ToolkitError } from "../errors.js";
import type { Finding } from "../runs/index.js";

/** How flags of the command line help with an error, by its reason; added to the library's message. */
const errorAdvice: Readonly<Record<string, string>> = {
  "output-folder": "choose another --out",
  "no-prompt": 'try clipsteer generate "a red heart"',
  "no-edit-prompt": 'try clipsteer edit cat.png "a blue cat" --from "a cat"',
  "no-picture": 'try clipsteer edit cat.png "a blue cat" --from "a cat"',
  "edits-twice": "give either --edits, or prompts with --from, --mask and --mask-prompt",
  "budget-and-steps": "leave out --steps",
  "budget-and-draft": "leave out --quality draft, which takes no steps",
  "unseen-mask": "mark the place with --mask",
  "uncertain-mask": '--mask "box 0.5 0 1 0.5" or --mask FILE marks it',
  "mask-hole": "--mask-invert inverts the mask",
  "no-mask": "use --mask or --mask-prompt",
  "missing-input": "give its folder with --inputs",
  "studio-password": "it is read from CLIPSTEER_STUDIO_PASSWORD",
  "finished-training": "choose a folder with --out, or continue with --resume",
  "finished-pack": "choose a folder with --out, or replace the pack with --force",
  "no-unfinished-run": "--resume needs the folder of a run that was interrupted",
  "training-settings": "--resume needs the options of the interrupted run; other options need another --out",
  "no-emoji-data": "run: clipsteer data emoji",
  "no-sticker-data": "run: clipsteer data stickers",
  "no-independent-judge": "train one with: clipsteer train judge",
  offline: "run it once without --offline",
  "engine-missing": "use --engine compiled",
  "search-engine-missing": "leave out --engine",
  "other-model-index":
    "choose the CLIP of the index with --generator and --clip, or run clipsteer index again",
  "no-index": "run: clipsteer index",
  "unknown-recorded-pack": "give the folder with --generator",
  "unknown-model": "clipsteer models list lists all; clipsteer models add FILE registers your own file",
  "model-missing": "run: clipsteer models pull",
  "model-changed": "run: clipsteer models pull",
  "added-model-changed": "run: clipsteer models add",
  "model-name": "use --name, or clipsteer models remove",
  "model-path": "clipsteer models add registers it; clipsteer models info describes it",
  "pack-as-model": "choose it with --generator",
};

/** Flags that help with a finding, by its code; added to the library's message. */
const findingAdvice: Readonly<Record<string, string>> = {
  plateau: "--plateau 0 prevents this",
  "wide-gap": "try another --seed or fewer --steps",
};

const appendAdvice = (message: string, advice: string | undefined): string =>
  advice === undefined ? message : `${message}; ${advice}`;

/** Explains an error by its first line, with advice on flags. */
export function explainError(error: Error): string {
  const line = error.message.split("\n")[0]!;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") return `${line}: the disk is full; free some space`;
  if (code === "EMFILE" || code === "ENFILE") return "too many open files; raise the limit (ulimit -n 256)";
  if (!(error instanceof ToolkitError)) return `${line} (unexpected; --verbose shows where)`;
  return appendAdvice(line, error.reason === undefined ? undefined : errorAdvice[error.reason]);
}

/** Explains a finding by its message, with advice on flags. @param command the command that found it. */
export function explainFinding({ code, message, data }: Finding, command: string): string {
  if (code === "stopped" && typeof data.folder === "string")
    return `${message}; clipsteer ${command} --resume ${data.folder} continues it`;
  if (code === "several-prompts")
    return `${message}; did you mean clipsteer ${command} "${String(data.sentence)}", in quotes?`;
  return appendAdvice(message, findingAdvice[code]);
}
