import { type ReactElement, useState } from 'react';
import { Field } from './field.tsx';
import styles from './fields.module.css';

interface ColourFieldProps {
  label: string;
  /** `#rrggbb`. */
  value: string;
  onChange: (value: string) => void;
  onCommit?: () => void;
}

export function ColourField({ label, value, onChange, onCommit }: ColourFieldProps): ReactElement {
  const [draft, setDraft] = useState<string | null>(null);
  const commit = (): void => {
    const hex = /^#?([0-9a-f]{6})$/i.exec(draft?.trim() ?? '')?.[1];
    setDraft(null);
    if (hex === undefined) return;
    onChange(`#${hex.toLowerCase()}`);
    onCommit?.();
  };
  return (
    <Field label={label}>
      {(ids) => (
        <span className={styles.colour}>
          <input
            type="color"
            {...ids}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
            onBlur={() => onCommit?.()}
            className={styles.swatch}
          />
          <input
            type="text"
            aria-label={label}
            spellCheck={false}
            value={draft ?? value}
            onChange={(event) => setDraft(event.currentTarget.value)}
            onBlur={commit}
            onKeyDown={(event) => event.key === 'Enter' && commit()}
            className={styles.input}
          />
        </span>
      )}
    </Field>
  );
}
