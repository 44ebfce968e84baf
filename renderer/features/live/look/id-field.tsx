import { type ReactElement, useState } from 'react';
import { useT } from '../../../state/language.ts';
import { TextField } from '../../../ui/index.ts';
import styles from '../live.module.css';

/** What a marker in the script calls it. `rename` says whether it can be called so. */
export function IdField({ id, rename }: { id: string; rename: (wish: string) => boolean }): ReactElement {
  const t = useT();
  const [refused, setRefused] = useState(false);
  return (
    <>
      <TextField
        label={t('live.marker')}
        value={id}
        invalid={refused}
        onCommit={(wish) => setRefused(!rename(wish))}
        spellCheck={false}
      />
      {refused && (
        <p className={styles.lineFault} role="alert">
          {t('live.markerTaken')}
        </p>
      )}
    </>
  );
}
