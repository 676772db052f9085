import { useEffect, useRef, useState } from "preact/hooks";
import type { ResultView, RunView } from "../../src/studio/api.js";
import { call } from "../client.js";
import { openItem } from "../gallery/open.js";
import { Save } from "../gallery/save.js";
import { LivePicture, StepPicture, useLoaded } from "../live.js";
import { openLayers } from "../layers/state.js";
import { isStarting, startAndShow } from "../starting.js";
import { attempt, imageUrl, loadDetail, showToast, thumbUrl, curvesByRun, curvesOf } from "../state.js";
import { Icon } from "../icons.js";
import { makeFillStyle } from "../fields.js";
import { Button, Notice } from "../ui.js";
import { findBest } from "./best.js";
import { form, requestOf } from "./form.js";
import { GridProgress, GridTable, listCells } from "./grid.js";
import { Progress } from "./progress.js";
import { shownRun, steerResult } from "./start.js";

/** Starts a run from a step of another one, with the prompts of the form. */
async function branch(run: RunView, step: number): Promise<void> {
  const request = { ...(requestOf(form.value) ?? run.request), count: 1 };
  await startAndShow("generate", request, shownRun, async () => {
    const body = { step, request };
    const added = await call<{ id: string; step: number }>("POST", `/runs/${run.id}/branch`, body);
    showToast(`Branched from step ${added.step}.`);
    return added.id;
  });
}

/** Selects a step of an ascent, and starts another run from it. */
function Timeline({
  run,
  steps,
  at,
  onChange,
}: {
  run: RunView;
  steps: number[];
  at: number;
  onChange(step: number | undefined): void;
}) {
  const index = steps.indexOf(at);
  return (
    <div class="timeline">
      <label for="timeline" class="visually-hidden">
        Step of the ascent
      </label>
      <input
        id="timeline"
        type="range"
        min={0}
        max={Math.max(1, steps.length - 1)}
        value={Math.max(0, index)}
        disabled={steps.length < 2}
        aria-valuetext={`step ${at}`}
        style={makeFillStyle(index / Math.max(1, steps.length - 1))}
        onInput={(event) => {
          const next = steps[event.currentTarget.valueAsNumber];
          const last = next === steps.at(-1);
          onChange(last && run.status === "running" ? undefined : next);
        }}
      />
      <span class="small numbers soft">
        Step {at} of {run.steps}
      </span>
      <Button icon="branch" disabled={steps.length < 2} onClick={() => void branch(run, at)}>
        Branch from here
      </Button>
    </div>
  );
}

interface ResultProps {
  readonly result: ResultView;
  readonly selected: boolean;
  /** Whether the judge scores it highest of all. */
  readonly isBest: boolean;
  onSelect(): void;
}

function Result({ result, selected, isBest, onSelect }: ResultProps) {
  return (
    <button type="button" class="tile" aria-pressed={selected} onClick={onSelect}>
      <img src={thumbUrl(result.folder)} alt={`Picture with seed ${result.seed}`} width={96} height={96} />
      <span class="small numbers">{isBest ? "best match" : `seed ${result.seed}`}</span>
    </button>
  );
}

/** A run while it is made and after: its picture, or the grid that it belongs to until a picture of it is enlarged. */
export function Stage({ run }: { run: RunView }) {
  const cells = listCells(run);
  const [isEnlarged, setEnlarged] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => setEnlarged(false), [run.group]);
  if (cells.length === 0) return <SinglePicture run={run} />;
  /** Shows the grid or a picture of it, and moves the focus to the button that leads back. */
  const enlarge = (value: boolean): void => {
    setEnlarged(value);
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>(value ? ".back" : ".tile[aria-pressed='true']")?.focus(),
    );
  };
  return (
    <div ref={box} class="stage-place">
      {isEnlarged ? (
        <SinglePicture run={run} onBack={() => enlarge(false)} />
      ) : (
        <section class="stage" aria-label="Grid">
          <GridProgress cells={cells} />
          <GridTable
            cells={cells}
            shown={run.id}
            onEnlarge={({ id }) => {
              shownRun.value = id;
              enlarge(true);
            }}
          />
        </section>
      )}
    </div>
  );
}

