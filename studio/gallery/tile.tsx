/** A picture of the gallery, and the buttons over it. */
import { Icon } from "../icons.js";
import { runs, thumbUrl } from "../state.js";
import { Button, formatScore } from "../ui.js";
import { starItem } from "./actions.js";
import type { ListedItem } from "./items.js";
import { comparedItems, openItem, toggleCompared } from "./open.js";

const kindWords: Readonly<Record<ListedItem["kind"], string>> = {
  generate: "Generated",
  edit: "Edited",
  foreign: "Added",
};

const times = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
/** A time in milliseconds as day and minute. */
export const formatTime = (milliseconds: number): string => times.format(milliseconds);

/** A run as a picture with its title, and when it was made. */
export function Tile({
  item,
  tabbable,
  chosen,
  onFocus,
}: {
  item: ListedItem;
  tabbable: boolean;
  chosen: boolean;
  onFocus(): void;
}) {
  const { id, title, image, changed, kind, likeness, starred, unfinished, problem } = item;
  // Its folder is empty at first.
  const running = runs.value.some(({ status, folder }) => status === "running" && folder === id);
  const missing = running ? "in progress" : unfinished ? "unfinished" : "no picture";
  return (
    <button
      type="button"
      class={`item ${chosen ? "chosen" : ""}`}
      data-id={id}
      tabIndex={tabbable ? 0 : -1}
      onFocus={onFocus}
      onClick={() => openItem(id)}
    >
      <span class="image">
        {image === undefined ? (
          <span class="soft small">{missing}</span>
        ) : (
          <img src={thumbUrl(id, changed)} alt="" decoding="async" />
        )}
        {starred && (
          <span class="starred">
            <Icon name="star" size={16} />
          </span>
        )}
      </span>
      <span class="title" title={title}>
        {title}
        {starred && <span class="visually-hidden">, starred</span>}
        {chosen && <span class="visually-hidden">, selected for comparing</span>}
      </span>
      <span class="small soft numbers">
        {problem !== undefined && !running
          ? "cannot be read"
          : running || unfinished
            ? missing
            : likeness === undefined
              ? `${kindWords[kind]} ${formatTime(changed)}`
              : `likeness ${formatScore(likeness)}`}
      </span>
    </button>
  );
}

/** Buttons over the tile that the pointer is on; the keyboard has the keys S and C instead. */
export function ItemActions({ item }: { item: ListedItem }) {
  const { id, title, starred, image } = item;
  return (
    <div class="item-actions">
      <Button
        icon="star"
        label={`${starred ? "Remove the star of" : "Star"} “${title}” (S)`}
        pressed={starred}
        skipped
        onClick={() => void starItem(item)}
      />
      {image !== undefined && (
        <Button
          icon="compare"
          label={`Compare “${title}” (C)`}
          pressed={comparedItems.value.some((each) => each.id === id)}
          skipped
          onClick={() => toggleCompared(item)}
        />
      )}
    </div>
  );
}
