import type { Context, Progress } from "./context.js";

/** Shows one progress line for each stage of a build. */
export function createStageProgress(context: Context): {
  onProgress(progress: { readonly stage: string; readonly done: number; readonly total: number }): void;
  finish(): void;
} {
  let bar: { stage: string; progress: Progress } | undefined;
  return {
    onProgress({ stage, done, total }) {
      if (bar?.stage !== stage) {
        bar?.progress.stop();
        bar = { stage, progress: context.progress(stage, total) };
      }
      bar.progress.update(done);
    },
    finish: () => bar?.progress.stop(),
  };
}
