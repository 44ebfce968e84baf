import { useMemo } from 'react';
import { useDocument } from '../../state/project.ts';
import type { Face } from './stills.ts';

/** The person's own portrait, as far as stills depend on it. */
export function useFace(): Face {
  const portrait = useDocument(({ avatar }) => avatar.portrait);
  const faceIndex = useDocument(({ avatar }) => avatar.faceIndex);
  const landmarks = useDocument(({ avatar }) => avatar.landmarks);
  const rig = useDocument(({ avatar }) => avatar.rig);
  return useMemo(() => ({ portrait, faceIndex, landmarks, rig }), [portrait, faceIndex, landmarks, rig]);
}
