/** What the panel shows: which emotion is chosen, which is being edited, and how it is looked at. */
import { createStore } from 'zustand/vanilla';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { EMOTIONS, type Emotion } from '../../../app/speech/emotion.ts';
import { type EmotionBlend, NEUTRAL_BLEND } from '../../../app/speech/emotion-blend.ts';
import { EMOTION_BLENDS } from '../../../app/speech/emotion-presets.ts';
import type { Translate } from '../../i18n/index.ts';
import { language } from '../../state/language.ts';
import { openDocument, projectStore } from '../../state/project.ts';
import { showToast } from '../../state/toasts.ts';
import { openDialog } from '../../state/ui-store.ts';
import { addEmotion, remove, usesOf } from './edits.ts';
import { nextColour, presetLabel } from './names.ts';

export type Chosen =
  | { kind: 'preset'; emotion: Emotion }
  | { kind: 'own'; id: string }
  | { kind: 'library'; id: string };

export interface EmotionView {
  chosen: Chosen | null;
  /** The project's own emotion that is open in the editor. */
  editingId: string | null;
  /** In which strength and with which mouth it is looked at. */
  intensity: number;
  mouth: 'rest' | 'open';
  /** Neutral beside it. */
  compare: boolean;
}

export const emotionView = createStore<EmotionView>(() => ({
  ...{ chosen: null, editingId: null, intensity: 1, mouth: 'rest', compare: false },
}));

export const choose = (chosen: Chosen): void => emotionView.setState({ chosen });
export const edit = (id: string): void =>
  emotionView.setState({ editingId: id, chosen: { kind: 'own', id }, intensity: 1, mouth: 'rest' });
export const leaveEditor = (): void => emotionView.setState({ editingId: null });

/** Adds one and opens it. */
function open(blend: Readonly<EmotionBlend>, name: string): void {
  const own = openDocument()?.emotions ?? [];
  const added = addEmotion({ name, colour: nextColour(own), blend: { ...blend } });
  if (added !== null) edit(added.id);
}

export function createEmotion(): void {
  open(NEUTRAL_BLEND, language().t('emotion.newName'));
}

export const makeOwn = (preset: Emotion, t: Translate): void =>
  open(EMOTION_BLENDS[preset], t('emotion.mineOf', { name: presetLabel(preset, t).toLowerCase() }));

export function duplicate(emotion: OwnEmotion): void {
  const { name, colour, blend } = emotion;
  const added = addEmotion({ name, colour, blend });
  if (added === null) return;
  if (emotionView.getState().editingId === null) choose({ kind: 'own', id: added.id });
  else edit(added.id);
}

/** At once where nothing uses it; otherwise the person says what takes its place. */
export function askToRemove(emotion: OwnEmotion): void {
  if (usesOf(emotion.name) > 0) openDialog('emotion.delete', emotion.id);
  else removeNow(emotion, EMOTIONS[0]);
}

export function removeNow({ id, name }: OwnEmotion, replacement: string): void {
  const { t } = language();
  remove(id, replacement);
  emotionView.setState(({ editingId, chosen }) => ({
    editingId: editingId === id ? null : editingId,
    chosen: chosen?.kind === 'own' && chosen.id === id ? null : chosen,
  }));
  showToast({
    tone: 'info',
    message: t('emotion.removed', { name }),
    action: { label: t('ui.undo'), run: () => projectStore().undo() },
  });
}
