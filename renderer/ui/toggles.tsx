import { Check, type LucideIcon } from 'lucide-react';
import { Checkbox as RadixCheckbox, Switch as RadixSwitch, ToggleGroup } from 'radix-ui';
import { type ReactElement, useId } from 'react';
import { Field } from './field.tsx';
import styles from './fields.module.css';
import { Tooltip } from './tooltip.tsx';

interface ToggleProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** On or off at once. */
export function Switch({ label, checked, onChange, disabled = false }: ToggleProps): ReactElement {
  const id = useId();
  return (
    <div className={styles.switchRow}>
      <label htmlFor={id}>{label}</label>
      <RadixSwitch.Root
        id={id}
        className={styles.switch}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
      >
        <RadixSwitch.Thumb />
      </RadixSwitch.Root>
    </div>
  );
}

/** One of several things to be chosen together. */
export function Checkbox({ label, checked, onChange, disabled = false }: ToggleProps): ReactElement {
  const id = useId();
  return (
    <div className={styles.checkRow}>
      <RadixCheckbox.Root
        id={id}
        className={styles.check}
        checked={checked}
        onCheckedChange={(next) => onChange(next === true)}
        disabled={disabled}
      >
        <RadixCheckbox.Indicator>
          <Check aria-hidden />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <label htmlFor={id}>{label}</label>
    </div>
  );
}

interface SegmentsProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; icon?: LucideIcon }[];
  onChange: (value: Value) => void;
  /** Icons alone; the words are tooltips. */
  iconsOnly?: boolean;
  bare?: boolean;
}

/** One of two to five, all of them in view. */
export function Segments<Value extends string>({
  label,
  value,
  options,
  onChange,
  iconsOnly,
  bare,
}: SegmentsProps<Value>): ReactElement {
  const group = (extra: object): ReactElement => (
    <ToggleGroup.Root
      type="single"
      value={value}
      onValueChange={(next) => next !== '' && onChange(next as Value)}
      className={styles.segments}
      aria-label={label}
      {...extra}
    >
      {options.map(({ value: own, label: words, icon: Icon }) => {
        const item = (
          <ToggleGroup.Item
            key={own}
            value={own}
            className={styles.segment}
            {...(iconsOnly && { 'aria-label': words })}
          >
            {Icon && <Icon aria-hidden />}
            {!iconsOnly && words}
          </ToggleGroup.Item>
        );
        return iconsOnly ? (
          <Tooltip key={own} label={words}>
            {item}
          </Tooltip>
        ) : (
          item
        );
      })}
    </ToggleGroup.Root>
  );
  return bare ? group({}) : <Field label={label}>{group}</Field>;
}
