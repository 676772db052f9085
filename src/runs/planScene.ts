import { ConfigError } from "../errors.js";
import { type ScenePlan, type SteerModels, countUncountedLayers, listLayerNames } from "../guidance/index.js";
import {
  type KnownNames,
  type PhraseReader,
  findUnshownVerbs,
  isStage,
  listAddedTexts,
  sceneNameOf,
  standBeings,
  splitScene,
  removeUnknown,
} from "../prompts/index.js";
import { loadAliasFile } from "./aliases.js";
import { type Finding, makeNote, makeWarning } from "./findings.js";
import type { GenerateRecord, RecordTerm } from "./records.js";
import { type FullGenerateRequest, mostLayers, mostThings } from "./requests/index.js";

let names: Promise<KnownNames> | undefined;

/** Least number of words of a generator's name for a thing that is not split: `man with beard`, but `bowl` in a bowl of rice may be. */
const leastWords = 3;

/**
 * Loads the names of known things: labels of emoji, and a generator's names of several words, which are not split at words such as
 * "with", and its labels in the plural, which name one drawing: binoculars.
 */
async function loadKnownNames({
  vocabulary = [],
}: Pick<SteerModels["generator"], "vocabulary">): Promise<KnownNames> {
  names ??= loadAliasFile().then(({ labels }) => new Set(labels.map(sceneNameOf)));
  const own = vocabulary.flatMap((concept) => concept.names.map(sceneNameOf));
  // Plurals, and labels that would be split: "mac and cheese".
  const whole = vocabulary
    .map(({ label }) => sceneNameOf(label))
    .filter((label) => /s$|\b(?:and|in|on|with)\b/.test(label));
  const long = own.filter((name) => name.split(" ").length >= leastWords);
  return new Set([...(await names), ...long, ...whole]);
}

/** Maximum number of characters of a text, and of texts of a list, in messages. */
const messageLimits = { characters: 60, texts: 6 };

const shortenText = (text: string): string =>
  text.length > messageLimits.characters ? `${text.slice(0, messageLimits.characters)}…` : text;

