import type { ReactElement, ReactNode } from 'react';
import styles from './settings.module.css';

/** Something to read, and what can be done about it. */
export const Row = (props: { title: string; text?: string | undefined; children?: ReactNode }): ReactElement => (
  <div className={styles.row}>
    <div>
      <p>{props.title}</p>
      {props.text !== undefined && <p className={`${styles.quiet} selectable`}>{props.text}</p>}
    </div>
    {props.children !== undefined && <div className={styles.rowTools}>{props.children}</div>}
  </div>
);
