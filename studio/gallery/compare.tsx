import type { GalleryItem } from "../../src/studio/gallery.js";
import { BeforeAfter, ComparisonChoice } from "../slider.js";
import { imageUrl } from "../state.js";
import { Dialog } from "../dialog.js";
import { explainScores } from "../scores.js";
import { formatScore } from "../ui.js";

const rows: readonly (readonly [label: string, value: (item: GalleryItem) => string])[] = [
  ["Prompt", ({ title }) => title],
  ["Guides", ({ guide }) => formatScore(guide)],
  ["Judge", ({ judge }) => formatScore(judge)],
  [
    "Gap",
    ({ guide, judge }) => formatScore(guide === undefined || judge === undefined ? undefined : guide - judge),
  ],
  ["Steps", ({ steps }) => String(steps ?? "–")],
  ["Seed", ({ seed }) => String(seed ?? "–")],
];

/** Two pictures over each other, and their settings side by side; what differs stands out. */
export function CompareDialog({
  items,
  onClose,
}: {
  items: readonly [GalleryItem, GalleryItem];
  onClose(): void;
}) {
  const [left, right] = items;
  return (
    <Dialog title="Compare" large onClose={onClose}>
      <div class="compare">
        <div class="stack">
          <BeforeAfter
            before={{ src: imageUrl(left.id, left.changed), label: left.title }}
            after={{ src: imageUrl(right.id, right.changed), label: right.title }}
          />
          <ComparisonChoice />
        </div>
        <div class="stack">
          <table>
            <thead>
              <tr>
                <th scope="col">
                  <span class="visually-hidden">Setting</span>
                </th>
                <th scope="col">Left</th>
                <th scope="col">Right</th>
              </tr>
            </thead>
            <tbody class="numbers">
              {rows.map(([label, value]) => {
                const [a, b] = [value(left), value(right)];
                return (
                  <tr key={label} class={a === b ? "" : "differs"}>
                    <th scope="row">{label}</th>
                    <td>{a}</td>
                    <td>{b}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p class="small soft">Bold: different. {explainScores("other")}</p>
        </div>
      </div>
    </Dialog>
  );
}
