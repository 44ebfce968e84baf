/** The inspector's tab of emotions: all of them, or one in the editor. */
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useDocument } from '../../state/project.ts';
import { Editor } from './editor.tsx';
import { emotionView } from './emotion-store.ts';
import { Gallery } from './gallery.tsx';

export default function EmotionPanel(): ReactElement {
  const editingId = useStore(emotionView, (state) => state.editingId);
  const emotion = useDocument(({ emotions }) => emotions.find(({ id }) => id === editingId));
  return emotion === undefined ? <Gallery /> : <Editor key={emotion.id} emotion={emotion} />;
}
