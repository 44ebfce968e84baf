/** Where features show: the shell names the place, the features say what is in it. */
import { PackageOpen } from 'lucide-react';
import { Component, type ReactElement, type ReactNode, Suspense } from 'react';
import { useStore } from 'zustand';
import type { Panel, SlotId } from '../features/feature.ts';
import { features } from '../features/index.ts';
import { useT } from '../state/language.ts';
import { showTab, uiStore } from '../state/ui-store.ts';
import { EmptyState, ErrorBox, Spinner, Tabs } from '../ui/index.ts';
import styles from './shell.module.css';

export const panelsOf = (slot: SlotId): Panel[] =>
  features.flatMap((feature) => feature.panels ?? []).filter((panel) => panel.slot === slot);

/** A panel that throws takes nothing else with it. */
class Guard extends Component<{ children: ReactNode }, { error: unknown; round: number }> {
  override state = { error: null as unknown, round: 0 };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    const { error, round } = this.state;
    if (error !== null) {
      return (
        <div className={styles.centred}>
          <ErrorBox error={error} onRetry={() => this.setState({ error: null, round: round + 1 })} />
        </div>
      );
    }
    return this.props.children;
  }
}

/** What is loaded when it is first shown, guarded. */
export function Guarded({ children }: { children: ReactNode }): ReactElement {
  return (
    <Guard>
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </Guard>
  );
}

/** What is nowhere until it is loaded. */
export const GuardedQuietly = ({ children }: { children: ReactNode }): ReactElement => (
  <Guard>
    <Suspense fallback={null}>{children}</Suspense>
  </Guard>
);

export function Loading(): ReactElement {
  const t = useT();
  return (
    <div className={styles.centred}>
      <p className={styles.loading}>
        <Spinner label={t('shell.loading')} />
      </p>
    </div>
  );
}

function Absent(): ReactElement {
  const t = useT();
  return <EmptyState icon={PackageOpen} title={t('shell.absent')} text={t('shell.absentText')} />;
}

/** A slot of one panel. */
export function Slot({ id }: { id: SlotId }): ReactElement {
  const Content = panelsOf(id)[0]?.component;
  return Content === undefined ? <Absent /> : <Guarded>{<Content />}</Guarded>;
}

/** A slot of tabs. */
export function TabSlot({ id, label }: { id: SlotId; label: string }): ReactElement {
  const t = useT();
  const panels = panelsOf(id);
  const chosen = useStore(uiStore, ({ tabs }) => tabs[id]);
  const value = panels.find((panel) => panel.id === chosen)?.id ?? panels[0]?.id;
  if (value === undefined) return <Absent />;
  return (
    <Tabs
      label={label}
      value={value}
      onChange={(next) => showTab(id, next)}
      tabs={panels.map(({ id: panelId, title, component: Content }) => ({
        id: panelId,
        label: t.any(title),
        content: (
          <Guarded>
            <Content />
          </Guarded>
        ),
      }))}
    />
  );
}
