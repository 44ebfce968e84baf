import { MessageCircleQuestion, Pause, Play, Send, SkipForward, StepForward } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useEffect, useState } from 'react';
import { SPEECH_INTENTS, type SpeechIntent } from '../../../../app/live/protocol.ts';
import { dutyWords } from '../../../../app/policy/status.ts';
import { useAction } from '../../../actions/registry.ts';
import { useFormat, useLanguage, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { Badge, Button, cx, IconButton, Segments, Select, Slider } from '../../../ui/index.ts';
import { useProviderWords } from '../../providers/provider-words.ts';
import styles from '../live.module.css';
import { findSegment } from '../live-edits.ts';
import { useCommand, useIsOnAir, useShow } from '../live-store.ts';
import { overlayName } from '../look/overlay-words.ts';
import { segmentName } from '../show/segment-words.ts';
import { useEmotionOptions, useVoiceOptions } from './choices.ts';

const OWN = '-';

/** What is said, what is said next, and everything that can be asked for while it is on air. */
export function Desk(): ReactElement {
  const t = useT();
  const onAir = useIsOnAir();
  return (
    <div className={styles.deskBody} data-on-air={onAir || undefined}>
      <NowAndNext />
      <SayNow />
      <Ask />
      <div className={styles.deskRows}>
        <Controls />
        <Mixer />
      </div>
      <Switches />
      {!onAir && <p className={styles.note}>{t('live.deskOffAir')}</p>}
    </div>
  );
}

function NowAndNext(): ReactElement | null {
  const t = useT();
  const { clock } = useFormat();
  const speaking = useShow((status) => status?.session?.speaking ?? null);
  const next = useShow((status) => status?.session?.next ?? null);
  const nextName = useDocument(({ live }) => {
    const found = next?.segmentId == null ? null : findSegment(live, next.segmentId);
    return found === null ? '' : segmentName(found.segment, t);
  });
  const queued = useShow((status) => status?.session?.queued ?? 0);
  const thinking = useShow((status) => status?.session?.thinking ?? 0);
  const paused = useShow((status) => status?.session?.paused ?? false);
  const streamMs = useShow((status) => status?.session?.streamMs ?? 0);
  const onAir = useIsOnAir();
  if (!onAir) return null;
  return (
    <div className={styles.nowNext}>
      <p data-live-speaking={speaking === null ? '' : speaking.text}>
        <Badge tone={paused ? 'warning' : 'error'}>{paused ? t('live.paused') : t('live.now')}</Badge>
        <span>{speaking === null ? t('live.idling') : speaking.text}</span>
        {speaking !== null && <small>{clock(Math.max(0, streamMs - speaking.fromStreamMs))}</small>}
      </p>
      <p>
        <Badge tone="info">{t('live.next')}</Badge>
        <span>{next === null ? t('live.nothingNext') : next.text || nextName}</span>
        {(queued > 0 || thinking > 0) && (
          <small>
            {queued > 0 && t('live.queued', { count: queued })}{' '}
            {thinking > 0 && t('live.thinking', { count: thinking })}
          </small>
        )}
      </p>
      <StandIns />
    </div>
  );
}

/** Who speaks, writes or listens in place of the first choice, since when, and why. */
function StandIns(): ReactElement | null {
  const { locale } = useLanguage();
  const { name } = useProviderWords(undefined);
  const duties = useShow((status) => status?.duties);
  const standIns = (duties ?? []).filter(({ error }) => error !== null);
  if (standIns.length === 0) return null;
  return (
    <div className={styles.standIns} role="status" data-live-duty>
      {standIns.map((duty) => (
        <Badge key={duty.stage} tone="warning">
          {dutyWords(duty, name(duty.provider), locale)}
        </Badge>
      ))}
    </div>
  );
}

function SayNow(): ReactElement {
  const t = useT();
  const onAir = useIsOnAir();
  const command = useCommand();
  const emotions = useEmotionOptions();
  const voices = useVoiceOptions();
  const [text, setText] = useState('');
  const [intent, setIntent] = useState<SpeechIntent>('interrupt');
  const [emotion, setEmotion] = useState(OWN);
  const [voiceId, setVoiceId] = useState(OWN);
  const [resume, setResume] = useState<'interrupted' | 'next'>('interrupted');
  const canSay = onAir && text.trim() !== '';
  const say = (): void => {
    if (!canSay) return;
    command({
      type: 'say',
      id: crypto.randomUUID(),
      text: text.trim().slice(0, 5000),
      ...{ intent, intensity: 1, resume },
      emotion: emotion === OWN ? null : emotion,
      voiceId: voiceId === OWN ? null : voiceId,
    });
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    say();
  };
  return (
    <div className={styles.say}>
      <div className={styles.sayRow}>
        <textarea
          rows={2}
          data-live-say
          aria-label={t('live.sayNow')}
          placeholder={t('live.sayPlaceholder')}
          value={text}
          disabled={!onAir}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button tone="primary" icon={Send} disabled={!canSay} onClick={say}>
          {t('live.say')}
        </Button>
      </div>
      <div className={styles.sayOptions}>
        <Segments
          bare
          label={t('live.intent')}
          value={intent}
          onChange={setIntent}
          options={SPEECH_INTENTS.map((value) => ({ value, label: t(`live.intent_${value}`) }))}
        />
        {intent === 'interrupt' && (
          <Select
            bare
            label={t('live.resumeAt')}
            value={resume}
            onChange={setResume}
            options={[
              { value: 'interrupted', label: t('live.resume_interrupted') },
              { value: 'next', label: t('live.resume_next') },
            ]}
          />
        )}
        <Select
          bare
          label={t('live.emotion')}
          value={emotion}
          onChange={setEmotion}
          options={[{ value: OWN, label: t('live.emotionOwn') }, ...emotions]}
        />
        <Select
          bare
          label={t('live.voice')}
          value={voiceId}
          onChange={setVoiceId}
          options={[{ value: OWN, label: t('live.voiceOwn') }, ...voices]}
        />
      </div>
    </div>
  );
}

/** A viewer's question, which the language model answers on air. */
function Ask(): ReactElement {
  const t = useT();
  const onAir = useIsOnAir();
  const command = useCommand();
  const [question, setQuestion] = useState('');
  const [intent, setIntent] = useState<SpeechIntent>('queue');
  const canAsk = onAir && question.trim() !== '';
  const ask = (): void => {
    if (!canAsk) return;
    command({
      type: 'ask',
      id: crypto.randomUUID(),
      question: question.trim(),
      ...{ intent, voiceId: null, resume: 'interrupted', answer: null },
    });
    setQuestion('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.key !== 'Enter') return;
    event.preventDefault();
    ask();
  };
  return (
    <div className={styles.say}>
      <div className={styles.sayRow}>
        <textarea
          rows={1}
          maxLength={2000}
          data-live-ask
          aria-label={t('live.question')}
          placeholder={t('live.questionPlaceholder')}
          value={question}
          disabled={!onAir}
          onChange={(event) => setQuestion(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button icon={MessageCircleQuestion} disabled={!canAsk} onClick={ask}>
          {t('live.ask')}
        </Button>
      </div>
      <div className={styles.sayOptions}>
        <Segments
          bare
          label={t('live.intentOfAnswer')}
          value={intent}
          onChange={setIntent}
          options={SPEECH_INTENTS.map((value) => ({ value, label: t(`live.intent_${value}`) }))}
        />
      </div>
    </div>
  );
}

function Controls(): ReactElement {
  const t = useT();
  const paused = useShow((status) => status?.session?.paused ?? false);
  const pause = useAction('live.pause');
  const line = useAction('live.skipLine');
  const segment = useAction('live.skipSegment');
  const onAir = useIsOnAir();
  const command = useCommand();
  const emotions = useEmotionOptions();
  const emotion = useShow((status) => status?.session?.emotion ?? null);
  return (
    <div className={styles.controls}>
      <Button icon={paused ? Play : Pause} disabled={!onAir} onClick={pause.run} aria-pressed={paused}>
        {paused ? t('live.resume') : t('live.pause')}
      </Button>
      <IconButton
        icon={StepForward}
        tone="normal"
        label={t('live.skipLine')}
        shortcut={line.shortcut}
        disabled={!onAir}
        onClick={line.run}
      />
      <IconButton
        icon={SkipForward}
        tone="normal"
        label={t('live.skipSegment')}
        shortcut={segment.shortcut}
        disabled={!onAir}
        onClick={segment.run}
      />
      <Select
        bare
        label={t('live.emotionOverride')}
        disabled={!onAir}
        value={emotion ?? OWN}
        onChange={(next) => command({ type: 'emotion', emotion: next === OWN ? null : next, intensity: 1 })}
        options={[{ value: OWN, label: t('live.emotionAsWritten') }, ...emotions]}
      />
    </div>
  );
}

function Mixer(): ReactElement {
  return (
    <div className={styles.mixer}>
      <Fader which="voice" />
      <Fader which="music" />
    </div>
  );
}

/** What is dragged shows at once; what the show says counts again once it has answered. */
function Fader({ which }: { which: 'voice' | 'music' }): ReactElement {
  const t = useT();
  const onAir = useIsOnAir();
  const command = useCommand();
  const told = useShow((status) => status?.session?.volume[which] ?? 1);
  const [own, setOwn] = useState<number | null>(null);
  useEffect(() => {
    if (own === null) return;
    const timer = setTimeout(() => setOwn(null), 2000);
    return () => clearTimeout(timer);
  }, [own]);
  return (
    <Slider
      label={t(`live.volume_${which}`)}
      value={own ?? told}
      min={0}
      max={2}
      step={0.01}
      scale={100}
      unit="%"
      reset={1}
      disabled={!onAir}
      onChange={(next) => {
        setOwn(next);
        command({ type: 'volume', [which]: next });
      }}
    />
  );
}

/** Scenes and overlays, one press each. */
function Switches(): ReactElement | null {
  const t = useT();
  const scenes = useDocument(({ live }) => live.scenes);
  const overlays = useDocument(({ live }) => live.overlays);
  const scene = useShow((status) => status?.session?.scene ?? null);
  const shown = useShow((status) => status?.session?.overlays);
  const onAir = useIsOnAir();
  const command = useCommand();
  if (scenes.length === 0 && overlays.length === 0) return null;
  return (
    <div className={styles.switches}>
      {scenes.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of buttons.
        <div role="group" aria-label={t('live.sceneList')} className={styles.chips}>
          <span>{t('live.sceneList')}</span>
          {scenes.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              className={cx(styles.chip, scene === id && styles.chipOn)}
              aria-pressed={scene === id}
              disabled={!onAir}
              onClick={() => command({ type: 'scene', id })}
            >
              {name || id}
            </button>
          ))}
        </div>
      )}
      {overlays.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of buttons.
        <div role="group" aria-label={t('live.overlayList')} className={styles.chips}>
          <span>{t('live.overlayList')}</span>
          {overlays.map((overlay) => {
            const isShown = shown?.includes(overlay.id) ?? false;
            return (
              <button
                key={overlay.id}
                type="button"
                className={cx(styles.chip, isShown && styles.chipOn)}
                aria-pressed={isShown}
                disabled={!onAir}
                data-overlay-switch={overlay.id}
                onClick={() => command({ type: 'overlay', id: overlay.id, shown: !isShown })}
              >
                {overlayName(overlay)}
              </button>
            );
          })}
        </div>
      )}
    </div>
  );
}
