/** Values with their intervals, one row each, drawn by uPlot. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { chartColour } from "./chart.js";

/** A value with its interval. */
export interface IntervalRow {
  readonly label: string;
  /** Small text below the label. */
  readonly detail?: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

interface IntervalsProps {
  /** Name of the list of rows, for screen readers. */
  readonly name: string;
  readonly rows: readonly IntervalRow[];
  readonly chosen?: string | undefined;
  /** Makes the rows buttons. */
  onChoose?(label: string): void;
}

/** Height of the axis below the rows, in pixels. */
const axisHeight = 24;

const formatPercent = (value: number, signed = false): string =>
  `${signed && value > 0 ? "+" : ""}${Math.round(value * 100)}`.replace("-", "−");

/** A value and its interval in percent. */
export function formatInterval({ mean, low, high }: Omit<IntervalRow, "label">, signed = false): string {
  return `${formatPercent(mean, signed)} % (${formatPercent(low, signed)} to ${formatPercent(high, signed)})`;
}

/** A bar from 0 to the value of each row, a dot at it, and whiskers over its interval. */
function drawRows(plot: uPlot, rows: readonly IntervalRow[]): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const toX = (value: number): number => plot.valToPos(value, "y", true);
  rows.forEach(({ mean, low, high }, at) => {
    const middle = plot.valToPos(at, "x", true);
    const [from, to] = [toX(Math.min(0, mean)), toX(Math.max(0, mean))];
    ctx.fillStyle = chartColour("chart-bar");
    ctx.fillRect(from, middle - 8 * ratio, Math.max(ratio, to - from), 16 * ratio);
    ctx.strokeStyle = chartColour("ink");
    ctx.lineWidth = 2 * ratio;
    ctx.beginPath();
    ctx.moveTo(toX(low), middle);
    ctx.lineTo(toX(high), middle);
    for (const end of [low, high]) {
      ctx.moveTo(toX(end), middle - 5 * ratio);
      ctx.lineTo(toX(end), middle + 5 * ratio);
    }
    ctx.stroke();
    ctx.fillStyle = chartColour("ink");
    ctx.beginPath();
    ctx.arc(toX(mean), middle, 3.5 * ratio, 0, 2 * Math.PI);
    ctx.fill();
  });
}

/** @param height of a row, in pixels. */
function optionsOf(rows: readonly IntervalRow[], width: number, height: number): uPlot.Options {
  const limits: [number, number] = [
    Math.min(0, ...rows.map(({ low }) => low)),
    Math.max(0.05, ...rows.map(({ high }) => high)),
  ];
  return {
    width,
    height: rows.length * height + axisHeight,
    legend: { show: false },
    cursor: { show: false },
    padding: [0, 18, 0, 14],
    scales: {
      x: { time: false, ori: 1, dir: -1, range: [-0.5, rows.length - 0.5] },
      y: { ori: 0, dir: 1, range: limits },
    },
    axes: [
      { show: false },
      {
        side: 2,
        size: axisHeight,
        space: 48,
        stroke: chartColour("soft"),
        grid: { stroke: chartColour("line"), width: 1 },
        ticks: { show: false },
        font: "11px Inter, system-ui",
        values: (_, values) => values.map((value) => `${formatPercent(value)} %`),
      },
    ],
    series: [{}, { paths: () => null, points: { show: false } }],
    hooks: { draw: [(plot) => drawRows(plot, rows)] },
  };
}

export function Intervals({ name, rows, chosen, onChoose }: IntervalsProps) {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const signed = rows.some(({ low }) => low < 0);
  useEffect(() => {
    const [element, items] = [box.current!, list.current!];
    let plot: uPlot | undefined;
    const open = (): void => {
      plot?.destroy();
      const data = [rows.map((_, at) => at), rows.map(({ mean }) => mean)];
      // All rows have the height that the style sheet gives them at this width.
      const height = items.offsetHeight / Math.max(1, rows.length);
      plot = new uPlot(optionsOf(rows, element.clientWidth, height), data as uPlot.AlignedData, element);
    };
    open();
    const resized = new ResizeObserver(open);
    resized.observe(element);
    const themed = new MutationObserver(open);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot?.destroy();
    };
  }, [rows]);
  return (
    <div class="intervals" style={{ paddingBottom: `${axisHeight}px` }}>
      <div ref={box} class="plot" aria-hidden="true" />
      <ul ref={list} aria-label={name}>
        {rows.map((row) => {
          const { label, detail } = row;
          const words = (
            <>
              <span class="interval-label">
                {label}
                {detail !== undefined && <span class="small soft numbers">{detail}</span>}
              </span>
              <span />
              <span class="small numbers soft">{formatInterval(row, signed)}</span>
            </>
          );
          return (
            <li key={label}>
              {onChoose ? (
                <button type="button" aria-pressed={label === chosen} onClick={() => onChoose(label)}>
                  {words}
                </button>
              ) : (
                <div>{words}</div>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
