/** Receives pictures that are dropped or pasted anywhere. */
import { droppedPicture, upload } from "./drop.js";
import { editUpload } from "./edit/state.js";
import { showToast, view } from "./state.js";

/**
 * Uploads the first picture of several files. In the Edit view it is opened, unless it contains settings; a dialog asks what to do
 * with any other.
 */
export async function acceptFiles(files: readonly File[]): Promise<void> {
  const [file] = files;
  if (!file) return;
  if (files.length > 1) showToast(`Only ${file.name} was uploaded: one picture at a time.`);
  const picture = await upload(file, file.name || "pasted picture");
  if (!picture) return;
  if (view.value !== "edit" || picture.restored || picture.problem !== undefined)
    droppedPicture.value = picture;
  else editUpload(picture);
}
