import { useEffect, useState } from "preact/hooks";
import type { RunView } from "../../src/studio/api.js";
import type { Upload } from "../../src/studio/uploads.js";
import { droppedPicture } from "../drop.js";
import { openLayers } from "../layers/state.js";
import { findRun } from "../starting.js";
import { runs } from "../state.js";
import { Button, Notice } from "../ui.js";
import { MaskTools } from "./canvas.js";
import { EditControls } from "./controls.js";
import { maskIsEmpty } from "./mask.js";
import { Measurements, ReportCard } from "./report.js";
import { Retry } from "./retry.js";
import { EditResult, MaskStage } from "./stage.js";
import { ChooseButton, Start } from "./start.js";
import { findMask, layeredSource, restoreEdit, shownEdit, source } from "./state.js";

function MaskSearch() {
  const [words, setWords] = useState("");
  const [busy, setBusy] = useState(false);
  const find = (): void => {
    if (words.trim() === "" || busy) return;
    setBusy(true);
    void findMask(words.trim()).finally(() => setBusy(false));
  };
  return (
    <div class="field">
      <label for="mask-words">Or find the part by words</label>
      <div class="row tight">
        <input
          id="mask-words"
          class="input grow"
          value={words}
          maxLength={200}
          placeholder="the hat"
          onInput={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            find();
          }}
        />
        <Button icon="search" disabled={busy || words.trim() === ""} onClick={find}>
          {busy ? "Finding…" : "Find"}
        </Button>
      </div>
    </div>
  );
}

/** Leads to the layers of a picture that consists of them. */
function Layered() {
  const folder = layeredSource.value;
  if (folder === undefined) return null;
  return (
    <>
      <h2>Layers</h2>
      <p class="small soft">
        This picture consists of layers, which can be moved, resized, recoloured and hidden. Words change
        them, too: “remove the balloon”, “replace the dog with a cat”, “make the tree bigger”.
      </p>
      <Button icon="layers" onClick={() => void openLayers(folder)}>
        Open the layers
      </Button>
    </>
  );
}

/** The report of a run, and ways to repeat it. */
function Outcome({ run }: { run: RunView }) {
  const report = run.results.at(-1)?.reports?.at(-1);
  // The card says these, too.
  const findings = run.findings.filter(({ code }) => code !== "judge-disagrees" && code !== "alpha-changed");
  return (
    <div class="stack outcome">
      {source.value && (
        <Button icon="brush" onClick={() => void (shownEdit.value = undefined)}>
          Back to the mask
        </Button>
      )}
      {run.error !== undefined && <Notice kind="bad">{run.error}</Notice>}
      {report && <ReportCard run={run} report={report} />}
      {!report && (run.status === "running" || run.status === "waiting") && (
        <section class="card stack" aria-label="Next">
          <h2>When the edit is done</h2>
          <p class="small soft">
            A report says whether the words were followed, what changed, and what stayed the same.
          </p>
        </section>
      )}
      {report && run.replay === undefined && (
        <Retry run={run} done={String(report.change)} steps={Number(report.steps)} />
      )}
      {findings.map(({ code, level, message }) => (
        <Notice key={code + message} kind={level === "warning" ? "warn" : "note"}>
          {message}
        </Notice>
      ))}
      {report && <Measurements report={report} />}
    </div>
  );
}

/** The tools that make a mask. */
function MaskPanel({ picture }: { picture: Upload }) {
  return (
    <div class="card stack">
      <h2>What may change</h2>
      <MaskTools picture={picture} />
      <p class="small soft mask-hint" role="status">
        {maskIsEmpty.value
          ? "Everything, as nothing is painted. Paint over the part of the picture that may change."
          : "Only the painted part may change. The rest stays exactly as it is."}
      </p>
      <MaskSearch />
      <Layered />
    </div>
  );
}

/** Opens the picture and the mask of a shown run again, after the page was loaded anew. */
function useReopened(run: RunView | undefined): void {
  useEffect(() => {
    if (run && !source.value) restoreEdit(run.request, run.id);
  }, [run?.id]);
}

export function EditView() {
  const picture = source.value;
  const edits = runs.value.filter(({ kind }) => kind === "edit");
  const run = findRun(shownEdit.value);
  const last = [...edits].reverse().find(({ results }) => results.length > 0);
  useReopened(run);
  return (
    <div class="view">
      <header>
        <h1>Edit</h1>
        <span class="grow" />
        {picture && (
          <>
            {!run && last && (
              <Button kind="quiet" onClick={() => void (shownEdit.value = last.id)}>
                Last result
              </Button>
            )}
            {!run && (
              <Button onClick={() => void (droppedPicture.value = picture)}>
                Search or classify this picture
              </Button>
            )}
            <ChooseButton>Open another</ChooseButton>
          </>
        )}
      </header>
      {!picture && !run ? (
        <Start />
      ) : (
        <div class="generate edit">
          <EditControls />
          {run ? (
            <>
              <EditResult run={run} />
              <Outcome run={run} />
            </>
          ) : (
            picture && (
              <>
                <MaskStage picture={picture} />
                <MaskPanel picture={picture} />
              </>
            )
          )}
        </div>
      )}
    </div>
  );
}
