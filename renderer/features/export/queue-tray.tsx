import { ArrowUpFromLine, ListX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { rpc } from '../../bridge/index.ts';
import { useFormat, useT } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { busyPercent, isBusy, studioStore } from '../../state/studio-store.ts';
import { hashOf } from '../../state/ui-store.ts';
import { Button, cx, Popover } from '../../ui/index.ts';
import styles from './export.module.css';
import { JobRow } from './job-row.tsx';
import { queueStore } from './queue-store.ts';

/** In the top bar once there is an export: how far all are, and the queue at a click. */
export default function QueueTray(): ReactElement | null {
  const t = useT();
  const format = useFormat();
  const jobs = useStore(studioStore, (state) => state.jobs);
  const open = useStore(queueStore, (state) => state.open);
  if (jobs === null || jobs.length === 0) return null;
  const busy = jobs.filter(isBusy).length;
  const failed = jobs.filter(({ status }) => status.state === 'failed').length;
  const percent = busyPercent(jobs);
  const words =
    percent !== null
      ? t('export.busy', { count: busy, percent: format.percent(percent / 100) })
      : failed > 0
        ? t('export.someFailed', { count: failed })
        : t('export.allDone');
  return (
    <Popover
      label={t('export.queue')}
      align="end"
      focusPanel
      open={open}
      onOpenChange={(next) => queueStore.setState({ open: next })}
      trigger={
        <button type="button" className={cx(styles.tray, failed > 0 && styles.trayFailed)} title={words}>
          <Ring share={percent === null ? 1 : percent / 100} busy={percent !== null} />
          <span className={styles.trayWords}>{words}</span>
        </button>
      }
    >
      <section className={styles.queue} aria-label={t('export.queue')}>
        <header>
          <h2>{t('export.queue')}</h2>
          <a href={hashOf({ screen: 'library' })} onClick={() => queueStore.setState({ open: false })}>
            {t('export.toLibraryLink')}
          </a>
        </header>
        <ol>
          {[...jobs].reverse().map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ol>
        {jobs.length > busy && (
          <footer>
            <Button tone="quiet" icon={ListX} onClick={() => void rpc.exports.clearEnded({}).catch(showErrorToast)}>
              {t('export.clearEnded')}
            </Button>
          </footer>
        )}
      </section>
    </Popover>
  );
}

const AROUND = 2 * Math.PI * 8;

const Ring = ({ share, busy }: { share: number; busy: boolean }): ReactElement => (
  <span className={styles.ring}>
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <circle cx="10" cy="10" r="8" className={styles.ringBack} />
      <circle
        cx="10"
        cy="10"
        r="8"
        className={busy ? styles.ringDone : styles.ringFull}
        strokeDasharray={AROUND}
        strokeDashoffset={AROUND * (1 - share)}
      />
    </svg>
    <ArrowUpFromLine aria-hidden />
  </span>
);
