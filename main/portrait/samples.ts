/** The avatars that ship with the studio, read from `resources/avatars`. */
import { readFile } from 'node:fs/promises';
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import {
  type SampleAvatarSummary,
  sampleAvatarIndexSchema,
  sampleAvatarSchema,
} from '../../app/document/sample-avatars.ts';
import { StudioError } from '../../app/errors/index.ts';

const FOLDER = new URL('../../resources/avatars/', import.meta.url);

export interface LoadedSampleAvatar {
  meta: SampleAvatarSummary;
  /** The PNG file's bytes: upright, sRGB, with alpha. */
  portrait: Uint8Array;
  /** The JPEG file's bytes. */
  background: Uint8Array;
  /** In pixels of the portrait. */
  landmarks: FaceLandmarks;
}

/** In the order they are shown; the first is the one to start with. */
export async function listSampleAvatars(signal?: AbortSignal): Promise<SampleAvatarSummary[]> {
  return sampleAvatarIndexSchema.parse(await readJson('index.json', signal)).avatars;
}

/** @throws StudioError portrait.unknown-sample when no avatar has this id */
export async function loadSampleAvatar(id: string, signal?: AbortSignal): Promise<LoadedSampleAvatar> {
  const all = await listSampleAvatars(signal);
  if (!all.some((avatar) => avatar.id === id))
    throw new StudioError('portrait.unknown-sample', { id, known: all.map((avatar) => avatar.id).join(', ') });
  const { landmarks, ...meta } = sampleAvatarSchema.parse(await readJson(`${id}/avatar.json`, signal));
  const [portrait, background] = await Promise.all([
    readBytes(`${id}/${meta.portrait.file}`, signal),
    readBytes(`${id}/${meta.background.file}`, signal),
  ]);
  return { meta, portrait, background, landmarks };
}

const readBytes = (name: string, signal?: AbortSignal): Promise<Buffer> =>
  readFile(new URL(name, FOLDER), signal ? { signal } : {});

async function readJson(name: string, signal?: AbortSignal): Promise<unknown> {
  return JSON.parse((await readBytes(name, signal)).toString('utf8'));
}
