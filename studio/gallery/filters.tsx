/** What the gallery shows, and in which order. */
import { useEffect, useState } from "preact/hooks";
import { call } from "../client.js";
import { Segments, Select } from "../fields.js";
import { attempt, galleryVersion, mediaUrl } from "../state.js";
import { Button } from "../ui.js";
import { similarTo } from "./open.js";

/** Filters and order of the gallery. */
export interface GalleryFilters {
  /** Words that are looked for. */
  readonly input: string;
  /** Whether they are looked for in the prompts, or in what the pictures show. */
  readonly searchBy: "words" | "content";
  readonly kind: "all" | "generate" | "edit" | "foreign";
  readonly starred: boolean;
  readonly sort: string;
}

/** Filters that show all pictures. */
export const noFilters: GalleryFilters = {
  input: "",
  searchBy: "words",
  kind: "all",
  starred: false,
  sort: "newest",
};

/** The words that are looked for, when the typing pauses. Content takes longer to search, so its pause is longer. */
export function useSettledWords({ input, searchBy }: GalleryFilters): string {
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWords(input), searchBy === "content" ? 500 : 120);
    return () => clearTimeout(timer);
  }, [input, searchBy]);
  return words;
}

/** The controls of the filters. @param byLikeness whether the order is the likeness to what is searched. */
export function Filters({
  filters: { input, searchBy, kind, starred, sort },
  byLikeness,
  onChange,
}: {
  filters: GalleryFilters;
  byLikeness: boolean;
  onChange(values: Partial<GalleryFilters>): void;
}) {
  const isContent = searchBy === "content";
  return (
    <div class="filters" role="search" aria-label="Pictures of the gallery">
      <div class="search-group">
        <div class="field">
          <label class="visually-hidden" for="words">
            {isContent ? "Search what the pictures show" : "Search the prompts"}
          </label>
          <input
            id="words"
            class="input"
            type="search"
            data-search=""
            placeholder={isContent ? "What the pictures show  ( / )" : "Words of the prompt  ( / )"}
            value={input}
            onInput={(event) => onChange({ input: event.currentTarget.value })}
          />
        </div>
        <Segments
          label="Search by"
          hideLabel
          value={searchBy}
          options={[
            ["words", "Prompt"],
            ["content", "Content"],
          ]}
          onChange={(value) => onChange({ searchBy: value })}
        />
      </div>
      <div class="filter-group">
        <Segments
          label="Kind"
          hideLabel
          value={kind}
          options={[
            ["all", "All"],
            ["generate", "Generated"],
            ["edit", "Edited"],
            ["foreign", "Other"],
          ]}
          onChange={(value) => onChange({ kind: value })}
        />
        <Button
          icon="star"
          label="Show only starred pictures"
          pressed={starred}
          onClick={() => onChange({ starred: !starred })}
        >
          Starred
        </Button>
      </div>
      <Select
        label="Order"
        hideLabel
        value={byLikeness ? "likeness" : sort}
        disabled={byLikeness}
        options={
          byLikeness
            ? [["likeness", "Most similar first"]]
            : [
                ["newest", "Newest first"],
                ["oldest", "Oldest first"],
                ["judge", "Best match first"],
                ["gap", "Judge disagrees first"],
              ]
        }
        onChange={(value) => onChange({ sort: value })}
      />
    </div>
  );
}

/** The picture that others are compared with, and the way back to all. */
export function SimilarTo() {
  const similar = similarTo.value;
  if (!similar) return null;
  return (
    <div class="row similar">
      <img class="picture" src={mediaUrl("uploads", similar.id)} alt="" width={40} height={40} />
      <span class="grow">Pictures most similar to {similar.name}</span>
      <Button icon="close" onClick={() => void (similarTo.value = undefined)}>
        Show all
      </Button>
    </div>
  );
}

/** Empties the bin, after a second click. */
export function BinButton() {
  const [count, setCount] = useState(0);
  const version = galleryVersion.value;
  useEffect(
    () => void attempt(async () => setCount((await call<{ runs: number }>("GET", "/bin")).runs)),
    [version],
  );
  const [confirming, setConfirming] = useState(false);
  if (count === 0) return null;
  return (
    <Button
      kind="quiet"
      icon="bin"
      onClick={() => {
        if (!confirming) return setConfirming(true);
        setConfirming(false);
        void attempt(async () => {
          await call("DELETE", "/bin");
          setCount(0);
        });
      }}
    >
      {confirming ? `Delete ${count} for good?` : `Empty the bin (${count})`}
    </Button>
  );
}
