import { join } from "node:path";
import type { Tokenizer } from "../../clip/index.js";
import type { Skipped } from "../../embedding/index.js";
import { slugOf } from "../../images/index.js";
import { exportClipPack, prepareFolderClipTraining, weightsOfState } from "../folderSession.js";
import { type ClipShape, clipPresets } from "../requests/index.js";
import { makeContrastiveSettings, parseClipShape } from "../recipes.js";
import type { ClipTrainingRequest } from "../requests/index.js";
import type { TrainingRun } from "../run.js";
import { measureRetrieval, watchTraining } from "../validate.js";
import { type Training, type TrainingHandlers, createTraining } from "./training.js";
import { appendText, parseYaml, readTextFile } from "../../files/index.js";

/** A training on a folder's pictures. */
export interface FolderClipTraining extends Training {
  /** Folder of the pack that is written beside every checkpoint. */
  readonly pack: string;
  /** Tokenizer that was trained on the captions. */
  readonly tokenizer: Tokenizer;
  /** All captions of the pictures that are trained on. */
  readonly captions: readonly string[];
  /** Number of pictures to train on. */
  readonly pictures: number;
  /** Number of pictures held out to measure retrieval. */
  readonly heldOut: number;
  /** Pictures that are unreadable or have no caption. */
  readonly skipped: readonly Skipped[];
}

/**
 * Loads the sizes of the encoders from the YAML file `request.shape`, or from the preset if there is none.
 * @throws {InputError} for a file that cannot be read; {ConfigError} for invalid YAML or sizes that cannot be built.
 */
async function loadClipShape({ shape: path, preset }: ClipTrainingRequest): Promise<ClipShape> {
  if (path === undefined) return clipPresets[preset];
  const text = await readTextFile(path, { maxBytes: 1e6, expected: "a YAML file with image and text" });
  return parseClipShape(parseYaml(text, path), path);
}

/**
 * Prepares the training of a CLIP on a folder of captioned pictures. Beside every checkpoint the CLIP is written as a pack, and
 * its retrieval of held-out pictures is noted and added to `validation.jsonl`.
 * @param images the folder.
 * @param request settings that `clipTrainingSchema` accepts, defaults filled in.
 * @param handlers callbacks for notes, warnings and progress, and abort signal.
 * @returns the training, its tokenizer and captions, and the numbers of pictures; reading its `steps` runs it.
 * @throws {InputError} when there are fewer captioned pictures than a batch, or the file of encoder sizes cannot be read;
 * {ConfigError} when that file is not valid YAML or describes encoders that cannot be built.
 */
export async function openFolderClipTraining(
  images: string,
  request: ClipTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<FolderClipTraining> {
  const { captions, loss, validate, steps, batch, resume, threads, saveEvery } = request;
  const name = slugOf(images.split(/[\\/]/).filter(Boolean).at(-1) ?? "own");
  const folder = request.out ?? `outputs/train/${name}`;
  const shape = await loadClipShape(request);
  const source = { images, captions, shape, loss, validate, out: folder, resume, threads };
  const session = await prepareFolderClipTraining(makeContrastiveSettings(request), source);
  const { config, tokenizer, json, trained, heldOut, trainer } = session;
  const [pictures, held] = [trained.positions.length, heldOut.positions.length];
  const pack = join(folder, "pack");
  const watch = watchTraining({ batch, sigmoid: loss === "sigmoid" }, steps);
  const step: TrainingRun["step"] = async (state, index) => {
    const result = await trainer.step(state, index);
    const scale = Math.exp(result.state["w/logitScale"]!.data[0]!);
    const warning = watch(index + 1, { loss: result.losses.loss!, scale });
    if (warning !== undefined) handlers.onWarning?.(warning);
    return { ...result, losses: { ...result.losses, scale } };
  };
  const onSave: TrainingRun["onSave"] = async (state, done) => {
    const weights = weightsOfState(state);
    await exportClipPack(pack, { name, json, model: config.model, weights });
    if (held < 2) return;
    const rates = await measureRetrieval(heldOut, tokenizer, { config: config.model, weights });
    await appendText(join(folder, "validation.jsonl"), `${JSON.stringify({ step: done, held, ...rates })}\n`);
    const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
    handlers.onNote?.(
      `step ${done}: of ${held} held-out pictures, ${percent(rates.textToImage1)} found by their caption first, ` +
        `${percent(rates.textToImage5)} among five; captions by pictures ${percent(rates.imageToText1)}, ${percent(rates.imageToText5)}`,
    );
  };
  const title = `train clip ${name}`;
  const training = createTraining(
    { title, folder, total: steps, saveEvery, session, step, onSave },
    handlers,
  );
  const { skipped } = session;
  return { ...training, pack, tokenizer, captions: session.captions, pictures, heldOut: held, skipped };
}
