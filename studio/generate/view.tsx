import { useMemo } from "preact/hooks";
import type { RunView } from "../../src/studio/api.js";
import { Chart, type Curve } from "../chart.js";
import { findRun } from "../starting.js";
import { activeRun, runs, thumbUrl, curvesOf } from "../state.js";
import { explainScores, gapMeaning, kindOfRun, rateScore } from "../scores.js";
import { Empty, formatScore } from "../ui.js";
import { Icon, type IconName } from "../icons.js";
import { Controls } from "./controls.js";
import { change, form } from "./form.js";
import { Stage } from "./stage.js";
import { shownRun, startRun } from "./start.js";

const examples = [
  "a red heart",
  "a sleepy owl",
  "a slice of pizza",
  "a cat wearing a crown",
  "a rocket in space",
  "a bee on a sunflower",
];

/** Features that are easy to miss. */
const tips: readonly (readonly [icon: IconName, title: string, text: string])[] = [
  [
    "layers",
    "Several things",
    "“a cat wearing a crown” is drawn in layers. Rearrange and recolour them afterwards.",
  ],
  ["plus", "Several prompts", "They blend by weight. Avoid one to push the picture away from it."],
  ["branch", "Branches", "Go back to any step of an ascent and continue from there with another prompt."],
  [
    "image",
    "Drop a picture",
    "Pictures made here restore their settings. Others can be edited or used as a start.",
  ],
];
const lossCurves: Curve[] = [{ label: "Loss", colour: "accent" }];
const scoreCurves: Curve[] = [
  { label: "Guides", colour: "accent" },
  { label: "Judge", colour: "ink", dashed: true },
];
/** Difference between guides and judge from which on a picture may fool its guides. */
const wideGap = 0.25;

function Charts({ run }: { run: RunView }) {
  const { losses, scores } = curvesOf(run.id);
  const loss = losses.at(-1)?.loss;
  const last = scores.at(-1);
  // What was saved is not always the last step.
  const { guide, judge } = run.status === "running" ? (last ?? {}) : (run.results.at(-1) ?? last ?? {});
  const gap = guide === undefined || judge === undefined ? undefined : guide - judge;
  const isSteered = run.steps > 0;
  const isMeasured = scores.length > 0 || run.status === "running" || run.status === "waiting";
  const scored = kindOfRun(run);
  return (
    <section class="charts card" aria-labelledby="measurements">
      <h2 id="measurements" class="visually-hidden">
        Measurements
      </h2>
      {isSteered && (
        <Chart
          title="Loss"
          note="Lower is better"
          summary={
            loss === undefined
              ? run.status === "done"
                ? "Not recorded"
                : "No step yet"
              : `Loss ${loss.toFixed(3)} after step ${losses.at(-1)!.step}`
          }
          curves={lossCurves}
          data={[losses.map(({ step }) => step), losses.map((each) => each.loss)]}
          end={run.steps}
        />
      )}
      {isSteered && isMeasured && (
        <Chart
          title="Prompt match"
          note="Higher is better"
          summary={
            last
              ? `Guides ${formatScore(last.guide)}, judge ${formatScore(last.judge)} after step ${last.step}`
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
          <dd>{formatScore(guide)}</dd>
        </div>
        <div>
          <dt>Judge</dt>
          <dd>{formatScore(judge)}</dd>
        </div>
        <div class={gap !== undefined && gap > wideGap ? "wide" : ""}>
          <dt>Gap</dt>
          <dd>{formatScore(gap)}</dd>
        </div>
      </dl>
      <p class="small soft">
        {run.status !== "running" && <strong>{rateScore(judge, scored)} </strong>}
        {explainScores(scored)}{" "}
        {isSteered
          ? gapMeaning
          : run.status === "done" &&
            "This is the best of the drafts; “Steer this” moves it step by step towards the prompt."}
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
    <section class="stack tight-stack" aria-label="Recent pictures">
      <h3>Recent</h3>
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
    <>
      <section class="stage start" aria-label="Picture">
        <div class="progress">
          <div class="row">
            <div class="grow">
              <strong class="run-title">New picture</strong>
              <span class="small soft">Nothing leaves this machine</span>
            </div>
          </div>
          <div class="bar idle" />
        </div>
        <div class="frame">
          <Empty icon="generate" title="What should the picture show?">
            <p>Describe it and press Enter, or try one of these.</p>
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
      </section>
      <section class="card stack" aria-labelledby="tips">
        <h2 id="tips">Good to know</h2>
        <dl class="tips">
          {tips.map(([icon, title, text]) => (
            <div key={title}>
              <Icon name={icon} />
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

export function GenerateView() {
  const generateRuns = runs.value.filter(({ kind }) => kind === "generate");
  const active = activeRun.value?.kind === "generate" ? activeRun.value : undefined;
  const run = findRun(shownRun.value) ?? active ?? generateRuns.at(-1);
  // The form does not change with the steps of a run.
  const controls = useMemo(() => <Controls />, []);
  return (
    <div class="view">
      <header>
        <h1>Generate</h1>
      </header>
      <div class="generate">
        {controls}
        {run ? (
          <>
            <Stage run={run} />
            <div class="stack outcome">
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
