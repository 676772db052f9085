import { z } from "zod";
import type { LayerCommand } from "../prompts/index.js";

const words = z.string().min(1).max(1000);
const named = { thing: words, which: z.enum(["one", "left", "right"]).optional() };
const place = z.enum(["on", "in", "above", "under", "beside", "left", "right", "behind", "before"]);
const length = z.number().min(-2).max(2);

/** Schema of a change of a scene's layers, in records. */
export const layerCommandSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("remove"), ...named }),
  z.strictObject({ kind: z.literal("replace"), ...named, goal: words }),
  z.strictObject({
    kind: z.literal("resize"),
    ...named,
    factor: z.number().min(0.1).max(10),
    than: words.optional(),
  }),
  z.strictObject({ kind: z.literal("place"), ...named, at: place, other: words }),
  z.strictObject({
    kind: z.literal("add"),
    goal: words,
    at: place.optional(),
    other: words.optional(),
  }),
  z.strictObject({ kind: z.literal("move"), ...named, right: length, down: length }),
  z.strictObject({ kind: z.literal("order"), ...named, to: z.enum(["front", "back"]) }),
  z.strictObject({ kind: z.literal("mirror"), ...named }),
  z.strictObject({ kind: z.literal("restyle"), style: words }),
]) satisfies z.ZodType<LayerCommand>;
