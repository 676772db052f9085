import { effect, signal } from "@preact/signals";

const key = "clipsteer-theme";
const stored = localStorage.getItem(key);

/** Colours of the page; the system's until the user chooses. */
export const theme = signal<"light" | "dark">(
  stored === "light" || stored === "dark"
    ? stored
    : matchMedia("(prefers-color-scheme: dark)").matches
      ? "dark"
      : "light",
);

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});

export function toggleTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  localStorage.setItem(key, theme.value);
}
