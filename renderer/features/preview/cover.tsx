/** What is said over the picture: what is waited for, what is wrong, what to do first. */
import { MessageSquarePlus, VolumeX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { hasAction, runAction } from '../../actions/registry.ts';
import type { Translate } from '../../i18n/index.ts';
import { useT } from '../../state/language.ts';
import { previewStore } from '../../state/preview-store.ts';
import { useDocument } from '../../state/project.ts';
import { selectLine, showTab } from '../../state/ui-store.ts';
import { Button, ErrorBox, Spinner } from '../../ui/index.ts';
import { type Awaited, playbackStore } from './player/playback-store.ts';
import type { Player } from './player/player.ts';
import styles from './preview.module.css';

export function Cover({ player }: { player: Player | null }): ReactElement {
  const t = useT();
  const awaited = useStore(playbackStore, (state) => state.awaited);
  const fault = useStore(playbackStore, (state) => state.fault);
  const sound = useStore(playbackStore, (state) => state.sound);
  const silent = useDocument(
    ({ script }) => script.recording === null && script.lines.every(({ text }) => text.trim() === ''),
  );
  const lineId = fault?.lineId ?? null;
  return (
    <div className={styles.cover}>
      {awaited !== null && fault === null && <Waiting awaited={awaited} />}
      {fault !== null && (
        <div className={styles.fault}>
          <ErrorBox error={fault.error}>
            {lineId !== null ? (
              <Button onClick={() => selectLine(lineId)}>{t('preview.showLine')}</Button>
            ) : (
              <Button onClick={() => showTab('inspector', remedyOf(fault.error.code))}>
                {t('preview.showSettings')}
              </Button>
            )}
          </ErrorBox>
        </div>
      )}
      {sound === 'blocked' && (
        <div className={styles.note} role="status">
          <VolumeX aria-hidden />
          {t('preview.soundBlocked')}
          <Button tone="primary" onClick={() => void player?.unlock()}>
            {t('preview.soundUnlock')}
          </Button>
        </div>
      )}
      {sound === 'absent' && (
        <div className={styles.note} role="status">
          <VolumeX aria-hidden />
          {t('preview.soundAbsent')}
        </div>
      )}
      {silent && awaited === null && fault === null && (
        <div className={styles.note}>
          <MessageSquarePlus aria-hidden />
          <span>
            <strong>{t('preview.emptyTitle')}</strong> {t('preview.emptyText')}
          </span>
          {hasAction('script.addLine') && (
            <Button tone="primary" onClick={() => runAction('script.addLine')}>
              {t('preview.writeLine')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** The inspector's tab where a fault can be mended. */
function remedyOf(code: string): string {
  const [area] = code.split('.');
  return area === 'portrait' ? 'portrait' : area === 'voice' || area === 'speech' ? 'voice' : 'stage';
}

function Waiting({ awaited }: { awaited: Awaited }): ReactElement {
  const t = useT();
  const { spoken, lines } = useStore(playbackStore, ({ prepared }) => prepared);
  return (
    <p className={styles.waiting} role="status">
      <Spinner />
      {words(awaited, spoken, lines, t)}
    </p>
  );
}

function words(awaited: Awaited, spoken: number, lines: number, t: Translate): string {
  switch (awaited) {
    case 'connection':
      return t('preview.waitConnection');
    case 'portrait':
      return t('preview.waitPortrait');
    case 'stage':
      return t('preview.waitStage');
    case 'frames':
      return t('preview.waitFrames');
    case 'speech':
      return lines > spoken ? t('preview.waitSpeech', { line: lineAtHead(spoken), lines }) : t('preview.waitSpeechAny');
  }
}

/** Which line is being waited for: the one at the play head, or the next that nobody has spoken. */
function lineAtHead(spoken: number): number {
  const { atMs, lines } = previewStore.getState();
  const at = lines.findIndex(({ endMs }) => endMs > atMs);
  return Math.min(lines.length, Math.max(spoken, at < 0 ? 0 : at) + 1);
}
