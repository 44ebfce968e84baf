import type { ReactElement } from 'react';
import styles from './shell.module.css';

/** A frame with a voice in it. */
export const Mark = (): ReactElement => (
  <svg className={styles.mark} viewBox="0 0 20 20" aria-hidden="true">
    <rect x="0.5" y="0.5" width="19" height="19" rx="5" fill="var(--accent)" />
    <g stroke="var(--on-accent)" strokeWidth="1.8" strokeLinecap="round">
      <path d="M4.6 8.6v2.8M8.2 5.6v8.8M11.8 7.2v5.6M15.4 8.9v2.2" />
    </g>
  </svg>
);
