/** Uploads pictures that are dropped, pasted or chosen. */
import { signal } from "@preact/signals";
import type { Restored } from "../src/studio/restore.js";
import type { Upload } from "../src/studio/uploads.js";
import { call } from "./client.js";
import { attempt, session, showToast } from "./state.js";

/** An uploaded picture, and the settings inside it. */
export type UploadedPicture = Upload & { readonly restored?: Restored; readonly problem?: string };

/** Picture for which a dialog asks what to do. */
export const droppedPicture = signal<UploadedPicture | undefined>(undefined);

/** Sends a picture to the server. @returns undefined after an error, which is shown. */
export async function upload(file: Blob, name: string): Promise<UploadedPicture | undefined> {
  const limit = session.value?.uploadLimit ?? 0;
  if (file.size > limit) {
    showToast(`${name}: is larger than ${limit / 1e6} MB`, { bad: true });
    return undefined;
  }
  return attempt(() =>
    call<UploadedPicture>("POST", `/uploads?name=${encodeURIComponent(name)}`, new Blob([file])),
  );
}
