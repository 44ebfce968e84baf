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
  /** The focus goes to the panel itself: where its first control is not what one came for. */
  focusPanel?: boolean;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

function focusItself(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/** A small panel at a button. */
export function Popover({
  label,
  trigger,
  children,
  align = 'start',
  focusPanel,
  ...state
}: PopoverProps): ReactElement {
  return (
    <Radix.Root {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={cx(styles.popup, styles.popover)}
          aria-label={label}
          align={align}
          {...(focusPanel && { onOpenAutoFocus: focusItself })}
          sideOffset={5}
          collisionPadding={6}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
