import { signal } from "@preact/signals";

/** Run folder whose details are shown in a dialog, over any view. */
export const openedItem = signal<string | undefined>(undefined);

export function openItem(folder: string): void {
  openedItem.value = folder;
}

/** An upload that the gallery's pictures are compared with. */
export const similarTo = signal<{ readonly id: string; readonly name: string } | undefined>(undefined);

/** An upload that the classify view names by labels, in place of a folder. */
export const namedPicture = signal<{ readonly id: string; readonly name: string } | undefined>(undefined);
