import { useRef } from "preact/hooks";
import { upload } from "../drop.js";
import { runs, thumbUrl } from "../state.js";
import { Button, Empty } from "../ui.js";
import { editRunFolder, editUpload } from "./state.js";

/** Opens the file dialog of the browser. */
export function ChooseButton({ children, primary = false }: { children: string; primary?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        hidden
        data-file=""
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) void upload(file, file.name).then((picture) => picture && editUpload(picture));
        }}
      />
      <Button icon="upload" kind={primary ? "primary" : "plain"} onClick={() => input.current?.click()}>
        {children}
      </Button>
    </>
  );
}

/** The view before a picture is opened. */
export function Start() {
  const done = runs.value
    .filter(({ results }) => results.length > 0)
    .slice(-8)
    .reverse();
  return (
    <div class="start-edit">
      <Empty icon="image" title="Open a picture to edit">
        <p>Drop it anywhere on this page, paste it with Ctrl+V, or choose a PNG, JPEG, WebP or GIF file.</p>
        <ChooseButton primary>Choose a picture</ChooseButton>
        {done.length > 0 && (
          <>
            <p>Or continue with one that you made:</p>
            <div class="row">
              {done.map((run) => {
                const { folder } = run.results.at(-1)!;
                return (
                  <button
                    key={run.id}
                    type="button"
                    class="tile"
                    title={run.title}
                    onClick={() => void editRunFolder(folder)}
                  >
                    <img src={thumbUrl(folder)} alt={run.title} width={64} height={64} />
                  </button>
                );
              })}
            </div>
          </>
        )}
      </Empty>
    </div>
  );
}
