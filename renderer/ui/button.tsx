import type { LucideIcon } from 'lucide-react';
import type { ComponentPropsWithRef, ReactElement, ReactNode } from 'react';
import styles from './button.module.css';
import { cx } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

type Tone = 'normal' | 'primary' | 'danger' | 'quiet';
const TONES: Readonly<Record<Tone, string | undefined>> = {
  normal: undefined,
  primary: styles.primary,
  danger: styles.danger,
  quiet: styles.quiet,
};

interface ButtonProps extends ComponentPropsWithRef<'button'> {
  tone?: Tone;
  large?: boolean;
  icon?: LucideIcon;
  /** Something is under way: it turns, and cannot be pressed again. */
  busy?: boolean;
  children: ReactNode;
}

export function Button({
  tone = 'normal',
  large,
  icon: Icon,
  busy,
  children,
  className,
  ...rest
}: ButtonProps): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      className={cx(styles.button, TONES[tone], large && styles.large, className)}
    >
      {busy ? <Spinner /> : Icon && <Icon aria-hidden />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  icon: LucideIcon;
  /** Its name, shown as a tooltip. */
  label: string;
  /** As in an action: `Mod+K`. */
  shortcut?: string | null;
  tone?: Tone;
  small?: boolean;
  /** Of a switch: whether it is on. */
  pressed?: boolean;
}

/** A disabled one can still be pointed at and focused, so that its name can be read. */
export function IconButton(props: IconButtonProps): ReactElement {
  const { icon: Icon, label, shortcut, tone = 'quiet', small, pressed, disabled, onClick, className, ...rest } = props;
  return (
    <Tooltip label={label} shortcut={shortcut ?? null}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={pressed}
        aria-disabled={disabled || undefined}
        onClick={disabled ? undefined : onClick}
        className={cx(
          styles.button,
          TONES[tone],
          small ? styles.iconSmall : styles.icon,
          pressed && styles.pressed,
          className,
        )}
      >
        <Icon aria-hidden />
      </button>
    </Tooltip>
  );
}

export function Spinner({ label }: { label?: string }): ReactElement {
  return (
    <span
      data-spinner
      className={styles.spinner}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'status', 'aria-label': label })}
    />
  );
}
