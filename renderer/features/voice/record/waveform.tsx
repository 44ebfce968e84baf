import { type ReactElement, useMemo } from 'react';
import type { Waveform as Shape } from '../../../../app/contract/voices.ts';
import styles from '../voice.module.css';

const COLUMNS = 160;

/** The shape of a sound, from its first moment to its last. */
export function Waveform({ shape }: { shape: Shape | null }): ReactElement {
  const path = useMemo(() => (shape === null ? '' : pathOf(shape.peaks)), [shape]);
  return (
    <svg className={styles.wave} viewBox={`0 -1 ${COLUMNS} 2`} preserveAspectRatio="none" aria-hidden>
      <path d={path} />
    </svg>
  );
}

function pathOf(peaks: readonly number[]): string {
  const columns = Math.min(COLUMNS, Math.max(1, peaks.length));
  const width = COLUMNS / columns;
  let path = '';
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * peaks.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * peaks.length) / columns));
    const peak = Math.max(0.02, ...peaks.slice(from, to));
    path += `M${((column + 0.5) * width).toFixed(2)} ${(-peak).toFixed(3)}V${peak.toFixed(3)}`;
  }
  return path;
}
