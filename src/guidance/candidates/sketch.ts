import { type Program, compile } from "../../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
  selectPrefix,
  withPrefix,
} from "../../tensor/index.js";
import type { Rgb } from "../../prompts/index.js";
import * as tf from "../../tf.js";
import {
  type RunOptions,
  type SteerModels,
  findDraftSubject,
  findNamedStyle,
  weightsOf,
} from "../steerModels.js";

/**
 * Drafts of a batch, of which the last is used. The emoji generator makes only the second half from the drawings that it knows, and a
 * batch of 1 has no second half.
 */
const drawCount = 2;

/** Finds the drawings of named things without any CLIP. */
export interface Sketcher {
  /**
   * Finds the latents `[1, …latentShape]` of the drawing of what a text names.
   * @param style one of the generator's styles; the one at the end of the text when absent.
   * @param rgb its colour, `[3]` in [0, 1]; the one that the text names when absent.
   * @returns undefined when the text names no concept of the generator, or a category, of which the guides choose a member.
   */
  sketch(text: string, style?: string, rgb?: Rgb): Promise<HostTensor | undefined>;
  dispose(): Promise<void>;
}

/** Makes a sketcher. Its programs are compiled when they are first needed. */
export function createSketcher(models: SteerModels, options: RunOptions): Sketcher {
  const { generator, guides } = models;
  const programs = new Map<string, Promise<Program>>();
  // The concept is known, so the embeddings are not used; any unit vector suffices.
  const conditions = guides.map(({ config: { text } }) =>
    hostFloats(
      Float32Array.from({ length: text.features }, (_, at) => (at === 0 ? 1 : 0)),
      [1, text.features],
    ),
  );
  const inputsOf = (draws: TensorRecord): TensorRecord => ({
    ...withPrefix("draw/", draws),
    ...Object.fromEntries(conditions.map((condition, at) => [`condition${at}`, condition])),
  });
  const open = (draws: TensorRecord): Promise<Program> => {
    const key = Object.keys(draws).join();
    let program = programs.get(key);
    if (!program) {
      program = compile(
        (tensors) => {
          const [first, ...others] = guides.map((_, at) => tensors[`condition${at}`]!);
          const parameters = parametersFrom(tensors, "generator/");
          const latents = generator.map(parameters, selectPrefix("draw/", tensors), first!, others);
          return { latents: tf.slice(latents, drawCount - 1, 1) };
        },
        inputsOf(draws),
        {
          weights: weightsOf(models, "generator/"),
          name: "sketch",
          // Not packed, like the program that holds all known drawings, so that both round alike.
          packed: draws.codes ? false : undefined,
          arena: false,
          recipe: models.architecture,
          ...options,
        },
      );
      programs.set(key, program);
    }
    return program;
  };
  return {
    async sketch(text, style = findNamedStyle(models, text), rgb) {
      const { concepts, colour, category } = findDraftSubject(models, text);
      if (!concepts || category !== undefined) return undefined;
      const draws = generator.sample(createRandom("sketch"), drawCount, {
        truncation: 0,
        concepts,
        colour: rgb ?? colour,
        style,
      });
      const { latents } = await (await open(draws)).run(inputsOf(draws));
      return latents;
    },
    async dispose() {
      const opened = await Promise.allSettled(programs.values());
      await Promise.all(
        opened.map((each) => (each.status === "fulfilled" ? each.value.dispose() : undefined)),
      );
      programs.clear();
    },
  };
}
