/** State of the Edit view: the picture, and the form. */
import { effect, signal } from "@preact/signals";
import type { Upload } from "../../src/studio/uploads.js";
import { call } from "../client.js";
import { upload } from "../drop.js";
import { startAndShow } from "../starting.js";
import { attempt, mediaUrl, showToast } from "../state.js";
import { clearMask, maskBlob, maskIsEmpty, openMask, showMask } from "./mask.js";

/** Kinds of change that the form offers. `style` draws the same thing in another style of the pack. */
export type FormChange = "auto" | "colour" | "drawing" | "layer" | "style" | "shape";

export interface EditForm {
  readonly prompt: string;
  readonly from: string;
  readonly strength: number;
  readonly change: FormChange;
  /** Name of a style, for a change of style. */
  readonly style: string;
  readonly variations: number;
  readonly seed: number;
}

const emptyForm: EditForm = {
  prompt: "",
  from: "",
  strength: 1,
  change: "auto",
  style: "",
  variations: 1,
  seed: 0,
};

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

/** Opens an uploaded picture in the Edit view, with an empty form and no mask: those of the picture before do not fit it. */
export function editUpload(picture: Upload): void {
  editForm.value = emptyForm;
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

/** The first edit of a request, in either form: a list of edits, or one list for each field. */
function firstEditOf(request: Readonly<Record<string, unknown>>) {
  const first = (name: string): string | undefined => (request[name] as string[] | undefined)?.[0];
  const { strength, change } = request as { strength?: number; change?: FormChange };
  const [listed] = (request.edits ?? []) as {
    prompt: string;
    from?: string;
    strength?: number;
    change?: FormChange;
    mask?: string;
  }[];
  return listed ?? { prompt: first("prompt"), from: first("from"), mask: first("mask"), strength, change };
}

/** Stands for the id of the painted mask in a request until the mask is uploaded. */
export const paintedMask = "painted";

/** Id of the upload that a request has as its mask, or `paintedMask`; undefined for shapes, words and no mask. */
export function maskIdOf(request: Readonly<Record<string, unknown>>): string | undefined {
  const { mask } = firstEditOf(request);
  return mask === paintedMask || (mask !== undefined && /^[0-9a-f]{64}$/.test(mask)) ? mask : undefined;
}

/**
 * Fills the form from a request, such as one that a picture brought along.
 * @param run the request's run, whose result is shown; the picture and its mask when absent.
 */
export function restoreEdit(request: Readonly<Record<string, unknown>>, run?: string): void {
  const { prompt, from, strength, change } = firstEditOf(request);
  editForm.value = {
    ...emptyForm,
    prompt: prompt ?? "",
    from: from ?? "",
    strength: strength ?? 1,
    change: change ?? "auto",
    seed: Number(request.seed ?? 0),
  };
  source.value = undefined;
  layeredSource.value = undefined;
  shownEdit.value = run;
  const { picture } = request;
  if (typeof picture === "string") void attempt(() => loadSource(picture, maskIdOf(request)));
}

/** The texts and the kind of change that a form asks the server for. */
function wordsOf({ prompt, from, change, style }: EditForm) {
  const [to, before] = [prompt.trim(), from.trim()];
  if (change !== "style") return { prompt: [to], from: before === "" ? undefined : [before], change };
  return { prompt: [`${to}, ${style}`], from: [before || to], change: "drawing" };
}

type EditRequest = Readonly<Record<string, unknown>>;

/** Starts an edit and shows it. @param complete changes the request before it is sent; undefined after an error. */
async function startRequest(
  request: EditRequest,
  complete: () => Promise<EditRequest | undefined> = () => Promise.resolve(request),
): Promise<void> {
  await startAndShow("edit", request, shownEdit, async () => {
    const sent = await complete();
    if (!sent) return undefined;
    const body = { kind: "edit", requests: [{ request: sent }], next: true };
    return (await call<{ ids: string[] }>("POST", "/runs", body)).ids[0];
  });
}

/** Starts the edit of the form. */
export async function startEdit(): Promise<void> {
  const picture = source.value;
  const { strength, variations, seed } = editForm.value;
  if (!picture) {
    showToast("Drop or choose a picture first.");
    return;
  }
  if (editForm.value.prompt.trim() === "") {
    showToast("Write what it should show instead.");
    document.querySelector<HTMLElement>("[data-prompt]")?.focus();
    return;
  }
  const request = { picture: picture.id, ...wordsOf(editForm.value), strength, variations, seed };
  if (maskIsEmpty.value) return startRequest(request);
  await startRequest({ ...request, mask: [paintedMask] }, async () => {
    const mask = await upload(await maskBlob(), "mask.png");
    return mask && { ...request, mask: [mask.id] };
  });
}

/** Makes an edit once more, on the same picture with the same mask, by other values of the form. */
export async function repeatEdit(
  request: Readonly<Record<string, unknown>>,
  values: Partial<EditForm>,
): Promise<void> {
  changeEdit(values);
  const { prompt = "", from = "", mask, strength } = firstEditOf(request);
  const words = wordsOf({ ...editForm.value, prompt, from });
  const { seed } = editForm.value;
  const maskList = mask === undefined ? undefined : [mask];
  await startRequest({ ...request, edits: undefined, ...words, mask: maskList, strength, seed });
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
