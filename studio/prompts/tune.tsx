/** Selects templates of a prompt file by the pictures of a labelled folder. */
import { useMemo, useState } from "preact/hooks";
import type { TunedView } from "../../src/studio/promptRoutes.js";
import { call } from "../client.js";
import { FolderSelect, NoFolders, folder, useFolders } from "../classify/folder.js";
import { Intervals, formatInterval } from "../intervals.js";
import { attempt, showToast } from "../state.js";
import { Slider } from "../fields.js";
import { Button, Notice } from "../ui.js";

/** A text in double quotes, as YAML and JSON alike read it. */
const quote = (text: string): string => JSON.stringify(text);

/** A prompt file with other templates; everything else stays as it is. */
export function withTemplates(text: string, templates: readonly string[]): string {
  const block = ["templates:", ...templates.map((template) => `  - ${quote(template)}`)];
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^templates\s*:/.test(line));
  if (start === -1) return [...block, "", ...lines].join("\n");
  const length = lines.slice(start + 1).findIndex((line) => /^[^\s#-]/.test(line));
  const remainingLines = length === -1 ? [] : ["", ...lines.slice(start + 1 + length)];
  return [...lines.slice(0, start), ...block, ...remainingLines].join("\n");
}

function Result({ tuned, onUse }: { tuned: TunedView; onUse(): void }) {
  const rows = useMemo(
    () =>
      tuned.heldOut.map(({ name, accuracy, gain }) => ({
        label: name,
        detail: gain && `gain ${formatInterval(gain, true)}`,
        mean: accuracy.mean,
        low: accuracy.low,
        high: accuracy.high,
      })),
    [tuned],
  );
  const gain = tuned.heldOut.find(({ name }) => name === "forward selection")?.gain;
  const isGain = gain !== undefined && gain.low > 0;
  return (
    <div class="stack">
      <h3>Selected templates, most useful first</h3>
      <ol class="small numbered">
        {tuned.templates.map((template) => (
          <li key={template}>{template}</li>
        ))}
      </ol>
      <h3>Accuracy on the half of the labels that was not used to select</h3>
      <Intervals name="Share of right labels" rows={rows} />
      <Notice kind={isGain ? "good" : "warn"}>
        {gain === undefined
          ? "There is nothing to compare with."
          : `The selected templates change the accuracy by ${formatInterval(gain, true)}.` +
            (isGain ? "" : " The interval contains 0: more pictures are needed to show a gain.")}
      </Notice>
      <Button kind={isGain ? "primary" : "plain"} onClick={onUse}>
        Use in the file
      </Button>
    </div>
  );
}

export function Tune({ text, onText }: { text: string; onText(text: string): void }) {
  const folders = useFolders();
  const [maxTemplates, setMaxTemplates] = useState(8);
  const [busy, setBusy] = useState(false);
  const [tuned, setTuned] = useState<TunedView>();
  const usable = folders?.some(({ folders: inner }) => inner >= 4) ?? false;
  const start = async (): Promise<void> => {
    setBusy(true);
    const found = await attempt(() =>
      call<TunedView>("POST", "/prompts/tune", { text, folder: folder.value, most: maxTemplates }),
    );
    if (found) setTuned(found);
    setBusy(false);
  };
  return (
    <section class="card stack tune" aria-labelledby="tune-title">
      <h2 id="tune-title">Tune the templates</h2>
      <p class="small soft">
        Selects the templates of this file that classify labelled pictures best. Half of the labels are used
        to select; the other half measures the gain.
      </p>
      {usable ? (
        <>
          <FolderSelect labelled />
          <Slider
            label="Maximum number of templates"
            value={maxTemplates}
            min={1}
            max={20}
            step={1}
            onInput={setMaxTemplates}
          />
          <Button icon="compare" disabled={busy} onClick={() => void start()}>
            {busy ? "Comparing templates…" : "Select templates"}
          </Button>
        </>
      ) : (
        folders && <NoFolders />
      )}
      {tuned && (
        <Result
          tuned={tuned}
          onUse={() => {
            onText(withTemplates(text, tuned.templates));
            showToast("The file now has the selected templates. Save it to use it elsewhere.");
          }}
        />
      )}
    </section>
  );
}
