import type { ReactElement, ReactNode } from 'react';
import type { LiveStatus } from '../../../../app/live/protocol.ts';
import { useFormat, useT } from '../../../state/language.ts';
import { Tooltip } from '../../../ui/index.ts';
import styles from '../live.module.css';
import { useShow } from '../live-store.ts';

type Level = 'calm' | 'warning' | 'error';
const NONE = '–';

/** How the show is, in one line of figures. */
export function HealthStrip(): ReactElement {
  const t = useT();
  const { number, bytes, clock } = useFormat();
  const status = useShow((each) => each);
  const session = status?.session ?? null;
  const tenths = (value: number): string => number(value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const whole = (value: number): string => number(value, { maximumFractionDigits: 0 });
  const ms = (value: number): string => `${whole(Math.round(value))} ms`;
  const of = <T,>(read: (from: NonNullable<LiveStatus['session']>) => T): T | null =>
    session === null ? null : read(session);
  const restarts = status === null ? 0 : status.restarts.session + status.restarts.hub + status.restarts.publisher;
  return (
    <section className={styles.health} aria-label={t('live.health')}>
      <dl>
        <Figure
          name={t('live.fps')}
          hint={t('live.fpsHint')}
          level={level(of(({ fpsOut, rung }) => fpsOut < rung.fps * 0.96))}
        >
          {of(({ fpsIn, fpsOut }) => `${tenths(fpsIn)} → ${tenths(fpsOut)}`)}
        </Figure>
        <Figure
          name={t('live.late')}
          hint={t('live.lateHint')}
          level={level(of(({ lateFrames, frames }) => lateFrames > frames * 0.01 && lateFrames > 5))}
        >
          {of(({ lateFrames }) => whole(lateFrames))}
        </Figure>
        <Figure
          name={t('live.skipped')}
          hint={t('live.skippedHint')}
          level={level(of(({ skippedFrames, frames }) => skippedFrames > frames * 0.01 && skippedFrames > 5))}
        >
          {of(({ skippedFrames }) => whole(skippedFrames))}
        </Figure>
        <Figure
          name={t('live.encoder')}
          hint={t('live.encoderHint')}
          level={level(of(({ encoderSpeed }) => encoderSpeed !== null && encoderSpeed < 0.97))}
        >
          {of(({ encoderSpeed }) =>
            encoderSpeed === null
              ? null
              : `${number(encoderSpeed, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}×`,
          )}
        </Figure>
        <Figure name={t('live.ahead')} hint={t('live.aheadHint')}>
          {of(({ renderAhead, renderAheadMax }) => `${renderAhead} / ${renderAheadMax}`)}
        </Figure>
        <Figure
          name={t('live.avOffset')}
          hint={t('live.avOffsetHint')}
          level={level(of(({ avOffsetMs }) => Math.abs(avOffsetMs) > 40))}
        >
          {of(({ avOffsetMs, worstAvOffsetMs }) => `${ms(avOffsetMs)} / ${ms(worstAvOffsetMs)}`)}
        </Figure>
        <Figure name={t('live.rung')} hint={t('live.rungHint')} level={level(of(({ rung }) => rung.step > 0))}>
          {of(({ rung }) => `${rung.heightPx}p${whole(rung.fps)} · ${whole(rung.videoKbps)} kbps`)}
        </Figure>
        <Figure name={t('live.cpu')} hint={t('live.cpuHint')}>
          {of(({ cpuPercent }) => `${whole(cpuPercent)} %`)}
        </Figure>
        <Figure name={t('live.memory')} hint={t('live.memoryHint')}>
          {of(({ rssMb }) => `${whole(rssMb)} MB`)}
        </Figure>
        <Figure name={t('live.restarts')} hint={t('live.restartsHint')} level={level(restarts > 0)}>
          {status === null ? null : whole(restarts + (session?.encoderRestarts ?? 0))}
        </Figure>
        <Figure
          name={t('live.recording')}
          hint={status?.recording?.path ?? t('live.recordingHint')}
          recording={status?.recording != null}
        >
          {status === null
            ? null
            : status.recording === null
              ? t('ui.off')
              : `${clock(status.recording.seconds * 1000)} · ${bytes(status.recording.bytes)}`}
        </Figure>
      </dl>
    </section>
  );
}

const level = (isOff: boolean | null): Level => (isOff === true ? 'warning' : 'calm');

function Figure(props: {
  name: string;
  hint: string;
  level?: Level;
  recording?: boolean;
  children: ReactNode;
}): ReactElement {
  return (
    <Tooltip label={props.hint}>
      <div className={styles.figure} data-level={props.level ?? 'calm'} data-recording={props.recording || undefined}>
        <dt>{props.name}</dt>
        <dd>{props.children ?? NONE}</dd>
      </div>
    </Tooltip>
  );
}
