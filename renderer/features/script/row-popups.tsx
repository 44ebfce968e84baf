import { ArrowDown, ArrowUp, Check, Copy, CopyPlus, Merge, Play, Plus, Split, Trash2 } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import { type KeyboardEvent, type ReactElement, type ReactNode, useMemo } from 'react';
import { useStore } from 'zustand';
import { DEFAULT_PAUSE_MS, type ScriptLine } from '../../../app/document/script.ts';
import { foldEmotionName } from '../../../app/speech/emotion.ts';
import { listKeyframes, type Mood, removeKeyframe, setKeyframe } from '../../../app/speech/script/keyframes.ts';
import { toMenuItem, viewAction } from '../../actions/registry.ts';
import { useLanguage } from '../../state/language.ts';
import { useDocument } from '../../state/project.ts';
import { Button, cx, FilteredList, Kbd, type MenuItem, NumberField, Slider } from '../../ui/index.ts';
import popups from '../../ui/popups.module.css';
import { useVoiceList } from '../voice/voice-list.ts';
import { useVoiceWords } from '../voice/voice-words.ts';
import { lastCaret } from './caret.ts';
import { copyLines } from './clipboard.ts';
import { useEmotionLooks } from './emotion-look.ts';
import {
  changeText,
  deleteLines,
  duplicate,
  insertLine,
  meantBy,
  mergeIntoPrevious,
  moveSelected,
  sealEdit,
  setMood,
  setPause,
  setVoice,
  splitAt,
} from './line-edits.ts';
import { lineIndex, lineOf } from './lines-index.ts';
import { toggleListening } from './listen.ts';
import { closeRowPopup, type RowPopup, rowPopupStore } from './row-popup.ts';
import styles from './script.module.css';
import { writingActions } from './writing/writing-actions.ts';

/** The panel that is open at a line, one for all of them. */
export function RowPopups(): ReactElement | null {
  const open = useStore(rowPopupStore, (state) => state.open);
  const line = useDocument((document) => (open === null ? null : (lineOf(document, open.lineId) ?? null)));
  const { t } = useLanguage();
  if (open === null || line === null) return null;
  const label = {
    emotion: t('script.emotion'),
    keyframe: t('script.emotion'),
    voice: t('script.voice'),
    pause: t('script.pauseAfter'),
    menu: t('ui.more'),
  }[open.kind];
  return (
    <Anchored anchor={open.anchor} label={label} padded={open.kind !== 'menu' && open.kind !== 'voice'}>
      <Content open={open} line={line} />
    </Anchored>
  );
}

function Content({ open, line }: { open: RowPopup; line: ScriptLine }): ReactElement | null {
  switch (open.kind) {
    case 'emotion':
      return <MoodPicker mood={line} onChange={(mood, drag) => setMood(meantBy(line.id), mood, drag)} />;
    case 'keyframe':
      return <KeyframePicker line={line} index={open.index} />;
    case 'voice':
      return <VoicePicker line={line} />;
    case 'pause':
      return <PausePicker line={line} />;
    case 'menu':
      return <LineMenu line={line} />;
  }
}

interface AnchoredProps {
  anchor: HTMLElement;
  label: string;
  padded: boolean;
  children: ReactNode;
}
function Anchored({ anchor, label, padded, children }: AnchoredProps): ReactElement {
  const place = useMemo(() => ({ current: anchor }), [anchor]);
  return (
    <Radix.Root open onOpenChange={(next) => !next && closeRowPopup()}>
      <Radix.Anchor virtualRef={place} />
      <Radix.Portal>
        <Radix.Content
          className={cx(popups.popup, padded && popups.popover)}
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={6}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // What was chosen may have put the caret somewhere.
            if (anchor.isConnected && (document.activeElement === document.body || document.activeElement === null))
              anchor.focus();
          }}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface MoodPickerProps {
  mood: Mood;
  /** `drag`: under which changes are one step of undo. */
  onChange: (mood: Partial<Mood>, drag?: string) => void;
  children?: ReactNode;
}
function MoodPicker({ mood, onChange, children }: MoodPickerProps): ReactElement {
  const { t } = useLanguage();
  const looks = useEmotionLooks();
  return (
    <div className={styles.moodPicker}>
      <div role="radiogroup" aria-label={t('script.emotion')} className={styles.moods}>
        {looks.all.map((name) => {
          const on = foldEmotionName(name) === foldEmotionName(mood.emotion);
          return (
            // biome-ignore lint/a11y/useSemanticElements: a coloured button reads as the radio button it is.
            <button
              key={name}
              type="button"
              role="radio"
              aria-checked={on}
              className={styles.moodChoice}
              onClick={() => onChange({ emotion: name })}
            >
              <span className={styles.dot} style={{ background: looks.colour(name) }} />
              <span className={popups.label}>{looks.label(name)}</span>
              {on && <Check aria-hidden />}
            </button>
          );
        })}
      </div>
      <Slider
        label={t('script.intensity')}
        value={mood.intensity}
        min={0}
        max={1}
        step={0.05}
        scale={100}
        unit="%"
        reset={1}
        onChange={(intensity) => onChange({ intensity }, 'script.intensity')}
        onCommit={sealEdit}
      />
      {children}
    </div>
  );
}

