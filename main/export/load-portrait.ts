import { readFile } from 'node:fs/promises';
import type { Avatar } from '../../app/document/avatar.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { PreparedPortrait } from '../engine/ports/portrait.ts';
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
  const bytes = await readPicture(path, signal);
  return {
    prepared: await portraits.prepare(bytes, { faceIndex: avatar.faceIndex, landmarks: avatar.landmarks, signal }),
    background: null,
  };
}

/** @throws StudioError portrait.file-missing, portrait.file-unreadable */
export async function readPicture(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new StudioError('portrait.file-missing', { path }, { cause });
    throw new StudioError('portrait.file-unreadable', { path, detail: code }, { cause });
  }
}
