import type { Command } from "./command.js";

/** Loads each command by name; its module is imported when it is needed. */
const loaders: Readonly<Record<string, () => Promise<unknown>>> = {
  generate: async () => (await import("./commands/generate.js")).generate,
  edit: async () => (await import("./commands/edit.js")).edit,
  classify: async () => (await import("./commands/classify.js")).classify,
  index: async () => (await import("./commands/searchIndex.js")).searchIndex,
  search: async () => (await import("./commands/search.js")).search,
  embed: async () => (await import("./commands/embed.js")).embed,
  "evaluate generation": async () => (await import("./commands/evaluateGeneration.js")).evaluateGeneration,
  "evaluate zero-shot": async () => (await import("./commands/evaluateZeroShot.js")).evaluateZeroShotCommand,
  "evaluate retrieval": async () =>
    (await import("./commands/evaluateRetrieval.js")).evaluateRetrievalCommand,
  "evaluate bias": async () => (await import("./commands/evaluateBias.js")).evaluateBiasCommand,
  "evaluate people": async () => (await import("./commands/evaluatePeople.js")).evaluatePeopleCommand,
  rate: async () => (await import("./commands/rate.js")).ratePictures,
  "prompts show": async () => (await import("./commands/prompts.js")).promptsShow,
  "prompts check": async () => (await import("./commands/prompts.js")).promptsCheck,
  "prompts tune": async () => (await import("./commands/prompts.js")).promptsTune,
  "train clip": async () => (await import("./commands/trainClip.js")).trainClip,
  "train judge": async () => (await import("./commands/trainJudge.js")).trainJudge,
  "train gan": async () => (await import("./commands/trainGan.js")).trainGan,
  "train upscaler": async () => (await import("./commands/trainUpscaler.js")).trainUpscaler,
  "train sticker": async () => (await import("./commands/trainSticker.js")).trainSticker,
  "data emoji": async () => (await import("./commands/data.js")).dataEmoji,
  "data emoji-variants": async () => (await import("./commands/data.js")).dataEmojiVariants,
  "data stickers": async () => (await import("./commands/data.js")).dataStickers,
  "data aliases": async () => (await import("./commands/data.js")).dataAliases,
  "pack emoji": async () => (await import("./commands/pack.js")).packEmoji,
  "pack stickers": async () => (await import("./commands/pack.js")).packStickers,
  "pack clips": async () => (await import("./commands/packClips.js")).packClips,
  "pack retrained": async () => (await import("./commands/packClips.js")).packRetrained,
  "pack generator": async () => (await import("./commands/packGenerator.js")).packGenerator,
  "models list": async () => (await import("./commands/modelsList.js")).modelsList,
  "models pull": async () => (await import("./commands/modelsPull.js")).modelsPull,
  "models add": async () => (await import("./commands/modelsAdd.js")).modelsAdd,
  "models info": async () => (await import("./commands/modelsInfo.js")).modelsInfo,
  "models verify": async () => (await import("./commands/modelsVerify.js")).modelsVerify,
  "models remove": async () => (await import("./commands/modelsRemove.js")).modelsRemove,
  studio: async () => (await import("./commands/studio.js")).studio,
  doctor: async () => (await import("./commands/doctor.js")).doctor,
};

/** Words that call every command, in the order of the help. */
export const commandNames: readonly string[] = Object.keys(loaders);

/** Finds the command that the arguments begin with, if any. */
export function findCommand(argv: readonly string[]): string | undefined {
  return [2, 1].map((words) => argv.slice(0, words).join(" ")).find((name) => commandNames.includes(name));
}

/** Reads one command. */
export async function loadCommand(name: string): Promise<Command> {
  return (await loaders[name]!()) as Command; // each is typed by its own schema
}

/** Reads every command. */
export function loadCommands(): Promise<Command[]> {
  return Promise.all(commandNames.map(loadCommand));
}
