import { Ellipsis, Flag, MicVocal, Play, Square, Timer } from 'lucide-react';
import { type DragEvent, type MouseEvent, memo, type ReactElement, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { DEFAULT_PAUSE_MS } from '../../../app/document/script.ts';
import { useLanguage } from '../../state/language.ts';
import { useDocument } from '../../state/project.ts';
import { activeLineId, selectLine, uiStore } from '../../state/ui-store.ts';
import { cx, Spinner } from '../../ui/index.ts';
import { useVoice } from '../voice/voice-list.ts';
import { useVoiceWords } from '../voice/voice-words.ts';
import { lastCaret } from './caret.ts';
import { DictateButton, SaidText, useIsSaid } from './dictation/dictate-button.tsx';
import { dropStore, endDrag, markDrop, startDrag } from './drag-lines.ts';
import { durationStore, lengthOf } from './durations.ts';
import { useEmotionLooks } from './emotion-look.ts';
import { LineText } from './line-text.tsx';
import { lineOf } from './lines-index.ts';
import { listenStore, toggleListening } from './listen.ts';
import { pickLine } from './multi-select.ts';
import { playingLineStore } from './playing-line.ts';
import { openRowPopup, type RowPopup } from './row-popup.ts';
import styles from './script.module.css';
import { useIsWritten, WrittenText } from './writing/writing-bar.tsx';

const MARKER = /\[\s*#([\p{L}\p{N}_-]+)/u;

/** One utterance. It is drawn again when this line changes, and for nothing that happens to others. */
export const ScriptRow = memo(function ScriptRow({ id, index, count }: { id: string; index: number; count: number }) {
  const { t, format } = useLanguage();
  const line = useDocument((document) => lineOf(document, id) ?? null);
  const looks = useEmotionLooks();
  const chosen = useStore(uiStore, ({ selection }) => selection.kind === 'lines' && selection.ids.includes(id));
  const active = useStore(uiStore, (state) => activeLineId(state) === id);
  const playing = useStore(playingLineStore, ({ lineId }) => lineId === id);
  const hearing = useStore(listenStore, ({ lineId, phase }) => (lineId === id ? phase : 'silent'));
  const drop = useStore(dropStore, ({ over, after }) => (over === id ? (after ? 'after' : 'before') : null));
  const written = useIsWritten(id);
  const said = useIsSaid(id);
  const row = useRef<HTMLDivElement>(null);
  useFocusKept(row, id);
  if (line === null) return null;

  const number = index + 1;
  const popup = (kind: Exclude<RowPopup['kind'], 'keyframe'>) => (event: MouseEvent<HTMLElement>) => {
    if (!chosen) selectLine(id);
    openRowPopup({ kind, lineId: id, anchor: event.currentTarget });
  };
  const marker = MARKER.exec(line.text)?.[1] ?? null;
  const emotion = looks.label(line.emotion);
  const playLabel = hearing === 'silent' ? t('script.playLine', { number }) : t('script.stopLine', { number });
  const hasPause = line.pauseAfterMs !== DEFAULT_PAUSE_MS;
  return (
    // biome-ignore lint/a11y/useSemanticElements: between a list and its lines stand the boxes that make it scroll.
    <div
      ref={row}
      role="listitem"
      aria-setsize={count}
      aria-posinset={number}
      className={styles.row}
      data-line-row={id}
      data-chosen={chosen || undefined}
      data-active={active || undefined}
      data-playing={playing || hearing === 'playing' || undefined}
      data-drop={drop ?? undefined}
      onDragOver={(event: DragEvent<HTMLElement>) => markDrop(event, id)}
      onDrop={(event) => endDrag(event)}
    >
      <button
        type="button"
        className={styles.number}
        aria-label={t('script.selectLine', { number })}
        aria-pressed={chosen}
        title={t('script.numberHint')}
        draggable
        onDragStart={(event) => startDrag(event, id)}
        onDragEnd={() => endDrag(null)}
        onClick={({ shiftKey, ctrlKey, metaKey }) => pickLine(id, { shiftKey, toggle: ctrlKey || metaKey })}
        onContextMenu={(event) => {
          event.preventDefault();
          popup('menu')(event);
        }}
      >
        {number}
      </button>
      <button
        type="button"
        className={styles.play}
        aria-label={playLabel}
        title={playLabel}
        disabled={line.text.trim() === ''}
        onClick={() => void toggleListening(id)}
      >
        {hearing === 'starting' ? <Spinner /> : hearing === 'playing' ? <Square aria-hidden /> : <Play aria-hidden />}
      </button>
      <button
        type="button"
        className={styles.mood}
        aria-label={t('script.emotionOf', { number, emotion, intensity: format.percent(line.intensity) })}
        title={t('script.emotion')}
        aria-haspopup="dialog"
        onClick={popup('emotion')}
      >
        <span className={styles.dot} style={{ background: looks.colour(line.emotion) }} />
        <span className={styles.moodName}>{emotion}</span>
        <span className={styles.meter} aria-hidden>
          <span style={{ width: `${line.intensity * 100}%`, background: looks.colour(line.emotion) }} />
        </span>
      </button>
      {written ? (
        <WrittenText id={id} number={number} />
      ) : said ? (
        <SaidText text={line.text} number={number} />
      ) : (
        <LineText id={id} number={number} text={line.text} looks={looks} active={active} />
      )}
      <div className={styles.extras}>
        {marker !== null && (
          <span className={styles.chip} title={t('script.marker')}>
            <Flag aria-hidden />
            <span>{marker}</span>
          </span>
        )}
        <DictateButton id={id} number={number} />
        <VoiceChip voiceId={line.voiceId} number={number} onClick={popup('voice')} />
        <button
          type="button"
          className={cx(styles.chip, !hasPause && styles.unset)}
          aria-haspopup="dialog"
          aria-label={t('script.pauseOf', { number, time: format.duration(line.pauseAfterMs) })}
          title={t('script.pauseAfter')}
          onClick={popup('pause')}
        >
          <Timer aria-hidden />
          {hasPause && <span>{format.duration(line.pauseAfterMs)}</span>}
        </button>
      </div>
      <Length id={id} />
      <button
        type="button"
        className={styles.more}
        aria-label={t('script.moreOf', { number })}
        title={t('ui.more')}
        aria-haspopup="dialog"
        onClick={popup('menu')}
      >
        <Ellipsis aria-hidden />
      </button>
    </div>
  );
});

function VoiceChip(props: {
  voiceId: string | null;
  number: number;
  onClick: (event: MouseEvent<HTMLElement>) => void;
}) {
  const { t } = useLanguage();
  const { voiceId, number, onClick } = props;
  const voice = useVoice(voiceId);
  const words = useVoiceWords();
  const name = voice === undefined ? voiceId : words.title(voice);
  return (
    <button
      type="button"
      className={cx(styles.chip, voiceId === null && styles.unset)}
      aria-haspopup="dialog"
      aria-label={t('script.voiceOf', { number, voice: name ?? t('script.voiceOfProject') })}
      title={name ?? t('script.voice')}
      onClick={onClick}
    >
      <MicVocal aria-hidden />
      {name !== null && <span>{name}</span>}
    </button>
  );
}

/** Reckoned until the line has been spoken. */
function Length({ id }: { id: string }): ReactElement {
  const { t, format } = useLanguage();
  const line = useDocument((document) => lineOf(document, id) ?? null);
  const length = useStore(durationStore, (state) => (line === null ? null : lengthOf(state, line)));
  if (length === null || line?.text.trim() === '') return <span className={styles.length} />;
  const seconds = format.number(length.durationMs / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return (
    <span
      className={cx(styles.length, length.measured && styles.exact)}
      title={length.measured ? t('script.lengthExact') : t('script.lengthEstimate')}
    >
      {t(length.measured ? 'script.seconds' : 'script.secondsAbout', { seconds })}
    </span>
  );
}

/** A line that is scrolled out of view takes the focus with it; the list keeps it, so that typing on brings the line back. */
function useFocusKept(row: React.RefObject<HTMLDivElement | null>, id: string): void {
  useEffect(() => {
    const element = row.current;
    const list = element?.closest<HTMLElement>('[data-script-list]') ?? null;
    return () => {
      if (lastCaret.lineId === id && list !== null && element?.contains(document.activeElement)) list.focus();
    };
  }, [row, id]);
}
