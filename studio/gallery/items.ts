import { useEffect, useRef, useState } from "preact/hooks";
import type { GalleryItem } from "../../src/studio/gallery.js";
import { call } from "../client.js";
import { attempt, galleryVersion } from "../state.js";

const pageSize = 100;
/** Minimum width of a tile, and the height of the text below its picture, in pixels. */
const tileWidth = 168;
const captionHeight = 46;
/** Space between tiles, in pixels. */
export const gap = 14;

/** An item with its likeness to the query of a content search. */
export type ListedItem = GalleryItem & { readonly likeness?: number };

/** Items of the gallery, loaded page by page as they come into view. */
export function useItems(query: string): {
  total: number | undefined;
  items: ReadonlyMap<number, ListedItem>;
  requestItem(index: number): void;
} {
  const [total, setTotal] = useState<number>();
  const [items, setItems] = useState<ReadonlyMap<number, ListedItem>>(new Map());
  const requested = useRef(new Set<number>());
  const generation = useRef(0);
  const version = galleryVersion.value;
  const load = (page: number): void => {
    if (requested.current.has(page)) return;
    requested.current.add(page);
    const requestedIn = generation.current;
    void attempt(async () => {
      const found = await call<{ total: number; items: ListedItem[] }>(
        "GET",
        `/gallery?${query}&offset=${page * pageSize}&limit=${pageSize}`,
      );
      if (requestedIn !== generation.current) return;
      setTotal(found.total);
      setItems((before) => {
        const all = new Map(before);
        found.items.forEach((item, at) => all.set(page * pageSize + at, item));
        return all;
      });
    });
  };
  useEffect(() => {
    generation.current++;
    requested.current = new Set();
    setItems(new Map());
    load(0);
  }, [query]);
  useEffect(() => {
    // What is shown is read again in place, without going blank.
    generation.current++;
    const pages = [...requested.current];
    requested.current = new Set();
    pages.forEach(load);
  }, [version]);
  return { total, items, requestItem: (index) => load(Math.floor(index / pageSize)) };
}

/** Scrolling by more pixels at once is fast: the tiles that pass by stay blank. */
const fastScroll = 250;
/** Milliseconds after a fast scroll until tiles are drawn. */
const settleTime = 120;

/** Columns that fit, the rows in view, and whether they pass by too fast to be drawn. */
export function useWindow(box: { current: HTMLDivElement | null }, total: number) {
  const [size, setSize] = useState({ width: 1000, top: 0, height: 800 });
  const [isFast, setFast] = useState(false);
  useEffect(() => {
    const scroller = document.getElementById("main")!;
    let position = scroller.scrollTop;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const measure = (): void => {
      const element = box.current;
      if (!element) return;
      const top = scroller.getBoundingClientRect().top - element.getBoundingClientRect().top;
      const next = { width: element.clientWidth, top, height: scroller.clientHeight };
      setSize((before) => (hasSameRows(before, next) ? before : next));
    };
    const onScroll = (): void => {
      if (Math.abs(scroller.scrollTop - position) > fastScroll) {
        setFast(true);
        clearTimeout(timer);
        timer = setTimeout(() => setFast(false), settleTime);
      }
      position = scroller.scrollTop;
      measure();
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    scroller.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      observer.disconnect();
      scroller.removeEventListener("scroll", onScroll);
    };
  }, []);
  const { columns, side, rowHeight, from, to } = placeRows(size);
  const rows = Math.ceil(total / columns);
  const first = Math.max(0, from - 1);
  const last = Math.min(rows, to + 1);
  return { columns, side, rowHeight, rows, first, last, isFast };
}

interface WindowSize {
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

/** Columns, the side of a tile, and the rows in view, from `from` to before `to`. */
function placeRows({ width, top, height }: WindowSize) {
  const columns = Math.max(2, Math.floor((width + gap) / (tileWidth + gap)));
  const side = (width - gap * (columns - 1)) / columns;
  const rowHeight = side + captionHeight + gap;
  return {
    columns,
    side,
    rowHeight,
    from: Math.floor(top / rowHeight),
    to: Math.ceil((top + height) / rowHeight),
  };
}

function hasSameRows(a: WindowSize, b: WindowSize): boolean {
  const [before, after] = [placeRows(a), placeRows(b)];
  return a.width === b.width && before.from === after.from && before.to === after.to;
}
