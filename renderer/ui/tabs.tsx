import type { LucideIcon } from 'lucide-react';
import { Tabs as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import styles from './tabs.module.css';

export interface Tab {
  id: string;
  label: string;
  icon?: LucideIcon;
  content: ReactNode;
}

/** Panels of which one is in view; those not in view are not drawn. */
export const Tabs = (props: {
  label: string;
  value: string;
  onChange: (id: string) => void;
  tabs: readonly Tab[];
}): ReactElement => (
  <Radix.Root className={styles.root} value={props.value} onValueChange={props.onChange}>
    <Radix.List className={styles.list} aria-label={props.label}>
      {props.tabs.map(({ id, label, icon: Icon }) => (
        <Radix.Trigger key={id} value={id} className={styles.tab}>
          {Icon && <Icon aria-hidden />}
          {label}
        </Radix.Trigger>
      ))}
    </Radix.List>
    {props.tabs.map(({ id, content }) => (
      <Radix.Content key={id} value={id} className={styles.body}>
        {content}
      </Radix.Content>
    ))}
  </Radix.Root>
);
