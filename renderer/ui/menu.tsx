import { Check, type LucideIcon } from 'lucide-react';
import { DropdownMenu as Radix, ContextMenu as RadixContext } from 'radix-ui';
import type { ReactElement } from 'react';
import { cx } from './class-names.ts';
import { Kbd } from './kbd.tsx';
import styles from './popups.module.css';

export interface MenuItem {
  label: string;
  onSelect: () => void;
  icon?: LucideIcon | undefined;
  shortcut?: string | null | undefined;
  disabled?: boolean | undefined;
  /** Of a switch: whether it is on. */
  checked?: boolean | undefined;
  danger?: boolean | undefined;
}
export type MenuEntry = MenuItem | 'separator';

/** The parts that dropdown, context menu and menu bar share. */
interface Parts {
  Item: typeof Radix.Item;
  Separator: typeof Radix.Separator;
}

export function MenuEntries({
  entries,
  parts: { Item, Separator },
}: {
  entries: readonly MenuEntry[];
  parts: Parts;
}): ReactElement {
  return (
    <>
      {entries.map((entry, index) => {
        if (entry === 'separator')
          return <Separator key={`separator-${index.toString()}`} className={styles.separator} />;
        const { label, onSelect, icon: Icon, shortcut, disabled, checked, danger } = entry;
        return (
          <Item
            key={label}
            className={cx(styles.item, danger && styles.danger)}
            disabled={disabled ?? false}
            onSelect={onSelect}
            {...(checked !== undefined && { role: 'menuitemcheckbox', 'aria-checked': checked })}
          >
            <span className={styles.mark}>{checked ? <Check aria-hidden /> : Icon && <Icon aria-hidden />}</span>
            <span className={styles.label}>{label}</span>
            {shortcut != null && <Kbd shortcut={shortcut} />}
          </Item>
        );
      })}
    </>
  );
}

interface MenuProps {
  /** A function is asked each time the menu opens. */
  entries: readonly MenuEntry[] | (() => readonly MenuEntry[]);
  /** One button. */
  trigger: ReactElement;
  align?: 'start' | 'end';
}

/** A menu at a button. */
export function Menu({ entries, trigger, align = 'start' }: MenuProps): ReactElement {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles.popup} align={align} sideOffset={4} collisionPadding={6}>
          {typeof entries === 'function' ? <Fresh ask={entries} /> : <MenuEntries entries={entries} parts={Radix} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const Fresh = ({ ask }: { ask: () => readonly MenuEntry[] }): ReactElement => (
  <MenuEntries entries={ask()} parts={Radix} />
);

/** A menu under the right button (or the menu key) on what it wraps. Entries are made when it opens. */
export function ContextMenu({
  entries,
  children,
}: {
  entries: readonly MenuEntry[];
  children: ReactElement;
}): ReactElement {
  return (
    <RadixContext.Root modal={false}>
      <RadixContext.Trigger asChild>{children}</RadixContext.Trigger>
      <RadixContext.Portal>
        <RadixContext.Content className={styles.popup} collisionPadding={6}>
          <MenuEntries entries={entries} parts={RadixContext} />
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  );
}
