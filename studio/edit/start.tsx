import { useRef } from "preact/hooks";
import { upload } from "../drop.js";
import { runs, thumbUrl } from "../state.js";
import { Button, Empty } from "../ui.js";
import { editRunFolder, editUpload } from "./state.js";

/** Chooses a file by its dialog. */
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
          if (file) void upload(file, file.name).then((taken) => taken && editUpload(taken));
        }}
      />
      <Button icon="upload" kind={primary ? "primary" : "plain"} onClick={() => input.current?.click()}>
        {children}
      </Button>
    </>
  );
}

/** What the view shows before there is a picture. */
export function Start() {
  const done = runs.value
    .filter(({ results }) => results.length > 0)
    .slice(-8)
    .reverse();
  return (
    <div class="card start-edit">
      <Empty icon="image" title="Which picture should change?">
        <p>Drop one anywhere on this page, paste it with Ctrl+V, or choose a file: PNG, JPEG, WebP or GIF.</p>
        <ChooseButton primary>Choose a picture</ChooseButton>
        {done.length > 0 && (
          <>
            <p>Or take one that you made:</p>
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
