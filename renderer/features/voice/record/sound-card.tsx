/** A recording: its shape, its length, what there is to say of it, and its buttons. */
import type { ReactElement, ReactNode } from 'react';
import type { ExaminedRecording } from '../../../../app/contract/voices.ts';
import type { AssetRef } from '../../../../app/document/asset.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useFormat, useT } from '../../../state/language.ts';
import { cx, ErrorBox, ToneIcon } from '../../../ui/index.ts';
import { HearButton } from '../hear-button.tsx';
import styles from '../voice.module.css';
import { examine, useExamined } from './examined.ts';
import { Waveform } from './waveform.tsx';

const FINDINGS: Readonly<Record<ExaminedRecording['findings'][number], MessageKey>> = {
  clipped: 'voice.findingClipped',
  quiet: 'voice.findingQuiet',
  silent: 'voice.findingSilent',
  noisy: 'voice.findingNoisy',
};

interface SoundCardProps {
  asset: AssetRef;
  /** What it is called, for screen readers. */
  name: string;
  heading: ReactNode;
  durationMs?: number;
  inUse?: boolean;
  children: ReactNode;
}

export function SoundCard({ asset, name, heading, durationMs, inUse, children }: SoundCardProps): ReactElement {
  const t = useT();
  const format = useFormat();
  const { examined, error } = useExamined(asset);
  const lengthMs = examined?.durationMs ?? durationMs;
  return (
    <div className={cx(styles.sound, inUse && styles.soundUsed)}>
      <div className={styles.soundHead}>
        {heading}
        {lengthMs !== undefined && <span className={styles.length}>{format.clock(lengthMs, true)}</span>}
      </div>
      <div className={styles.soundBody}>
        <HearButton name={`sound ${asset.sha256}`} label={t('voice.play', { name })} ask={() => examine(asset)} />
        <Waveform shape={examined?.waveform ?? null} />
      </div>
      {error !== null && <ErrorBox error={error} />}
      {examined?.findings.map((finding) => (
        <p key={finding} className={styles.finding}>
          <ToneIcon tone="warning" />
          <span>{t.any(FINDINGS[finding])}</span>
        </p>
      ))}
      <div className={styles.soundButtons}>{children}</div>
    </div>
  );
}
