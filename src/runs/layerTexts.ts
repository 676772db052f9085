import {
  type LayerCommand,
  findBearing,
  parsePromptArgument,
  readLayerCommand,
  sceneNameOf,
} from "../prompts/index.js";
import { splitPhrases } from "./describedThings.js";
import type { EditTexts, RequestedTexts, Sight } from "./editRequest.js";
import { makeNote } from "./findings.js";
import { describeNames, selectNamed } from "./namedLayers.js";

const addArticle = (words: string): string =>
  /^(?:an?|the) /.test(words) ? words : `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;

/** Describes the picture after a command. @param found indices of the layers that the command names. */
function describeGoal(
  command: LayerCommand,
  names: readonly string[],
  found: readonly number[],
  sight: Pick<Sight, "styles">,
): { from: string; prompt: string } {
  const from = describeNames(names);
  if (command.kind === "remove") return { from, prompt: describeNames(renameLayers(names, command)) };
  if (command.kind === "replace")
    return { from: addArticle(names[found[0]!]!), prompt: addArticle(command.goal) };
  if (command.kind === "add") return { from, prompt: `${from} and ${addArticle(command.goal)}` };
  if (command.kind === "restyle")
    return { from, prompt: `${from}, ${sight.styles.find((each) => each.startsWith(command.style))!}` };
  return { from, prompt: from };
}

/** Finds the thing that alone differs between two descriptions of a scene: "dog" and "cat" of "a dog on a sofa" and "a cat on a sofa". */
function findReplacement(before: string, after: string): LayerCommand | undefined {
  const [old, fresh] = [splitPhrases(before), splitPhrases(after)];
  if (old.length < 2 || old.length !== fresh.length) return undefined;
  const changed = [...old.keys()].filter((at) => old[at]!.noun !== fresh[at]!.noun);
  const sameColours = old.every(({ colour }, at) => changed.includes(at) || colour === fresh[at]!.colour);
  if (changed.length !== 1 || !sameColours) return undefined;
  const { noun, colour } = fresh[changed[0]!]!;
  const goal = colour === undefined ? noun : `${colour} ${noun}`;
  return { kind: "replace", thing: old[changed[0]!]!.noun, goal };
}

/** Reads the change of layers that a request commands, or that its description of the changed picture amounts to. */
function readChange(
  prompt: string,
  from: string | undefined,
  scenePrompt: string | undefined,
  { styles }: Pick<Sight, "styles">,
): LayerCommand | undefined {
  const { text, weight } = parsePromptArgument(prompt);
  if (text === undefined || weight !== 1) return undefined;
  const command = from === undefined ? readLayerCommand(text, styles) : undefined;
  const before = from ?? scenePrompt;
  return command ?? (before === undefined ? undefined : findReplacement(before, text));
}

/** Returns the names of layers after a command; which of several equal things is removed makes no difference to them. */
function renameLayers(names: readonly string[], command: LayerCommand): readonly string[] {
  if (command.kind === "add") return [...names, sceneNameOf(command.goal)];
  if (command.kind !== "remove" && command.kind !== "replace") return names;
  const found = selectNamed({ names }, command);
  if (command.kind === "remove") {
    const isOne = command.which !== undefined && found.length > 1;
    return names.filter((_, at) => (isOne ? at !== found[0] : !found.includes(at)));
  }
  return names.map((name, at) => (found.includes(at) ? sceneNameOf(command.goal) : name));
}

/** Leaves out a place that the scene does not show: what is added finds room elsewhere. @returns undefined where nothing else is asked for. */
function dropUnknownPlace(command: LayerCommand, names: readonly string[]): LayerCommand | undefined {
  if (command.kind !== "add" && command.kind !== "place") return command;
  if (command.other === undefined) return command;
  // "the koala's head" is a place on the koala.
  const owner = command.other.replace(/['’]s? \p{L}+$/u, "");
  const other = [command.other, owner].find((thing) => selectNamed({ names }, { thing }).length > 0);
  if (other !== undefined) return { ...command, other };
  return command.kind === "add" ? { kind: "add", goal: command.goal } : undefined;
}

/**
 * Finds the texts of an edit that changes the layers of a picture that was generated as a scene.
 * @returns undefined where the request is none, or the picture has no such layers.
 */
export async function resolveLayerTexts(
  { prompt, from, change, masked, earlier }: RequestedTexts,
  sight: Sight,
): Promise<EditTexts | undefined> {
  if (!earlier || masked || change !== "auto") return undefined;
  const names = earlier.reduce(renameLayers, await sight.layers());
  if (names.length === 0) return undefined;
  // The prompt of the picture describes it before the first change.
  const scenePrompt = earlier.length === 0 ? await sight.scenePrompt() : undefined;
  const request = readChange(prompt, from, scenePrompt, sight);
  const command = request && dropUnknownPlace(request, names);
  if (!command) return undefined;
  const named = command.kind === "restyle" || command.kind === "add" ? undefined : command;
  const found = named ? selectNamed({ names }, named) : [];
  if (named && found.length === 0) return undefined;
  if ("goal" in command && !sight.knows(sceneNameOf(command.goal))) return undefined;
  // What a being wears or holds is placed by its body.
  if (
    command.kind === "add" &&
    command.other === undefined &&
    findBearing(sceneNameOf(command.goal)) !== undefined
  )
    return undefined;
  const texts = describeGoal(command, names, found, sight);
  const others =
    command.kind === "add" || command.kind === "place"
      ? "its other layers change only to make room"
      : "its other layers stay as they are";
  const message = `"${prompt}": the picture is a scene of ${describeNames(names)}; ${others}`;
  const finding = makeNote("scene-layers", message, { prompt, command });
  return { ...texts, change, layers: command, findings: [finding] };
}
