import { Trash2 } from 'lucide-react';
import { type ReactElement, useEffect } from 'react';
import { useStore } from 'zustand';
import { useT } from '../state/language.ts';
import { projectStore, useProject } from '../state/project.ts';
import { isPanelOpen, navigate, uiStore, viewOf } from '../state/ui-store.ts';
import { Button, EmptyState, ErrorBox, Spinner, Split } from '../ui/index.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import styles from './shell.module.css';
import { panelsOf, Slot, TabSlot } from './slot.tsx';

/** The open project: assets, stage, inspector, and script over timeline. */
export default function Workspace({ projectId }: { projectId: string }): ReactElement {
  const t = useT();
  const phase = useProject((state) => (state.id === projectId ? state.phase : 'opening'));
  const error = useProject((state) => state.error);
  useEffect(() => projectStore().open(projectId), [projectId]);
  const view = useStore(uiStore, viewOf);

  if (phase === 'open' && view === 'live')
    return (
      <>
        <Slot id="live" />
        <ConflictDialog />
      </>
    );
  if (phase === 'open') return <Docks />;
  const back = <Button onClick={() => navigate({ screen: 'projects' })}>{t('shell.backToProjects')}</Button>;
  return (
    <div className={styles.centred}>
      {phase === 'failed' ? (
        <ErrorBox
          error={error}
          onRetry={() =>
            void projectStore()
              .close()
              .then(() => projectStore().open(projectId))
          }
        >
          {back}
        </ErrorBox>
      ) : phase === 'removed' ? (
        <EmptyState icon={Trash2} title={t('shell.removedTitle')} text={t('shell.removedText')}>
          {back}
        </EmptyState>
      ) : (
        <p className={styles.loading} role="status">
          <Spinner />
          {t('shell.opening')}
        </p>
      )}
    </div>
  );
}

function Docks(): ReactElement {
  const t = useT();
  const left = useStore(uiStore, (state) => isPanelOpen(state, 'left'));
  const inspector = useStore(uiStore, (state) => isPanelOpen(state, 'inspector'));
  const bottom = useStore(uiStore, (state) => isPanelOpen(state, 'bottom'));
  const upper = (
    <Split
      id="left"
      label={t('shell.resizeLeft')}
      axis="x"
      sized="first"
      size={232}
      min={160}
      max={480}
      folded={!left || panelsOf('left').length === 0}
      first={
        <section className={styles.panel} data-tour="left" aria-label={t('shell.left')}>
          <TabSlot id="left" label={t('shell.left')} />
        </section>
      }
      second={
        <Split
          id="inspector"
          label={t('shell.resizeInspector')}
          axis="x"
          sized="second"
          size={324}
          min={240}
          max={640}
          folded={!inspector}
          first={
            <section className={`${styles.panel} ${styles.stage}`} data-tour="stage" aria-label={t('shell.stage')}>
              <Slot id="stage" />
            </section>
          }
          second={
            <section className={styles.panel} data-tour="inspector" aria-label={t('shell.inspector')}>
              <TabSlot id="inspector" label={t('shell.inspector')} />
            </section>
          }
        />
      }
    />
  );
  return (
    <div className={styles.workspace}>
      <div className={styles.docks}>
        <Split
          id="bottom"
          label={t('shell.resizeBottom')}
          axis="y"
          sized="second"
          size={358}
          min={160}
          max={700}
          folded={!bottom}
          first={upper}
          second={
            <Split
              id="timeline"
              label={t('shell.resizeTimeline')}
              axis="y"
              sized="second"
              size={174}
              min={72}
              max={420}
              first={
                <section className={styles.panel} data-tour="script" aria-label={t('shell.script')}>
                  <Slot id="script" />
                </section>
              }
              second={
                <section className={styles.panel} data-tour="timeline" aria-label={t('shell.timeline')}>
                  <Slot id="timeline" />
                </section>
              }
            />
          }
        />
      </div>
      <ConflictDialog />
    </div>
  );
}
