/** Fields of forms that every view uses. */
import { useEffect, useId, useRef } from "preact/hooks";

/** Style of a slider whose line is filled to a share of its width. */
export const makeFillStyle = (share: number): Record<string, string> => ({
  "--fill": `${Math.round(1000 * Math.min(1, Math.max(0, share))) / 10}%`,
});

interface TextFieldProps {
  readonly id: string;
  readonly label: string;
  /** A short remark at the end of the label's line. */
  readonly hint?: string | undefined;
  readonly value: string;
  readonly placeholder: string;
  /** Number of lines; 1 without. */
  readonly rows?: number;
  readonly wrong?: boolean;
  /** Whether the key `/` leads to it. */
  readonly isPrompt?: boolean;
  /** Whether it takes the focus when it appears. */
  readonly focused?: boolean;
  onInput(value: string): void;
  onFocus?(): void;
  /** Enter without Shift. */
  onEnter(): void;
}

/** A field for words below its label; Enter submits them, Shift+Enter starts a new line. */
export function TextField({
  id,
  label,
  hint,
  value,
  placeholder,
  rows,
  wrong,
  isPrompt,
  focused,
  onInput,
  onFocus,
  onEnter,
}: TextFieldProps) {
  const box = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  useEffect(() => {
    if (focused) box.current?.focus();
  }, []);
  const Box = rows === undefined ? "input" : "textarea";
  return (
    <div class="field">
      <label for={id}>
        {label} {hint !== undefined && <output>{hint}</output>}
      </label>
      <Box
        id={id}
        ref={box}
        class="input"
        rows={rows}
        value={value}
        placeholder={placeholder}
        aria-invalid={wrong}
        data-prompt={isPrompt ? "" : undefined}
        onFocus={onFocus}
        onInput={(event: Event) => onInput((event.currentTarget as HTMLInputElement).value)}
        onKeyDown={(event: KeyboardEvent) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          onEnter();
        }}
      />
    </div>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly shown?: string;
  readonly hideLabel?: boolean;
  onInput(value: number): void;
}

export function Slider({
  label,
  value,
  min,
  max,
  step,
  shown = String(value),
  hideLabel = false,
  onInput,
}: SliderProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={hideLabel ? "visually-hidden" : undefined}>
        {label} {!hideLabel && <output>{shown}</output>}
      </label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={shown}
        style={makeFillStyle((value - min) / (max - min))}
        onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly hideLabel?: boolean;
  /** Whether the options stand in rows of two. */
  readonly inRows?: boolean;
  onChange(value: T): void;
}

/** A choice between a few options, all visible. */
export function Segments<T extends string>({
  label,
  value,
  options,
  hideLabel,
  inRows = false,
  onChange,
}: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset class="field">
      <legend class={hideLabel ? "visually-hidden" : undefined}>{label}</legend>
      <div class={`segments ${inRows ? "rows" : ""}`}>
        {options.map(([option, text]) => (
          <label key={option}>
            <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly hideLabel?: boolean;
  readonly disabled?: boolean;
  onChange(value: string): void;
}

export function Select({ label, value, options, hideLabel, disabled, onChange }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={hideLabel ? "visually-hidden" : undefined}>
        {label}
      </label>
      <select
        id={id}
        class="input"
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
