/** Ways to make an edit once more when its result is not what was wanted. */
import type { RunView } from "../../src/studio/api.js";
import { randomSeed } from "../generate/form.js";
import { useModels } from "../models.js";
import { Select } from "../fields.js";
import { changeHints, changeNames } from "./changes.js";
import { repeatEdit } from "./state.js";

/**
 * Buttons that repeat an edit as another kind of change, in a style, or with another seed.
 * @param done kind of change that was made.
 */
export function Retry({ run, done, steps }: { run: RunView; done: string; steps: number }) {
  const models = useModels();
  const { request } = run;
  const styles = models?.styles ?? [];
  /** Whether another seed would give the same colours. */
  const isSeedless = done === "colour" && steps === 0;
  return (
    <section class="card stack" aria-label="Try again">
      <h2>Not what you wanted?</h2>
      <p class="small soft">Try the same words and the same mask in another way:</p>
      <div class="chips" role="group" aria-label="Repeat it with the same mask and words">
        {changeNames.map(
          ([change, name]) =>
            change !== "auto" &&
            change !== "style" &&
            change !== done && (
              <button
                key={change}
                type="button"
                class="chip"
                title={`Repeat it as another kind of change: ${changeHints[change]}`}
                onClick={() => void repeatEdit(request, { change })}
              >
                {name}
              </button>
            ),
        )}
        {isSeedless ? null : (
          <button
            type="button"
            class="chip"
            title="Repeat it with another random seed"
            onClick={() => void repeatEdit(request, { seed: randomSeed() })}
          >
            Another seed
          </button>
        )}
      </div>
      <Select
        label="In another style"
        hideLabel
        value=""
        disabled={styles.length === 0}
        options={[["", "In another style…"], ...styles.map((style) => [style, style] as const)]}
        onChange={(style) => style !== "" && void repeatEdit(request, { change: "style", style })}
      />
    </section>
  );
}
