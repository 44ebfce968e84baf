/** Small pictures of projects for their list: the portrait, cut to the stage's shape. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Project } from '../../app/document/project.ts';
import { loadSampleAvatar } from '../portrait/samples.ts';
import type { AssetSource } from '../storage/assets.ts';
import type { MediaProvider } from './service.ts';

const HEIGHT_PX = 240;
const KEPT = 200;
const MAX_INPUT_PX = 100_000_000;

/** `/media/thumbnail/<project id>` */
export function createThumbnails(current: (id: string) => { project: Project }, assets: AssetSource): MediaProvider {
  /** By picture and shape; the least recently used goes. */
  const kept = new Map<string, Promise<Uint8Array>>();

  const draw = async ({ avatar, stage }: Project, widthPx: number): Promise<Uint8Array> => {
    const { portrait } = avatar;
    const sample = portrait.kind === 'sample' ? await loadSampleAvatar(portrait.id) : null;
    const picture = portrait.kind === 'asset' ? await readFile(await assets.resolve(portrait.asset)) : sample!.portrait;
    const person = sharp(picture, { limitInputPixels: MAX_INPUT_PX, failOn: 'none' })
      .autoOrient()
      .resize({ width: widthPx, height: HEIGHT_PX, fit: 'cover', position: 'attention' });
    if (sample === null || stage.background.kind === 'transparent')
      return await person.webp({ quality: 82 }).toBuffer();
    const room = sharp(sample.background).resize({ width: widthPx, height: HEIGHT_PX, fit: 'cover' });
    return await room
      .composite([{ input: await person.png().toBuffer() }])
      .webp({ quality: 82 })
      .toBuffer();
  };

  return async ([id, ...more]) => {
    if (id === undefined || more.length > 0) return null;
    const { project } = current(id);
    const { size } = project.stage;
    const shape = size === null ? 16 / 9 : Math.min(2.4, Math.max(0.4, size.widthPx / size.heightPx));
    const widthPx = Math.round(HEIGHT_PX * shape);
    const { portrait } = project.avatar;
    const of = portrait.kind === 'sample' ? portrait.id : portrait.asset.sha256;
    const key = `${of} ${widthPx} ${project.stage.background.kind === 'transparent'}`;
    const picture = kept.get(key) ?? draw(project, widthPx);
    kept.delete(key);
    kept.set(key, picture);
    picture.catch(() => kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    return { body: { kind: 'bytes', bytes: await picture }, mediaType: 'image/webp' };
  };
}
