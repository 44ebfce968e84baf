import { type KeyboardEvent, type PointerEvent, type ReactElement, type ReactNode, useId, useRef } from 'react';
import { useStore } from 'zustand';
import { setLayout, uiStore } from '../state/ui-store.ts';
import { cx } from './class-names.ts';
import styles from './split.module.css';

interface SplitProps {
  /** Under which the size is remembered. */
  id: string;
  /** Of the bar between the two, e.g. what it makes wider. */
  label: string;
  axis: 'x' | 'y';
  /** Which of the two keeps its size; the other takes the rest. */
  sized: 'first' | 'second';
  /** px at 100 % zoom. */
  size: number;
  min: number;
  max: number;
  /** The sized one is folded away, together with the bar. */
  folded?: boolean;
  first: ReactNode;
  second: ReactNode;
}

const KEY_STEP = 16;

/** Two panels and a bar between them: dragged, moved by the arrows, Home and End; double click takes the size back. */
export function Split(props: SplitProps): ReactElement {
  const { id, label, axis, sized, size: standard, min, max, folded, first, second } = props;
  const name = `split.${id}`;
  const size = useStore(uiStore, ({ layout }) => layout[name] ?? standard);
  const panelId = useId();
  const panel = useRef<HTMLDivElement>(null);
  const drag = useRef<{ at: number; size: number } | null>(null);
  const sign = sized === 'first' ? 1 : -1;

  const set = (next: number): void => setLayout(name, Math.round(Math.min(max, Math.max(min, next))));
  const pxPerUnit = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 13;
  /** What is seen, which is less than what is remembered where there is no room for it. */
  const seen = (): number => {
    const box = panel.current?.getBoundingClientRect();
    return box === undefined ? size : (axis === 'x' ? box.width : box.height) / pxPerUnit();
  };
  const place = (event: PointerEvent): number => (axis === 'x' ? event.clientX : event.clientY);
  const bar = (
    // biome-ignore lint/a11y/useSemanticElements: hr can be neither focused nor moved; this is ARIA's window splitter.
    <div
      className={styles.bar}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-controls={panelId}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { at: place(event), size: seen() };
      }}
      onPointerMove={(event) => {
        const from = drag.current;
        if (from !== null) set(from.size + (sign * (place(event) - from.at)) / pxPerUnit());
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onDoubleClick={() => set(standard)}
      onKeyDown={(event: KeyboardEvent) => {
        const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
        if (step !== undefined) set(seen() + sign * step * KEY_STEP);
        else if (event.key === 'Home') set(min);
        else if (event.key === 'End') set(max);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
  const length = `calc(var(--px) * ${size})`;
  const fixed = (content: ReactNode): ReactElement | null =>
    folded ? null : (
      <div
        ref={panel}
        id={panelId}
        className={styles.fixed}
        style={axis === 'x' ? { width: length } : { height: length }}
      >
        {content}
      </div>
    );
  return (
    <div className={cx(styles.split, axis === 'y' && styles.column)}>
      {sized === 'first' ? fixed(first) : <div className={styles.rest}>{first}</div>}
      {!folded && bar}
      {sized === 'second' ? fixed(second) : <div className={styles.rest}>{second}</div>}
    </div>
  );
}
