/** Keys: typed or pasted once, kept by the studio, never shown again. */
import { KeyRound, Trash2 } from 'lucide-react';
import { type FormEvent, type ReactElement, useState } from 'react';
import { SECRETS } from '../../../app/providers/settings.ts';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { showToast } from '../../state/toasts.ts';
import { setLayout } from '../../state/ui-store.ts';
import fields from '../../ui/fields.module.css';
import { Badge, Button, IconButton, Section } from '../../ui/index.ts';
import styles from './providers.module.css';
import { useProviders } from './providers-store.ts';

export function Keys(): ReactElement {
  const { t } = useLanguage();
  const { settings } = useProviders();
  return (
    <Section id="providers.keys" title={t('providers.keys')}>
      <p className={styles.quiet}>{t('providers.keysHint')}</p>
      <Key name={SECRETS.bailianKey} title={t('providers.key_bailian')} hint={t('providers.keyHint_bailian')} />
      {settings?.openAiServers.map(({ id, name }) => (
        <Key key={id} name={SECRETS.openAiServerKey(id)} title={t('providers.key_server', { name: name || id })} />
      ))}
      <Key
        name={SECRETS.aliyunAccessKeyId}
        title={t('providers.keyFor_accessKeyId')}
        hint={t('providers.keyHint_accessKeyId')}
      />
      <Key name={SECRETS.aliyunAccessKeySecret} title={t('providers.keyFor_accessKeySecret')} />
      {settings?.cache.redisUrl != null && <Key name={SECRETS.redisPassword} title={t('providers.key_redis')} />}
    </Section>
  );
}

/** Leads to the field for the key that a provider lacks. */
export function goToKey(providerId: string): void {
  setLayout('section.providers.keys', 1);
  const name = providerId === 'isi' ? SECRETS.aliyunAccessKeyId : SECRETS.bailianKey;
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLInputElement>(`[data-secret="${name}"] input`);
    field?.scrollIntoView({ block: 'center' });
    field?.focus();
  });
}

function Key({ name, title, hint }: { name: string; title: string; hint?: string }): ReactElement {
  const { t } = useLanguage();
  const { status } = useProviders();
  const [value, setValue] = useState('');
  const [busy, setBusy] = useState(false);
  const held = status?.secrets.find((secret) => secret.name === name)?.from ?? null;

  const ask = async (call: () => Promise<unknown>, message: string): Promise<void> => {
    setBusy(true);
    try {
      await call();
      setValue('');
      showToast({ tone: 'success', message });
    } catch (error) {
      showErrorToast(error);
    } finally {
      setBusy(false);
    }
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (value.trim() !== '')
      void ask(() => rpc.providers.setSecret({ name, value }), t('providers.keySaved', { name: title }));
  };
  return (
    <form className={styles.key} onSubmit={save} data-secret={name}>
      <div>
        <p>
          {title}{' '}
          {held === null ? (
            <Badge>{t('providers.keyUnset')}</Badge>
          ) : (
            <Badge tone="success">{t(held === 'kept' ? 'providers.keySet' : 'providers.keyEnvironment')}</Badge>
          )}
        </p>
        {held === 'environment' ? (
          <p className={styles.quiet}>{t('providers.keyEnvironmentHint')}</p>
        ) : (
          hint !== undefined && <p className={styles.quiet}>{hint}</p>
        )}
      </div>
      <div className={styles.keyTools}>
        <input
          type="password"
          className={fields.input}
          aria-label={t('providers.keyEnter', { name: title })}
          placeholder={t('providers.keyPlaceholder')}
          autoComplete="off"
          spellCheck={false}
          maxLength={1000}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Button type="submit" icon={KeyRound} busy={busy} disabled={value.trim() === ''}>
          {t('providers.keySave')}
        </Button>
        <IconButton
          icon={Trash2}
          label={t('providers.keyRemove', { name: title })}
          disabled={held !== 'kept' || busy}
          onClick={() =>
            void ask(() => rpc.providers.deleteSecret({ name }), t('providers.keyRemoved', { name: title }))
          }
        />
      </div>
    </form>
  );
}
