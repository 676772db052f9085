import type { RunView } from "../../src/studio/api.js";
import { Chart, type Curve } from "../chart.js";
import { activeRun, runs, thumbUrl, curvesOf } from "../state.js";
import { Button, Empty, Notice, score } from "../ui.js";
import { Controls } from "./controls.js";
import { change, form } from "./form.js";
import { Stage } from "./stage.js";
import { shownRun, startRun, steerResult } from "./start.js";

const examples = ["a red heart", "a sleepy owl", "a slice of pizza", "a blue cat face", "a rocket"];
const lossCurves: Curve[] = [{ label: "Loss", colour: "accent" }];
const scoreCurves: Curve[] = [
  { label: "Guides", colour: "accent" },
  { label: "Judge", colour: "ink", dashed: true },
];
/** Difference between guides and judge from which on a picture may fool its guides. */
const wideGap = 0.25;

function Charts({ run }: { run: RunView }) {
  const { losses, scores } = curvesOf(run.id);
  if (run.steps === 0 && run.status === "done")
    return (
      <section class="charts card" aria-label="How it went">
        <p class="small soft">
          This is the best of the drafts. Steering moves it step by step towards the prompt, while you watch.
        </p>
        {run.results.length > 0 && (
          <Button icon="branch" onClick={() => void steerResult(run)}>
            Steer this
          </Button>
        )}
      </section>
    );
  const loss = losses.at(-1)?.loss;
  const last = scores.at(-1);
  // What was saved is not always the last step.
  const { guide, judge } = run.status === "running" ? (last ?? {}) : (run.results.at(-1) ?? last ?? {});
  const gap = guide === undefined || judge === undefined ? undefined : guide - judge;
  const watched = scores.length > 0 || run.status === "running" || run.status === "waiting";
  return (
    <section class="charts card" aria-labelledby="how-it-goes">
      <h2 id="how-it-goes" class="visually-hidden">
        How it goes
      </h2>
      <Chart
        title="Loss"
        summary={
          loss === undefined ? "No step yet" : `Loss ${loss.toFixed(3)} after step ${losses.at(-1)!.step}`
        }
        curves={lossCurves}
        data={[losses.map(({ step }) => step), losses.map((each) => each.loss)]}
        end={run.steps}
      />
      {watched && (
        <Chart
          title="Likeness"
          summary={
            last
              ? `Guides ${score(last.guide)}, judge ${score(last.judge)} after step ${last.step}`
              : "Not measured yet"
          }
          curves={scoreCurves}
          data={[
            scores.map(({ step }) => step),
            scores.map(({ guide }) => guide),
            scores.map(({ judge }) => judge),
          ]}
          end={run.steps}
          band
        />
      )}
      <dl class="readings numbers">
        <div>
          <dt>Guides</dt>
          <dd>{score(guide)}</dd>
        </div>
        <div>
          <dt>Judge</dt>
          <dd>{score(judge)}</dd>
        </div>
        <div class={gap !== undefined && gap > wideGap ? "wide" : ""}>
          <dt>Gap</dt>
          <dd>{score(gap)}</dd>
        </div>
      </dl>
      <p class="small soft">
        The guides steer the picture. The judge only watches. When the guides rise and the judge does not, the
        picture fools its guides instead of improving.
      </p>
    </section>
  );
}

function RecentPictures({ shown }: { shown: string | undefined }) {
  const done = runs.value
    .filter(({ kind, results }) => kind === "generate" && results.length > 0)
    .slice(-12)
    .reverse();
  if (done.length < 2) return null;
  return (
    <section aria-label="Recent pictures">
      <h2 class="visually-hidden">Recent</h2>
      <div class="tiles small-tiles">
        {done.map((run) => (
          <button
            key={run.id}
            type="button"
            class="tile"
            aria-pressed={run.id === shown}
            title={run.title}
            onClick={() => (shownRun.value = run.id)}
          >
            <img src={thumbUrl(run.results.at(-1)!.folder)} alt={run.title} width={64} height={64} />
          </button>
        ))}
      </div>
    </section>
  );
}

function Start() {
  return (
    <div class="stage start">
      <div class="frame">
        <Empty icon="generate" title="What should the picture show?">
          <p>Write it on the left and press Enter, or start with one of these.</p>
          <div class="chips">
            {examples.map((text) => (
              <button
                key={text}
                type="button"
                class="chip"
                onClick={() => {
                  const [first, ...rest] = form.value.terms;
                  change({ terms: [{ ...first!, text }, ...rest] });
                  void startRun();
                }}
              >
                {text}
              </button>
            ))}
          </div>
        </Empty>
      </div>
      <Notice>Several prompts blend. Give one less weight, or avoid it, to steer the picture away.</Notice>
    </div>
  );
}

export function GenerateView() {
  const generateRuns = runs.value.filter(({ kind }) => kind === "generate");
  const active = activeRun.value?.kind === "generate" ? activeRun.value : undefined;
  const run = generateRuns.find(({ id }) => id === shownRun.value) ?? active ?? generateRuns.at(-1);
  return (
    <div class="view">
      <header>
        <h1>Generate</h1>
      </header>
      <div class="generate">
        <Controls />
        {run ? (
          <>
            <Stage run={run} />
            <div class="stack">
              <Charts key={run.id} run={run} />
              <RecentPictures shown={run.id} />
            </div>
          </>
        ) : (
          <Start />
        )}
      </div>
    </div>
  );
}
