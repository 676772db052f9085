/** Curves over steps, drawn by uPlot. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";

export interface Curve {
  readonly label: string;
  /** Name of the colour's variable, without dashes. */
  readonly colour: "accent" | "ink" | "soft";
  readonly dashed?: boolean;
}

interface ChartProps {
  readonly title: string;
  /** What the values mean, below the title. */
  readonly note: string;
  /** The chart in words, for screen readers. */
  readonly summary: string;
  readonly curves: readonly Curve[];
  /** Steps, then one list for each curve. */
  readonly data: readonly (readonly number[])[];
  /** Last step of the axis, so that the curve grows into the chart. */
  readonly end: number;
  /** Fill between the two curves. */
  readonly band?: boolean;
  readonly marker?: number | undefined;
}

const height = 132;

/** A colour of the theme by its variable's name, without dashes. */
export const chartColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function optionsOf(curves: readonly Curve[], width: number, band: boolean, end: () => number): uPlot.Options {
  const axis = {
    stroke: chartColour("soft"),
    grid: { stroke: chartColour("line"), width: 1 },
    ticks: { show: false },
    font: "11px Inter, system-ui",
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 14, 0, 0],
    scales: {
      x: { time: false, range: () => [0, Math.max(1, end())] },
      y: { range: (_, low, high) => paddedLimits(low, high) },
    },
    axes: [
      {
        ...axis,
        size: 22,
        space: 60,
        values: (plot, values) =>
          values.map((value) => (isEmpty(plot) ? "" : value === 0 ? "Step 0" : String(value))),
      },
      {
        ...axis,
        size: 38,
        space: 28,
        values: (plot, values) => values.map((value) => (isEmpty(plot) ? "" : value.toFixed(2))),
      },
    ],
    ...(band && { bands: [{ series: [1, 2] as [number, number], fill: chartColour("accent-soft") }] }),
    series: [
      {},
      ...curves.map(({ label, colour, dashed }) => ({
        label,
        stroke: chartColour(colour),
        width: 2,
        dash: dashed ? [5, 4] : undefined,
        points: { show: ({ data }: uPlot) => data[0].length === 1, size: 6 }, // one value has no line
      })),
    ],
  };
}

/** Whether a chart has no values yet: the labels of its axes would mean nothing. */
const isEmpty = ({ data }: uPlot): boolean => data[0].length === 0;

/** Limits of an axis with padding; never an empty range. */
function paddedLimits(low: number | null, high: number | null): [number, number] {
  const [from, to] = [low ?? 0, high ?? 1];
  const padding = Math.max(0.02, (to - from) * 0.1);
  return [from - padding, to + padding];
}

export function Chart({ title, note, summary, curves, data, end, band = false }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const last = useRef(end);
  last.current = end;
  const latestData = useRef(data);
  latestData.current = data;
  useEffect(() => {
    const element = box.current!;
    const open = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(curves, element.clientWidth, band, () => last.current),
        latestData.current as unknown as uPlot.AlignedData,
        element,
      );
    };
    open();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    const themed = new MutationObserver(open);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
    };
  }, []);
  // In the frame of the other changes, not in one more after it.
  useLayoutEffect(() => {
    plot.current?.setData(data as unknown as uPlot.AlignedData);
  }, [data, end]);
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <span class="legend">
          {curves.length > 1 &&
            curves.map(({ label, colour, dashed }) => (
              <span key={label} class={`key ${colour} ${dashed ? "dashed" : ""}`}>
                {label}
              </span>
            ))}
        </span>
        <span class="small soft">{note}</span>
      </figcaption>
      <div class="plot">
        <div ref={box} role="img" aria-label={summary} />
        {data[0]!.length === 0 && <span class="chart-note small soft">{summary}</span>}
      </div>
    </figure>
  );
}
