/** Names the pictures of the gallery by labels of one's choice. */
import { useState } from "preact/hooks";
import type { ClassifiedView } from "../src/studio/classifyRoutes.js";
import { call } from "./client.js";
import { openItem } from "./gallery/open.js";
import { attempt, thumbUrl } from "./state.js";
import { Button, Empty, Notice } from "./ui.js";

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const labelsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,\n]/)
      .map((label) => label.trim())
      .filter(Boolean),
  ),
];

function Shares({
  result,
  chosen,
  onChoose,
}: {
  result: ClassifiedView;
  chosen: string | undefined;
  onChoose(label?: string): void;
}) {
  const shares = [...result.shares].sort((a, b) => b.count - a.count);
  return (
    <section class="card stack" aria-label="Shares">
      <div class="row">
        <h2 class="grow">Share of each label</h2>
        {chosen !== undefined && (
          <Button kind="quiet" onClick={() => onChoose()}>
            Show all
          </Button>
        )}
      </div>
      <ul class="shares">
        {shares.map(({ label, count, share, low, high }) => (
          <li key={label}>
            <button type="button" aria-pressed={label === chosen} onClick={() => onChoose(label)}>
              <span class="share-label">{label}</span>
              <span class="share-bar" aria-hidden="true">
                <span class="fill" style={{ width: `${share * 100}%` }} />
                <span class="interval" style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }} />
              </span>
              <span class="small numbers soft">
                {count} · {percent(share)} ({percent(low)} to {percent(high)})
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p class="small soft">
        The line is the 95 % interval of the share, as if the pictures were a sample of many more.
        {result.left > 0 &&
          ` The newest ${result.pictures.length} pictures were taken; ${result.left} more are older.`}
        {result.skipped > 0 && ` ${result.skipped} files could not be read.`}
      </p>
    </section>
  );
}

export function ClassifyView() {
  const [text, setText] = useState("a heart, an animal, food, a vehicle");
  const [result, setResult] = useState<ClassifiedView>();
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const labels = labelsOf(text);
  const start = async (): Promise<void> => {
    if (labels.length < 2 || busy) return;
    setBusy(true);
    setChosen(undefined);
    const found = await attempt(() => call<ClassifiedView>("POST", "/classify", { labels }));
    if (found) setResult(found);
    setBusy(false);
  };
  const pictures = (result?.pictures ?? []).filter(
    ({ labels: found }) => chosen === undefined || found[0]!.label === chosen,
  );
  return (
    <div class="view">
      <header>
        <h1>Classify</h1>
      </header>
      <div class="classify">
        <form
          class="card stack"
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          <div class="field">
            <label for="labels">
              Labels <output>by commas or lines</output>
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
          <Notice>
            Every picture gets one of the labels, also when none suits. Add a label such as “something else”.
          </Notice>
          <Button kind="primary" submit wide icon="words" disabled={labels.length < 2 || busy}>
            {busy ? "Looking at the pictures…" : "Name the pictures"}
          </Button>
        </form>
        {result ? (
          <div class="stack">
            <Shares result={result} chosen={chosen} onChoose={setChosen} />
            <div class="tiles" role="group" aria-label="Pictures">
              {pictures.map(({ path, labels: found }) => (
                <button key={path} type="button" class="tile" onClick={() => openItem(path)}>
                  <img src={thumbUrl(path)} alt="" width={104} height={104} loading="lazy" />
                  <span class="small">{found[0]!.label}</span>
                  <span class="small soft numbers">{percent(found[0]!.probability)}</span>
                </button>
              ))}
            </div>
          </div>
        ) : (
          <div class="card">
            <Empty icon="words" title="What is in your pictures?">
              <p>
                Write labels; each picture of the gallery gets the one that suits it best, without any
                training.
              </p>
            </Empty>
          </div>
        )}
      </div>
    </div>
  );
}
