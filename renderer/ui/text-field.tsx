import { Search } from 'lucide-react';
import { type ComponentPropsWithRef, type KeyboardEvent, type ReactElement, useState } from 'react';
import { cx } from './class-names.ts';
import { Field } from './field.tsx';
import styles from './fields.module.css';

interface TextFieldProps extends Omit<ComponentPropsWithRef<'input'>, 'value' | 'onChange' | 'size'> {
  label: string;
  value: string;
  /** When the field is left or Enter is pressed; Escape takes the typing back. */
  onCommit: (value: string) => void;
  /** With every keystroke. */
  onType?: (value: string) => void;
  hint?: string;
  stacked?: boolean;
  /** The label is for screen readers alone. */
  bare?: boolean;
  invalid?: boolean;
}

/** What is being typed, until it is committed or taken back. */
function useDraft(value: string, onCommit: (value: string) => void, onType?: (value: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  return {
    value: draft ?? value,
    onChange(event: { currentTarget: { value: string } }) {
      setDraft(event.currentTarget.value);
      onType?.(event.currentTarget.value);
    },
    onBlur() {
      if (draft !== null && draft !== value) onCommit(draft);
      setDraft(null);
    },
    takeBack() {
      setDraft(null);
      onType?.(value);
    },
    isDirty: draft !== null && draft !== value,
  };
}

export function TextField({
  label,
  value,
  onCommit,
  onType,
  hint,
  stacked,
  bare,
  invalid,
  className,
  ...rest
}: TextFieldProps): ReactElement {
  const { takeBack, isDirty, ...draft } = useDraft(value, onCommit, onType);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    rest.onKeyDown?.(event);
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') draft.onBlur();
    if (event.key === 'Escape' && isDirty) {
      event.stopPropagation();
      takeBack();
    }
  };
  const input = (extra: object) => (
    <input
      type="text"
      {...rest}
      {...extra}
      {...draft}
      onKeyDown={onKeyDown}
      aria-invalid={invalid || undefined}
      className={cx(styles.input, className)}
    />
  );
  if (bare) return input({ 'aria-label': label });
  return (
    <Field label={label} hint={hint} stacked={stacked}>
      {input}
    </Field>
  );
}

interface TextAreaProps extends Omit<ComponentPropsWithRef<'textarea'>, 'value' | 'onChange'> {
  label: string;
  value: string;
  onCommit: (value: string) => void;
  hint?: string;
}

export function TextArea({ label, value, onCommit, hint, className, ...rest }: TextAreaProps): ReactElement {
  const { takeBack: _, isDirty: __, ...draft } = useDraft(value, onCommit);
  return (
    <Field label={label} hint={hint} stacked>
      {(ids) => <textarea {...rest} {...ids} {...draft} className={cx(styles.input, styles.area, className)} />}
    </Field>
  );
}

interface SearchFieldProps extends Omit<ComponentPropsWithRef<'input'>, 'value' | 'onChange'> {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

export function SearchField({ label, value, onChange, ...rest }: SearchFieldProps): ReactElement {
  return (
    <div className={styles.search}>
      <Search aria-hidden />
      <input
        type="search"
        {...rest}
        aria-label={label}
        placeholder={rest.placeholder ?? label}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        className={styles.input}
      />
    </div>
  );
}
