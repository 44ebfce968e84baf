import type { ReactElement } from 'react';
import type { Light } from '../../../app/contract/providers.ts';
import styles from './providers.module.css';

/** Colour and shape of a provider's state; the words stand beside it. */
export const LightDot = ({ light }: { light: Light | 'stopped' }): ReactElement => (
  <span className={styles.dot} data-light={light} aria-hidden />
);
