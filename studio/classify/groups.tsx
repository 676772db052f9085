/** Compares groups of pictures by what the CLIPs decide for them. */
import { useMemo, useState } from "preact/hooks";
import type { BiasView } from "../../src/studio/classifyRoutes.js";
import { call } from "../client.js";
import { Intervals, formatInterval } from "../intervals.js";
import { Button, Empty, Notice } from "../ui.js";
import { FolderSelect, NoFolders, PictureTile, useFolders } from "./folder.js";
import { TaskForm, useFolderTask } from "./task.js";
import { labelsOf } from "./name.js";

type Table = BiasView["tables"][number];

function Groups({ name, table }: { name: string; table: Table }) {
  const [chosen, setChosen] = useState(table.groups[0]?.group);
  const rows = useMemo(
    () =>
      table.groups.map(({ group, rate }) => ({
        label: group,
        detail: `${rate.samples} pictures`,
        mean: rate.mean,
        low: rate.low,
        high: rate.high,
      })),
    [table],
  );
  const { gap } = table;
  const pictures = table.groups.find(({ group }) => group === chosen)?.pictures ?? [];
  return (
    <section class="card stack" aria-label={`By ${table.by}`}>
      <h2>By {table.by}</h2>
      <Intervals name={`Rate by ${table.by}`} rows={rows} chosen={chosen} onChoose={setChosen} />
      <p class="small">
        {gap === undefined
          ? "All groups have the same rate."
          : `Clearest difference: ${gap.to} above ${gap.from} by ${formatInterval(gap.difference, true)}.` +
            (gap.difference.low > 0 ? "" : " The interval holds 0: these pictures do not show a difference.")}
      </p>
      {pictures.length > 0 && (
        <div class="tiles" role="group" aria-label={`Pictures of ${chosen}`}>
          {pictures.map(({ path, label, counts }) => (
            <PictureTile
              key={path}
              name={name}
              path={path}
              lines={[label, counts ? "counts" : "does not count"]}
            />
          ))}
        </div>
      )}
    </section>
  );
}

export function CompareGroups() {
  const folders = useFolders();
  const [labels, setLabels] = useState("");
  const [outcome, setOutcome] = useState("");
  const { result, busy, run } = useFolderTask<{ folder: string; found: BiasView }>();
  const usable = folders?.some(({ folders: inner }) => inner >= 2) ?? false;
  const start = async (): Promise<void> => {
    if (!usable) return;
    await run(async (name) => ({
      folder: name,
      found: await call<BiasView>("POST", "/bias", {
        folder: name,
        labels: labelsOf(labels),
        outcome: labelsOf(outcome),
      }),
    }));
  };
  return (
    <div class="classify">
      <TaskForm start={start}>
        {usable ? <FolderSelect labelled /> : folders && <NoFolders />}
        <div class="field">
          <label for="bias-labels">
            Labels to decide between <output>optional</output>
          </label>
          <textarea
            id="bias-labels"
            class="input"
            rows={3}
            data-prompt=""
            placeholder="those of the folder"
            value={labels}
            onInput={(event) => setLabels(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for="bias-outcome">
            Labels that count <output>optional</output>
          </label>
          <input
            id="bias-outcome"
            class="input"
            placeholder="a picture's own label"
            value={outcome}
            onInput={(event) => setOutcome(event.currentTarget.value)}
          />
        </div>
        <Button kind="primary" submit wide icon="compare" disabled={!usable || busy}>
          {busy ? "Comparing…" : "Compare groups"}
        </Button>
      </TaskForm>
      {result ? (
        <div class="stack">
          <p class="soft">
            How often the CLIPs choose a label that counts, for {result.found.pictures} pictures. The line is
            an interval that holds for all groups of a table at once in 95 % of samples.
            {result.found.unreadable > 0 && ` ${result.found.unreadable} files could not be read.`}
          </p>
          {result.found.tables.map((table) => (
            <Groups key={`${result.folder} ${table.by}`} name={result.folder} table={table} />
          ))}
          <Notice>
            Differences may come from the pictures as well as from the CLIPs. Do not sort people with them.
          </Notice>
        </div>
      ) : (
        <div class="card">
          <Empty icon="compare" title="Are groups treated alike?">
            <p>
              Put pictures into folders of labels, and in those into folders of groups, such as{" "}
              <code>faces/smiling/age=old/1.png</code>. The rates of each group are shown with their
              intervals.
            </p>
          </Empty>
        </div>
      )}
    </div>
  );
}
