import { Popover as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './class-names.ts';
import styles from './popups.module.css';

interface PopoverProps {
  label: string;
  /** One button. */
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A small panel at a button. */
export function Popover({ label, trigger, children, align = 'start', ...state }: PopoverProps): ReactElement {
  return (
    <Radix.Root {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={cx(styles.popup, styles.popover)}
          aria-label={label}
          align={align}
          sideOffset={5}
          collisionPadding={6}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
