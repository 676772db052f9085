/** Classifies pictures by labels of the user's choice. */
import { useState } from "preact/hooks";
import type { ClassifiedView } from "../../src/studio/classifyRoutes.js";
import { call } from "../client.js";
import { namedPicture } from "../gallery/open.js";
import { Intervals } from "../intervals.js";
import { mediaUrl } from "../state.js";
import { Button, Empty } from "../ui.js";
import { FolderSelect, PictureTile } from "./folder.js";
import { TaskForm, useFolderTask } from "./task.js";

/** Labels of a text: separated by commas or lines, each once. */
export const labelsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,\n]/)
      .map((label) => label.trim())
      .filter(Boolean),
  ),
];

interface NamedPictures {
  readonly folder: string;
  readonly found: ClassifiedView;
  /** The upload that was named, in place of a folder. */
  readonly picture?: string | undefined;
}

/** The labels of one picture, the most probable first. */
function PictureResult({ picture, found }: { picture: string; found: ClassifiedView }) {
  const labels = found.pictures[0]?.labels ?? [];
  return (
    <section class="card stack" aria-label="Labels of the picture">
      <h2>{labels[0] ? labels[0].label : "The picture could not be read"}</h2>
      <div class="named-picture">
        <img class="picture" src={mediaUrl("uploads", picture)} alt="" />
        <dl class="numbers">
          {labels.map(({ label, probability }) => (
            <div key={label} class="row">
              <dt class="grow">{label}</dt>
              <dd>{Math.round(probability * 100)} %</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

/** The upload that is named, and the way back to folders. */
function ChosenPicture({ id, name }: { id: string; name: string }) {
  return (
    <div class="row tight">
      <img class="picture" src={mediaUrl("uploads", id)} alt="" width={48} height={48} />
      <span class="grow">{name}</span>
      <Button
        kind="quiet"
        icon="close"
        label="Classify the pictures of a folder instead"
        onClick={() => void (namedPicture.value = undefined)}
      />
    </div>
  );
}

function Result({ folder: name, found }: NamedPictures) {
  const [chosen, setChosen] = useState<string>();
  const [rows] = useState(() =>
    [...found.shares]
      .sort((a, b) => b.count - a.count)
      .map(({ label, count, share, low, high }) => ({
        label,
        detail: `${count} of ${found.pictures.length}`,
        mean: share,
        low,
        high,
      })),
  );
  const pictures = found.pictures.filter(({ labels }) => chosen === undefined || labels[0]!.label === chosen);
  return (
    <div class="stack">
      <section class="card stack" aria-label="Shares">
        <div class="row">
          <h2 class="grow">Share of each label</h2>
          {chosen !== undefined && (
            <Button kind="quiet" onClick={() => setChosen(undefined)}>
              Show all
            </Button>
          )}
        </div>
        <Intervals
          name="Share of each label"
          rows={rows}
          chosen={chosen}
          onChoose={(label) => setChosen(label === chosen ? undefined : label)}
        />
        <p class="small soft">
          The whiskers are 95 % intervals: where the share would probably lie among many more such pictures.
          {found.left > 0 &&
            ` ${found.pictures.length} pictures were looked at; ${found.left} more were not.`}
          {found.skipped > 0 && ` ${found.skipped} files could not be read.`}
        </p>
      </section>
      <div class="tiles" role="group" aria-label="Pictures">
        {pictures.map(({ path, labels }) => (
          <PictureTile
            key={path}
            name={name}
            path={path}
            lines={[labels[0]!.label, `${Math.round(labels[0]!.probability * 100)} %`]}
          />
        ))}
      </div>
    </div>
  );
}

export function NamePictures() {
  const [text, setText] = useState("a heart, an animal, food, a vehicle");
  const { result, busy, run } = useFolderTask<NamedPictures>();
  const labels = labelsOf(text);
  const start = async (): Promise<void> => {
    if (labels.length < 2) return;
    const picture = namedPicture.value?.id;
    await run(async (name) => ({
      folder: name,
      picture,
      found: await call<ClassifiedView>("POST", "/classify", {
        labels,
        picture,
        folder: name === "" || picture !== undefined ? undefined : name,
      }),
    }));
  };
  return (
    <div class="classify">
      <TaskForm start={start}>
        {namedPicture.value ? <ChosenPicture {...namedPicture.value} /> : <FolderSelect />}
        <div class="field">
          <label for="labels">
            Labels <output>one per line, or with commas</output>
          </label>
          <textarea
            id="labels"
            class="input"
            rows={5}
            data-prompt=""
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </div>
        <p class="small soft">
          Every picture gets one of the labels, even if none fits. Add a label such as “something else”.
        </p>
        <Button kind="primary" submit wide icon="classify" disabled={labels.length < 2 || busy}>
          {busy ? "Classifying…" : namedPicture.value ? "Classify the picture" : "Classify the pictures"}
        </Button>
      </TaskForm>
      {result?.picture !== undefined ? (
        <PictureResult picture={result.picture} found={result.found} />
      ) : result ? (
        <Result key={result.found} {...result} />
      ) : (
        <div class="card">
          <Empty icon="classify" title="Classify your pictures">
            <p>
              Write labels of your choice. Each picture gets the one that fits best; no training is needed.
            </p>
          </Empty>
        </div>
      )}
    </div>
  );
}
