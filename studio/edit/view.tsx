import { useState } from "preact/hooks";
import { activeRun, runs } from "../state.js";
import { Button, Notice, Segments, Slider } from "../ui.js";
import { MaskCanvas, MaskTools } from "./canvas.js";
import { maskIsEmpty } from "./mask.js";
import { openLayers } from "../layers/state.js";
import { changeEdit, editForm, findMask, layeredSource, shownEdit, source, startEdit } from "./state.js";
import { EditResult } from "./outcome.js";
import { ReportCard } from "./report.js";
import { ChooseButton, Start } from "./start.js";

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

/** Effect of each kind of change. */
const changeHints = {
  auto: "The words decide what changes: a colour, a shape, or something added.",
  colour: "Colours change; shapes stay.",
  shape: "Shapes are redrawn; colours may change too.",
} as const;

function EditControls() {
  const { prompt, from, strength, change, variations } = editForm.value;
  const painted = !maskIsEmpty.value;
  const enter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void startEdit();
  };
  return (
    <form
      class="card stack controls"
      onSubmit={(event) => {
        event.preventDefault();
        void startEdit();
      }}
    >
      <div class="field">
        <label for="edit-prompt">
          {painted ? "The painted part becomes" : "What it should show"} <output>Enter to apply</output>
        </label>
        <textarea
          id="edit-prompt"
          class="input"
          rows={2}
          data-prompt=""
          value={prompt}
          placeholder="a red hat"
          onInput={(event) => changeEdit({ prompt: event.currentTarget.value })}
          onKeyDown={enter}
        />
      </div>
      <div class="field">
        <label for="edit-from">
          {painted ? "The painted part is now" : "What it shows now"} <output>optional</output>
        </label>
        <input
          id="edit-from"
          class="input"
          value={from}
          placeholder="a brown hat"
          onInput={(event) => changeEdit({ from: event.currentTarget.value })}
          onKeyDown={enter}
        />
      </div>
      <Slider
        label="Strength"
        value={strength}
        min={0}
        max={1}
        step={0.05}
        shown={`${Math.round(strength * 100)} %`}
        onInput={(value) => changeEdit({ strength: value })}
      />
      <Segments
        label="Kind of change"
        value={change}
        options={[
          ["auto", "Auto"],
          ["colour", "Colours"],
          ["shape", "Shapes"],
        ]}
        onChange={(value) => changeEdit({ change: value })}
      />
      <p class="small soft">{changeHints[change]}</p>
      <Slider
        label="Variations"
        value={variations}
        min={1}
        max={8}
        step={1}
        onInput={(value) => changeEdit({ variations: value })}
      />
      <Button kind="primary" submit wide icon="edit" disabled={prompt.trim() === "" || !source.value}>
        {activeRun.value ? "Add to the queue" : "Apply the edit"}
      </Button>
    </form>
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
        This picture consists of layers, which can be moved, resized, recoloured and hidden.
      </p>
      <Button icon="layers" onClick={() => void openLayers(folder)}>
        Open the layers
      </Button>
    </>
  );
}

export function EditView() {
  const picture = source.value;
  const edits = runs.value.filter(({ kind }) => kind === "edit");
  const run = edits.find(({ id }) => id === shownEdit.value);
  const result = run?.results.at(-1);
  const last = [...edits].reverse().find(({ results }) => results.length > 0);
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
              <EditResult key={run.id} run={run} />
              <div class="stack">
                {picture && (
                  <Button icon="brush" onClick={() => void (shownEdit.value = undefined)}>
                    Back to the mask
                  </Button>
                )}
                {result?.reports?.at(-1) && <ReportCard report={result.reports.at(-1)!} />}
                {run.error !== undefined && <Notice kind="bad">{run.error}</Notice>}
                {run.findings.map(({ code, level, message }) => (
                  <Notice key={code + message} kind={level === "warning" ? "warn" : "note"}>
                    {message}
                  </Notice>
                ))}
              </div>
            </>
          ) : (
            picture && (
              <>
                <section class="stage" aria-label="Picture and mask">
                  <MaskCanvas picture={picture} />
                </section>
                <div class="card stack">
                  <h2>What may change</h2>
                  <p class="small soft mask-hint" role="status">
                    {maskIsEmpty.value
                      ? "Everything, as nothing is painted. Paint over the part of the picture that may change."
                      : "Only the painted part may change. The rest stays exactly as it is."}
                  </p>
                  <MaskTools picture={picture} />
                  <MaskSearch />
                  <Layered />
                  <p class="small soft">
                    {picture.name} · {picture.width} × {picture.height}
                  </p>
                </div>
              </>
            )
          )}
        </div>
      )}
    </div>
  );
}
