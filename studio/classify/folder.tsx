/** Selects the pictures: those of the gallery, or of a folder that the studio was started with. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PictureFolder } from "../../src/studio/pictureFolders.js";
import { call } from "../client.js";
import { droppedPicture, type UploadedPicture } from "../drop.js";
import { openItem } from "../gallery/open.js";
import { attempt, mediaUrl, session, thumbUrl } from "../state.js";
import { Select } from "../fields.js";
import { Notice } from "../ui.js";

const folders = signal<readonly PictureFolder[] | undefined>(undefined);
/** Selected folder; empty for the gallery. */
export const folder = signal("");

/** Folders that the studio was started with; undefined until they are known. */
export function useFolders(): readonly PictureFolder[] | undefined {
  useEffect(
    () =>
      void attempt(
        async () => (folders.value = (await call<{ folders: PictureFolder[] }>("GET", "/folders")).folders),
      ),
    [],
  );
  return folders.value;
}

/** Explains how to add a folder. */
export function NoFolders() {
  const help = session.value?.pictureHelp;
  return (
    <Notice>
      To use other pictures, start the studio with their folder
      {help === undefined ? "." : ": "}
      {help !== undefined && <code>{help}</code>}
    </Notice>
  );
}

/** Chooses the folder. @param labelled whether only folders with folders of labels can be chosen. */
export function FolderSelect({ labelled = false }: { labelled?: boolean }) {
  const all = useFolders() ?? [];
  const usable = labelled ? all.filter(({ folders: inner }) => inner >= 2) : all;
  const names = usable.map(({ name }) => [name, name] as const);
  const options = labelled ? names : [["", "The gallery"] as const, ...names];
  const known = options.some(([name]) => name === folder.value);
  const first = options[0]?.[0];
  useEffect(() => {
    if (!known && first !== undefined) folder.value = first;
  }, [known, first]);
  return (
    <Select
      label="Pictures in"
      value={folder.value}
      options={options}
      onChange={(value) => void (folder.value = value)}
    />
  );
}

/** Address of a small copy of a picture of a folder; without a folder, of a run. */
export const folderThumb = (name: string, path: string): string =>
  name === "" ? thumbUrl(path) : mediaUrl("folders", name, "thumb", path);

/** Opens a picture of a folder: the details of a run, or a dialog for a file. */
export async function openPicture(name: string, path: string): Promise<void> {
  if (name === "") return openItem(path);
  const picture = await attempt(() =>
    call<UploadedPicture>("POST", "/folders/upload", { folder: name, path }),
  );
  if (picture) droppedPicture.value = picture;
}

/** A picture with a line or two below it. */
export function PictureTile({
  name,
  path,
  lines,
}: {
  name: string;
  path: string;
  lines: readonly [first: string, second?: string];
}) {
  return (
    <button type="button" class="tile" title={path} onClick={() => void openPicture(name, path)}>
      <img src={folderThumb(name, path)} alt="" width={104} height={104} loading="lazy" />
      <span class="small">{lines[0]}</span>
      {lines[1] !== undefined && <span class="small soft numbers">{lines[1]}</span>}
    </button>
  );
}
