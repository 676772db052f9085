import { droppedPicture } from "./drop.js";
import { editUpload, restoreEdit } from "./edit/state.js";
import { namedPicture, similarTo } from "./gallery/open.js";
import { change, form, formOf } from "./generate/form.js";
import { mediaUrl, showToast, view } from "./state.js";
import { Dialog } from "./dialog.js";
import { Button, Notice } from "./ui.js";
import type { Restored } from "../src/studio/restore.js";

/** Fills a view with the settings of a picture, and goes there. */
export function useSettings({ kind, request }: Restored): void {
  if (kind === "generate") {
    form.value = formOf(request);
    location.hash = "#/generate";
  } else {
    restoreEdit(request);
    location.hash = "#/edit";
  }
  showToast("Settings restored.");
}

/** Lists the settings that could not be restored. */
export function LostSettings({ lost }: { lost: readonly string[] }) {
  if (lost.length === 0) return <Notice kind="good">Every setting can be restored.</Notice>;
  return (
    <Notice kind="warn">
      Not restored:
      <ul class="bullets">
        {lost.map((setting) => (
          <li key={setting}>{setting}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** Asks what to do with a picture that was dropped. */
export function DropDialog() {
  const picture = droppedPicture.value;
  if (!picture) return null;
  const close = (): void => void (droppedPicture.value = undefined);
  const { id, name, width, height, restored, problem } = picture;
  // On the page for edits, an edit is what is wanted most.
  const isEditFirst = !restored || view.value === "edit";
  return (
    <Dialog title={name} onClose={close}>
      <div class="drop">
        <img class="picture" src={mediaUrl("uploads", id)} alt={name} />
        <div class="stack">
          <p class="soft small numbers">
            {width} × {height}
          </p>
          {restored && (
            <>
              <p>clipsteer made this picture; it contains its settings.</p>
              <LostSettings lost={restored.lost} />
              <Button
                kind={isEditFirst ? "plain" : "primary"}
                icon="replay"
                onClick={() => {
                  useSettings(restored);
                  close();
                }}
              >
                Restore its settings
              </Button>
            </>
          )}
          {problem !== undefined && <Notice kind="warn">{problem}</Notice>}
          {!restored && <p>What do you want to do with this picture?</p>}
          <Button
            kind={isEditFirst ? "primary" : "plain"}
            icon="edit"
            onClick={() => {
              editUpload(picture);
              location.hash = "#/edit";
              close();
            }}
          >
            Edit it
          </Button>
          <Button
            icon="search"
            onClick={() => {
              similarTo.value = { id, name };
              location.hash = "#/gallery";
              close();
            }}
          >
            Find similar pictures
          </Button>
          <Button
            icon="classify"
            onClick={() => {
              namedPicture.value = { id, name };
              location.hash = "#/classify";
              close();
            }}
          >
            Classify it
          </Button>
          <Button
            icon="generate"
            onClick={() => {
              change({ init: { id, name } });
              location.hash = "#/generate";
              close();
            }}
          >
            Start a new picture from it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
