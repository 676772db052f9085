/** Turns the events of a run into those of the server, with previews. */
import { basename, join } from "node:path";
import type { Picture } from "../images/index.js";
import type { FinishedEdit, FinishedGenerate, RunEvent } from "../runs/index.js";
import type { EngineEvent } from "./messages.js";
import { createPreviewer, encodePreview, previewSides } from "./previews.js";

/** Side of the first preview of a run, in pixels. */
const sketchSide = previewSides[0];

/** Sends the events of a run to the server. */
export interface EventSender {
  /** Paints a preview of some drafts and steps; they are encoded and sent while the run goes on. */
  send(event: RunEvent): Promise<void>;
  /** Resolves when all events are sent. */
  finish(): Promise<void>;
}

/**
 * Creates the sender of one run.
 * @param isResumed whether the run continues an earlier one, which has no first look.
 * @param sendEvent sends an event to the server.
 */
export function createEventSender(isResumed: boolean, sendEvent: (event: EngineEvent) => void): EventSender {
  const previews = createPreviewer();
  let lastSent: Promise<void> = Promise.resolve();
  /** Sends an event after those before it, with a preview if there is a picture; without one that cannot be encoded. */
  const sendInOrder = (event: EngineEvent, picture?: Picture): void => {
    const encoded = picture && encodePreview(picture).catch(() => undefined);
    lastSent = lastSent.then(async () =>
      sendEvent(encoded ? ({ ...event, preview: await encoded } as EngineEvent) : event),
    );
  };
  const handle = async (event: RunEvent): Promise<void> => {
    if (event.type === "planned") {
      const { run, runs, folder = "", record, sketch } = event;
      const { steps } = record.settings;
      sendInOrder({ type: "planned", run, runs, folder, steps });
      const first = isResumed ? undefined : await sketch(sketchSide);
      if (first) sendInOrder({ type: "step", run, index: 0, steps }, first);
    } else if (event.type === "draft" || event.type === "step") {
      const { run, steps } = event;
      const { index, loss, scores } =
        event.type === "step" ? event : { index: 0, loss: undefined, scores: undefined };
      const picture = await previews.paint(event);
      sendInOrder({ type: "step", run, index, steps, loss, score: scores }, picture);
    } else if (event.type === "finding") sendInOrder({ type: "finding", finding: event.finding });
    else if (event.type === "finished") sendInOrder(describeFinished(event.result));
  };
  return { send: handle, finish: () => lastSent };
}

/** Describes a finished run for the server; with the score of the last edit if there are several. */
function describeFinished(result: FinishedGenerate | FinishedEdit): EngineEvent {
  const path = result.path ?? "";
  const common = {
    type: "finished",
    folder: basename(join(path, "..")),
    image: basename(path),
    seed: result.seed,
  } as const;
  if ("report" in result)
    return {
      ...common,
      guide: result.report.guideScore,
      judge: result.report.judgeScore,
      layers: result.scene ? true : undefined,
    };
  const { score } = result.reports[result.reports.length - 1]!;
  const reports = result.reports.map((report) => ({ ...report }));
  return { ...common, guide: score.guide, judge: score.judge, reports };
}
