import { Slider as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import styles from './fields.module.css';
import { NumberField, type NumberFieldProps } from './number-field.tsx';

type SliderProps = Omit<NumberFieldProps, 'stacked' | 'bare' | 'hint'>;

/**
 * A value on a rail, with its number beside it. `onChange` follows a drag, `onCommit` ends it: pass a `mergeKey` to editDocument
 * in the one and sealEdit as the other, and a drag is one step of undo. Double click goes back to `reset`.
 */
export function Slider(props: SliderProps): ReactElement {
  const { label, value, min, max, step, onChange, onCommit, reset, disabled } = props;
  const toReset = (): void => {
    if (reset === undefined) return;
    onChange(reset);
    onCommit?.();
  };
  const zero = min < 0 && max > 0 ? (-min / (max - min)) * 100 : 0;
  const at = ((Math.min(max, Math.max(min, value)) - min) / (max - min)) * 100;
  return (
    <div className={styles.slider}>
      <span className={styles.label} title={label}>
        {label}
      </span>
      <Radix.Root
        className={styles.track}
        value={[value]}
        {...{ min, max, step, disabled }}
        onValueChange={([next]) => onChange(next!)}
        onValueCommit={() => onCommit?.()}
        onDoubleClick={toReset}
      >
        <Radix.Track className={styles.rail}>
          <span className={styles.fill} style={{ left: `${Math.min(zero, at)}%`, width: `${Math.abs(at - zero)}%` }} />
        </Radix.Track>
        {min < 0 && <span className={styles.mid} style={{ left: `${zero}%` }} />}
        <Radix.Thumb className={styles.thumb} aria-label={label} />
      </Radix.Root>
      <NumberField {...props} bare />
    </div>
  );
}
