/** Cloned voices: how far they are, whether they may speak, and how they sound. */
import { Check, CircleSlash, MicVocal, Plus, Settings, Trash2 } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { ClonedVoiceDescription } from '../../../../app/contract/cloning.ts';
import { rpc } from '../../../bridge/index.ts';
import { useLanguage } from '../../../state/language.ts';
import { useProject } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { closeDialog, navigate } from '../../../state/ui-store.ts';
import { Badge, Button, Dialog, EmptyState, ErrorBox, IconButton, Spinner } from '../../../ui/index.ts';
import { HearButton } from '../hear-button.tsx';
import { hush } from '../hearing.ts';
import { chooseVoice } from '../voice-store.ts';
import styles from './own.module.css';
import {
  askForOwnVoices,
  followPreparing,
  ownVoiceId,
  ownVoicesStore,
  removeOwnVoice,
  withdrawConsent,
} from './own-voices-store.ts';
import { serviceName } from './services.ts';

export function OwnVoiceList({ onNew }: { onNew: () => void }): ReactElement {
  const { t } = useLanguage();
  const { voices, error } = useStore(ownVoicesStore);
  useEffect(() => {
    const stop = new AbortController();
    void askForOwnVoices();
    void followPreparing(stop.signal);
    return () => {
      stop.abort();
      hush();
    };
  }, []);
  const toProviders = (): void => {
    closeDialog();
    navigate({ screen: 'settings' });
  };
  return (
    <Dialog
      title={t('voice.own')}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.close')}</Button>
          <Button tone="primary" icon={Plus} disabled={voices === null} onClick={onNew}>
            {t('voice.ownMake')}
          </Button>
        </>
      }
    >
      <p className={styles.why}>{t('voice.ownWhy')}</p>
      {error !== null ? (
        <ErrorBox error={error} onRetry={() => void askForOwnVoices()}>
          <Button icon={Settings} onClick={toProviders}>
            {t('voice.ownSetUp')}
          </Button>
        </ErrorBox>
      ) : voices === null ? (
        <p className={styles.waiting}>
          <Spinner label={t('voice.ownAsking')} />
        </p>
      ) : voices.length === 0 ? (
        <EmptyState icon={MicVocal} title={t('voice.ownNone')} text={t('voice.ownNoneText')} />
      ) : (
        <ul className={styles.voices} aria-label={t('voice.own')}>
          {voices.map((voice) => (
            <OwnVoice key={ownVoiceId(voice)} voice={voice} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function OwnVoice({ voice }: { voice: ClonedVoiceDescription }): ReactElement {
  const { t, format } = useLanguage();
  const hasProject = useProject(({ document }) => document !== null);
  const chosenId = useProject(({ document }) => document?.voice.voiceId ?? null);
  const record = useStore(ownVoicesStore, ({ consents }) => consents.find(({ id }) => id === voice.consentId));
  const [asked, setAsked] = useState<'delete' | 'withdraw' | null>(null);
  const [busy, setBusy] = useState(false);
  const id = ownVoiceId(voice);
  const name = voice.name || voice.voiceId;
  const speaks = voice.state === 'ready' && voice.consent === 'stands';
  const doIt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      showErrorToast(error);
    } finally {
      setBusy(false);
      setAsked(null);
    }
  };
  const until = record?.consent.expiresOn;
  const day = until === undefined ? '' : format.date(new Date(`${until}T12:00:00`).getTime());
  return (
    <li className={styles.voice} data-own-voice={voice.state}>
      <div className={styles.voiceRow}>
        <HearButton
          name={`own ${id}`}
          label={t('voice.hear', { name })}
          disabled={!speaks}
          ask={(signal) => rpc.voices.sample({ voiceId: id }, { signal })}
        />
        <div className={styles.voiceName}>
          <b>{name}</b>
          <span>{[serviceName(voice.provider), voice.model].filter(Boolean).join(' · ')}</span>
        </div>
        {voice.state === 'preparing' ? (
          <Spinner label={t('voice.ownPreparing')} />
        ) : (
          voice.state !== 'ready' && (
            <Badge tone="error">{t(voice.state === 'refused' ? 'voice.ownRefused' : 'voice.ownGone')}</Badge>
          )
        )}
        <Badge tone={voice.consent === 'stands' ? 'success' : voice.consent === 'none' ? 'warning' : 'error'}>
          {t(`voice.ownConsent-${voice.consent}`, { day })}
        </Badge>
        {speaks && hasProject && (
          <Button icon={Check} disabled={chosenId === id} onClick={() => chooseVoice('main', id)}>
            {t(chosenId === id ? 'voice.inUse' : 'voice.ownUse')}
          </Button>
        )}
        {record !== undefined && record.withdrawnAtMs === null && (
          <IconButton
            icon={CircleSlash}
            label={t('voice.ownWithdraw', { name })}
            onClick={() => setAsked('withdraw')}
          />
        )}
        <IconButton icon={Trash2} label={t('voice.ownDelete', { name })} onClick={() => setAsked('delete')} />
      </div>
      {asked !== null && (
        <div className={styles.sure} role="alert">
          <span>{t(asked === 'delete' ? 'voice.ownDeleteSure' : 'voice.ownWithdrawSure', { name })}</span>
          <Button onClick={() => setAsked(null)}>{t('ui.cancel')}</Button>
          <Button
            tone="danger"
            busy={busy}
            onClick={() =>
              void doIt(() => (asked === 'delete' ? removeOwnVoice(voice) : withdrawConsent(voice.consentId!)))
            }
          >
            {t(asked === 'delete' ? 'voice.ownDeleteYes' : 'voice.ownWithdrawYes')}
          </Button>
        </div>
      )}
    </li>
  );
}
