import { z } from "zod";

/** Number of templates that tuning may choose; the same for every front end. */
export const templateLimit = z
  .int()
  .min(1)
  .max(100)
  .default(8)
  .describe("Maximum number of templates to choose");
