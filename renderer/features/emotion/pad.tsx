/** Two values on a plane: dragged, or moved by the arrows (Shift: ten times; Home: back to the middle). */
import { Crosshair } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, type ReactElement, useRef } from 'react';
import type { EmotionControl } from '../../../app/speech/emotion-blend.ts';
import { useFormat, useT } from '../../state/language.ts';
import { IconButton, NumberField } from '../../ui/index.ts';
import styles from './emotion.module.css';

export interface PadProps {
  label: string;
  x: { control: EmotionControl; value: number; label: string };
  /** Grows downwards. */
  y: { control: EmotionControl; value: number; label: string };
  /** Values that change. */
  onChange: (values: { x?: number; y?: number }) => void;
  onCommit: () => void;
}

type Axis = PadProps['x'];

const fitted = (value: number, { min, max, step }: EmotionControl): number =>
  Math.min(max, Math.max(min, Math.round(value / step) * step));
const shareOf = ({ control: { min, max }, value }: Axis): number => (value - min) / (max - min);

export function Pad({ label, x, y, onChange, onCommit }: PadProps): ReactElement {
  const t = useT();
  const format = useFormat();
  const surface = useRef<HTMLDivElement>(null);
  const dragging = useRef(false);
  const shown = ({ control, value }: Axis): string =>
    `${format.number(value * control.shownScale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' })} ${control.shownUnit}`;

  const follow = (event: PointerEvent): void => {
    const box = surface.current?.getBoundingClientRect();
    if (box === undefined) return;
    const at = (axis: Axis, share: number): number =>
      fitted(axis.control.min + share * (axis.control.max - axis.control.min), axis.control);
    onChange({
      x: at(x, (event.clientX - box.left) / box.width),
      y: at(y, (event.clientY - box.top) / box.height),
    });
  };
  const centre = (): void => {
    onChange({ x: x.control.default, y: y.control.default });
    onCommit();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const times = event.shiftKey ? 10 : 1;
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move !== undefined) {
      const [dx, dy] = move as [number, number];
      // Two steps of a control at a time: the plane is coarser than a slider.
      if (dx !== 0) onChange({ x: fitted(x.value + dx * times * 2 * x.control.step, x.control) });
      else onChange({ y: fitted(y.value + dy * times * 2 * y.control.step, y.control) });
    } else if (event.key === 'Home') centre();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <fieldset className={styles.pad} aria-label={label}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the thumb in it. */}
      <div
        ref={surface}
        className={styles.padPlane}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          event.currentTarget.querySelector<HTMLElement>('[role="slider"]')?.focus();
          dragging.current = true;
          follow(event);
        }}
        onPointerMove={(event) => dragging.current && follow(event)}
        onPointerUp={() => {
          if (!dragging.current) return;
          dragging.current = false;
          onCommit();
        }}
        onPointerCancel={() => {
          dragging.current = false;
          onCommit();
        }}
        onDoubleClick={centre}
      >
        <span
          className={styles.padThumb}
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-valuemin={x.control.min * x.control.shownScale}
          aria-valuemax={x.control.max * x.control.shownScale}
          aria-valuenow={x.value * x.control.shownScale}
          aria-valuetext={t('emotion.padText', { x: shown(x), y: shown(y) })}
          style={{ left: `${shareOf(x) * 100}%`, top: `${shareOf(y) * 100}%` }}
          onKeyDown={onKeyDown}
          onKeyUp={(event) => event.key.startsWith('Arrow') && onCommit()}
        />
      </div>
      <div className={styles.padFields}>
        <p className={styles.padLabel}>
          <span>{label}</span>
          <IconButton icon={Crosshair} label={t('emotion.padCentre')} small onClick={centre} />
        </p>
        <AxisField axis={x} onChange={(value) => onChange({ x: value })} onCommit={onCommit} />
        <AxisField axis={y} onChange={(value) => onChange({ y: value })} onCommit={onCommit} />
      </div>
    </fieldset>
  );
}

function AxisField({
  axis,
  onChange,
  onCommit,
}: {
  axis: Axis;
  onChange: (value: number) => void;
  onCommit: () => void;
}) {
  const { control, value, label } = axis;
  return (
    <NumberField
      label={label}
      value={value}
      {...{ min: control.min, max: control.max, step: control.step, onChange, onCommit }}
      reset={control.default}
      unit={control.shownUnit}
      scale={control.shownScale}
    />
  );
}