/** Quotes the first texts of a list, and the number of the others. */
function quoteFirst(texts: readonly string[]): string {
  const first = texts.slice(0, messageLimits.texts).map((text) => `"${shortenText(text)}"`);
  const more = texts.length - first.length;
  return first.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Names all layers of a scene, bottom to top, with the number of those of the same name. */
function describeLayers(plan: ScenePlan): string {
  const counts = new Map<string, number>();
  for (const name of listLayerNames(plan)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => `"${count > 1 ? `${count} × ` : ""}${shortenText(name)}"`)
    .join(", ");
}

/** What a request says about its layers. `layersGiven`: whether it limits their number, even to the default. */
type SceneLimits = Pick<FullGenerateRequest, "layers" | "init"> & { readonly layersGiven?: boolean };

/**
 * Checks that a scene can be painted.
 * @throws {ConfigError} for a generator without regions, a picture to start from, a limit of layers, or several prompts.
 */
function requireScene(
  { init, layers, layersGiven }: SceneLimits,
  terms: readonly RecordTerm[],
  { regions }: SteerModels["generator"],
): void {
  const refuse = (reason: string): never => {
    throw new ConfigError(`scene: ${reason}`);
  };
  if (!regions)
    refuse("this pack makes pixels without alpha, which have no layers; choose a pack that paints regions");
  if (init !== undefined)
    refuse("a scene does not start from a picture; leave the picture to start from out");
  if (layersGiven || layers !== mostThings)
    refuse("its layers are those of its file; leave the limit of layers out, or hide layers in the file");
  if (terms.length > 1 || terms[0]!.text === undefined)
    refuse("takes one prompt in words; leave the others out");
}

/**
 * Limits numbers of copies to a sum of at most `most`: the largest numbers are reduced first, those of a setting before all
 * others.
 * @param ofSetting indices of the parts of a setting.
 */
function limitCopies(counts: readonly number[], most: number, ofSetting: ReadonlySet<number>): number[] {
  const copies = [...counts];
  const settings = [...ofSetting];
  while (copies.reduce((sum, count) => sum + count, 0) > most) {
    const reducible = settings.some((part) => copies[part]! > 1) ? settings : [...copies.keys()];
    const largest = Math.max(...reducible.map((part) => copies[part]!));
    if (largest === 1) break;
    copies[reducible.findLast((part) => copies[part] === largest)!] = largest - 1;
  }
  return copies;
}

/** Tells whether a phrase has a name or a drawing of its own, other than without one of its words. */
function isDrawnOtherwise(phrases: PhraseReader, phrase: string, without: string): boolean {
  const [whole, rest] = [phrases.read(phrase), phrases.read(without)];
  return whole !== undefined && (whole.isName || whole.concepts[0] !== rest?.concepts[0]);
}

/** Subgroups of people and animals. */
const ofBeings = /^(?:person(?: role| fantasy)?|animal \w+)$/;

/** Returns the label of the person or animal that a phrase is drawn as; undefined for other things. */
function findBeing(
  phrase: string,
  phrases: PhraseReader,
  { vocabulary = [] }: Pick<SteerModels["generator"], "vocabulary">,
): string | undefined {
  const meaning = phrases.read(phrase);
  const concept = meaning?.isName ? vocabulary[meaning.concepts[0]!] : undefined;
  return ofBeings.test(concept?.subgroup ?? "") ? concept?.label : undefined;
}

/** Makes a warning about what beings of a prompt do and no drawing shows. @param parts texts of the scene's parts. */
function listUnshownVerbs(
  text: string,
  parts: readonly string[],
  phrases: PhraseReader,
  generator: Pick<SteerModels["generator"], "vocabulary">,
): Finding[] {
  const labels = parts.flatMap((part) => {
    const meaning = phrases.read(part);
    return meaning ? [generator.vocabulary?.[meaning.concepts[0]!]?.label ?? ""] : [];
  });
  // A text of one part has its verb in it; its drawing may not show it.
  const shown = parts.length > 1 ? [...parts, ...labels] : labels;
  const verbs = findUnshownVerbs(
    text,
    shown,
    (phrase) => phrases.isName(phrase),
    (word) => findBeing(word, phrases, generator) !== undefined,
  );
  if (verbs.length === 0) return [];
  const message = `"${shortenText(text)}": no drawing shows ${quoteFirst(verbs)}; drawn without it`;
  return [makeWarning("unshown-verbs", message, { text, verbs })];
}

/** Splits a request's prompt into a scene of layers. `scene` is undefined when the prompt names one thing or the request excludes scenes. */
export async function planScene(
  { layers, layersGiven, init, scene }: SceneLimits & Pick<FullGenerateRequest, "scene">,
  terms: readonly RecordTerm[],
  { generator, phrases }: Pick<SteerModels, "generator" | "phrases">,
): Promise<{ scene: GenerateRecord["settings"]["scene"]; findings: readonly Finding[] }> {
  const none = { scene: undefined, findings: [] };
  if (scene) requireScene({ init, layers, layersGiven }, terms, generator);
  const [{ text, from, to }, ...others] = terms as [RecordTerm, ...RecordTerm[]];
  const isConstant = others.length === 0 && from === 0 && to === 1;
  if (scene || !isConstant || text === undefined || layers < 2 || init !== undefined || !generator.regions)
    return none;
  const style = generator.styles.find((each) => text.toLowerCase().endsWith(each));
  const content = style === undefined ? text : text.slice(0, -style.length).replace(/[\s,;]+$/, "");
  const plurals = new Set(
    generator.vocabulary?.flatMap(({ label, names }) => [label, ...names]).map(sceneNameOf),
  );
  const whole = splitScene(content, await loadKnownNames(generator), {
    most: layers,
    isName: phrases && ((phrase) => phrases.isName(phrase)),
    isOwnPlural: phrases && ((phrase) => plurals.has(phrase)),
    beingOf: phrases && ((phrase) => findBeing(phrase, phrases, generator)),
    hasDrawing: phrases && ((phrase, without) => isDrawnOtherwise(phrases, phrase, without)),
    stand: phrases && ((scene) => standBeings(scene, phrases, generator.vocabulary ?? [])),
  });
  const ownParts = whole.ownParts ?? [];
  const partFindings =
    ownParts.length === 0
      ? []
      : [
          makeNote(
            "own-parts",
            `${quoteFirst(ownParts)}: part of the drawing of the thing, so it is not drawn apart, and has its colour`,
            { text, ownParts },
          ),
        ];
  // A thing that its bearer's drawing shows is left out: a witch with a broom is a witch.
  const isText = whole.parts[0] === sceneNameOf(content) && listAddedTexts(whole, 0).length === 0;
  const verbFindings = phrases ? listUnshownVerbs(content, whole.parts, phrases, generator) : [];
  if (whole.parts.length < 2 && whole.counts[0]! < 2 && isText)
    return { scene: undefined, findings: verbFindings };
  const { omitted, contradictions } = whole;
  const { unknown, ...knownScene } = removeUnknown(whole, (part) => phrases?.read(part) !== undefined);
  // Where no thing has a drawing, the CLIPs draw the whole prompt as well as they can.
  if (phrases && knownScene.parts.length === 0) return none;
  const { parts, counts, relations } = phrases ? knownScene : whole;
  const ofSetting = new Set(relations.filter(({ kind }) => isStage(kind)).map(({ object }) => object));
  const uncounted = countUncountedLayers({ parts, counts, relations });
  const copies = limitCopies(counts, mostLayers - uncounted, ofSetting);
  const findings = [
    ...verbFindings,
    ...partFindings,
    makeNote("scene", `drawn as layers: ${describeLayers({ parts, counts: copies, relations })}`, {
      text,
      parts,
      counts: copies,
      relations,
    }),
    ...(copies.some((count, at) => count < counts[at]! && !ofSetting.has(at))
      ? [
          makeWarning(
            "omitted-things",
            `"${shortenText(text)}" asks for ${counts.reduce((sum, count) => sum + count, 0)} things; a scene has ${mostLayers} layers at most, so fewer copies are drawn`,
            { text, counts, copies },
          ),
        ]
      : []),
    ...(phrases && unknown.length > 0
      ? [
          makeWarning(
            "unknown-things",
            `"${shortenText(text)}": no drawing is known for ${quoteFirst(unknown)}; left out. Use another word for it`,
            { text, unknown },
          ),
        ]
      : []),
    ...(omitted.length > 0
      ? [
          makeWarning(
            "omitted-things",
            `"${shortenText(text)}" names more than ${layers} things; not drawn: ${quoteFirst(omitted)}`,
            { text, omitted, layers },
          ),
        ]
      : []),
    ...contradictions.map(([used, ignored]) =>
      makeWarning(
        "contradictory-relations",
        `"${shortenText(used)}" and "${shortenText(ignored)}" contradict each other; drawn is "${shortenText(used)}"`,
        { text, used, ignored },
      ),
    ),
  ];
  return {
    scene: { parts: [...parts], counts: copies, relations: [...relations] },
    findings,
  };
}