function KeyframePicker({ line, index }: { line: ScriptLine; index: number }): ReactElement | null {
  const { t } = useLanguage();
  const { ownNames } = useEmotionLooks();
  const keyframe = listKeyframes(line.text, ownNames)[index];
  if (keyframe === undefined) return null;
  return (
    <MoodPicker
      mood={keyframe}
      onChange={(mood, drag) => {
        const text = setKeyframe(line.text, index, mood, ownNames);
        if (text !== null) changeText('script.stepEmotion', line.id, text, drag && `${drag}:${line.id}:${index}`);
      }}
    >
      <Button
        icon={Trash2}
        onClick={() => {
          const text = removeKeyframe(line.text, index, ownNames);
          closeRowPopup();
          if (text !== null) changeText('script.stepRemoveKeyframe', line.id, text);
        }}
      >
        {t('script.removeKeyframe')}
      </Button>
    </MoodPicker>
  );
}

function VoicePicker({ line }: { line: ScriptLine }): ReactElement {
  const { t } = useLanguage();
  const { voices } = useVoiceList();
  const words = useVoiceWords();
  const options = useMemo(
    () => [
      { id: null as string | null, name: t('script.voiceOfProject'), note: '', text: '' },
      ...(voices ?? []).map((voice) => ({
        ...{ id: voice.id, name: words.title(voice), note: words.note(voice) },
        text: `${voice.name} ${voice.id}`,
      })),
    ],
    [voices, words, t],
  );
  return (
    <FilteredList
      items={options}
      textOf={({ name, note, text }) => `${name} ${note} ${text}`}
      keyOf={({ id }) => id ?? ''}
      searchLabel={t('script.voiceSearch')}
      emptyText={t('ui.nothingFound')}
      onChoose={({ id }) => {
        setVoice(meantBy(line.id), id);
        closeRowPopup();
      }}
    >
      {({ id, name, note }) => (
        <>
          <span className={popups.mark}>{id === line.voiceId && <Check aria-hidden />}</span>
          <span className={popups.label}>{name}</span>
          <span className={popups.note}>{note}</span>
        </>
      )}
    </FilteredList>
  );
}
const PAUSES = [0, DEFAULT_PAUSE_MS, 500, 1000, 2000];
function PausePicker({ line }: { line: ScriptLine }): ReactElement {
  const { t, format } = useLanguage();
  const ids = meantBy(line.id);
  return (
    <div className={styles.moodPicker}>
      <NumberField
        label={t('script.pauseAfter')}
        value={line.pauseAfterMs}
        min={0}
        max={60_000}
        step={50}
        unit={t('script.ms')}
        reset={DEFAULT_PAUSE_MS}
        onChange={(ms) => setPause(ids, ms, 'script.pause')}
        onCommit={sealEdit}
      />
      <div className={styles.presets}>
        {PAUSES.map((ms) => (
          <Button
            key={ms}
            onClick={() => {
              setPause(ids, ms);
              closeRowPopup();
            }}
          >
            {format.duration(ms)}
          </Button>
        ))}
      </div>
    </div>
  );
}

function LineMenu({ line }: { line: ScriptLine }): ReactElement {
  const { t } = useLanguage();
  const ids = meantBy(line.id);
  const first = useDocument((document) => lineIndex(document, line.id) === 0);
  const several = ids.length > 1;
  const splitFrom = lastCaret.lineId === line.id ? lastCaret.from : line.text.length;
  const entries: readonly MenuItem[] = [
    { label: t('script.listen'), icon: Play, shortcut: 'Mod+Enter', onSelect: () => void toggleListening(line.id) },
    { label: t('script.insertBelow'), icon: Plus, shortcut: 'Shift+Enter', onSelect: () => insertLine(line.id) },
    { label: t('script.duplicate'), icon: CopyPlus, shortcut: 'Mod+D', onSelect: () => duplicate(ids) },
    { label: t('script.copy'), icon: Copy, shortcut: 'Mod+C', onSelect: () => void copyLines(ids) },
    {
      ...{ label: t('script.split'), icon: Split, shortcut: 'Enter', disabled: several },
      onSelect: () => splitAt(line.id, splitFrom, splitFrom),
    },
    {
      ...{ label: t('script.merge'), icon: Merge, shortcut: 'Backspace', disabled: several || first },
      onSelect: () => void mergeIntoPrevious(line.id),
    },
    { label: t('script.moveUp'), icon: ArrowUp, shortcut: 'Alt+ArrowUp', onSelect: () => moveSelected(ids, -1) },
    { label: t('script.moveDown'), icon: ArrowDown, shortcut: 'Alt+ArrowDown', onSelect: () => moveSelected(ids, 1) },
    { label: t('script.deleteLines'), icon: Trash2, danger: true, onSelect: () => deleteLines(ids) },
  ];
  // The line was chosen when its menu was opened.
  const writing = writingActions.slice(1).map((action) => toMenuItem(viewAction(action)) as MenuItem);
  const onArrows = (event: KeyboardEvent<HTMLElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not(:disabled)')];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows go from button to button.
    <div className={styles.lineMenu} onKeyDown={onArrows}>
      {several && <p className={popups.heading}>{t('script.chosen', { count: ids.length })}</p>}
      {entries.map((entry) => (
        <LineMenuItem key={entry.label} {...entry} />
      ))}
      <p className={popups.heading}>{t('writing.title')}</p>
      {writing.map((entry) => (
        <LineMenuItem key={entry.label} {...entry} />
      ))}
    </div>
  );
}

function LineMenuItem({ label, icon: Icon, onSelect, shortcut, disabled, danger }: MenuItem): ReactElement {
  return (
    <button
      type="button"
      disabled={disabled}
      className={cx(popups.item, styles.menuItem, danger && popups.danger)}
      onClick={() => {
        closeRowPopup();
        onSelect();
      }}
    >
      <span className={popups.mark}>{Icon && <Icon aria-hidden />}</span>
      <span className={popups.label}>{label}</span>
      {shortcut != null && <Kbd shortcut={shortcut} />}
    </button>
  );
}
