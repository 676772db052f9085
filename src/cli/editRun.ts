import { appendFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { InputError } from "../errors.js";
import { type EditResult, type RunOptions, edit, loadModels } from "../guidance/index.js";
import {
  contactSheet,
  loadMask,
  loadPicture,
  nextRunFolder,
  savePicture,
  shapeMask,
  terminalPreview,
  writeFileAtomic,
} from "../images/index.js";
import { loadPack } from "../packs/index.js";
import { parsePromptArgument } from "../prompts/index.js";
import type { EditOptions } from "./commands/edit.js";
import { warnOfWords } from "./clips.js";
import { type Context, duration } from "./context.js";
import { stampOf } from "./stamp.js";

const previewColumns = 36;
/** Inversion error from which on the generator plainly cannot make such a picture. */
const poorInversion = 0.12;

/** Runs the command. */
export async function runEdit(options: EditOptions, context: Context): Promise<void> {
  const began = performance.now();
  const term = parsePromptArgument(options.prompt);
  const original = await loadPicture(options.picture);
  const { width, height } = original;
  const drawn = options.mask === undefined ? undefined : shapeMask(options.mask, width, height);
  const mask =
    drawn ?? (options.mask === undefined ? undefined : await loadMask(options.mask, width, height));
  if (mask?.every((part) => part === 0))
    throw new InputError(
      `--mask ${options.mask}: lets nothing change; white, or inside the shape, may change`,
    );
  const pack = await loadPack(options.generator);
  const models = await loadModels(pack);
  const texts = [term.text!, options.from].filter(Boolean);
  await warnOfWords(models, texts, models.templates, context);
  const folder = resolve(
    await nextRunFolder(options.out, `${basename(options.picture, extname(options.picture))} ${term.text!}`),
  );
  const run: RunOptions = { engine: options.engine, ...(options.threads && { threads: options.threads }) };
  const steps = edit(
    models,
    original,
    { text: term.text!, weight: Math.abs(term.weight), templates: models.templates },
    options,
    { ...run, signal: context.signal, ...(mask && { mask }) },
  );
  const progress = context.progress("edit", options.steps);
  const previews = options.preview ?? context.terminal;
  const log: string[] = [];
  let result: EditResult;
  for (;;) {
    const next = await steps.next();
    if (next.done) {
      result = next.value;
      break;
    }
    const { index, loss, terms, picture } = next.value;
    if (loss !== undefined) log.push(`${JSON.stringify({ step: index, loss, ...terms })}\n`);
    progress.update(index, {
      note: loss === undefined ? "inverted" : `loss ${loss.toFixed(3)}`,
      ...(previews && { picture: terminalPreview(picture, previewColumns) }),
    });
  }
  progress.stop();
  const { picture: source, mask: maskPath, out, preview, threads, ...rest } = options;
  const record = {
    settings: {
      ...rest,
      picture: resolve(source),
      ...(maskPath !== undefined && { mask: drawn ? maskPath : resolve(maskPath) }),
    },
    stamp: stampOf(pack),
  };
  const path = join(folder, `image.${options.format}`);
  await savePicture(path, result.bytes, { format: options.format, metadata: JSON.stringify(record) });
  const pair = await contactSheet([result.before, result.after], {
    columns: 2,
    scale: 3,
    labels: ["inverted", "edited"],
  });
  await savePicture(join(folder, "inversion.png"), pair, { format: "png" });
  const seconds = (performance.now() - began) / 1000;
  const { guide: guideScore, judge: judgeScore, inversionError } = result;
  const report = { guideScore, judgeScore, inversionError, ...result.report, steps: result.steps, seconds };
  await writeFileAtomic(join(folder, "config.yaml"), stringify({ ...record, report }));
  await appendFile(join(folder, "steps.jsonl"), log.join(""));
  if (inversionError > poorInversion)
    context.warn(
      `the generator cannot make this picture (mean error ${inversionError.toFixed(2)}): it knows emoji; expect a rough change`,
    );
  const { direction, gain, inversionPsnr, changedOutside, judgeAgrees } = result.report;
  if (!judgeAgrees)
    context.warn(
      "the judge does not see the change that the guides see; look at the picture before you use it",
    );
  const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
  context.note(
    `along the text: guides ${signed(direction.guide)}, judge ${signed(direction.judge)} · gain: guides ${signed(gain.guide)}, judge ${signed(gain.judge)}`,
  );
  context.note(
    `inversion ${inversionPsnr.toFixed(1)} dB${mask ? ` · pixels changed outside the mask: ${changedOutside}` : ""}`,
  );
  context.note(
    `seed ${options.seed} · guides ${guideScore.toFixed(3)} · judge ${judgeScore.toFixed(3)} · ${duration(seconds)}`,
  );
  context.printJson({ images: [path], seed: options.seed, ...report, stopped: context.signal.aborted });
  context.print(path);
}
