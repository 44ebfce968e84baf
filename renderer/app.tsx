import { lazy, type ReactElement, useEffect } from 'react';
import { useStore } from 'zustand';
import { features } from './features/index.ts';
import { ConnectionBanner } from './shell/connection-banner.tsx';
import { Guarded, GuardedQuietly } from './shell/guarded.tsx';
import styles from './shell/shell.module.css';
import { Slot } from './shell/slot.tsx';
import { TopBar } from './shell/top-bar.tsx';
import { useFormat, useT } from './state/language.ts';
import { projectStore, useProject } from './state/project.ts';
import { busyPercent, studioStore } from './state/studio-store.ts';
import { uiStore } from './state/ui-store.ts';
import { TooltipProvider } from './ui/index.ts';
import { ToastList } from './ui/toast-list.tsx';

const Workspace = lazy(() => import('./shell/workspace.tsx'));

const DIALOGS = [
  { id: 'palette', component: lazy(() => import('./shell/palette.tsx')) },
  { id: 'shortcuts', component: lazy(() => import('./shell/shortcut-sheet.tsx')) },
  ...features.flatMap((feature) => feature.dialogs ?? []),
];
const BACKGROUND = features.flatMap(({ id, background }) => (background === undefined ? [] : [{ id, background }]));

export function App(): ReactElement {
  const t = useT();
  return (
    <TooltipProvider>
      <div className={styles.app}>
        <button type="button" className="skip-link" onClick={() => document.getElementById('content')?.focus()}>
          {t('shell.skipToContent')}
        </button>
        <TopBar />
        <ConnectionBanner />
        <main className={styles.main} id="content" tabIndex={-1}>
          <Screen />
        </main>
      </div>
      <OpenDialog />
      {BACKGROUND.map(({ id, background: Background }) => (
        <GuardedQuietly key={id}>
          <Background />
        </GuardedQuietly>
      ))}
      <ToastList />
    </TooltipProvider>
  );
}

function Screen(): ReactElement {
  const t = useT();
  const route = useStore(uiStore, (state) => state.route);
  const inWorkspace = route.screen === 'workspace';
  const name = useProject(({ document }) => document?.name);
  const percent = useStore(studioStore, ({ jobs }) => busyPercent(jobs));
  const { percent: percentText } = useFormat();
  useEffect(() => {
    const title = inWorkspace && name !== undefined ? `${name} – ${t('shell.appName')}` : t('shell.appName');
    document.title = percent === null ? title : `${percentText(percent / 100)} · ${title}`;
  }, [inWorkspace, name, t, percent, percentText]);
  useEffect(() => {
    if (!inWorkspace) void projectStore().close();
  }, [inWorkspace]);
  if (inWorkspace) {
    return (
      <Guarded>
        <Workspace key={route.projectId} projectId={route.projectId} />
      </Guarded>
    );
  }
  return (
    <div className={styles.screen} key={route.screen}>
      <Slot id={route.screen} />
    </div>
  );
}

function OpenDialog(): ReactElement | null {
  const open = useStore(uiStore, ({ dialog }) => dialog);
  const Dialog = DIALOGS.find(({ id }) => id === open?.id)?.component;
  if (open === null || Dialog === undefined) return null;
  return (
    <Guarded>
      <Dialog argument={open.argument} />
    </Guarded>
  );
}
