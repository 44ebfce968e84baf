import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactElement } from 'react';
import { cx } from './class-names.ts';
import { Field } from './field.tsx';
import styles from './fields.module.css';
import popups from './popups.module.css';

export interface Option<Value extends string> {
  value: Value;
  label: string;
  /** Small, behind the label. */
  note?: string;
  disabled?: boolean;
}

interface SelectProps<Value extends string> {
  label: string;
  value: Value | null;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  placeholder?: string;
  disabled?: boolean;
  hint?: string;
  stacked?: boolean;
  bare?: boolean;
}

/** One of a few. For many, or for what one would search in, see Combobox; for two or three, Segments. */
export function Select<Value extends string>(props: SelectProps<Value>): ReactElement {
  const { label, value, options, onChange, placeholder, disabled, hint, stacked, bare } = props;
  const select = (extra: object): ReactElement => (
    <Radix.Root value={value ?? ''} onValueChange={(next) => onChange(next as Value)} {...(disabled && { disabled })}>
      <Radix.Trigger className={styles.select} {...extra}>
        <Radix.Value placeholder={placeholder} />
        <ChevronDown aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={popups.popup} position="popper" sideOffset={3} collisionPadding={6}>
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className={popups.item}
                {...(option.disabled && { disabled: true })}
              >
                <span className={popups.mark}>
                  <Radix.ItemIndicator>
                    <Check aria-hidden />
                  </Radix.ItemIndicator>
                </span>
                <span className={popups.label}>
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                </span>
                {option.note !== undefined && <span className={popups.note}>{option.note}</span>}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
  if (bare) return select({ 'aria-label': label, className: cx(styles.select) });
  return (
    <Field label={label} hint={hint} stacked={stacked}>
      {select}
    </Field>
  );
}
