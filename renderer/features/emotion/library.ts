/** The person's own emotions for all projects. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { foldEmotionName } from '../../../app/speech/emotion.ts';
import { EMOTION_CONTROL_KEYS } from '../../../app/speech/emotion-blend.ts';
import { rpc } from '../../bridge/index.ts';
import { language } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { follow } from '../../state/studio-store.ts';
import { showToast } from '../../state/toasts.ts';
import { openDialog } from '../../state/ui-store.ts';

const libraryStore = createStore<{ emotions: readonly OwnEmotion[] | null }>(() => ({ emotions: null }));
let following = false;

/** null until it is known. */
export function useEmotionLibrary(): readonly OwnEmotion[] | null {
  useEffect(() => {
    if (following) return;
    following = true;
    void follow(
      (signal) => rpc.emotions.watch({}, { signal }),
      (emotions) => libraryStore.setState({ emotions }),
      new AbortController().signal,
    );
  }, []);
  return useStore(libraryStore, ({ emotions }) => emotions);
}

export const sameEmotion = (a: OwnEmotion, b: OwnEmotion): boolean =>
  a.name === b.name && a.colour === b.colour && EMOTION_CONTROL_KEYS.every((key) => a.blend[key] === b.blend[key]);

/** Asks first where another of the library has the name. */
export async function saveToLibrary(emotion: OwnEmotion): Promise<void> {
  const folded = foldEmotionName(emotion.name);
  const other = libraryStore
    .getState()
    .emotions?.find(({ id, name }) => id !== emotion.id && foldEmotionName(name) === folded);
  if (other !== undefined) openDialog('emotion.replace', { emotion, other });
  else await keep(emotion);
}

/** Takes the place of `other`. */
export const replaceInLibrary = (emotion: OwnEmotion, other: OwnEmotion): Promise<void> =>
  keep({ ...emotion, id: other.id });

async function keep({ id, name, colour, blend }: OwnEmotion): Promise<void> {
  try {
    await rpc.emotions.save({ id, name, colour, blend });
    showToast({ tone: 'success', message: language().t('emotion.savedToLibrary', { name }) });
  } catch (error) {
    showErrorToast(error);
  }
}

export async function removeFromLibrary(emotion: OwnEmotion): Promise<void> {
  const { t } = language();
  try {
    await rpc.emotions.remove({ id: emotion.id });
    showToast({
      tone: 'info',
      message: t('emotion.removedFromLibrary', { name: emotion.name }),
      action: { label: t('ui.undo'), run: () => void keep(emotion) },
    });
  } catch (error) {
    showErrorToast(error);
  }
}
