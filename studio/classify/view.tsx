/** Classifies, searches and compares the pictures of a folder. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { JSX } from "preact";
import { Segments } from "../fields.js";
import { namedPicture } from "../gallery/open.js";
import { FindPictures } from "./find.js";
import { CompareGroups } from "./groups.js";
import { NamePictures } from "./name.js";

type Part = "name" | "find" | "groups";

const part = signal<Part>("name");

const parts: Readonly<Record<Part, () => JSX.Element>> = {
  name: NamePictures,
  find: FindPictures,
  groups: CompareGroups,
};

export function ClassifyView() {
  const picture = namedPicture.value;
  useEffect(() => {
    if (picture) part.value = "name";
  }, [picture]);
  const ActivePart = parts[part.value];
  return (
    <div class="view">
      <header>
        <h1>Classify</h1>
        <Segments
          label="What to do"
          hideLabel
          value={part.value}
          options={[
            ["name", "Classify"],
            ["find", "Search"],
            ["groups", "Compare groups"],
          ]}
          onChange={(value) => void (part.value = value)}
        />
      </header>
      <ActivePart />
    </div>
  );
}
