import { useState } from "preact/hooks";
import type { RunView } from "../src/studio/api.js";
import { call } from "./client.js";
import { openItem } from "./gallery/open.js";
import { Icon } from "./icons.js";
import { ResumeButton, computeDoneShare, describeWork, statusWords } from "./generate/progress.js";
import { shownRun } from "./generate/start.js";
import { attempt, runs, showToast, thumbUrl, waitingRuns } from "./state.js";
import { Button, Empty, Notice, formatDuration } from "./ui.js";

/** Prompts of a list: one a line, blank lines and lines that begin with # left out. */
export function promptsOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

const maxPrompts = 1000;

/** Adds many prompts at once. */
function AddMany() {
  const [text, setText] = useState("");
  const [preview, setPreview] = useState<readonly string[]>();
  const [problem, setProblem] = useState("");
  const lines = promptsOf(text);
  const expand = async (): Promise<readonly string[] | undefined> => {
    try {
      const { prompts } = await call<{ prompts: string[] }>("POST", "/queue/expand", { text });
      setProblem("");
      return prompts;
    } catch (error) {
      setProblem((error as Error).message);
      return undefined;
    }
  };
  const add = async (): Promise<void> => {
    const prompts = await expand();
    if (!prompts) return;
    const requests = prompts.map((prompt) => ({
      request: { text: [prompt], seed: Math.floor(Math.random() * 2 ** 31) },
    }));
    const added = await attempt(() =>
      call<{ ids: string[] }>("POST", "/runs", { kind: "generate", requests }),
    );
    if (!added) return;
    showToast(
      `${added.ids.length} ${added.ids.length === 1 ? "prompt was" : "prompts were"} added to the queue.`,
    );
    setText("");
    setPreview(undefined);
  };
  return (
    <section class="card stack">
      <h2>Add many prompts</h2>
      <div class="field">
        <label for="many">One per line, or a YAML list</label>
        <textarea
          id="many"
          class="input"
          rows={5}
          value={text}
          placeholder={"a {red|blue|green} heart\na sleepy {owl|cat}"}
          aria-describedby="many-help"
          aria-invalid={problem !== ""}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setPreview(undefined);
            setProblem("");
          }}
        />
        <p id="many-help" class="small soft">
          {"{red|blue}"} adds one prompt for each word. At most {maxPrompts} at once.
        </p>
      </div>
      {problem !== "" && <Notice kind="bad">{problem}</Notice>}
      {preview && (
        <ol class="preview-list small">
          {preview.slice(0, 12).map((prompt, index) => (
            <li key={index}>{prompt}</li>
          ))}
          {preview.length > 12 && <li class="soft">and {preview.length - 12} more</li>}
        </ol>
      )}
      <div class="row">
        <Button
          disabled={lines.length === 0}
          onClick={() => void expand().then((prompts) => prompts && setPreview(prompts))}
        >
          Preview
        </Button>
        <Button kind="primary" icon="plus" disabled={lines.length === 0} onClick={() => void add()}>
          Add to the queue
        </Button>
      </div>
    </section>
  );
}

/** What a run in progress does: `scoring drafts, 32 of 96`. */
function describeProgress(run: RunView): string {
  const { phase, count } = describeWork(run);
  const name = phase[0]!.toLowerCase() + phase.slice(1);
  return count === "" ? name : `${name}, ${count}`;
}

function Row({ run, place, last }: { run: RunView; place?: number; last?: boolean }) {
  const result = run.results.at(-1);
  const move = (index: number): void =>
    void attempt(() => call("POST", `/runs/${run.id}/move`, { to: index }));
  const watch = (): void => {
    shownRun.value = run.id;
    location.hash = run.kind === "edit" ? "#/edit" : "#/generate";
  };
  return (
    <li class="queue-row">
      <div class="thumb">
        {result ? (
          <img src={thumbUrl(result.folder)} alt="" width={48} height={48} loading="lazy" />
        ) : place !== undefined ? (
          <span class="numbers">{place + 1}</span>
        ) : (
          <Icon name={run.kind === "edit" ? "edit" : "generate"} />
        )}
      </div>
      <div class="words">
        <strong>{run.title}</strong>
        <span class="small soft numbers">
          {run.kind === "edit" ? "Edit" : "Generate"} · {statusWords[run.status]}
          {run.status === "running" && ` · ${describeProgress(run)}`}
          {run.status === "running" && run.eta !== undefined && ` · ${formatDuration(run.eta)} left`}
          {run.started !== undefined &&
            run.finished !== undefined &&
            ` in ${formatDuration((run.finished - run.started) / 1000)}`}
          {run.pictures > 1 && ` · ${run.results.length} of ${run.pictures} pictures`}
        </span>
        {run.error !== undefined && <span class="small bad-text">{run.error}</span>}
        {run.status === "running" && (
          <div class="bar">
            <div style={{ width: `${computeDoneShare(run) * 100}%` }} />
          </div>
        )}
      </div>
      <div class="row tight">
        {place !== undefined && (
          <>
            <Button
              kind="quiet"
              icon="up"
              label={`Move “${run.title}” up`}
              disabled={place === 0}
              onClick={() => move(place - 1)}
            />
            <Button
              kind="quiet"
              icon="down"
              label={`Move “${run.title}” down`}
              disabled={last === true}
              onClick={() => move(place + 1)}
            />
          </>
        )}
        {run.status === "running" ? (
          <>
            <Button onClick={watch}>Watch</Button>
            <Button icon="stop" onClick={() => void attempt(() => call("POST", `/runs/${run.id}/stop`, {}))}>
              Stop
            </Button>
          </>
        ) : (
          <>
            <ResumeButton run={run} />
            {result && <Button onClick={() => openItem(result.folder)}>Details</Button>}
            <Button
              kind="quiet"
              icon="close"
              label={`${run.status === "waiting" ? "Remove" : "Dismiss"} “${run.title}”`}
              onClick={() => void attempt(() => call("DELETE", `/runs/${run.id}`))}
            />
          </>
        )}
      </div>
    </li>
  );
}

export function QueueView() {
  const waiting = waitingRuns.value;
  const running = runs.value.filter(({ status }) => status === "running");
  const ended = runs.value.filter(({ status }) => status !== "running" && status !== "waiting").reverse();
  return (
    <div class="view">
      <header>
        <h1>Queue</h1>
      </header>
      <div class="queue">
        <div class="stack">
          <section class="card">
            <h2>Running and waiting</h2>
            {running.length + waiting.length === 0 ? (
              <Empty icon="queue" title="The queue is empty">
                <p>
                  Runs that you start appear here and run one after the other. The queue survives a restart.
                </p>
              </Empty>
            ) : (
              <ol>
                {running.map((run) => (
                  <Row key={run.id} run={run} />
                ))}
                {waiting.map((run, index) => (
                  <Row key={run.id} run={run} place={index} last={index === waiting.length - 1} />
                ))}
              </ol>
            )}
          </section>
          {ended.length > 0 && (
            <section class="card">
              <div class="row">
                <h2 class="grow">Finished</h2>
                <Button kind="quiet" onClick={() => void attempt(() => call("DELETE", "/runs"))}>
                  Clear
                </Button>
              </div>
              <ol>
                {ended.slice(0, 100).map((run) => (
                  <Row key={run.id} run={run} />
                ))}
              </ol>
            </section>
          )}
        </div>
        <AddMany />
      </div>
    </div>
  );
}
