import { z } from "zod";

/** Facts of a run for the gallery. */
export const factsSchema = z.object({
  kind: z.enum(["generate", "edit", "foreign"]),
  /** Prompts in words. */
  title: z.string(),
  seed: z.number().optional(),
  steps: z.number().optional(),
  guide: z.number().optional(),
  judge: z.number().optional(),
  seconds: z.number().optional(),
  generator: z.string().optional(),
  /** Whether the run can be resumed. */
  unfinished: z.boolean(),
  /** Name of the picture file; absent while there is none. */
  image: z.string().optional(),
  /** Why the folder could not be read fully. */
  problem: z.string().optional(),
});

/** Facts of a run for the gallery. */
export type RunFacts = z.infer<typeof factsSchema>;

// Read as loosely as possible: these files may be older, newer or somebody else's.
const number = z.number().optional().catch(undefined);
const text = z.string().optional().catch(undefined);
const configSchema = z.looseObject({
  pack: z.looseObject({ name: text }).optional().catch(undefined),
  settings: z
    .looseObject({
      terms: z
        .array(z.looseObject({ text, image: text, name: text, weight: number }))
        .optional()
        .catch(undefined),
      edits: z
        .array(z.looseObject({ prompt: text, from: text }))
        .optional()
        .catch(undefined),
      seed: number,
      steps: number,
      generator: text,
    })
    .optional()
    .catch(undefined),
  report: z
    .looseObject({
      guideScore: number,
      judgeScore: number,
      seconds: number,
      edits: z
        .array(
          z.looseObject({
            score: z.looseObject({ guide: number, judge: number }).optional().catch(undefined),
            steps: number,
          }),
        )
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** Title of a run from its folder name, if nothing else is known. */
export function titleOf(name: string): string {
  return name.replace(/^\d+-/, "").replaceAll("-", " ");
}

/** Facts of a run from the content of its `config.yaml`, which may be invalid. */
export function factsFrom(content: unknown, name: string): Omit<RunFacts, "image" | "unfinished"> {
  const parsed = configSchema.safeParse(content);
  const settings = parsed.data?.settings;
  if (!settings || (!settings.terms && !settings.edits))
    return { kind: "foreign", title: titleOf(name), problem: "config.yaml holds no settings of a run" };
  const { seed, steps, generator, terms, edits } = settings;
  const report = parsed.data?.report;
  const last = report?.edits?.at(-1);
  const prompts = (terms ?? []).map(({ text: words, image, name: called, weight = 1 }) => {
    const shown = words ?? called ?? image?.split(/[\\/]/).pop() ?? "";
    return weight < 0 ? `not ${shown}` : shown;
  });
  const title = (edits ? edits.map(({ prompt }) => prompt ?? "") : prompts).filter(Boolean).join(" · ");
  return {
    kind: edits ? "edit" : "generate",
    title: title.slice(0, 2000) || titleOf(name),
    seed,
    steps: last?.steps ?? steps, // an edit may take fewer steps than its settings allow, or none
    generator: parsed.data?.pack?.name ?? generator,
    guide: edits ? last?.score?.guide : report?.guideScore,
    judge: edits ? last?.score?.judge : report?.judgeScore,
    seconds: report?.seconds,
  };
}
