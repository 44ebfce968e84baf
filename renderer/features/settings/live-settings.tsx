import { BellRing, Trash2 } from 'lucide-react';
import { type FormEvent, type ReactElement, useEffect, useState } from 'react';
import { rpc } from '../../bridge/index.ts';
import { useT } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { showToast } from '../../state/toasts.ts';
import fields from '../../ui/fields.module.css';
import { Button, IconButton } from '../../ui/index.ts';
import { Row } from './row.tsx';
import styles from './settings.module.css';

/** Where alarms of shows on air are posted. The address may hold a token: it goes in and only its host comes back. */
export function LiveSettings(): ReactElement {
  const t = useT();
  const [host, setHost] = useState<string | null>(null);
  const [address, setAddress] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    rpc.live.alarmHook({}).then((hook) => setHost(hook.host), showErrorToast);
  }, []);
  const ask = async (work: () => Promise<string>): Promise<void> => {
    setBusy(true);
    try {
      showToast({ tone: 'success', message: await work() });
    } catch (error) {
      showErrorToast(error);
    } finally {
      setBusy(false);
    }
  };
  const keep = async (next: string | null): Promise<void> => {
    setHost((await rpc.live.setAlarmHook({ address: next })).host);
    setAddress('');
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    void ask(async () => {
      await keep(address.trim());
      await rpc.live.tryAlarmHook({});
      return t('settings.hookSaved');
    });
  };
  return (
    <>
      <p className={styles.quiet}>{t('settings.hookText')}</p>
      <form onSubmit={save}>
        <Row title={t('settings.hook')} text={host === null ? t('settings.hookNone') : t('settings.hookTo', { host })}>
          <input
            type="url"
            required
            pattern="https?://.+"
            className={fields.input}
            aria-label={t('settings.hookAddress')}
            autoComplete="off"
            spellCheck={false}
            maxLength={2000}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <Button type="submit" busy={busy} disabled={address.trim() === ''}>
            {t('settings.hookSave')}
          </Button>
        </Row>
      </form>
      {host !== null && (
        <Row title={t('settings.hookTry')} text={t('settings.hookTryText')}>
          <Button
            icon={BellRing}
            busy={busy}
            onClick={() =>
              void ask(async () => {
                await rpc.live.tryAlarmHook({});
                return t('settings.hookTried', { host });
              })
            }
          >
            {t('settings.hookTryNow')}
          </Button>
          <IconButton
            icon={Trash2}
            label={t('settings.hookRemove')}
            disabled={busy}
            onClick={() =>
              void ask(async () => {
                await keep(null);
                return t('settings.hookRemoved');
              })
            }
          />
        </Row>
      )}
    </>
  );
}