/** The picture of a run. @param onBack shows the grid that it belongs to. */
function SinglePicture({ run, onBack }: { run: RunView; onBack?(): void }) {
  const [selectedStep, setSelectedStep] = useState<number>();
  const [chosen, setChosen] = useState<string>();
  useEffect(() => {
    setSelectedStep(undefined);
    setChosen(undefined);
    const isKnown = run.status !== "waiting" && !isStarting(run);
    if (isKnown && !curvesByRun.value.has(run.id)) void attempt(() => loadDetail(run.id));
  }, [run.id]);
  const { frames } = curvesOf(run.id);
  const steps = [...frames.keys()].sort((a, b) => a - b);
  const finished = run.results.find(({ folder }) => folder === chosen) ?? run.results.at(-1);
  const live = run.status === "running";
  const at = selectedStep ?? steps.at(-1) ?? 0;
  const showResult = selectedStep === undefined && finished !== undefined && !(live && chosen === undefined);
  const source = showResult ? imageUrl(finished.folder) : frames.get(at);
  const loaded = useLoaded(showResult ? source : undefined);
  // The form asks for the layers of every picture, since it does not know which have any.
  const findings = run.findings.filter(({ code }) => code !== "one-layer");
  const label = `${run.title}, ${showResult ? "finished" : `step ${at}`}`;
  return (
    <section class="stage" aria-label="Picture">
      <Progress run={run} />
      <div class="frame">
        {showResult && loaded !== undefined ? (
          <img class="picture" src={loaded} alt={label} />
        ) : showResult || (live && selectedStep === undefined) ? (
          <LivePicture run={run.id} first={frames.get(at)} label={label} />
        ) : (
          source !== undefined && <StepPicture src={source} label={label} />
        )}
        {finished && selectedStep !== undefined && (
          <Button onClick={() => setSelectedStep(undefined)}>Show the result</Button>
        )}
      </div>
      {run.steps > 0 && (live || steps.length > 1) && (
        <Timeline run={run} steps={steps} at={at} onChange={setSelectedStep} />
      )}
      <div class="row actions">
        {onBack && (
          <button type="button" class="button back" onClick={onBack}>
            <Icon name="grid" size={18} />
            Show the grid
          </button>
        )}
        {finished && (
          <>
            {run.steps === 0 && run.status === "done" && (
              <Button icon="branch" onClick={() => void steerResult(run)}>
                Steer this
              </Button>
            )}
            <Button onClick={() => void editResult(finished.folder)} icon="edit">
              Edit
            </Button>
            {finished.hasLayers === true && (
              <Button onClick={() => void openLayers(finished.folder)} icon="layers">
                Layers
              </Button>
            )}
            <Save id={finished.folder} format="png" label="Save" />
            <Button onClick={() => openItem(finished.folder)} icon="info">
              Details
            </Button>
          </>
        )}
      </div>
      {run.error !== undefined && <Notice kind="bad">{run.error}</Notice>}
      {findings.map(({ code, level, message }) => (
        <Notice key={code + message} kind={level === "warning" ? "warn" : "note"}>
          {message}
        </Notice>
      ))}
      {run.results.length > 1 && (
        <div class="tiles" role="group" aria-label="Variations">
          {run.results.map((result) => (
            <Result
              key={result.folder}
              result={result}
              selected={result === finished && showResult}
              isBest={result === findBest(run.results, ({ judge }) => judge)}
              onSelect={() => {
                setSelectedStep(undefined);
                setChosen(result.folder);
              }}
            />
          ))}
        </div>
      )}
    </section>
  );
}

async function editResult(folder: string): Promise<void> {
  const { editRunFolder } = await import("../edit/state.js");
  await editRunFolder(folder);
}
