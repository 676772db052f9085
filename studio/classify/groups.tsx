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
      <Intervals name={`Share of hits by ${table.by}`} rows={rows} chosen={chosen} onChoose={setChosen} />
      <p class="small">
        {gap === undefined
          ? "All groups have the same share of hits."
          : `Clearest difference: ${gap.to} has more hits than ${gap.from}, by ${formatInterval(gap.difference, true)}.` +
            (gap.difference.low > 0 ? "" : " That range includes 0: the difference may be chance.")}
      </p>
      {pictures.length > 0 && (
        <div class="tiles" role="group" aria-label={`Pictures of ${chosen}`}>
          {pictures.map(({ path, label, counts }) => (
            <PictureTile key={path} name={name} path={path} lines={[label, counts ? "hit" : "miss"]} />
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
            Labels to choose from <output>optional</output>
          </label>
          <textarea
            id="bias-labels"
            class="input"
            rows={3}
            data-prompt=""
            placeholder="those of the folder"
            value={labels}
            aria-describedby="bias-labels-help"
            onInput={(event) => setLabels(event.currentTarget.value)}
          />
          <p id="bias-labels-help" class="small soft">
            Each picture gets the one of them that fits best.
          </p>
        </div>
        <div class="field">
          <label for="bias-outcome">
            What is a hit <output>optional</output>
          </label>
          <input
            id="bias-outcome"
            class="input"
            placeholder="the right label"
            value={outcome}
            aria-describedby="bias-outcome-help"
            onInput={(event) => setOutcome(event.currentTarget.value)}
          />
          <p id="bias-outcome-help" class="small soft">
            A picture is a hit when it gets the label of its folder, or one that you write here.
          </p>
        </div>
        <Button kind="primary" submit wide icon="compare" disabled={!usable || busy}>
          {busy ? "Comparing…" : "Compare groups"}
        </Button>
      </TaskForm>
      {result ? (
        <div class="stack">
          <p class="soft">
            Share of hits in each group, of {result.found.pictures} pictures. The whiskers show where all
            these shares together would probably lie (95 %) with many more such pictures. Few pictures make
            them wide.
            {result.found.unreadable > 0 && ` ${result.found.unreadable} files could not be read.`}
          </p>
          {result.found.tables.map((table) => (
            <Groups key={`${result.folder} ${table.by}`} name={result.folder} table={table} />
          ))}
          <Notice>
            Differences may come from the pictures as well as from the models (CLIPs) that label them. Do not
            sort people with them.
          </Notice>
        </div>
      ) : (
        <div class="card">
          <Empty icon="compare" title="Are groups treated alike?">
            <p>
              See whether pictures of one group get the right label as often as those of another. Sort them
              into a folder for each label and in it one for each group, such as{" "}
              <code>faces/smiling/age=old/1.png</code>.
            </p>
          </Empty>
        </div>
      )}
    </div>
  );
}
