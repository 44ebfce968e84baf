import { ExternalLink, KeyRound, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { PLATFORM_IDS, PLATFORMS } from '../../../../app/live/platforms.ts';
import { useLanguage } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import fields from '../../../ui/fields.module.css';
import { Badge, Button, Dialog, Field, Select, Switch, TextField, ToneIcon } from '../../../ui/index.ts';
import { forgetKey, saveKey, useKeys } from '../keys-store.ts';
import styles from '../live.module.css';
import { changeDestination, removeDestination } from '../live-edits.ts';
import { destinationName, keyInAddress, platformOf } from './names.ts';

/** One destination: its platform, its server, and its key, which goes in and is never shown again. */
export default function DestinationDialog({ argument }: { argument: unknown }): ReactElement | null {
  const { t, locale } = useLanguage();
  const id = typeof argument === 'string' ? argument : '';
  const destination = useDocument(({ live }) => live.destinations.find((each) => each.id === id) ?? null);
  const hasKey = useKeys(id).get(id) ?? null;
  const [key, setKey] = useState('');
  /** An address as it was pasted, the key in it. */
  const [whole, setWhole] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  if (destination === null) return null;
  const platformId = platformOf(destination);
  const platform = PLATFORMS[platformId];
  /** A key that was pasted with its address never gets into the project. */
  const enter = (server: string): void => {
    const parts = keyInAddress(server);
    setWhole(parts === null ? null : server.trim());
    if (parts !== null) setKey(parts.key);
    changeDestination(id, { server: (parts?.server ?? server).trim().slice(0, 2000) });
  };
  const save = async (): Promise<boolean> => {
    if (key.trim() === '') return true;
    setSaving(true);
    const saved = await saveKey(id, key.trim());
    setSaving(false);
    if (saved) setKey('');
    return saved;
  };
  const done = async (): Promise<void> => {
    // What is still being typed in a field is taken when it is left.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (await save()) closeDialog();
  };
  const remove = (): void => {
    closeDialog();
    removeDestination(id);
    void forgetKey(id);
  };
  return (
    <Dialog
      title={destinationName(destination, locale)}
      onClose={closeDialog}
      footer={
        <>
          <Button tone="quiet" icon={Trash2} onClick={remove}>
            {t('live.removeDestination')}
          </Button>
          <span className={styles.spring} />
          <Button tone="primary" busy={saving} onClick={() => void done()}>
            {t('live.done')}
          </Button>
        </>
      }
    >
      <Select
        label={t('live.platform')}
        value={platformId}
        onChange={(next) =>
          changeDestination(id, {
            platform: next,
            ...(PLATFORMS[next].defaultUrl !== undefined && { server: PLATFORMS[next].defaultUrl }),
          })
        }
        options={PLATFORM_IDS.map((value) => ({ value, label: PLATFORMS[value].name[locale] }))}
      />
      <p className={styles.where}>
        <KeyRound aria-hidden />
        <span>
          {platform.whereToFind[locale]}
          {platform.keyChanges && ` ${t('live.keyChanges')}`}{' '}
          {platform.keyPage !== undefined && (
            <a href={platform.keyPage} target="_blank" rel="noreferrer">
              {t('live.openKeyPage')}
              <ExternalLink aria-hidden />
            </a>
          )}
        </span>
      </p>
      <TextField
        label={t('live.server')}
        value={destination.server}
        placeholder={t('live.serverSample')}
        spellCheck={false}
        autoComplete="off"
        onCommit={enter}
      />
      {whole !== null && (
        <p className={styles.splitKey} role="status">
          <ToneIcon tone="info" />
          <span>{t('live.keyInAddress')}</span>
          <Button
            onClick={() => {
              changeDestination(id, { server: whole });
              setKey('');
              setWhole(null);
            }}
          >
            {t('live.keepInAddress')}
          </Button>
        </p>
      )}
      <Field label={t('live.key')} hint={t('live.keyHint')}>
        {(ids) => (
          <span className={styles.keyRow}>
            <input
              {...ids}
              type="password"
              className={fields.input}
              value={key}
              autoComplete="new-password"
              spellCheck={false}
              placeholder={hasKey ? t('live.keyReplace') : t('live.keyEnter')}
              onChange={(event) => setKey(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') void save();
              }}
            />
            {key !== '' && (
              <Button busy={saving} onClick={() => void save()}>
                {t('live.saveKey')}
              </Button>
            )}
          </span>
        )}
      </Field>
      {hasKey === true && (
        <p className={styles.keyState}>
          <Badge tone="success">{t('live.keySaved')}</Badge>
          <Button tone="quiet" onClick={() => void forgetKey(id)}>
            {t('live.deleteKey')}
          </Button>
        </p>
      )}
      <TextField
        label={t('live.name')}
        value={destination.name}
        placeholder={platform.name[locale]}
        onCommit={(name) => changeDestination(id, { name: name.slice(0, 200) })}
      />
      <Switch
        label={t('live.destinationOn')}
        checked={destination.enabled}
        onChange={(enabled) => changeDestination(id, { enabled })}
      />
    </Dialog>
  );
}
