import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef, useState } from 'react';
import { Field } from './field.tsx';
import styles from './fields.module.css';
import { clampToStep, parseNumber, type Range } from './number-range.ts';

export interface NumberFieldProps extends Range {
  label: string;
  value: number;
  /** With every change: a keystroke of the arrows, a step of the scrub. */
  onChange: (value: number) => void;
  /** When a change is complete; one step of undo ends here. */
  onCommit?: (() => void) | undefined;
  /** What double click leads back to. */
  reset?: number | undefined;
  /** Shown behind the number. */
  unit?: string | undefined;
  /** The number shown is the value times this (100 for percent). */
  scale?: number | undefined;
  disabled?: boolean | undefined;
  hint?: string | undefined;
  stacked?: boolean | undefined;
  /** The label is for screen readers alone. */
  bare?: boolean | undefined;
}

/** A number: typed, stepped by the arrows (Shift: ten times), or scrubbed by dragging over it. */
export function NumberField(props: NumberFieldProps): ReactElement {
  const { label, value, onChange, onCommit, reset, unit, scale = 1, disabled, hint, stacked, bare } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const scrub = useRef<{ x: number; value: number; moved: boolean } | null>(null);
  const digits = Math.max(0, Math.ceil(-Math.log10(props.step * scale) - 1e-9));
  const shown = (value * scale).toFixed(digits);

  const set = (next: number): void => {
    const fitted = clampToStep(next, props);
    if (fitted !== value) onChange(fitted);
  };
  const commitDraft = (): void => {
    if (draft === null) return;
    const typed = parseNumber(draft);
    setDraft(null);
    if (typed === null) return;
    set(typed / scale);
    onCommit?.();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return;
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction !== 0) {
      event.preventDefault();
      setDraft(null);
      set(value + direction * props.step * (event.shiftKey ? 10 : 1));
    } else if (event.key === 'Enter') commitDraft();
    else if (event.key === 'Escape' && draft !== null) {
      event.stopPropagation();
      setDraft(null);
    }
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') onCommit?.();
  };
  const onPointerDown = (event: PointerEvent<HTMLInputElement>): void => {
    if (event.button !== 0 || document.activeElement === event.currentTarget) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    scrub.current = { x: event.clientX, value, moved: false };
  };
  const onPointerMove = (event: PointerEvent): void => {
    const from = scrub.current;
    if (from === null) return;
    const pixels = event.clientX - from.x;
    if (!from.moved && Math.abs(pixels) < 3) return;
    from.moved = true;
    set(from.value + Math.round(pixels / 3) * props.step * (event.shiftKey ? 10 : 1));
  };
  const onPointerUp = (event: PointerEvent<HTMLInputElement>): void => {
    const from = scrub.current;
    scrub.current = null;
    if (from === null) return;
    if (from.moved) onCommit?.();
    else {
      event.currentTarget.focus();
      event.currentTarget.select();
    }
  };
  const onDoubleClick = (): void => {
    if (reset === undefined) return;
    setDraft(null);
    set(reset);
    onCommit?.();
  };

  const input = (extra: object): ReactElement => (
    <span className={styles.number} data-disabled={disabled || undefined}>
      <input
        type="text"
        inputMode="decimal"
        role="spinbutton"
        aria-valuenow={value * scale}
        aria-valuemin={props.min * scale}
        aria-valuemax={props.max * scale}
        aria-valuetext={unit === undefined ? shown : `${shown} ${unit}`}
        {...extra}
        disabled={disabled}
        value={draft ?? shown}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commitDraft}
        {...{ onKeyDown, onKeyUp, onPointerDown, onPointerMove, onPointerUp, onDoubleClick }}
      />
      {unit !== undefined && (
        <span className={styles.unit} aria-hidden>
          {unit}
        </span>
      )}
    </span>
  );
  if (bare) return input({ 'aria-label': label });
  return (
    <Field label={label} hint={hint} stacked={stacked}>
      {input}
    </Field>
  );
}
