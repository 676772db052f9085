/** Modal dialogs. */
import { computed, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.js";
import { Toasts } from "./toasts.js";
import { Button } from "./ui.js";

/** The headings' ids of all open dialogs, the top one last. */
const openDialogs = signal<readonly string[]>([]);

/** Whether a dialog is open. It then shows the messages: what is outside it can be neither seen whole nor pressed. */
export const isDialogOpen = computed(() => openDialogs.value.length > 0);

/** Whether a dialog has more below its lower edge. */
function useMoreBelow(box: { current: HTMLDialogElement | null }): boolean {
  const [isMore, setMore] = useState(false);
  useEffect(() => {
    const element = box.current!;
    const measure = (): void => setMore(element.scrollTop + element.clientHeight < element.scrollHeight - 8);
    measure();
    const resized = new ResizeObserver(measure);
    for (const each of [element, ...element.children]) resized.observe(each);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  return isMore;
}

interface DialogProps {
  readonly title: string;
  readonly large?: boolean;
  readonly children: ComponentChildren;
  onClose(): void;
}

/** A modal dialog; Escape and a click beside it close it, and the focus returns to where it was. */
export function Dialog({ title, large = false, children, onClose }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const isMore = useMoreBelow(box);
  // Before the next key: an Escape between the drawing and an effect after it would reach no dialog.
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current!.showModal();
    openDialogs.value = [...openDialogs.value, heading];
    return () => {
      openDialogs.value = openDialogs.value.filter((each) => each !== heading);
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class={large ? "large" : undefined}
      aria-labelledby={heading}
      onClose={onClose}
      onCancel={onClose}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <Button kind="quiet" icon="close" label="Close" onClick={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
      <div class={`more-below ${isMore ? "" : "unseen"}`} aria-hidden="true">
        <Icon name="down" size={18} />
      </div>
      {openDialogs.value.at(-1) === heading && <Toasts />}
    </dialog>
  );
}
