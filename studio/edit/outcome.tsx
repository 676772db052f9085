import { useState } from "preact/hooks";
import type { RunView } from "../../src/studio/api.js";
import { openItem } from "../gallery/open.js";
import { Save } from "../gallery/save.js";
import { Progress } from "../generate/progress.js";
import { LivePicture } from "../live.js";
import { BeforeAfter, ComparisonChoice } from "../slider.js";
import { imageUrl, mediaUrl, thumbUrl, curvesOf } from "../state.js";
import { Button } from "../ui.js";
import { editRunFolder, source } from "./state.js";

/** The result of an edit beside what it was. */
export function EditResult({ run }: { run: RunView }) {
  const [chosen, setChosen] = useState<string>();
  const { frames } = curvesOf(run.id);
  const result = run.results.find(({ folder }) => folder === chosen) ?? run.results.at(-1);
  const picture = String(run.request.picture ?? source.value?.id ?? "");
  const before = { src: mediaUrl("uploads", picture), label: "Before" };
  const after = result && { src: imageUrl(result.folder), label: "After" };
  const live = [...frames.entries()].at(-1)?.[1];
  return (
    <section class="stage" aria-label="Result">
      <Progress run={run} />
      {!after ? (
        <div class="frame">
          {live === undefined ? (
            <img class="picture" src={before.src} alt="The picture before its change" />
          ) : (
            <LivePicture run={run.id} first={live} label="The picture as it changes" />
          )}
        </div>
      ) : (
        <BeforeAfter single before={before} after={after} />
      )}
      {result && (
        <>
          <ComparisonChoice single />
          <div class="row">
            <Button icon="edit" onClick={() => void editRunFolder(result.folder)}>
              Edit the result
            </Button>
            <Save id={result.folder} format="png" label="Save" />
            <Button icon="info" onClick={() => openItem(result.folder)}>
              Details
            </Button>
          </div>
        </>
      )}
      {run.results.length > 1 && (
        <div class="tiles" role="group" aria-label="Variations">
          {run.results.map(({ folder, seed }) => (
            <button
              key={folder}
              type="button"
              class="tile"
              aria-pressed={folder === result?.folder}
              onClick={() => setChosen(folder)}
            >
              <img src={thumbUrl(folder)} alt={`Variation with seed ${seed}`} width={96} height={96} />
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
