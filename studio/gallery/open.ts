import { signal } from "@preact/signals";
import type { GalleryItem } from "../../src/studio/gallery.js";
import { dropToast, showToast } from "../state.js";

/** Run folder whose details are shown in a dialog, over any view. */
export const openedItem = signal<string | undefined>(undefined);

export function openItem(folder: string): void {
  openedItem.value = folder;
}

/** Items selected for comparing; with two of them a dialog opens. */
export const comparedItems = signal<readonly GalleryItem[]>([]);

/** The message that asks for the second of two. */
let askingToast = 0;

/** Selects an item for comparing, or deselects it. The older of two others is dropped. */
export function toggleCompared(item: GalleryItem): void {
  if (item.image === undefined) {
    showToast("This run has no picture to compare yet.");
    return;
  }
  const rest = comparedItems.value.filter(({ id }) => id !== item.id);
  comparedItems.value = rest.length < comparedItems.value.length ? rest : [...rest.slice(-1), item];
  dropToast(askingToast);
  if (comparedItems.value.length === 1) askingToast = showToast("Select another picture to compare it with.");
}

/** An upload that the gallery's pictures are compared with. */
export const similarTo = signal<{ readonly id: string; readonly name: string } | undefined>(undefined);

/** An upload that the classify view names by labels, in place of a folder. */
export const namedPicture = signal<{ readonly id: string; readonly name: string } | undefined>(undefined);
