/** Searches pictures by their content. */
import { useState } from "preact/hooks";
import type { ListedItem } from "../gallery/items.js";
import { call } from "../client.js";
import { Button, Empty, formatScore } from "../ui.js";
import { FolderSelect, PictureTile } from "./folder.js";
import { TaskForm, useFolderTask } from "./task.js";

interface SearchResult {
  readonly folder: string;
  readonly words: string;
  readonly pictures: readonly { readonly path: string; readonly likeness: number }[];
}

async function search(name: string, words: string): Promise<SearchResult["pictures"]> {
  const query = new URLSearchParams({ words, by: "content" });
  if (name === "") {
    const { items } = await call<{ items: ListedItem[] }>("GET", `/gallery?${query.toString()}`);
    return items.map(({ id, likeness = 0 }) => ({ path: id, likeness }));
  }
  query.set("folder", name);
  return (await call<{ pictures: SearchResult["pictures"] }>("GET", `/folders/search?${query.toString()}`))
    .pictures;
}

export function FindPictures() {
  const [words, setWords] = useState("");
  const { result: found, busy, run } = useFolderTask<SearchResult>();
  const start = async (): Promise<void> => {
    const query = words.trim();
    if (query !== "")
      await run(async (name) => ({ folder: name, words: query, pictures: await search(name, query) }));
  };
  return (
    <div class="classify">
      <TaskForm start={start}>
        <FolderSelect />
        <div class="field">
          <label for="find-words">What they show</label>
          <input
            id="find-words"
            class="input"
            data-prompt=""
            maxLength={500}
            placeholder="a red heart"
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </div>
        <Button kind="primary" submit wide icon="search" disabled={words.trim() === "" || busy}>
          {busy ? "Searching…" : "Search"}
        </Button>
      </TaskForm>
      {found && found.pictures.length > 0 ? (
        <section class="stack" aria-label="Pictures found">
          <h2>Most similar to “{found.words}”</h2>
          <p class="small soft">Likeness: about 0 is unrelated; the higher, the more similar.</p>
          <div class="tiles">
            {found.pictures.map(({ path, likeness }) => (
              <PictureTile
                key={path}
                name={found.folder}
                path={path}
                lines={[path.split("/").pop()!, `likeness ${formatScore(likeness)}`]}
              />
            ))}
          </div>
        </section>
      ) : (
        <div class="card">
          <Empty icon="search" title={found ? "No pictures here" : "Search by what pictures show"}>
            <p>
              {found
                ? "This folder contains no readable pictures."
                : "Describe the pictures. The words are compared with their content, not with their file names."}
            </p>
          </Empty>
        </div>
      )}
    </div>
  );
}
