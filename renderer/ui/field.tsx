import { type ReactElement, type ReactNode, useId } from 'react';
import { cx } from './class-names.ts';
import styles from './fields.module.css';

/** What a labelled control is told by its field. */
export interface FieldIds {
  id: string;
  'aria-describedby'?: string;
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** The label above instead of beside. */
  stacked?: boolean | undefined;
  /** Draws the control with the ids it must carry. */
  children: (ids: FieldIds) => ReactNode;
}

/** A label, its control, and what there is to say about it. */
export function Field({ label, hint, stacked, children }: FieldProps): ReactElement {
  const id = useId();
  return (
    <div className={cx(styles.field, stacked && styles.stacked)}>
      <label className={styles.label} htmlFor={id} title={label}>
        {label}
      </label>
      {children({ id, ...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` }) })}
      {hint !== undefined && (
        <p className={styles.hint} id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
