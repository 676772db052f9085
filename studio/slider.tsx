import { useId, useState } from "preact/hooks";

interface Side {
  readonly src: string;
  readonly label: string;
}

/** Two pictures over each other, with a line between them. The line's place is the part of the second that shows: all of it at first. */
export function BeforeAfter({ before, after }: { before: Side; after: Side }) {
  const [at, setAt] = useState(100);
  const id = useId();
  return (
    <div class="before-after">
      <div class="pictures">
        <img class="picture" src={before.src} alt={before.label} />
        <img
          class="picture over"
          src={after.src}
          alt={after.label}
          style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }}
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
        aria-valuetext={`${at} % ${after.label}`}
        onInput={(event) => setAt(event.currentTarget.valueAsNumber)}
      />
      <div class="sides small soft">
        <span>{before.label}</span>
        <span>{after.label}</span>
      </div>
    </div>
  );
}
