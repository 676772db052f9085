/** State of the Edit view: the picture, and the form. */
import { effect, signal } from "@preact/signals";
import type { Upload } from "../../src/studio/uploads.js";
import { call } from "../client.js";
import { upload } from "../drop.js";
import { attempt, mediaUrl, showToast } from "../state.js";
import { clearMask, maskBlob, maskIsEmpty, openMask, showMask } from "./mask.js";

export interface EditForm {
  readonly prompt: string;
  readonly from: string;
  readonly strength: number;
  readonly change: "auto" | "colour" | "shape";
  readonly variations: number;
  readonly seed: number;
}

const emptyForm: EditForm = { prompt: "", from: "", strength: 1, change: "auto", variations: 1, seed: 0 };

export const editForm = signal<EditForm>(emptyForm);
/** The picture that is edited. */
export const source = signal<Upload | undefined>(undefined);
/** Folder of the run that the picture was taken from, where its picture consists of layers. */
export const layeredSource = signal<string | undefined>(undefined);
const shownKey = "clipsteer-edit";

/** The run whose result is shown; undefined shows the picture and its mask. A reload keeps it. */
export const shownEdit = signal(sessionStorage.getItem(shownKey) ?? undefined);
effect(() => {
  if (shownEdit.value === undefined) sessionStorage.removeItem(shownKey);
  else sessionStorage.setItem(shownKey, shownEdit.value);
});

export function changeEdit(values: Partial<EditForm>): void {
  editForm.value = { ...editForm.value, ...values };
}

export const sourceUrl = (picture: Pick<Upload, "id">): string => mediaUrl("uploads", picture.id);

/** Opens an uploaded picture in the Edit view. */
export function editUpload(picture: Upload): void {
  source.value = picture;
  layeredSource.value = undefined;
  shownEdit.value = undefined;
  openMask(picture.width, picture.height);
}

/** Opens the picture of a run in the Edit view. */
export async function editRunFolder(folder: string): Promise<void> {
  const path = `/gallery/${encodeURIComponent(folder)}`;
  const responses = await attempt(() =>
    Promise.all([call<Upload>("POST", `${path}/upload`, {}), call<{ files: string[] }>("GET", path)]),
  );
  if (!responses) return;
  const [picture, { files }] = responses;
  editUpload(picture);
  if (files.includes("scene.json")) layeredSource.value = folder;
  location.hash = "#/edit";
}

/** Loads an earlier picture with its mask. The picture is shown when both are loaded, so that it is not edited without its mask. */
async function loadSource(id: string, mask: string | undefined): Promise<void> {
  const image = new Image();
  image.src = sourceUrl({ id });
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  openMask(width, height);
  if (mask !== undefined) await showMask(mediaUrl("uploads", mask));
  source.value = { id, name: "restored picture", width, height, format: "png" };
}

/** Fills the form from a request, such as one that a picture brought along. */
export function restoreEdit(request: Readonly<Record<string, unknown>>): void {
  const [edit] = (request.edits ?? []) as {
    prompt: string;
    from?: string;
    strength?: number;
    change?: EditForm["change"];
    mask?: string;
  }[];
  editForm.value = {
    ...emptyForm,
    prompt: edit?.prompt ?? "",
    from: edit?.from ?? "",
    strength: edit?.strength ?? 1,
    change: edit?.change ?? "auto",
    seed: Number(request.seed ?? 0),
  };
  source.value = undefined;
  layeredSource.value = undefined;
  shownEdit.value = undefined;
  const { picture } = request;
  const mask = edit?.mask !== undefined && /^[0-9a-f]{64}$/.test(edit.mask) ? edit.mask : undefined;
  if (typeof picture === "string") void attempt(() => loadSource(picture, mask));
}

/** Starts the edit of the form. */
export async function startEdit(): Promise<void> {
  const picture = source.value;
  const { prompt, from, strength, change, variations, seed } = editForm.value;
  if (!picture) return showToast("Drop or choose a picture first.");
  if (prompt.trim() === "") {
    showToast("Write what it should show instead.");
    document.querySelector<HTMLElement>("[data-prompt]")?.focus();
    return;
  }
  let mask: string | undefined;
  if (!maskIsEmpty.value) {
    const maskUpload = await upload(await maskBlob(), "mask.png");
    if (!maskUpload) return;
    mask = maskUpload.id;
  }
  const request = {
    picture: picture.id,
    prompt: [prompt.trim()],
    from: from.trim() === "" ? undefined : [from.trim()],
    mask: mask === undefined ? undefined : [mask],
    strength,
    change,
    variations,
    seed,
  };
  const added = await attempt(() =>
    call<{ ids: string[] }>("POST", "/runs", { kind: "edit", requests: [{ request }], next: true }),
  );
  if (added) shownEdit.value = added.ids[0];
}

/** Finds a mask by words. */
export async function findMask(words: string): Promise<void> {
  const picture = source.value;
  if (!picture) return;
  const found = await attempt(() =>
    call<{ mask: string; certainty: number; weak: boolean }>("POST", "/relevance", {
      picture: picture.id,
      words,
    }),
  );
  if (!found) return;
  clearMask();
  await showMask(mediaUrl("uploads", found.mask));
  if (found.weak)
    showToast(`The guides do not agree on where “${words}” is. Check the mask and correct it.`, {
      bad: true,
    });
}
