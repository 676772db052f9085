/** Two pictures to be compared: over each other, or side by side. */
import { effect, signal } from "@preact/signals";
import { useId, useState } from "preact/hooks";
import { Segments } from "./ui.js";

interface Side {
  readonly src: string;
  readonly label: string;
}

type Look = "slider" | "sides";

const key = "clipsteer-comparison";

/** How pictures are compared; the choice outlives the page. */
const look = signal<Look>(localStorage.getItem(key) === "sides" ? "sides" : "slider");
effect(() => localStorage.setItem(key, look.value));

/** Chooses how pictures are compared. */
export function ComparisonChoice() {
  return (
    <Segments
      label="Comparison"
      hideLabel
      value={look.value}
      options={[
        ["slider", "Slider"],
        ["sides", "Side by side"],
      ]}
      onChange={(value) => void (look.value = value)}
    />
  );
}

interface Pair {
  readonly before: Side;
  readonly after: Side;
  /** Part of the first picture that shows at first, of 100. */
  readonly line?: number;
}

/** Two pictures over each other with a line between them. Left of the line is the first. */
function Over({ before, after, line = 0 }: Pair) {
  const [at, setAt] = useState(line);
  const id = useId();
  const drag = (event: PointerEvent): void => {
    if (event.buttons !== 1) return;
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    setAt(Math.round(Math.min(100, Math.max(0, (100 * (event.clientX - left)) / width))));
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
          style={{ clipPath: `inset(0 0 0 ${at}%)` }}
        />
        <div class="divider" style={{ left: `${at}%` }} aria-hidden="true" />
      </div>
      <label class="visually-hidden" for={id}>
        Line between the pictures
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        value={at}
        aria-valuetext={`${at} % ${before.label}`}
        onInput={(event) => setAt(event.currentTarget.valueAsNumber)}
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
  if (look.value === "slider") return <Over before={before} after={after} line={line} />;
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
