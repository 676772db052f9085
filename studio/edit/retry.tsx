/** Ways to make an edit once more when its result is not what was wanted. */
import type { RunView } from "../../src/studio/api.js";
import { randomSeed } from "../generate/form.js";
import { useModels } from "../models.js";
import { Button, Select } from "../ui.js";
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
  return (
    <section class="card stack" aria-label="Try again">
      <h2>Not what you wanted?</h2>
      <p class="small soft">Repeat it on the same picture, with the same mask and words, as:</p>
      <div class="chips">
        {changeNames.map(
          ([change, name]) =>
            change !== "auto" &&
            change !== "style" &&
            change !== done && (
              <button
                key={change}
                type="button"
                class="chip"
                title={changeHints[change]}
                onClick={() => void repeatEdit(request, { change })}
              >
                {name}
              </button>
            ),
        )}
      </div>
      {styles.length > 0 && (
        <Select
          label="In another style"
          value=""
          options={[["", "Choose a style"], ...styles.map((style) => [style, style] as const)]}
          onChange={(style) => style !== "" && void repeatEdit(request, { change: "style", style })}
        />
      )}
      {done === "colour" && steps === 0 ? (
        <p class="small soft">Another seed would give the same colours.</p>
      ) : (
        <Button icon="dice" onClick={() => void repeatEdit(request, { seed: randomSeed() })}>
          Another seed
        </Button>
      )}
    </section>
  );
}
