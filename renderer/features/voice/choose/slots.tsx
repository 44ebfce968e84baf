/** Who speaks: the voice of the project, and of each language in it. The chosen row is the one that the list below fills. */
import { ChevronRight, X } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useStore } from 'zustand';
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useT } from '../../../state/language.ts';
import { openDocument, useDocument } from '../../../state/project.ts';
import { Button, cx, IconButton } from '../../../ui/index.ts';
import { HearButton } from '../hear-button.tsx';
import styles from '../voice.module.css';
import { useVoice } from '../voice-list.ts';
import { chooseVoice, LANGUAGE_SLOTS, type VoiceSlot, voiceView } from '../voice-store.ts';
import { useVoiceWords } from '../voice-words.ts';

const SLOT_NAMES: Readonly<Record<VoiceSlot, MessageKey>> = {
  main: 'voice.slotMain',
  zh: 'voice.slotZh',
  en: 'voice.slotEn',
  yue: 'voice.slotYue',
};

export function Slots(): ReactElement {
  const t = useT();
  const byLanguage = useDocument(({ voice }) => voice.byLanguage);
  const [opened, setOpened] = useState(false);
  const shown = opened || Object.keys(byLanguage).length > 0;
  return (
    <div className={styles.slots}>
      <Slot slot="main" />
      {shown ? (
        LANGUAGE_SLOTS.map((slot) => <Slot key={slot} slot={slot} />)
      ) : (
        <Button tone="quiet" icon={ChevronRight} className={styles.slotsMore} onClick={() => setOpened(true)}>
          {t('voice.byLanguage')}
        </Button>
      )}
    </div>
  );
}

function Slot({ slot }: { slot: VoiceSlot }): ReactElement {
  const t = useT();
  const words = useVoiceWords();
  const chosen = useStore(voiceView, (state) => state.slot === slot);
  const voiceId = useDocument(({ voice }) => (slot === 'main' ? voice.voiceId : (voice.byLanguage[slot] ?? null)));
  const voice = useVoice(voiceId);
  const name = t.any(SLOT_NAMES[slot]);
  const said =
    voiceId === null ? t(slot === 'main' ? 'voice.automatic' : 'voice.asMain') : voice ? words.title(voice) : voiceId;
  return (
    <div className={cx(styles.slot, chosen && styles.slotChosen)}>
      <HearButton
        name={`slot ${slot}`}
        label={t('voice.hearSlot', { name })}
        small
        ask={(signal) => hearSlot(slot, voiceId, t('voice.sentenceZh'), t('voice.sentenceEn'), signal)}
      />
      <button
        type="button"
        className={styles.slotName}
        aria-pressed={chosen}
        onClick={() => voiceView.setState({ slot })}
        title={said}
      >
        <span>{name}</span>
        <b data-unset={voiceId === null || undefined}>{said}</b>
      </button>
      {voiceId !== null && (
        <IconButton icon={X} label={t('voice.clear', { name })} small onClick={() => chooseVoice(slot, null)} />
      )}
    </div>
  );
}

/** The voice as the project has it; where none is named, the one that would speak. */
async function hearSlot(
  slot: VoiceSlot,
  voiceId: string | null,
  sentenceZh: string,
  sentenceEn: string,
  signal: AbortSignal,
): Promise<{ path: string }> {
  const voice = openDocument()!.voice;
  const { rate, pitch, volume } = voice;
  if (voiceId !== null) return rpc.voices.sample({ voiceId, rate, pitch, volume }, { signal });
  const line = { id: 'try', text: slot === 'en' ? sentenceEn : sentenceZh };
  return rpc.script.speakLine({ source: { kind: 'draft', line, voice, dictionary: [], emotions: [] } }, { signal });
}
