/** One light in the top bar for all providers; who is on duty and what it cost at a click. */
import { type ReactElement, useEffect, useRef } from 'react';
import type { OnDuty, ProviderStatus } from '../../../app/contract/providers.ts';
import { useT } from '../../state/language.ts';
import { showToast } from '../../state/toasts.ts';
import { Button, Popover } from '../../ui/index.ts';
import { showSettings } from '../settings/settings-store.ts';
import { renewVoices } from '../voice/voice-list.ts';
import { Cost, Now } from './at-the-moment.tsx';
import { LightDot } from './light-dot.tsx';
import { type ProviderWords, useProviderWords } from './provider-words.ts';
import styles from './providers.module.css';
import { useProviders } from './providers-store.ts';

export default function ProvidersTray(): ReactElement | null {
  const t = useT();
  const { status, settings } = useProviders();
  const words = useProviderWords(status?.lights);
  useNews(status, words);
  useOwnVoices(status);
  if (status === null || settings === null) return null;
  const state = status.stopped
    ? 'Stopped'
    : settings.policy.mode === 'offline'
      ? 'Offline'
      : status.onDuty.some(({ error }) => error !== null)
        ? 'Fallback'
        : 'Good';
  const light = ({ Stopped: 'stopped', Offline: 'offline', Fallback: 'resting', Good: 'ready' } as const)[state];
  const label = t('providers.tray', { state: t(`providers.tray${state}`) });
  return (
    <Popover
      label={t('providers.title')}
      align="end"
      focusPanel
      trigger={
        <button type="button" className={styles.tray} title={label} aria-label={label}>
          <LightDot light={light} />
        </button>
      }
    >
      <div className={styles.trayPanel}>
        <Now status={status} words={words} />
        <Cost status={status} words={words} />
        <Button onClick={() => showSettings('providers')}>{t('providers.open')}</Button>
      </div>
    </Popover>
  );
}

/** Says when somebody else stands in, and when the budget is spent: once each time, not at every sentence. */
function useNews(status: ProviderStatus | null, words: ProviderWords): void {
  const before = useRef<ProviderStatus | null>(null);
  useEffect(() => {
    const last = before.current;
    before.current = status;
    if (last === null || status === null) return;
    const same = (duty: OnDuty): boolean =>
      last.onDuty.some(
        ({ stage, provider, error }) =>
          stage === duty.stage && provider === duty.provider && error?.code === duty.error?.code,
      );
    for (const duty of status.onDuty)
      if (duty.error !== null && !same(duty)) showToast({ tone: 'warning', message: words.duty(duty) });
  }, [status, words]);
  const t = useT();
  const stopped = status?.stopped ?? null;
  const wasStopped = useRef<boolean | null>(null);
  useEffect(() => {
    if (stopped && wasStopped.current === false) showToast({ tone: 'warning', message: t('providers.costStopped') });
    wasStopped.current = stopped;
  }, [stopped, t]);
}

/** The list of voices follows which voice services can be asked. */
function useOwnVoices(status: ProviderStatus | null): void {
  const askable =
    status?.lights
      .filter(({ stage, light }) => stage === 'tts' && light !== 'no-key' && light !== 'not-set' && light !== 'offline')
      .map(({ id, model }) => `${id} ${model}`)
      .join() ?? null;
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (askable !== null && before.current !== null && before.current !== askable) void renewVoices();
    before.current = askable;
  }, [askable]);
}
