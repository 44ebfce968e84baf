import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd.tsx';
import styles from './popups.module.css';

export const TooltipProvider = ({ children }: { children: ReactNode }): ReactElement => (
  <Radix.Provider delayDuration={500} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
);

/** Says the name of what it wraps (one element), after a moment's pointing or on focus. */
export function Tooltip({
  label,
  shortcut = null,
  children,
}: {
  label: string;
  shortcut?: string | null;
  children: ReactElement;
}): ReactElement {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.tooltip} sideOffset={5} collisionPadding={6}>
          <span>{label}</span>
          {shortcut !== null && <Kbd shortcut={shortcut} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
