import { Check, ChevronsUpDown } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import { type ReactElement, useState } from 'react';
import { cx } from './class-names.ts';
import { Field } from './field.tsx';
import styles from './fields.module.css';
import { FilteredList } from './filtered-list.tsx';
import popups from './popups.module.css';
import type { Option } from './select.tsx';

interface ComboboxProps<Value extends string> {
  label: string;
  value: Value | null;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  placeholder?: string;
  searchLabel: string;
  emptyText: string;
  disabled?: boolean;
  hint?: string;
  stacked?: boolean;
  bare?: boolean;
}

/** One of many, found by typing a part of its name. */
export function Combobox<Value extends string>(props: ComboboxProps<Value>): ReactElement {
  const { label, value, options, onChange, placeholder, searchLabel, emptyText, disabled, hint, stacked, bare } = props;
  const [open, setOpen] = useState(false);
  const chosen = options.find((option) => option.value === value);
  const combobox = (extra: object): ReactElement => (
    <Radix.Root open={open} onOpenChange={setOpen}>
      <Radix.Trigger className={styles.select} disabled={disabled} {...extra}>
        <span>{chosen?.label ?? placeholder}</span>
        <ChevronsUpDown aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={cx(popups.popup, styles.comboList)}
          align="start"
          sideOffset={3}
          collisionPadding={6}
          aria-label={label}
        >
          <FilteredList
            items={options.filter((option) => !option.disabled)}
            textOf={(option) => `${option.label} ${option.note ?? ''}`}
            keyOf={(option) => option.value}
            searchLabel={searchLabel}
            emptyText={emptyText}
            onChoose={(option) => {
              setOpen(false);
              onChange(option.value);
            }}
          >
            {(option) => (
              <>
                <span className={popups.mark}>{option.value === value && <Check aria-hidden />}</span>
                <span className={popups.label}>{option.label}</span>
                {option.note !== undefined && <span className={popups.note}>{option.note}</span>}
              </>
            )}
          </FilteredList>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
  if (bare) return combobox({ 'aria-label': `${label}: ${chosen?.label ?? ''}` });
  return (
    <Field label={label} hint={hint} stacked={stacked}>
      {combobox}
    </Field>
  );
}
