/** Where features show: the shell names the place, the features say what is in it. */
import { PackageOpen } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { Panel, SlotId } from '../features/feature.ts';
import { features } from '../features/index.ts';
import { useT } from '../state/language.ts';
import { showTab, uiStore } from '../state/ui-store.ts';
import { EmptyState, Tabs } from '../ui/index.ts';
import { Guarded } from './guarded.tsx';

export const panelsOf = (slot: SlotId): Panel[] =>
  features.flatMap((feature) => feature.panels ?? []).filter((panel) => panel.slot === slot);

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
