import type { Avatar } from '../../app/document/avatar.ts';
import type { PreparedPortrait } from '../engine/ports/portrait.ts';
import { readPictureFile } from '../portrait/decode.ts';
import type { PortraitImporter } from '../portrait/prepare.ts';
import { loadSampleAvatar } from '../portrait/samples.ts';
import type { AssetSource } from '../storage/assets.ts';

export interface LoadedPortrait {
  prepared: PreparedPortrait;
  /** What a sample avatar stands in front of: an encoded picture. */
  background: Uint8Array | null;
}

/** The avatar's picture, prepared: a shipped one with its authored landmarks, or the person's own. */
export async function loadPortrait(
  avatar: Avatar,
  assets: AssetSource,
  portraits: PortraitImporter,
  signal: AbortSignal,
): Promise<LoadedPortrait> {
  if (avatar.portrait.kind === 'sample') {
    const sample = await loadSampleAvatar(avatar.portrait.id, signal);
    const landmarks = avatar.landmarks ?? sample.landmarks;
    return {
      prepared: await portraits.prepare(sample.portrait, { faceIndex: null, landmarks, signal }),
      background: sample.background,
    };
  }
  const path = await assets.resolve(avatar.portrait.asset);
  const bytes = await readPictureFile(path, signal);
  return {
    prepared: await portraits.prepare(bytes, { faceIndex: avatar.faceIndex, landmarks: avatar.landmarks, signal }),
    background: null,
  };
}
