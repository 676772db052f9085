import type { GalleryItem } from "../../src/studio/gallery.js";
import { call } from "../client.js";
import { attempt, showToast } from "../state.js";

/** Moves a run to the bin, from which the message brings it back. */
export async function removeItem(item: Pick<GalleryItem, "id" | "title">): Promise<boolean> {
  const done = await attempt(() => call("DELETE", `/gallery/${encodeURIComponent(item.id)}`));
  if (!done) return false;
  showToast(`“${item.title}” is in the bin.`, {
    action: {
      label: "Undo",
      run: () => void attempt(() => call("POST", `/gallery/${encodeURIComponent(item.id)}/restore`, {})),
    },
  });
  return true;
}

export async function starItem({ id, starred }: Pick<GalleryItem, "id" | "starred">): Promise<void> {
  await attempt(() => call("PUT", `/gallery/${encodeURIComponent(id)}/star`, { starred: !starred }));
}
