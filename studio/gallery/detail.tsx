import { useEffect, useState } from "preact/hooks";
import type { GalleryItem } from "../../src/studio/gallery.js";
import type { Restored } from "../../src/studio/restore.js";
import { Chart } from "../chart.js";
import { call } from "../client.js";
import { Save } from "./save.js";
import { LostSettings, useSettings } from "../drop-dialog.js";
import { editRunFolder } from "../edit/state.js";
import { shownRun } from "../generate/start.js";
import { attempt, galleryVersion, imageUrl, mediaUrl, showToast } from "../state.js";
import { Dialog } from "../dialog.js";
import { type ScoredKind, explainScores, gapMeaning, kindOfScores, rateScore } from "../scores.js";
import { Button, Notice, formatDuration, formatScore } from "../ui.js";
import { openLayers } from "../layers/state.js";
import { openedItem, toggleCompared } from "./open.js";
import { removeItem, starItem } from "./actions.js";
import { formatTime } from "./tile.js";

interface Detail {
  readonly item: GalleryItem;
  readonly files: readonly string[];
  /** Formats in which the picture can be saved. */
  readonly formats: readonly string[];
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  readonly restored?: Restored;
  readonly problem?: string;
}

async function start(id: string, what: "replay" | "resume"): Promise<void> {
  const added = await attempt(() =>
    call<{ id: string }>("POST", `/gallery/${encodeURIComponent(id)}/${what}`, {}),
  );
  if (!added) return;
  shownRun.value = added.id;
  openedItem.value = undefined;
  showToast(what === "replay" ? "The run is being replayed." : "The run is being resumed.", {
    action: { label: "Show the queue", run: () => void (location.hash = "#/queue") },
  });
}

function Facts({ item, scored }: { item: GalleryItem; scored: ScoredKind }) {
  const gap = item.guide === undefined || item.judge === undefined ? undefined : item.guide - item.judge;
  const facts: [string, string | undefined][] = [
    ["Judge", item.judge === undefined ? undefined : formatScore(item.judge)],
    ["Guides", item.guide === undefined ? undefined : formatScore(item.guide)],
    ["Gap", gap === undefined ? undefined : formatScore(gap)],
    ["Seed", item.seed?.toString()],
    ["Steps", item.steps?.toString()],
    ["Pack", item.generator],
    ["Duration", item.seconds === undefined ? undefined : formatDuration(item.seconds)],
    ["Changed", formatTime(item.changed)],
    ["Folder", item.id],
  ];
  return (
    <>
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
      </dl>
      {item.judge !== undefined && (
        <p class="small soft">
          {rateScore(item.judge, scored)} {explainScores(scored)} {(item.steps ?? 0) > 0 && gapMeaning}
        </p>
      )}
    </>
  );
}

/** What further pictures of a run folder show; others, such as the generator's copy of an edited picture, explain nothing. */
const pictureNames: readonly (readonly [file: RegExp, name: string])[] = [
  [/^(?:\d+-)?mask\.png$/, "What could change (white)"],
  [/^variations\.png$/, "All variations"],
  [/^progress\.webp$/, "The way to the result"],
];

/** Lists the further pictures of a run folder with their names. */
const listOthers = (files: readonly string[]): { file: string; name: string }[] =>
  files.flatMap((file) => {
    const found = pictureNames.find(([pattern]) => pattern.test(file));
    return found ? [{ file, name: found[1] }] : [];
  });

/** A run folder in a dialog, over any view. */
export function ItemDialog() {
  const id = openedItem.value;
  const [detail, setDetail] = useState<Detail>();
  const [missing, setMissing] = useState<string>();
  const version = galleryVersion.value;
  useEffect(() => {
    setMissing(undefined);
    if (id === undefined) return setDetail(undefined);
    let isCurrent = true;
    call<Detail>("GET", `/gallery/${encodeURIComponent(id)}`)
      .then((read) => isCurrent && setDetail(read))
      .catch((error: unknown) => isCurrent && setMissing((error as Error).message));
    return () => (isCurrent = false);
  }, [id, version]);
  if (id === undefined) return null;
  const close = (): void => void (openedItem.value = undefined);
  if (!detail || detail.item.id !== id || missing !== undefined)
    return (
      <Dialog title="Details" large onClose={close}>
        {missing === undefined ? <p class="soft">Reading the run…</p> : <Notice kind="bad">{missing}</Notice>}
      </Dialog>
    );
  const { item, files, formats, losses, restored, problem } = detail;
  const others = listOthers(files);
  const scored = kindOfScores(restored?.request ?? {}, files.includes("scene.json"));
  return (
    <Dialog title={item.title} large onClose={close}>
      <div class="detail">
        <div class="stack">
          {item.image === undefined ? (
            <Notice>This run has no picture yet.</Notice>
          ) : (
            <img class="picture large" src={imageUrl(id, item.changed)} alt={item.title} />
          )}
          {others.length > 0 && (
            <div class="others">
              {others.map(({ file, name }) => (
                <figure key={file}>
                  <img
                    class="picture"
                    src={`${mediaUrl("runs", id, "file", file)}?v=${item.changed}`}
                    alt={name}
                  />
                  <figcaption class="small soft">{name}</figcaption>
                </figure>
              ))}
            </div>
          )}
        </div>
        <div class="stack">
          <Facts item={item} scored={scored} />
          {(problem ?? item.problem) !== undefined && <Notice kind="warn">{problem ?? item.problem}</Notice>}
          {losses.length > 1 && (
            <Chart
              key={id}
              title="Loss"
              note="Lower is better"
              summary={`Loss ${losses.at(-1)!.loss.toFixed(3)} at the end`}
              curves={[{ label: "Loss", colour: "accent" }]}
              data={[losses.map(({ step }) => step), losses.map(({ loss }) => loss)]}
              end={losses.at(-1)!.step}
            />
          )}
          {restored && restored.lost.length > 0 && <LostSettings lost={restored.lost} />}
          <div class="row">
            {restored && (
              <Button
                kind="primary"
                icon="undo"
                onClick={() => {
                  useSettings(restored);
                  close();
                }}
              >
                Use settings
              </Button>
            )}
            {item.unfinished && (
              <Button icon="play" onClick={() => void start(id, "resume")}>
                Resume
              </Button>
            )}
            {restored?.exact && (
              <Button icon="replay" onClick={() => void start(id, "replay")}>
                Replay
              </Button>
            )}
            {files.includes("scene.json") && (
              <Button
                icon="layers"
                onClick={() => {
                  void openLayers(id);
                  close();
                }}
              >
                Layers
              </Button>
            )}
            {item.image !== undefined && (
              <Button
                icon="edit"
                onClick={() => {
                  void editRunFolder(id);
                  close();
                }}
              >
                Edit
              </Button>
            )}
          </div>
          <div class="row">
            <span class="small soft">Save as</span>
            {formats.map((format) => (
              <Save key={format} id={id} format={format} />
            ))}
          </div>
          <div class="row">
            <Button icon="star" pressed={item.starred} onClick={() => void starItem(item)}>
              {item.starred ? "Starred" : "Star"}
            </Button>
            {item.image !== undefined && (
              <Button
                icon="compare"
                onClick={() => {
                  toggleCompared(item);
                  close();
                }}
              >
                Compare
              </Button>
            )}
            <Button
              icon="bin"
              onClick={() =>
                void removeItem(item).then((removed) => {
                  if (removed) close();
                })
              }
            >
              Delete
            </Button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}
