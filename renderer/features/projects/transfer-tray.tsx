import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useFormat } from '../../state/language.ts';
import { Spinner } from '../../ui/index.ts';
import styles from './projects.module.css';
import { transferStore } from './transfers.ts';

/** In the top bar: a project file that is being brought in or packed. */
export default function TransferTray(): ReactElement | null {
  const format = useFormat();
  const last = useStore(transferStore, ({ transfers }) => transfers.at(-1));
  if (last === undefined) return null;
  return (
    <span className={styles.transfer} role="status">
      <Spinner />
      <span>{last.label}</span>
      {last.share !== null && <span>{format.percent(last.share)}</span>}
    </span>
  );
}
