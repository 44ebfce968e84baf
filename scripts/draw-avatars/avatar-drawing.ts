import type { SampleAvatar } from '../../app/document/sample-avatars.ts';
import type { Painter } from './brush.ts';
import type { FaceDesign } from './face-design.ts';

export const PORTRAIT_PX = 1280;
export const BACKGROUND_PX = { width: 1920, height: 1080 } as const;

/** One sample avatar: what is told about it, its face as curves, and how it and its room are painted. */
export interface AvatarDrawing {
  meta: Omit<SampleAvatar, 'landmarks' | 'portrait' | 'background'>;
  face: FaceDesign;
  paint(p: Painter): void;
  paintBackground(p: Painter): void;
}
