/** The frame around every view: navigation, help, messages, and dropping pictures anywhere. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.js";
import { acceptFiles } from "./accept.js";
import { connected, runs, view, type ViewName, viewNames, waitingRuns } from "./state.js";
import { theme, toggleTheme } from "./theme.js";
import { Dialog, isDialogOpen } from "./dialog.js";
import { Toasts } from "./toasts.js";

export const viewTitles: Readonly<Record<ViewName, string>> = {
  generate: "Generate",
  edit: "Edit",
  gallery: "Gallery",
  queue: "Queue",
  classify: "Classify",
  prompts: "Prompts",
  doctor: "Doctor",
};

/** Steps of the usual tasks. */
const howTo: readonly (readonly [task: string, steps: string])[] = [
  [
    "Make a picture",
    "In Generate, describe it and press Enter. Stop keeps the best picture so far. Drag the timeline below the picture to an earlier step and branch from there.",
  ],
  [
    "Change a picture",
    "In Edit, drop, paste or choose it. Describe what it should show and, if you like, what it shows now. Press Enter.",
  ],
  [
    "Change only a part",
    "In Edit, paint over it, draw a box, an ellipse or a lasso around it, or describe it and press Find. No pixel outside the mask changes.",
  ],
  [
    "Rearrange a picture",
    "A prompt of several things, such as “a cat wearing a crown”, is drawn in layers. Press Layers below the picture.",
  ],
  [
    "Reuse a picture",
    "Drop a picture that was made here to restore its settings. Any other picture can be edited, classified, searched for, or used as a start.",
  ],
  [
    "Make many pictures",
    "Raise Pictures, open a grid over two settings, or paste a list of prompts into Queue.",
  ],
];

/** Keys of every view, and of single ones. */
const keyHelp: readonly (readonly [keys: string, meaning: string])[] = [
  ["1 – 7", "Open a view"],
  ["/", "Go to the prompt, or to the search of the gallery"],
  ["Enter", "Generate, or apply the edit (Shift+Enter: new line)"],
  ["Esc", "Close a dialog; leave a text field"],
  ["Ctrl+V", "Paste a picture"],
  ["?", "Show this help"],
  ["B E R O L", "Edit: brush, eraser, box, ellipse, lasso"],
  ["[ ]", "Edit: smaller or larger brush; also the mouse wheel"],
  ["Ctrl+Z, Ctrl+Shift+Z", "Edit: undo or redo a stroke"],
  ["← ↑ ↓ →", "Gallery: move; Edit: move the brush (Space paints)"],
  ["S, Del", "Gallery: star, or move to the bin"],
  ["C", "Gallery: select for comparing; two are compared at once"],
];

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches("textarea, select, input:not([type=radio], [type=range], [type=checkbox], [type=button])")
  );
}

function useKeys(openHelp: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target)) {
        if (event.key === "Escape") (event.target as HTMLElement).blur();
        return;
      }
      if (document.querySelector("dialog[open]")) return;
      const name = viewNames[Number(event.key) - 1];
      if (name) location.hash = `#/${name}`;
      else if (event.key === "?") openHelp();
      else if (event.key === "/") {
        const field = document.querySelector<HTMLElement>("[data-search], [data-prompt]");
        if (!field) return;
        event.preventDefault();
        field.focus();
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** Pictures that are dropped or pasted anywhere. */
function useDrops(): boolean {
  const [dragging, setDragging] = useState(false);
  const depth = useRef(0);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const count = (event: DragEvent, change: number): void => {
      if (!hasFiles(event)) return;
      depth.current = Math.max(0, depth.current + change);
      setDragging(depth.current > 0);
    };
    const onEnter = (event: DragEvent): void => count(event, 1);
    const onLeave = (event: DragEvent): void => count(event, -1);
    const onOver = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth.current = 0;
      setDragging(false);
      void acceptFiles([...(event.dataTransfer?.files ?? [])]);
    };
    const onPaste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) void acceptFiles(files);
    };
    document.addEventListener("dragenter", onEnter);
    document.addEventListener("dragleave", onLeave);
    document.addEventListener("dragover", onOver);
    document.addEventListener("drop", onDrop);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("dragenter", onEnter);
      document.removeEventListener("dragleave", onLeave);
      document.removeEventListener("dragover", onOver);
      document.removeEventListener("drop", onDrop);
      document.removeEventListener("paste", onPaste);
    };
  }, []);
  return dragging;
}

function Navigation({ openHelp }: { openHelp(): void }) {
  const unfinished =
    waitingRuns.value.length + (runs.value.some(({ status }) => status === "running") ? 1 : 0);
  const dark = theme.value === "dark";
  return (
    <nav class="nav" aria-label="Views">
      <div class="brand">
        <img class="mark" src="/icon.svg" alt="" width={34} height={34} />
        <span>clipsteer</span>
      </div>
      <div class="views">
        {viewNames.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={view.value === name ? "page" : undefined}>
            <Icon name={name as IconName} />
            {viewTitles[name]}
            {name === "queue" && unfinished > 0 && (
              <span class="badge">
                {unfinished}
                <span class="visually-hidden"> not finished</span>
              </span>
            )}
          </a>
        ))}
      </div>
      <div class="tools">
        <button type="button" onClick={toggleTheme}>
          <Icon name={dark ? "sun" : "moon"} />
          {dark ? "Light" : "Dark"}
        </button>
        <button type="button" onClick={openHelp}>
          <Icon name="help" />
          Help
        </button>
      </div>
    </nav>
  );
}

function Help({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Help" large onClose={onClose}>
      <div class="help">
        <section>
          <h3>How to</h3>
          <dl class="how-to">
            {howTo.map(([task, steps]) => (
              <div key={task}>
                <dt>{task}</dt>
                <dd>{steps}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h3>Keys</h3>
          <dl class="keys">
            {keyHelp.map(([keys, meaning]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  const [help, setHelp] = useState(false);
  const openHelp = (): void => setHelp(true);
  useKeys(openHelp);
  const dragging = useDrops();
  const shown = view.value;
  // A view begins at its top, wherever the one before was left.
  useLayoutEffect(() => document.getElementById("main")?.scrollTo(0, 0), [shown]);
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}
      >
        Skip to the view
      </a>
      <Navigation openHelp={openHelp} />
      <main id="main" class="main" tabIndex={-1}>
        {children}
      </main>
      {!connected.value && (
        <div class="offline tag bad" role="alert">
          The studio does not answer. Reconnecting…
        </div>
      )}
      {!isDialogOpen.value && <Toasts />}
      {help && <Help onClose={() => setHelp(false)} />}
      {dragging && (
        <div class="dropping">
          {view.value === "edit"
            ? "Drop the picture to edit it"
            : "Drop the picture to use it, or to restore its settings"}
        </div>
      )}
    </div>
  );
}
