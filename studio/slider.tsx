import { useId, useState } from "preact/hooks";

interface Side {
  readonly src: string;
  readonly label: string;
}

/** Two pictures over each other, with a line between them that is moved. */
export function BeforeAfter({ before, after }: { before: Side; after: Side }) {
  const [at, setAt] = useState(50);
  const id = useId();
  return (
    <div class="before-after">
      <div class="pictures">
        <img class="picture" src={after.src} alt={after.label} />
        <img
          class="picture over"
          src={before.src}
          alt={before.label}
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
