import { CircleStop, Radio, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { LiveStatus } from '../../../../app/live/protocol.ts';
import { useAction } from '../../../actions/registry.ts';
import { useFormat, useLanguage, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { Button, Popover, ToneIcon } from '../../../ui/index.ts';
import styles from '../live.module.css';
import { isRunning, useShow } from '../live-store.ts';
import { liveErrorText, STATE_WORDS } from './words.ts';

/** Whether it is on air, since when, what troubles it, and the one button that changes that. */
export function AirBar(): ReactElement {
  const t = useT();
  const { clock } = useFormat();
  const state = useShow((status) => status?.state ?? 'off');
  const uptimeS = useShow((status) => Math.floor((status?.uptimeMs ?? 0) / 1000));
  const running = useShow(isRunning);
  const segments = useDocument(({ live }) => live.show.segments.length);
  return (
    <div className={styles.airBar}>
      <h1 className="visually-hidden">{t('live.title')}</h1>
      <span className={styles.airState} data-state={state} role="status">
        <span className={styles.lamp} data-state={state} aria-hidden />
        {t.any(STATE_WORDS[state])}
      </span>
      {running && uptimeS > 0 && <span className={styles.airClock}>{clock(uptimeS * 1000)}</span>}
      <Trouble />
      {!running && state !== 'failed' && (
        <span className={styles.airHint}>{segments === 0 ? t('live.hintEmpty') : t('live.hintReady')}</span>
      )}
      <span className={styles.spring} />
      <Alarms />
      {running ? <StopButton /> : <GoButton />}
    </div>
  );
}

function GoButton(): ReactElement {
  const t = useT();
  const { disabled, run } = useAction('live.go');
  return (
    <Button tone="danger" icon={Radio} disabled={disabled} onClick={run} data-live-go>
      {t('live.goButton')}
    </Button>
  );
}

function StopButton(): ReactElement {
  const t = useT();
  const { disabled, run } = useAction('live.stop');
  const stopping = useShow((status) => status?.state === 'stopping');
  return (
    <Button icon={CircleStop} disabled={disabled} onClick={run}>
      {stopping ? t('live.stopping') : t('live.stopButton')}
    </Button>
  );
}

const troubleOf = (status: LiveStatus | null): LiveStatus['lastError'] =>
  status !== null && (status.state === 'failed' || status.state === 'recovering' || status.state === 'starting')
    ? status.lastError
    : null;

/** Why it is not on air, or not at the moment. */
function Trouble(): ReactElement | null {
  const { t, locale } = useLanguage();
  const error = useShow(troubleOf);
  if (error === null) return null;
  const { message, hint } = liveErrorText(error, locale, t);
  return (
    <span className={styles.trouble} role="alert" title={hint}>
      <ToneIcon tone="error" />
      <span>
        {message} {hint}
      </span>
    </span>
  );
}

function Alarms(): ReactElement | null {
  const { t, locale } = useLanguage();
  const alarms = useShow((status) => status?.alarms);
  if (alarms === undefined || alarms.length === 0) return null;
  const words = t('live.alarms', { count: alarms.length });
  return (
    <Popover
      label={words}
      align="end"
      focusPanel
      trigger={
        <button type="button" className={styles.alarmButton}>
          <TriangleAlert aria-hidden />
          {words}
        </button>
      }
    >
      <ul className={styles.alarmList}>
        {alarms.map(({ id, error }) => {
          const { message, hint } = liveErrorText(error, locale, t);
          return (
            <li key={id}>
              <ToneIcon tone="warning" />
              <span>
                <strong>{message}</strong> {hint}
              </span>
            </li>
          );
        })}
      </ul>
    </Popover>
  );
}
