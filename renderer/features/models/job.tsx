/** Something that takes a while: how far it is, or how it ended. */
import type { ReactElement } from 'react';
import type { ModelJob } from '../../../app/contract/models.ts';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { Button, ErrorBox, ProgressBar } from '../../ui/index.ts';
import styles from './models.module.css';
import { ask } from './models-store.ts';

export function Job({ job, title }: { job: ModelJob; title: string }): ReactElement {
  const { t, format } = useLanguage();
  const { id, phase, kind, doneBytes, totalBytes, bytesPerS, error, damaged } = job;
  const over = phase === 'done' || phase === 'failed' || phase === 'stopped';
  const dismiss = (): void => ask(rpc.models.dismiss({ jobId: id }));
  if (error !== null)
    return (
      <ErrorBox error={error}>
        <Button onClick={dismiss}>{t('models.putAway')}</Button>
      </ErrorBox>
    );
  const found = damaged.length === 0 ? t('models.foundNone') : t('models.foundDamaged', { files: damaged.join(', ') });
  return (
    <div className={styles.job} data-job={kind}>
      <div>
        <p role="status">
          {phase === 'done' && kind === 'verify' ? found : t(`models.phase_${phase}`)}
          {!over && totalBytes > 0 && (
            <span className={styles.figures}>
              {t('models.progressOf', { done: format.bytes(doneBytes), total: format.bytes(totalBytes) })}
              {bytesPerS !== null && ` · ${t('models.perSecond', { bytes: format.bytes(bytesPerS) })}`}
            </span>
          )}
        </p>
        {!over && (
          <ProgressBar
            label={`${title}: ${t(`models.phase_${phase}`)}`}
            value={totalBytes > 0 ? doneBytes / totalBytes : null}
          />
        )}
      </div>
      <Button onClick={dismiss}>{over ? t('models.putAway') : t('models.stop')}</Button>
    </div>
  );
}
