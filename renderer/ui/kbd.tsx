import type { ReactElement } from 'react';
import { shortcutText } from '../actions/shortcut.ts';
import styles from './popups.module.css';

/** A shortcut as the keyboard of this machine has it. */
export const Kbd = ({ shortcut }: { shortcut: string }): ReactElement => (
  <kbd className={styles.kbd}>{shortcutText(shortcut)}</kbd>
);
