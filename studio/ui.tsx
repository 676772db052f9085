/** Controls that every view uses. */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons.js";

interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly icon?: IconName;
  /** Name of a button without text. */
  readonly label?: string;
  /** `flush`: text at the left edge of its column. */
  readonly kind?: "primary" | "quiet" | "plain" | "flush";
  readonly wide?: boolean;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly submit?: boolean;
  /** Whether Tab passes it over, where keys do the same. */
  readonly skipped?: boolean;
  onClick?(): void;
}

export function Button({
  children,
  icon,
  label,
  kind = "plain",
  wide,
  pressed,
  disabled,
  submit,
  skipped,
  onClick,
}: ButtonProps) {
  const classes = ["button", kind === "flush" ? "quiet flush" : kind, wide && "wide", !children && "icon"]
    .filter(Boolean)
    .join(" ");
  return (
    <button
      type={submit ? "submit" : "button"}
      class={classes}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      tabIndex={skipped ? -1 : undefined}
      onClick={onClick}
    >
      {icon && <Icon name={icon} size={18} />}
      {children}
    </button>
  );
}

/** Placeholder of a view without content: what belongs there, and how to get it. */
export function Empty({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={icon} size={28} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

const noticeIcons = { note: "info", good: "check", warn: "warn", bad: "warn" } as const;

export function Notice({
  kind = "note",
  children,
}: {
  kind?: "note" | "good" | "warn" | "bad";
  children: ComponentChildren;
}) {
  return (
    <div class={`notice ${kind}`}>
      <Icon name={noticeIcons[kind]} size={18} />
      <div>{children}</div>
    </div>
  );
}

/** Seconds in words: `8 s`, `2 min 5 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A score with two decimals. */
export const formatScore = (value: number | undefined): string =>
  value === undefined ? "–" : value.toFixed(2).replace("-", "−");
