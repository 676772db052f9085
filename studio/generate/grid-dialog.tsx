/** The dialog that starts a grid of pictures over two settings. */
import { signal } from "@preact/signals";
import { call } from "../client.js";
import { showToast } from "../state.js";
import { Select } from "../fields.js";
import { startAllAndShow } from "../starting.js";
import { Dialog } from "../dialog.js";
import { Button, Notice } from "../ui.js";
import { meaningOfSetting, nameOfSetting } from "../settings.js";
import { form, requestOf } from "./form.js";
import { shownRun } from "./start.js";

/** Settings of requests that a grid can vary. */
const varied = [
  "seed",
  "quality",
  "steps",
  "views",
  "candidates",
  "truncation",
  "lr",
  "style",
  "optimizer",
] as const;

type Setting = "none" | "words" | (typeof varied)[number];

const settings: readonly (readonly [Setting, string])[] = [
  ["none", "Nothing"],
  ["words", "Words in the prompt"],
  ...varied.map((name) => [name, nameOfSetting(name)] as const),
];

/** What a setting of an axis does, in a sentence. */
const meaningOf = (setting: Setting): string =>
  setting === "none"
    ? "Not used: nothing differs here."
    : setting === "words"
      ? "The first value must be part of the prompt; each of the others takes its place in one picture."
      : meaningOfSetting(setting);

const examples: Readonly<Record<Setting, string>> = {
  none: "",
  words: "red, blue, green",
  seed: "1, 2, 3",
  quality: "draft, normal, best",
  steps: "0, 30, 60",
  views: "8, 16, 32",
  candidates: "16, 96",
  truncation: "0.2, 0.5, 0.9",
  lr: "0.01, 0.02, 0.05",
  style: "noto, twemoji",
  optimizer: "adam, cma-es, hybrid",
};

const texts: ReadonlySet<Setting> = new Set(["words", "quality", "style", "optimizer"]);
const maxCells = 100;

interface Axis {
  readonly setting: Setting;
  readonly values: string;
}

const valuesOf = ({ setting, values }: Axis): string[] =>
  setting === "none"
    ? [""]
    : values
        .split(",")
        .map((value) => value.trim())
        .filter(Boolean);

/** A value as the table shows it: a number stands behind the name of its setting. */
const labelOf = ({ setting }: Axis, value: string): string =>
  setting === "none" || texts.has(setting) ? value : `${nameOfSetting(setting)} ${value}`;

/** A request with one value set. Words take the place of the axis's first value in the prompt. */
function withValue(request: Record<string, unknown>, axis: Axis, value: string): Record<string, unknown> {
  const { setting } = axis;
  if (setting === "none") return request;
  if (setting === "words") {
    const first = valuesOf(axis)[0]!;
    const replace = (text: string): string => text.replaceAll(first, value);
    return { ...request, text: (request.text as string[]).map(replace) };
  }
  const { budget: _, ...rest } = request;
  return {
    ...(setting === "quality" || setting === "steps" ? rest : request),
    [setting]: texts.has(setting) ? value : Number(value),
  };
}

/** Reason why a grid cannot be made; undefined if it can. */
function problemOf(
  request: Record<string, unknown> | undefined,
  axes: readonly [Axis, Axis],
): string | undefined {
  if (!request) return "Write a prompt first.";
  const [x, y] = axes.map(valuesOf) as [string[], string[]];
  if (x.length === 0 || y.length === 0) return "Write the values, separated by commas.";
  if (x.length * y.length > maxCells)
    return `A grid has at most ${maxCells} pictures; this one has ${x.length * y.length}.`;
  for (const axis of axes) {
    const [first] = valuesOf(axis);
    if (axis.setting === "words" && !(request.text as string[]).some((text) => text.includes(first!)))
      return `The first value, “${first}”, must be part of the prompt; the other values replace it.`;
    const invalidValue =
      texts.has(axis.setting) || axis.setting === "none"
        ? undefined
        : valuesOf(axis).find((value) => Number.isNaN(Number(value)));
    if (invalidValue !== undefined) return `“${invalidValue}” is not a number.`;
  }
  if (axes[0].setting === axes[1].setting)
    return axes[0].setting === "none" ? "Choose a setting." : "Choose two different settings.";
  return undefined;
}

interface AxisProps {
  readonly name: "X" | "Y";
  readonly label: string;
  readonly axis: Axis;
  onChange(axis: Axis): void;
}

function AxisFields({ name, label, axis, onChange }: AxisProps) {
  const id = `values-${name}`;
  return (
    <div class="axis">
      <Select
        label={label}
        value={axis.setting}
        options={settings}
        onChange={(value) => onChange({ setting: value as Setting, values: examples[value as Setting] })}
      />
      <div class="field">
        <label for={id}>Values of the {label.toLowerCase()}</label>
        <input
          id={id}
          class="input"
          value={axis.values}
          disabled={axis.setting === "none"}
          aria-describedby={`${id}-meaning`}
          onInput={(event) => onChange({ ...axis, values: event.currentTarget.value })}
        />
      </div>
      <p id={`${id}-meaning`} class="small soft">
        {meaningOf(axis.setting)}
      </p>
    </div>
  );
}

/** The axes as they were last chosen: also after the server refused them. */
const xAxis = signal<Axis>({ setting: "seed", values: examples.seed });
const yAxis = signal<Axis>({ setting: "none", values: "" });

/** Dialog for the settings of a grid; queues its pictures. */
export function GridDialog({ onClose }: { onClose(): void }) {
  const [x, y] = [xAxis.value, yAxis.value];
  const request = requestOf({ ...form.value, count: 1 });
  const problem = problemOf(request, [x, y]);
  const start = async (): Promise<void> => {
    const requests = valuesOf(y).flatMap((yValue) =>
      valuesOf(x).map((xValue) => ({
        request: withValue(withValue(request!, x, xValue), y, yValue),
        cell: { x: labelOf(x, xValue), y: labelOf(y, yValue) },
      })),
    );
    const group = crypto.randomUUID();
    onClose();
    const cells = requests.map((each) => ({ ...each, group }));
    const ids = await startAllAndShow("generate", cells, shownRun, async () => {
      const body = { kind: "generate", requests, group };
      return (await call<{ ids: string[] }>("POST", "/runs", body)).ids;
    });
    if (ids) showToast(`${ids.length} pictures were added to the queue.`);
  };
  return (
    <Dialog title="Grid over two settings" onClose={onClose}>
      <div class="stack">
        <p class="soft">
          A table of pictures that differ in one setting from column to column and in another from row to row.
          Separate the values by commas; all other settings are those of the form.
        </p>
        <AxisFields name="X" label="Columns" axis={x} onChange={(axis) => void (xAxis.value = axis)} />
        <AxisFields name="Y" label="Rows" axis={y} onChange={(axis) => void (yAxis.value = axis)} />
        {problem !== undefined && <Notice kind="warn">{problem}</Notice>}
        <div class="row">
          <Button kind="primary" icon="grid" disabled={problem !== undefined} onClick={() => void start()}>
            {problem === undefined
              ? `Generate ${valuesOf(x).length * valuesOf(y).length} pictures`
              : "Generate"}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
