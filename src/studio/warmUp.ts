import { type RunSession, loadAliases, resolveGenerate } from "../runs/index.js";
import { previewSides } from "./previews.js";

/**
 * Opens the programs of a typical run, those of its first preview first, so that a later run starts faster. The pictures are discarded.
 * @param signal ends it early; opened programs stay open.
 */
export async function warmUp({ models, getPrograms }: RunSession, signal: AbortSignal): Promise<void> {
  const session = getPrograms();
  const name = models.generator.vocabulary?.[0]?.label ?? "heart";
  const config = { ...resolveGenerate({ text: [name] }), seed: 0, steps: 1 };
  const termsOf = (text: string) => [{ text, weight: 1, templates: models.templates }];
  // A colour makes other programs.
  const texts = [name, `red ${name}`];
  await loadAliases(); // prompts of several things are split by known names
  const scene = { parts: [name, name], relations: [] };
  for (const [text, parts] of [...texts.map((each) => [each] as const), [name, scene] as const]) {
    const latents = await session.sketch(termsOf(text), config, parts);
    for (const side of latents ? previewSides : []) await session.painterOf(latents!).preview(latents!, side);
    if (signal.aborted) return;
  }
  for (const text of texts) {
    const run = session.run(termsOf(text), config, { signal });
    while (!signal.aborted && !(await run.next()).done);
  }
}
