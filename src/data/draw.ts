import { forEachConcurrently } from "./concurrent.js";
import { type Concept, type Icon } from "./join.js";
import { isBlank, renderIcon } from "./render.js";
import { rewriteIcon } from "./rewrite.js";
import type { IconSet } from "./sources.js";

/** A drawing to be made, and what it shows. */
export interface Drawing {
  readonly set: IconSet;
  readonly icon: Icon;
  readonly concept: Concept;
}

/** Callbacks while icons are drawn. */
export interface DrawHandlers {
  /** Returns the RGB bytes of a drawing, in any order. */
  onDrawn(at: number, rgb: Uint8Array): void | Promise<void>;
  /** Called for a drawing that failed or is blank; the others continue. */
  onProblem(message: string, at: number): void;
  readonly onProgress?: ((progress: { stage: string; done: number; total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Draws icons, four concurrently; `render` decides their size. */
export async function drawIcons(
  drawings: readonly Drawing[],
  handlers: DrawHandlers,
  render = renderIcon,
): Promise<void> {
  const { onDrawn, onProblem, onProgress, signal } = handlers;
  const total = drawings.length;
  await forEachConcurrently(
    drawings,
    async ({ set, icon }, at) => {
      // The reason for a failure is left out: the library's messages differ from run to run.
      const rgb = await render(set.rewrite ? rewriteIcon(icon, set.rewrite) : icon).catch(() => undefined);
      const isPicture = rgb !== undefined && !isBlank(rgb);
      if (!isPicture)
        onProblem(`${set.name}/${icon.name}: ${rgb ? "blank" : "cannot be drawn"}, left out`, at);
      else await onDrawn(at, rgb);
    },
    { workers: 4, signal, onProgress: (done) => onProgress?.({ stage: "draw", done, total }) },
  );
}
