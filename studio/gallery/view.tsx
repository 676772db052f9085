import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Empty } from "../ui.js";
import { CompareDialog } from "./compare.js";
import { removeItem, starItem } from "./actions.js";
import { BinButton, Filters, SimilarTo, noFilters, useSettledWords } from "./filters.js";
import { gap, useItems, useWindow } from "./items.js";
import { comparedItems, similarTo, toggleCompared } from "./open.js";
import { ItemActions, Tile } from "./tile.js";

export function GalleryView() {
  const [filters, setFilters] = useState(noFilters);
  const { searchBy, kind, starred, sort } = filters;
  const words = useSettledWords(filters);
  const similar = similarTo.value;
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
  const { total, items, requestItem } = useItems(query);
  const box = useRef<HTMLDivElement>(null);
  const { columns, side, rowHeight, rows, first, last, isFast } = useWindow(box, total ?? 0);
  const paintedBefore = useRef<ReadonlySet<number>>(new Set());
  const shown: number[] = [];
  for (let index = first * columns; index < Math.min(total ?? 0, last * columns); index++) shown.push(index);
  // Tiles that are painted already stay while others pass by.
  const painted = new Set(
    shown.filter((index) => !isFast || index === current || paintedBefore.current.has(index)),
  );
  paintedBefore.current = painted;
  useEffect(() => shown.forEach(requestItem), [first, last, columns, total, query]);

  const focusItem = (index: number): void => {
    const next = Math.max(0, Math.min((total ?? 1) - 1, index));
    setCurrent(next);
    const row = Math.floor(next / columns);
    const scroller = document.getElementById("main")!;
    const rowTop = row * rowHeight + box.current!.offsetTop;
    if (rowTop < scroller.scrollTop + 80) scroller.scrollTop = rowTop - 80;
    else if (rowTop + rowHeight > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = rowTop + rowHeight - scroller.clientHeight + 20;
    const focusButton = (): boolean => {
      const button = box.current?.querySelector<HTMLElement>(`[data-index="${next}"] button`);
      button?.focus();
      return button != null;
    };
    // At once, so that the next key acts on this item; one that was out of sight is rendered first.
    if (!focusButton()) requestAnimationFrame(focusButton);
  };
  const onKey = (event: KeyboardEvent): void => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    const index = Number(cell?.dataset.index ?? current);
    const item = items.get(index);
    const moves: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
    };
    const move = moves[event.key];
    if (move !== undefined) focusItem(index + move);
    else if (event.key === "Home") focusItem(0);
    else if (event.key === "End") focusItem((total ?? 1) - 1);
    else if (item && event.key === "Delete") void removeItem(item);
    else if (item && event.key.toLowerCase() === "s") void starItem(item);
    else if (item && event.key.toLowerCase() === "c") toggleCompared(item);
    else return;
    event.preventDefault();
  };

  // A tile keeps its element when runs arrive before it: a click that began on one must not end on another.
  const listedIds = new Set<string>();
  const keyOf = (index: number): string | number => {
    const id = items.get(index)?.id;
    if (id === undefined || listedIds.has(id)) return index;
    listedIds.add(id);
    return id;
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
            1 selected
          </Button>
        )}
      </header>
      <Filters
        filters={filters}
        byLikeness={byLikeness}
        onChange={(values) => {
          setFilters({ ...filters, ...values });
          setCurrent(0);
        }}
      />
      <SimilarTo />
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
              key={keyOf(index)}
              class="cell"
              data-index={index}
              style={place}
              onPointerEnter={({ pointerType }) => pointerType === "mouse" && setHovered(index)}
            >
              {item && painted.has(index) ? (
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
