import { CircleCheck, CircleSlash, Clock, RotateCcw, TriangleAlert, X } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { ExportJob } from '../../../app/contract/exports.ts';
import { exportPresets } from '../../../app/document/export-presets.ts';
import { errorText } from '../../bridge/errors.ts';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { Button, IconButton, ProgressBar, Spinner } from '../../ui/index.ts';
import { showWork } from '../library/library-store.ts';
import styles from './export.module.css';
import { fixFor } from './job-fix.ts';
import { queueStore } from './queue-store.ts';

/** One export: what it is, how far it is, what can be done about it. */
export function JobRow({ job }: { job: ExportJob }): ReactElement {
  const { t, locale } = useLanguage();
  const [asked, setAsked] = useState(false);
  const { id, fileName, projectName, target, status, restarts } = job;
  const busy = status.state === 'queued' || status.state === 'running';
  const ask = async (call: Promise<unknown>): Promise<void> => {
    setAsked(true);
    await call.catch(showErrorToast);
    setAsked(false);
  };
  return (
    <li className={styles.job} data-state={status.state}>
      <span className={styles.jobIcon}>
        <StateIcon state={status.state} />
      </span>
      <div className={styles.jobWords}>
        <p className={styles.jobName} title={fileName}>
          {fileName}
        </p>
        <p className={styles.jobFrom}>
          {projectName}
          {target.preset !== null && ` · ${exportPresets[target.preset].name[locale]}`}
        </p>
        <JobState job={job} />
        {restarts > 0 && <p className={styles.jobNote}>{t('export.restarted', { count: restarts })}</p>}
      </div>
      <div className={styles.jobTools}>
        {status.state === 'done' && (
          <Button
            onClick={() => {
              queueStore.setState({ open: false });
              showWork(status.workId);
            }}
          >
            {t('export.show')}
          </Button>
        )}
        {(status.state === 'failed' || status.state === 'cancelled') && (
          <IconButton
            small
            icon={RotateCcw}
            label={t('export.retryNamed', { name: fileName })}
            disabled={asked}
            onClick={() => void ask(rpc.exports.retry({ id }))}
          />
        )}
        <IconButton
          small
          icon={X}
          label={t(busy ? 'export.cancelNamed' : 'export.removeNamed', { name: fileName })}
          disabled={asked}
          onClick={() => void ask(busy ? rpc.exports.cancel({ id }) : rpc.exports.remove({ id }))}
        />
      </div>
    </li>
  );
}

function StateIcon({ state }: { state: ExportJob['status']['state'] }): ReactElement {
  switch (state) {
    case 'running':
      return <Spinner />;
    case 'queued':
      return <Clock aria-hidden />;
    case 'done':
      return <CircleCheck aria-hidden />;
    case 'failed':
      return <TriangleAlert aria-hidden />;
    case 'cancelled':
      return <CircleSlash aria-hidden />;
  }
}

function JobState({ job }: { job: ExportJob }): ReactElement {
  const { t, format, locale } = useLanguage();
  const { status, fileName, finishedAtMs, startedAtMs } = job;
  switch (status.state) {
    case 'queued':
      return <p className={styles.jobNote}>{t('export.waiting')}</p>;
    case 'running':
      return (
        <>
          <ProgressBar label={t('export.progressOf', { name: fileName })} value={status.progress} />
          <p className={styles.jobNote}>
            {t.any(`export.step_${status.step}`)}
            {` · ${format.percent(status.progress)}`}
            {status.etaMs !== null && ` · ${t('export.left', { time: format.duration(Math.max(1000, status.etaMs)) })}`}
          </p>
        </>
      );
    case 'done':
      return (
        <>
          <p className={styles.jobNote}>
            {startedAtMs === null || finishedAtMs === null
              ? t('export.done')
              : t('export.doneIn', { time: format.duration(finishedAtMs - startedAtMs) })}
          </p>
          {status.warnings.map((warning) => {
            const { message, hint } = errorText(warning, locale, t);
            return (
              <p key={warning.code} className={styles.jobWarning}>
                {message} {hint}
              </p>
            );
          })}
        </>
      );
    case 'failed': {
      const { message, hint } = errorText(status.error, locale, t);
      const fix = fixFor(status.error, job);
      return (
        <div className={styles.jobFault}>
          <p>{message}</p>
          <p>{hint}</p>
          {fix !== null && (
            <Button
              onClick={() => {
                queueStore.setState({ open: false });
                fix.run();
              }}
            >
              {t.any(fix.label)}
            </Button>
          )}
        </div>
      );
    }
    case 'cancelled':
      return <p className={styles.jobNote}>{t('export.cancelled')}</p>;
  }
}
