import { RefreshCw } from 'lucide-react';
import { type ReactElement, useEffect } from 'react';
import { useStore } from 'zustand';
import type { MachineCheck } from '../../../app/contract/system.ts';
import { useLocale, useT } from '../../state/language.ts';
import { Button, ErrorBox, Spinner, type Tone, ToneIcon } from '../../ui/index.ts';
import { checkMachine, machineStore } from './machine-store.ts';
import styles from './settings.module.css';

const TONES: Readonly<Record<MachineCheck['level'], Tone>> = { ok: 'success', warning: 'warning', missing: 'error' };

export function MachineSettings(): ReactElement {
  const t = useT();
  const { report, running, error } = useStore(machineStore);
  useEffect(() => {
    if (machineStore.getState().report === null) void checkMachine();
  }, []);
  return (
    <>
      <div className={styles.verdict} role="status">
        {running ? (
          <>
            <Spinner />
            <p>{t('settings.checking')}</p>
          </>
        ) : (
          report !== null && (
            <>
              <ToneIcon tone={report.ready ? 'success' : 'error'} />
              <p>{t(report.ready ? 'settings.ready' : 'settings.notReady')}</p>
            </>
          )
        )}
        <Button icon={RefreshCw} disabled={running} onClick={() => void checkMachine()}>
          {t('settings.checkAgain')}
        </Button>
      </div>
      {error !== null && <ErrorBox error={error} />}
      {report !== null && (
        <ul className={styles.checks} aria-label={t('settings.machine')}>
          {report.checks.map((check) => (
            <Check key={check.id} check={check} />
          ))}
        </ul>
      )}
      <h3 className={styles.limitsTitle}>{t('settings.limits')}</h3>
      <ul className={styles.limits}>
        <li>{t('settings.limitSpeed')}</li>
        <li>{t('settings.limitVoices')}</li>
        <li>{t('settings.limitFaces')}</li>
      </ul>
    </>
  );
}

function Check({ check: { level, summary, fix, details } }: { check: MachineCheck }): ReactElement {
  const t = useT();
  const locale = useLocale();
  return (
    <li className={styles.check}>
      <ToneIcon tone={TONES[level]} />
      <div className="selectable">
        <p>
          <span className="visually-hidden">{t.any(`settings.level_${level}`)}</span>
          {summary[locale]}
        </p>
        {fix !== null && <p className={styles.fix}>{fix[locale]}</p>}
        {details.length > 0 && (
          <details>
            <summary>{t('settings.more')}</summary>
            <ul>
              {details.map((detail) => (
                <li key={detail.en}>{detail[locale]}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  );
}
