import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "../client.js";
import { Icon } from "../icons.js";
import { attempt, galleryVersion, mediaUrl, runs, thumbUrl } from "../state.js";
import { Segments, Select } from "../fields.js";
import { Button, Empty, formatScore } from "../ui.js";
import { CompareDialog } from "./compare.js";
import { removeItem, starItem } from "./actions.js";
import { gap, type ListedItem, useItems, useWindow } from "./items.js";
import { comparedItems, openItem, similarTo, toggleCompared } from "./open.js";

type Kind = "all" | "generate" | "edit" | "foreign";

function Tile({
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
  const { id, title, image, changed, judge, likeness, starred, unfinished, problem } = item;
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
              ? `judge ${formatScore(judge)}`
              : `likeness ${formatScore(likeness)}`}
      </span>
    </button>
  );
}

/** Buttons over the tile that the pointer is on; the keyboard has the keys S and C instead. */
function ItemActions({ item }: { item: ListedItem }) {
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

function BinButton() {
  const [count, setCount] = useState(0);
  const version = galleryVersion.value;
  useEffect(
    () => void attempt(async () => setCount((await call<{ runs: number }>("GET", "/bin")).runs)),
    [version],
  );
  const [confirming, setConfirming] = useState(false);
  if (count === 0) return null;
  return (
    <Button
      kind="quiet"
      icon="bin"
      onClick={() => {
        if (!confirming) return setConfirming(true);
        setConfirming(false);
        void attempt(async () => {
          await call("DELETE", "/bin");
          setCount(0);
        });
      }}
    >
      {confirming ? `Delete ${count} for good?` : `Empty the bin (${count})`}
    </Button>
  );
}

export function GalleryView() {
  const [words, setWords] = useState("");
  const [input, setInput] = useState("");
  const similar = similarTo.value;
  const [searchBy, setSearchBy] = useState<"words" | "content">("words");
  useEffect(() => {
    // Content is looked for when the typing pauses.
    const timer = setTimeout(() => setWords(input), searchBy === "content" ? 500 : 120);
    return () => clearTimeout(timer);
  }, [input, searchBy]);
  const [kind, setKind] = useState<Kind>("all");
  const [starred, setStarred] = useState(false);
  const [sort, setSort] = useState("newest");
  const [current, setCurrent] = useState(0);
  const [hovered, setHovered] = useState<number>();
  const chosen = comparedItems.value;
  const query = new URLSearchParams({
    words: similar?.id ?? words,
    by: similar ? "picture" : searchBy,
    kind,
    starred: String(starred),
    sort,
  }).toString();
  const { total, items, requestItem: need } = useItems(query);
  const box = useRef<HTMLDivElement>(null);
  const { columns, side, rowHeight, rows, first, last, isFast } = useWindow(box, total ?? 0);
  const drawnBefore = useRef<ReadonlySet<number>>(new Set());
  const shown: number[] = [];
  for (let index = first * columns; index < Math.min(total ?? 0, last * columns); index++) shown.push(index);
  // Tiles that are drawn already stay while others pass by.
  const drawn = new Set(
    shown.filter((index) => !isFast || index === current || drawnBefore.current.has(index)),
  );
  drawnBefore.current = drawn;
  useEffect(() => shown.forEach(need), [first, last, columns, total, query]);

  const focusItem = (index: number): void => {
    const next = Math.max(0, Math.min((total ?? 1) - 1, index));
    setCurrent(next);
    const row = Math.floor(next / columns);
    const scroller = document.getElementById("main")!;
    const rowTop = row * rowHeight + box.current!.offsetTop;
    if (rowTop < scroller.scrollTop + 80) scroller.scrollTop = rowTop - 80;
    else if (rowTop + rowHeight > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = rowTop + rowHeight - scroller.clientHeight + 20;
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>(`[data-index="${next}"] button`)?.focus(),
    );
  };
  const onKey = (event: KeyboardEvent): void => {
    const item = items.get(current);
    const moves: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
    };
    const move = moves[event.key];
    if (move !== undefined) focusItem(current + move);
    else if (event.key === "Home") focusItem(0);
    else if (event.key === "End") focusItem((total ?? 1) - 1);
    else if (item && event.key === "Delete") void removeItem(item);
    else if (item && event.key.toLowerCase() === "s") void starItem(item);
    else if (item && event.key.toLowerCase() === "c") toggleCompared(item);
    else return;
    event.preventDefault();
  };

  const byLikeness = similar !== undefined || (searchBy === "content" && words !== "");
  const filtered = similar !== undefined || words !== "" || kind !== "all" || starred;
  return (
    <div class="view">
      <header>
        <h1>Gallery</h1>
        <span class="soft numbers" role="status">
          {total === undefined ? "" : `${total} ${total === 1 ? "run" : "runs"}`}
        </span>
        <span class="grow" />
        <BinButton />
        {chosen.length === 1 && (
          <Button kind="quiet" icon="close" onClick={() => void (comparedItems.value = [])}>
            1 selected to compare
          </Button>
        )}
      </header>
      <div class="filters">
        <div class="row tight">
          <label class="visually-hidden" for="words">
            {searchBy === "content" ? "Search what the pictures show" : "Search the prompts"}
          </label>
          <input
            id="words"
            class="input grow"
            type="search"
            data-search=""
            placeholder={
              searchBy === "content" ? "What the pictures show  ( / )" : "Words of the prompt  ( / )"
            }
            value={input}
            onInput={(event) => {
              setInput(event.currentTarget.value);
              setCurrent(0);
            }}
          />
        </div>
        <Segments
          label="Search by"
          hideLabel
          value={searchBy}
          options={[
            ["words", "Prompt"],
            ["content", "Content"],
          ]}
          onChange={(value) => setSearchBy(value)}
        />
        <Segments
          label="Kind"
          hideLabel
          value={kind}
          options={[
            ["all", "All"],
            ["generate", "Generated"],
            ["edit", "Edited"],
            ["foreign", "Other"],
          ]}
          onChange={(value) => setKind(value)}
        />
        <Button icon="star" pressed={starred} onClick={() => setStarred(!starred)}>
          Starred
        </Button>
        <Select
          label="Order"
          hideLabel
          value={byLikeness ? "likeness" : sort}
          disabled={byLikeness}
          options={
            byLikeness
              ? [["likeness", "Most similar first"]]
              : [
                  ["newest", "Newest first"],
                  ["oldest", "Oldest first"],
                  ["judge", "Best judged first"],
                  ["gap", "Widest gap first"],
                ]
          }
          onChange={setSort}
        />
      </div>
      {similar && (
        <div class="row similar">
          <img class="picture" src={mediaUrl("uploads", similar.id)} alt="" width={40} height={40} />
          <span class="grow">Pictures most similar to {similar.name}</span>
          <Button icon="close" onClick={() => void (similarTo.value = undefined)}>
            Show all
          </Button>
        </div>
      )}
      {total === 0 && (
        <Empty icon="gallery" title={filtered ? "Nothing matches" : "No pictures yet"}>
          {filtered ? (
            <p>Try fewer words, or another filter.</p>
          ) : (
            <p>
              Every picture that you make appears here. <a href="#/generate">Make the first one.</a>
            </p>
          )}
        </Empty>
      )}
      <div
        ref={box}
        class="grid"
        role="group"
        aria-label="Pictures"
        style={{ height: `${Math.max(0, rows * rowHeight - gap)}px` }}
        onKeyDown={onKey}
      >
        {shown.map((index) => {
          const item = items.get(index);
          const place = {
            width: `${side}px`,
            height: `${rowHeight - gap}px`,
            transform: `translate(${(index % columns) * (side + gap)}px, ${Math.floor(index / columns) * rowHeight}px)`,
          };
          return (
            <div
              key={index}
              class="cell"
              data-index={index}
              style={place}
              onPointerEnter={({ pointerType }) => pointerType === "mouse" && setHovered(index)}
            >
              {item && drawn.has(index) ? (
                <Tile
                  item={item}
                  tabbable={index === current || (index === shown[0] && !shown.includes(current))}
                  chosen={chosen.some(({ id }) => id === item.id)}
                  onFocus={() => setCurrent(index)}
                />
              ) : (
                <div class="blank-tile" />
              )}
              {item && index === hovered && <ItemActions item={item} />}
            </div>
          );
        })}
      </div>
      {chosen.length === 2 && (
        <CompareDialog items={[chosen[0]!, chosen[1]!]} onClose={() => void (comparedItems.value = [])} />
      )}
    </div>
  );
}
