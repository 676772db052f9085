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
  /** Resolves when all events are sent. @throws the first error of sending one; those after it were sent all the same. */
  finish(): Promise<void>;
}

/**
 * Creates the sender of one run. While a preview is being encoded, steps have none, except first and last ones: so few wait.
 * @param isResumed whether the run continues an earlier one, which has no first look.
 * @param sendEvent sends an event to the server.
 * @param encode encodes a preview; another one for tests.
 */
export function createEventSender(
  isResumed: boolean,
  sendEvent: (event: EngineEvent) => void,
  encode = encodePreview,
): EventSender {
  const previews = createPreviewer();
  let lastSent: Promise<void> = Promise.resolve();
  /** Number of previews that are not sent yet. */
  let pendingCount = 0;
  const errors: unknown[] = [];
  /** Sends an event after those before it, with a preview if there is a picture; without one that cannot be encoded. */
  const sendInOrder = (event: EngineEvent, picture?: Picture): void => {
    const encoded = picture && encode(picture).catch(() => undefined);
    if (encoded) pendingCount++;
    lastSent = lastSent
      .then(async () => {
        const complete = encoded ? { ...event, preview: await encoded } : event;
        if (encoded) pendingCount--;
        sendEvent(complete as EngineEvent);
      })
      .catch((error: unknown) => void errors.push(error));
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
      const isSkipped = pendingCount > 0 && index > 0 && index < steps;
      const picture = isSkipped ? undefined : await previews.paint(event);
      sendInOrder({ type: "step", run, index, steps, loss, score: scores }, picture);
    } else if (event.type === "drafting") sendInOrder(event);
    else if (event.type === "finding") sendInOrder({ type: "finding", finding: event.finding });
    else if (event.type === "finished") sendInOrder(describeFinished(event.result));
  };
  const finish = async (): Promise<void> => {
    await lastSent;
    if (errors.length > 0) throw errors[0];
  };
  return { send: handle, finish };
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
      hasLayers: result.scene ? true : undefined,
    };
  const { score } = result.reports[result.reports.length - 1]!;
  const reports = result.reports.map((report) => ({ ...report }));
  return { ...common, guide: score.guide, judge: score.judge, reports };
}
