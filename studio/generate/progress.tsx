import { useEffect, useRef, useState } from "preact/hooks";
import type { RunView } from "../../src/studio/api.js";
import { call } from "../client.js";
import { isStarting } from "../starting.js";
import { attempt } from "../state.js";
import { Button, formatDuration } from "../ui.js";

export const statusWords: Readonly<Record<RunView["status"], string>> = {
  waiting: "in the queue",
  running: "running",
  done: "done",
  stopped: "stopped",
  failed: "failed",
};

/** Whether a run can be continued, or tried again: it failed, or it was stopped before its end. */
export function ResumeButton({ run }: { run: RunView }) {
  if (run.status !== "failed" && run.status !== "stopped") return null;
  return (
    <Button icon="play" onClick={() => void attempt(() => call("POST", `/runs/${run.id}/again`, {}))}>
      {run.step > 0 ? "Resume" : "Try again"}
    </Button>
  );
}

/** Duration and seed of a finished run, to follow its status. */
function describeDuration({ status, started, finished, results }: RunView): string {
  const seed = results.at(-1)?.seed;
  if (status !== "done" || started === undefined || finished === undefined) return "";
  return ` in ${formatDuration((finished - started) / 1000)}${seed === undefined ? "" : ` · seed ${seed}`}`;
}

/** Milliseconds after an update from which on the time left is counted down: a little more than between updates by steps. */
const countdownPause = 1200;

/** Counts a run's estimate down between updates. @returns words for the time left; for the time so far without an estimate. */
function useTimeLeft({ id, status, step, drafting, eta, started }: RunView): string {
  const [tick, setTick] = useState(0);
  const received = useRef({ key: "", at: 0 });
  const key = `${id} ${step} ${drafting?.done} ${eta}`;
  if (received.current.key !== key) received.current = { key, at: performance.now() };
  useEffect(() => {
    if (status !== "running") return;
    const timer = setTimeout(() => setTick(tick + 1), countdownPause);
    return () => clearTimeout(timer);
  }, [status, key, tick]);
  if (eta === undefined) {
    const passed = started === undefined ? 0 : (Date.now() - started) / 1000;
    return passed < 1 ? "" : ` · ${formatDuration(passed)} so far`;
  }
  const left = eta - (performance.now() - received.current.at) / 1000;
  return left < 1 ? " · a moment left" : ` · about ${formatDuration(left)} left`;
}

const stageWords = {
  drafts: "Scoring drafts",
  things: "Drawing the things of the scene",
  layouts: "Trying arrangements",
} as const;

/** What a run in progress does, and how far it is with that. */
export function describeWork({ kind, step, steps, drafting }: RunView): { phase: string; count: string } {
  if (step > 0) return { phase: step < steps ? "Steering" : "Finishing", count: `step ${step} of ${steps}` };
  if (!drafting) return { phase: kind === "edit" ? "Preparing the edit" : "Preparing drafts", count: "" };
  const { stage, done, total } = drafting;
  if (done < total || stage === "things") return { phase: stageWords[stage], count: `${done} of ${total}` };
  return { phase: steps > 0 ? "Beginning to steer" : "Painting the best draft", count: "" };
}

/** Share of the bar that drafts take, in runs with and without steps after them; the rest is for the picture in its full size. */
const draftShare = { withSteps: 0.15, withoutSteps: 0.9 };
/** Where in the part of the drafts their stages begin and end. */
const stageShares = { drafts: [0, 1], things: [0, 0.6], layouts: [0.6, 1] } as const;

/** Share of a picture that is done, for the bar: it never falls. */
export function computeDoneShare({ kind, step, steps, drafting }: RunView): number {
  const drafts = kind === "edit" ? 0 : steps > 0 ? draftShare.withSteps : draftShare.withoutSteps;
  if (step > 0) return drafts + (1 - drafts) * (step / steps);
  if (!drafting) return 0;
  const [from, to] = stageShares[drafting.stage];
  return drafts * (from + (to - from) * (drafting.done / drafting.total));
}

/** Title, status and progress of a run, and the button that stops it. */
export function Progress({ run }: { run: RunView }) {
  const share = computeDoneShare(run);
  const left = useTimeLeft(run);
  const work = describeWork(run);
  const phase = {
    waiting: "In the queue",
    running: work.phase,
    done: "Done",
    stopped: "Stopped: this is the best so far",
    failed: "Failed",
  }[run.status];
  const several = run.pictures > 1 ? ` · picture ${run.picture + 1} of ${run.pictures}` : "";
  const count = work.count === "" ? "" : ` · ${work.count}`;
  return (
    <div class="progress">
      <div class="row">
        <div class="grow">
          <strong class="run-title" title={run.title}>
            {run.title}
          </strong>
          <span class="small soft numbers" role="status">
            {phase}
          </span>
          <span class="small soft numbers">
            {run.status === "running" ? `${count}${several}${left}` : describeDuration(run)}
          </span>
        </div>
        {run.status === "running" && (
          <Button
            icon="stop"
            disabled={isStarting(run)}
            onClick={() => void attempt(() => call("POST", `/runs/${run.id}/stop`, {}))}
          >
            Stop, keep the best
          </Button>
        )}
        <ResumeButton run={run} />
        {run.status === "waiting" && (
          <Button
            icon="close"
            disabled={isStarting(run)}
            onClick={() => void attempt(() => call("DELETE", `/runs/${run.id}`))}
          >
            Remove from the queue
          </Button>
        )}
      </div>
      <div class={`bar ${run.status === "failed" ? "bad" : run.status === "done" ? "idle" : ""}`}>
        <div style={{ width: `${run.status === "waiting" ? 0 : share * 100}%` }} />
      </div>
    </div>
  );
}
