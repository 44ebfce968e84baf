/** What the voice panel shows. */
import { createStore } from 'zustand/vanilla';
import { editDocument, openDocument, sealEdit } from '../../state/project.ts';
import { isPanelOpen, showTab, togglePanel, uiStore } from '../../state/ui-store.ts';
import { rememberUse } from './liked.ts';

export type VoicePart = 'voices' | 'recording' | 'words';
/** Whose voice is chosen: that of all text, or of the text in one language. */
export type VoiceSlot = 'main' | 'zh' | 'en' | 'yue';
export const LANGUAGE_SLOTS = ['zh', 'en', 'yue'] as const;

export interface VoiceView {
  part: VoicePart;
  slot: VoiceSlot;
}
export const voiceView = createStore<VoiceView>(() => ({ part: 'voices', slot: 'main' }));

export function showPart(part: VoicePart): void {
  voiceView.setState({ part });
  if (!isPanelOpen(uiStore.getState(), 'inspector')) togglePanel('inspector');
  showTab('inspector', 'voice');
}

/** null: automatic, or as the main voice. */
export function chooseVoice(slot: VoiceSlot, voiceId: string | null): void {
  const voice = openDocument()?.voice;
  if (voice === undefined) return;
  const before = slot === 'main' ? voice.voiceId : (voice.byLanguage[slot] ?? null);
  if (voiceId !== null) rememberUse(voiceId);
  if (before === voiceId) return;
  editDocument('voice.stepVoice', (draft) => {
    if (slot === 'main') draft.voice.voiceId = voiceId;
    else if (voiceId === null) delete draft.voice.byLanguage[slot];
    else draft.voice.byLanguage[slot] = voiceId;
  });
  sealEdit();
}
