/** A grid of pictures over two settings: its progress, and the table of its pictures. */
import type { RunView } from "../../src/studio/api.js";
import { call } from "../client.js";
import { isStarting, listRuns } from "../starting.js";
import { attempt, curvesOf, thumbUrl } from "../state.js";
import { Button } from "../ui.js";
import { findBest } from "./best.js";
import { statusWords } from "./progress.js";

interface CellProps {
  readonly run: RunView;
  readonly shown: boolean;
  /** Whether the judge scores its picture highest of the grid. */
  readonly isBest: boolean;
  onEnlarge(): void;
}

function Cell({ run, shown, isBest, onEnlarge }: CellProps) {
  const result = run.results.at(-1);
  const live = [...curvesOf(run.id).frames.values()].at(-1);
  const source = result ? thumbUrl(result.folder) : live;
  const state = isBest ? "best match" : result ? "" : statusWords[run.status];
  const { x, y } = run.cell!;
  return (
    <td>
      <button
        type="button"
        class="tile"
        aria-label={[x, y, state].filter(Boolean).join(", ")}
        aria-pressed={shown}
        onClick={onEnlarge}
      >
        {source === undefined ? <span class="blank" /> : <img src={source} alt="" width={384} height={384} />}
        {state !== "" && <span class="cell-state">{state}</span>}
      </button>
    </td>
  );
}

/** Whether all cells have the same prompts: scores for different words cannot be compared. */
const haveSameWords = (cells: readonly RunView[]): boolean =>
  new Set(cells.map(({ request }) => JSON.stringify([request.text, request.negative]))).size <= 1;

/** The runs of the grid that a run belongs to; none for a run alone. */
export const listCells = ({ group }: RunView): RunView[] =>
  group === undefined ? [] : listRuns().filter((each) => each.group === group && each.cell);

/** Ends the running cell, whose best picture stays, and removes those that wait. */
async function stopGrid(cells: readonly RunView[]): Promise<void> {
  for (const { id } of cells.filter(({ status }) => status === "waiting"))
    // One that has started meanwhile cannot be removed: it is stopped.
    await call("DELETE", `/runs/${id}`).catch(() => attempt(() => call("POST", `/runs/${id}/stop`, {})));
  for (const { id } of cells.filter(({ status }) => status === "running"))
    await attempt(() => call("POST", `/runs/${id}/stop`, {}));
}

/** Title and progress of a grid as a whole. */
export function GridProgress({ cells }: { cells: readonly RunView[] }) {
  const ended = cells.filter(({ status }) => status !== "waiting" && status !== "running").length;
  const isDone = ended === cells.length;
  return (
    <div class="progress">
      <div class="row">
        <div class="grow">
          <strong class="run-title">Grid of {cells.length} pictures</strong>
          <span class="small soft numbers" role="status">
            {isDone ? "Done" : `${ended} of ${cells.length} done`}
          </span>
          <span class="small soft"> · press a picture to enlarge it</span>
        </div>
        {!isDone && (
          <Button icon="stop" disabled={cells.some(isStarting)} onClick={() => void stopGrid(cells)}>
            Stop the grid
          </Button>
        )}
      </div>
      <div class={`bar ${isDone ? "idle" : ""}`}>
        <div style={{ width: `${(100 * ended) / cells.length}%` }} />
      </div>
    </div>
  );
}

/** A grid as a table that fills its place. */
export function GridTable({
  cells,
  shown,
  onEnlarge,
}: {
  cells: readonly RunView[];
  /** Id of the cell whose measurements are shown. */
  shown: string;
  onEnlarge(run: RunView): void;
}) {
  const best = haveSameWords(cells) ? findBest(cells, ({ results }) => results.at(-1)?.judge) : undefined;
  const columnValues = [...new Set(cells.map(({ cell }) => cell!.x))];
  const rowValues = [...new Set(cells.map(({ cell }) => cell!.y))];
  return (
    <div class="grid-table" style={{ "--columns": columnValues.length, "--rows": rowValues.length }}>
      <table class={rowValues.some((row) => row !== "") ? "named" : ""}>
        <caption class="visually-hidden">Pictures over two settings</caption>
        <thead>
          <tr>
            <td />
            {columnValues.map((value) => (
              <th key={value} scope="col">
                {value}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowValues.map((row) => (
            <tr key={row}>
              {row === "" ? <td /> : <th scope="row">{row}</th>}
              {columnValues.map((column) => {
                const found = cells.find(({ cell }) => cell!.x === column && cell!.y === row);
                return found ? (
                  <Cell
                    key={column}
                    run={found}
                    shown={found.id === shown}
                    isBest={found === best}
                    onEnlarge={() => onEnlarge(found)}
                  />
                ) : (
                  <td key={column} />
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
