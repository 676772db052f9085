/** Line icons on a grid of 20, drawn for this page. */
const paths = {
  generate: "M8.5 5l1.7 4.3 4.3 1.7-4.3 1.7-1.7 4.3-1.7-4.3L2.5 11l4.3-1.7zM15.5 2.5v4M13.5 4.5h4",
  edit: "M13 4l3 3L7 16l-4 1 1-4zM11.5 5.5l3 3",
  gallery: "M3 3h6v6H3zM11 3h6v6h-6zM3 11h6v6H3zM11 11h6v6h-6z",
  queue: "M3 5h14M3 10h14M3 15h9",
  classify: "M3 10V3h7l7 7-7 7zM6.5 6.5v.1",
  prompts: "M4 3h9l3 3v11H4zM12.5 3v3.5H16M7 10h6M7 13h6",
  doctor: "M2.5 10H6l2-5 4 10 2-5h3.5",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6L16 16M4 16l1.4-1.4M14.6 5.4L16 4",
  moon: "M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z",
  help: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7.8 7.8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.7M10 14.2v.1",
  close: "M5 5l10 10M15 5L5 15",
  plus: "M10 4v12M4 10h12",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  unlock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 5.8-1",
  dice: "M4 4h12v12H4zM7.5 7.5v.1M12.5 7.5v.1M10 10v.1M7.5 12.5v.1M12.5 12.5v.1",
  stop: "M6 6h8v8H6z",
  play: "M7 4.5l8 5.5-8 5.5z",
  branch: "M6 3v14M6 12c5 0 8-2 8-6M14 6V4M11.5 6.5L14 4l2.5 2.5",
  star: "M10 2.8l2.2 4.6 5 .7-3.6 3.5.9 5-4.5-2.4-4.5 2.4.9-5L2.8 8.1l5-.7z",
  bin: "M4 6h12M8 6V4h4v2M5.5 6l.8 11h7.4l.8-11M8.5 9v5M11.5 9v5",
  undo: "M7.5 4L4 7.5 7.5 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8",
  redo: "M12.5 4L16 7.5 12.5 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12",
  brush: "M16.5 3.5l-8 8M8 11.5c-2 0-3 1.5-3 3 0 1-.8 1.5-2 1.5 1 1 2.2 1.5 3.5 1.5 2 0 3.5-1.5 3.5-3.5z",
  eraser: "M8 16.5l-4.5-4.5 8-8L17 9.5l-7 7zM8 16.5h9M7 8.5l5.5 5.5",
  box: "M3.5 4.5h13v11h-13z",
  ellipse: "M10 4.5c4 0 7 2.4 7 5.5s-3 5.5-7 5.5-7-2.4-7-5.5 3-5.5 7-5.5z",
  lasso: "M10 3.5c4 0 7 2 7 4.8S14 13 10 13s-7-1.8-7-4.7 3-4.8 7-4.8zM7 13c-1.5 0-2.5 1-2 2s2 .5 2-1v-1",
  invert: "M10 2.5a7.5 7.5 0 1 0 0 15zM10 2.5a7.5 7.5 0 0 1 0 15",
  words: "M4 5h12M10 5v11M7.5 16h5",
  image: "M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M12.5 7.5v.1",
  upload: "M10 13V4M6.5 7.5L10 4l3.5 3.5M4 13v3h12v-3",
  download: "M10 4v9M6.5 9.5L10 13l3.5-3.5M4 13v3h12v-3",
  compare: "M10 3v14M3 5h4v10H3zM13 5h4v10h-4z",
  warn: "M10 3.5l7.5 13h-15zM10 8.5v3.5M10 14.3v.1",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 9v4.5M10 6.5v.1",
  up: "M5 12l5-5 5 5",
  down: "M5 8l5 5 5-5",
  layers: "M10 3l7 3.5-7 3.5-7-3.5zM3 10l7 3.5 7-3.5M3 13.5L10 17l7-3.5",
  visible: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  hidden:
    "M4 4l12 12M8 5.3c.6-.2 1.3-.3 2-.3 5 0 8 5 8 5s-.8 1.3-2.2 2.6M5 6.8C3 8.200 2 10 2 10s3 5 8 5c1.2 0 2.3-.3 3.2-.7",
  mirror: "M10 2.5v15M7.5 6v8L2.5 14zM12.5 6v8l5 0z",
  check: "M4 10.5l4 4 8-9",
  search: "M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM12.5 12.5L17 17",
  replay: "M16 10a6 6 0 1 1-2-4.5M16 3v3.5h-3.5",
  grid: "M3 3h14v14H3zM3 7.7h14M3 12.3h14M7.7 3v14M12.3 3v14",
} as const;

export type IconName = keyof typeof paths;

/** An icon; decoration only, its button carries the label. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={`icon-${name}`}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
