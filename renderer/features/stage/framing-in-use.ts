/** The framing that counts on the stage as it is: the one of its shape where that has its own. */
import { useStore } from 'zustand';
import { type Avatar, type Framing, framingFor } from '../../../app/document/avatar.ts';
import type { Project } from '../../../app/document/project.ts';
import { useDocument } from '../../state/project.ts';
import { playbackStore } from '../preview/player/playback-store.ts';

interface Framed {
  avatar: Pick<Avatar, 'framing' | 'framingByShape'>;
  stage: Pick<Project['stage'], 'size'>;
}
const UNKNOWN = { widthPx: 1280, heightPx: 720 };

/** Of a draft: what an edit must change. A size that the document leaves to the portrait is read off what is shown. */
export const framingInUse = ({ avatar, stage }: Framed): Framing =>
  framingFor(avatar, stage.size ?? playbackStore.getState().size ?? UNKNOWN);

export function useFramingInUse(): Framing {
  const shown = useStore(playbackStore, ({ size }) => size);
  return useDocument(({ avatar, stage }) => framingFor(avatar, stage.size ?? shown ?? UNKNOWN));
}
