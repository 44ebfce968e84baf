import type { Project } from '../app/document/project.ts';
import type { AvatarPlate, Rect } from '../main/engine/ports/lipsync.ts';
import { rigEngine } from '../main/providers/lipsync/rig/index.ts';

/** The part of the stage the face engine draws, as it says itself. */
export async function motionRegionOf(plate: AvatarPlate, { stage, seed, avatar }: Project): Promise<Rect> {
  const session = await rigEngine.open(plate, { fps: stage.fps, seed, rig: avatar.rig });
  try {
    return session.region;
  } finally {
    session.dispose();
  }
}
