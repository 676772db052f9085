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

/** Names of the compared ways to select, in plain words. */
const rowNames: Readonly<Record<string, string>> = {
  "present templates": "Usual templates of the pack",
  "best single template": "Best template alone",
  "forward selection": "Selected templates",
  "all candidates, equal": "All templates of the file",
  "all candidates, label-free weights": "All of them, weighted automatically",
};

function Result({ tuned, onUse }: { tuned: TunedView; onUse(): void }) {
  const rows = useMemo(
    () =>
      tuned.heldOut.map(({ name, accuracy, gain }) => ({
        label:
          rowNames[name] ??
          name.replace(/^forward selection, .* of synonyms$/, "Selected, with other words for the labels"),
        detail: gain && `difference ${formatInterval(gain, true)}`,
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
      <h3>How many pictures get the right label</h3>
      <p class="small soft">
        Of the labels that were not used to select. The whiskers are 95 % intervals: where the share would
        probably lie with many more such pictures.
      </p>
      <Intervals name="Share of pictures with the right label" rows={rows} />
      <Notice kind={isGain ? "good" : "warn"}>
        {gain === undefined
          ? "There is nothing to compare with."
          : `Against the usual templates, the selected ones change the share of right labels by ${formatInterval(gain, true)}.` +
            (isGain ? "" : " That range includes 0: use more pictures to see whether they help.")}
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
      <h2 id="tune-title">Find the best templates</h2>
      <p class="small soft">
        A template is a sentence around a prompt, such as “an emoji of {"{}"}”. This finds those of the file
        with which pictures in labelled folders are recognised best. One half of the labels selects, the other
        half tests the result.
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
