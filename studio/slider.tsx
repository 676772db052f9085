/** Compares two pictures: one of them, both with a line between them, or side by side. */
import { type Signal, effect, signal } from "@preact/signals";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { findChange } from "./difference.js";
import { Segments } from "./fields.js";

interface ComparedPicture {
  readonly src: string;
  readonly label: string;
}

const modes = ["after", "before", "slider", "sides"] as const;
type ComparisonMode = (typeof modes)[number];

/** Creates a mode of comparing pictures; the choice is stored in the browser. */
function createMode(key: string, first: ComparisonMode): Signal<ComparisonMode> {
  const mode = signal(modes.find((each) => each === localStorage.getItem(key)) ?? first);
  effect(() => localStorage.setItem(key, mode.value));
  return mode;
}

/** Mode for an edit, whose pictures can be shown alone, and for two pictures of the gallery. */
const [editMode, pairMode] = [
  createMode("clipsteer-comparison", "after"),
  createMode("clipsteer-pair", "slider"),
];
const modeOf = (single: boolean): Signal<ComparisonMode> => (single ? editMode : pairMode);

const singleModes = [
  ["after", "After"],
  ["before", "Before"],
] as const;

/**
 * Chooses how pictures are compared.
 * @param single whether the picture before and the one after can be shown alone.
 */
export function ComparisonChoice({ single = false }: { single?: boolean }) {
  return (
    <Segments
      label="Comparison"
      hideLabel
      value={modeOf(single).value}
      options={[...(single ? singleModes : []), ["slider", "Slider"], ["sides", "Side by side"]]}
      onChange={(value) => void (modeOf(single).value = value)}
    />
  );
}

interface Pair {
  readonly before: ComparedPicture;
  readonly after: ComparedPicture;
}

/** Share of the picture, of 100, below which a side's name would not fit. */
const smallestSide = 12;

/** Two pictures over each other with a line between them that can be dragged. Left of the line is the first. */
function OverlaidPictures({ before, after }: Pair) {
  const [moved, setPosition] = useState<number>();
  const [change, setChange] = useState<number>();
  const line = useRef<HTMLInputElement>(null);
  useEffect(() => {
    let isCurrent = true;
    setPosition(undefined);
    setChange(undefined);
    void findChange(before.src, after.src).then((middle) => isCurrent && setChange(Math.round(100 * middle)));
    return () => void (isCurrent = false);
  }, [before.src, after.src]);
  const position = moved ?? change ?? 50;
  const id = useId();
  const drag = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setPosition(Math.round(Math.min(100, Math.max(0, (100 * (event.clientX - left)) / width))));
  };
  const begin = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    drag(event);
  };
  /** The arrow keys move the line from then on. */
  const focusLine = (event: MouseEvent): void => {
    event.preventDefault();
    line.current?.focus({ preventScroll: true });
  };
  return (
    <div class="before-after">
      <div class="pictures slider" onPointerDown={begin} onPointerMove={drag} onMouseDown={focusLine}>
        <img class="picture" src={before.src} alt={before.label} draggable={false} />
        <img
          class="picture over"
          src={after.src}
          alt={after.label}
          draggable={false}
          style={{ clipPath: `inset(0 0 0 ${position}%)` }}
        />
        {position > smallestSide && <span class="side-name left">{before.label}</span>}
        {position < 100 - smallestSide && <span class="side-name right">{after.label}</span>}
        <div class="divider" style={{ left: `${position}%` }} aria-hidden="true" />
        <label class="visually-hidden" for={id}>
          Line between the pictures
        </label>
        <input
          ref={line}
          id={id}
          type="range"
          min={0}
          max={100}
          value={position}
          aria-valuetext={`${position} % ${before.label}`}
          onInput={(event) => setPosition(event.currentTarget.valueAsNumber)}
        />
      </div>
    </div>
  );
}

/** Two pictures in the chosen way. */
export function BeforeAfter({ before, after, single = false }: Pair & { single?: boolean }) {
  const mode = modeOf(single).value;
  if (mode === "slider") return <OverlaidPictures before={before} after={after} />;
  if (mode !== "sides") {
    const { src, label } = mode === "after" ? after : before;
    return (
      <div class="before-after">
        <div class="pictures">
          <img class="picture" src={src} alt={label} />
          <span class="side-name right">{label}</span>
        </div>
      </div>
    );
  }
  return (
    <div class="side-by-side">
      {[before, after].map(({ src, label }, at) => (
        <figure key={at}>
          <img class="picture" src={src} alt={label} />
          <figcaption class="small soft">{label}</figcaption>
        </figure>
      ))}
    </div>
  );
}
