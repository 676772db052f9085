import { useState } from "preact/hooks";
import { download } from "../client.js";
import { attempt } from "../state.js";
import { Button } from "../ui.js";

async function save(id: string, format: string): Promise<void> {
  const blob = await attempt(() => download(`/gallery/${encodeURIComponent(id)}/export?format=${format}`));
  if (!blob) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${id}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Saves a picture. An SVG is painted from the settings of its run, which takes as long as the run. */
export function Save({ id, format, label }: { id: string; format: string; label?: string }) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      icon="download"
      disabled={busy}
      onClick={() => {
        setBusy(true);
        void save(id, format).finally(() => setBusy(false));
      }}
    >
      {busy && format === "svg"
        ? "Painting…"
        : (label ?? (format === "webp" ? "WebP" : format.toUpperCase()))}
    </Button>
  );
}
