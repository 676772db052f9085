/** Compares two pictures, overlaid or side by side. */
import { effect, signal } from "@preact/signals";
import { useId, useState } from "preact/hooks";
import { Segments } from "./ui.js";

interface ComparedPicture {
  readonly src: string;
  readonly label: string;
}

type ComparisonMode = "slider" | "sides";

const key = "clipsteer-comparison";

/** How pictures are compared; the choice is stored in the browser. */
const comparisonMode = signal<ComparisonMode>(localStorage.getItem(key) === "sides" ? "sides" : "slider");
effect(() => localStorage.setItem(key, comparisonMode.value));

/** Chooses how pictures are compared. */
export function ComparisonChoice() {
  return (
    <Segments
      label="Comparison"
      hideLabel
      value={comparisonMode.value}
      options={[
        ["slider", "Slider"],
        ["sides", "Side by side"],
      ]}
      onChange={(value) => void (comparisonMode.value = value)}
    />
  );
}

interface Pair {
  readonly before: ComparedPicture;
  readonly after: ComparedPicture;
  /** Part of the first picture that shows at first, of 100. */
  readonly line?: number;
}

/** Two pictures over each other with a line between them. Left of the line is the first. */
function OverlaidPictures({ before, after, line = 0 }: Pair) {
  const [position, setPosition] = useState(line);
  const id = useId();
  const drag = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setPosition(Math.round(Math.min(100, Math.max(0, (100 * (event.clientX - left)) / width))));
  };
  return (
    <div class="before-after">
      <div class="pictures" onPointerDown={drag} onPointerMove={drag}>
        <img class="picture" src={before.src} alt={before.label} draggable={false} />
        <img
          class="picture over"
          src={after.src}
          alt={after.label}
          draggable={false}
          style={{ clipPath: `inset(0 0 0 ${position}%)` }}
        />
        <div class="divider" style={{ left: `${position}%` }} aria-hidden="true" />
      </div>
      <label class="visually-hidden" for={id}>
        Line between the pictures
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        value={position}
        aria-valuetext={`${position} % ${before.label}`}
        onInput={(event) => setPosition(event.currentTarget.valueAsNumber)}
      />
      <div class="sides small soft">
        <span>{before.label}</span>
        <span>{after.label}</span>
      </div>
    </div>
  );
}

/** Two pictures in the chosen way. */
export function BeforeAfter({ before, after, line }: Pair) {
  if (comparisonMode.value === "slider")
    return <OverlaidPictures before={before} after={after} line={line} />;
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
