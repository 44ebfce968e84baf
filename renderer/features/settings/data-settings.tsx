import { Copy, FolderSearch, RefreshCw } from 'lucide-react';
import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DiskUse } from '../../../app/contract/system.ts';
import { desktop, rpc } from '../../bridge/index.ts';
import { useFormat, useT } from '../../state/language.ts';
import { studioStore } from '../../state/studio-store.ts';
import { Button, ErrorBox, IconButton, Spinner } from '../../ui/index.ts';
import { copyText } from '../library/work-operations.ts';
import { Row } from './row.tsx';
import styles from './settings.module.css';

export function DataSettings(): ReactElement {
  const t = useT();
  const format = useFormat();
  const info = useStore(studioStore, (state) => state.info);
  const [use, setUse] = useState<DiskUse | null>(null);
  const [error, setError] = useState<unknown>(null);
  const count = useCallback(() => {
    setError(null);
    rpc.system.diskUse({}).then(setUse, setError);
  }, []);
  useEffect(count, [count]);
  const all = use?.parts.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
  return (
    <>
      <Row title={t('settings.dataFolder')} text={info?.dataDir}>
        {info !== null && (
          <>
            <IconButton icon={Copy} label={t('settings.copyPath')} onClick={() => void copyText(info.dataDir)} />
            {desktop !== null && info.capabilities.revealInFolder && (
              <Button icon={FolderSearch} onClick={() => void desktop?.reveal(info.dataDir)}>
                {t('settings.showFolder')}
              </Button>
            )}
          </>
        )}
      </Row>
      <div className={styles.subhead}>
        <h3>{t('settings.diskUse')}</h3>
        <IconButton small icon={RefreshCw} label={t('settings.countAgain')} onClick={count} />
      </div>
      {error !== null && <ErrorBox error={error} onRetry={count} />}
      {use === null && error === null && <Spinner label={t('settings.counting')} />}
      {use !== null && (
        <>
          <div className={styles.bar} aria-hidden="true">
            {use.parts.map(({ id, bytes }) => (
              <span key={id} data-part={id} style={{ flexGrow: bytes }} />
            ))}
          </div>
          <ul className={styles.parts}>
            {use.parts.map(({ id, bytes, folder }) => (
              <li key={id}>
                <span className={styles.swatch} data-part={id} />
                <div>
                  <p>{t.any(`settings.part_${id}`)}</p>
                  <p className={`${styles.quiet} selectable`}>{folder}</p>
                </div>
                <span>{format.bytes(bytes)}</span>
              </li>
            ))}
            <li className={styles.sum}>
              <span />
              <p>
                {use.freeBytes === null
                  ? t('settings.together')
                  : t('settings.togetherFree', { free: format.bytes(use.freeBytes) })}
              </p>
              <span>{format.bytes(all)}</span>
            </li>
          </ul>
          <p className={styles.quiet}>{t('settings.makeRoom')}</p>
        </>
      )}
    </>
  );
}
