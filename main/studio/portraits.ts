/** Portraits for the interface: what is seen in a picture, its repair, the mouth's trial, consent to a likeness. */
import { join } from 'node:path';
import sharp from 'sharp';
import type { StudioContract } from '../../app/contract/index.ts';
import type { ExaminedFace, ExaminedPortrait } from '../../app/contract/portraits.ts';
import type { AssetRef } from '../../app/document/asset.ts';
import type { PortraitSource } from '../../app/document/avatar.ts';
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { Studio } from '../compose.ts';
import type { DetectedFace, PreparedPortrait } from '../engine/ports/portrait.ts';
import { decodePicture, readPictureFile } from '../portrait/decode.ts';
import { listSampleAvatars, loadSampleAvatar } from '../portrait/samples.ts';
import type { AssetStore } from '../storage/assets.ts';
import type { ConsentRepository } from '../storage/repositories/consents.ts';
import type { ProjectRepository } from '../storage/repositories/projects.ts';
import { createFramedStills } from './framed-still.ts';
import { createMouthTester } from './mouth-test.ts';
import { createPortraitPictures } from './portrait-pictures.ts';
import { cutPortrait, fixFor, type Repaired, repairPortrait, sourceScale } from './portrait-repair.ts';
import type { MediaProvider, ServiceOf } from './service.ts';
import type { StillStudio } from './stills/still-studio.ts';

export interface PortraitService extends Disposable {
  readonly calls: ServiceOf<StudioContract['portraits']>;
  /** For `/media/portrait/`. */
  readonly media: MediaProvider;
}

export interface PortraitDeps {
  studio: Pick<Studio, 'paths' | 'portraits'>;
  assets: AssetStore;
  consents: ConsentRepository;
  projects: Pick<ProjectRepository, 'portraits'>;
  stills: StillStudio;
}

/** The file behind a source. */
interface Source {
  bytes: Uint8Array;
  /** Names the content. */
  key: string;
  /** Where the face is known without looking. */
  landmarks: FaceLandmarks | null;
  fileName: string;
}

/** How the key of a face begins that is nobody's. */
const DRAWN = 'sample ';
/** Of earlier portraits, and how large their small pictures are. */
const MOST_EARLIER = 24;
const SMALL_PX = 192;
/** Of a sample's tile, on a screen of two pixels a point. */
const TILE_PX = 560;
const MAX_INPUT_PX = 100_000_000;
const WEBP = { quality: 90, alphaQuality: 95, effort: 2 } as const;

export function createPortraitService({ studio, assets, consents, projects, stills }: PortraitDeps): PortraitService {
  const { portraits, paths } = studio;
  const pictures = createPortraitPictures(join(paths.cacheDir, 'pictures'));
  const tester = createMouthTester(portraits, assets, stills);
  const framedStills = createFramedStills(portraits, assets);

  const open = async (portrait: PortraitSource, signal: AbortSignal): Promise<Source> => {
    if (portrait.kind === 'sample') {
      const { portrait: bytes, landmarks } = await loadSampleAvatar(portrait.id, signal);
      return { bytes, key: `${DRAWN}${portrait.id}`, landmarks, fileName: `${portrait.id}.png` };
    }
    const { asset } = portrait;
    const bytes = await readPictureFile(await assets.resolve(asset, { signal }), signal);
    return { bytes, key: asset.sha256, landmarks: null, fileName: asset.fileName };
  };

  const prepare = (source: Source, faceIndex: number, signal: AbortSignal): Promise<PreparedPortrait> =>
    portraits.prepare(source.bytes, { faceIndex, landmarks: source.landmarks, signal });

  /** All faces; of a sample avatar the one it was drawn with. */
  const look = async (source: Source, signal: AbortSignal) => {
    if (source.landmarks === null) return await portraits.inspect(source.bytes, signal);
    const { width, height, faces } = await prepare(source, 0, signal);
    return { width, height, faces };
  };

  /** A picture made from another shows the same person; else each face of each picture is one of its own. */
  const likenessOf = (key: string, index: number): string => consents.likenessOf(key) ?? `${key}:${index}`;

  const offerPrepared = (name: 'person' | 'background', portrait: PortraitSource, key: string, index: number): string =>
    pictures.offer(`${name} ${index} ${key}`, async (signal) => {
      const { width, height, rgba, matte, background } = await prepare(await open(portrait, signal), index, signal);
      const pixels = name === 'background' ? background : rgba.slice();
      if (name === 'person')
        for (let i = 0; i < matte.length; i++) pixels[i * 4 + 3] = Math.min(pixels[i * 4 + 3]!, matte[i]!);
      return await sharp(pixels, { raw: { width, height, channels: 4 } })
        .webp(WEBP)
        .toBuffer();
    });

  const chosenFace = async (
    source: Source,
    faceIndex: number | null,
    signal: AbortSignal,
  ): Promise<{ face: DetectedFace; likenessKey: string }> => {
    const { faces } = await look(source, signal);
    if (faces.length === 0) throw new StudioError('portrait.no-face');
    if (faceIndex === null && faces.length > 1)
      throw new StudioError('portrait.several-faces', { count: faces.length });
    const face = faces[faceIndex ?? 0];
    if (!face) throw new StudioError('portrait.no-such-face', { number: (faceIndex ?? 0) + 1, count: faces.length });
    return { face, likenessKey: likenessOf(source.key, face.index) };
  };

  /** Keeps a picture made from another, and whose face it shows. */
  const put = async (
    { bytes, mediaType }: Repaired,
    { fileName }: Source,
    likenessKey: string | null,
    signal: AbortSignal,
  ): Promise<AssetRef> => {
    const stem = fileName.replace(/(?:-edited)?\.[^.]*$/, '') || 'portrait';
    const extension = mediaType === 'image/png' ? 'png' : 'jpg';
    const asset = await assets.put(bytes, { mediaType, fileName: `${stem}-edited.${extension}`, signal });
    if (likenessKey !== null) consents.rememberLikeness(asset.sha256, likenessKey);
    return asset;
  };

  const calls: PortraitService['calls'] = {
    async samples(_, signal) {
      const avatars = await listSampleAvatars(signal);
      return avatars.map((avatar) => {
        const of = (part: 'portrait' | 'background'): string =>
          pictures.offer(`small ${part} of sample ${avatar.id}`, async (made) =>
            sharp((await loadSampleAvatar(avatar.id, made))[part])
              .resize({ width: TILE_PX, height: TILE_PX, fit: 'inside', withoutEnlargement: true })
              .webp(WEBP)
              .toBuffer(),
          );
        return { avatar, portrait: of('portrait'), background: of('background') };
      });
    },

    async sampleBackground({ sampleId }, signal) {
      const { background, meta } = await loadSampleAvatar(sampleId, signal);
      const fileName = `${meta.id}-${meta.background.file}`;
      return await assets.put(background, { mediaType: 'image/jpeg', fileName, signal });
    },

    async examine({ portrait, faceIndex }, signal) {
      const source = await open(portrait, signal);
      const { width, height, faces } = await look(source, signal);
      const scale = portrait.kind === 'sample' ? 1 : await sourceScale(source.bytes);
      const asked = faceIndex ?? (faces.length === 1 ? 0 : null);
      const chosen = asked !== null && asked < faces.length ? asked : null;
      const picture = pictures.offer(`upright ${source.key}`, async (made) => {
        const { bytes } = await open(portrait, made);
        const decoded = await decodePicture(bytes, made);
        return await sharp(decoded.rgba, { raw: { width: decoded.width, height: decoded.height, channels: 4 } })
          .webp(WEBP)
          .toBuffer();
      });
      const told = faces.map((face): ExaminedFace => {
        const findings = face.findings.map((finding) => ({ ...finding, fix: fixFor(finding, scale) }));
        return { ...face, findings, likenessKey: likenessOf(source.key, face.index) };
      });
      return {
        widthPx: width,
        heightPx: height,
        picture,
        person: chosen === null ? null : offerPrepared('person', portrait, source.key, chosen),
        background: chosen === null ? null : offerPrepared('background', portrait, source.key, chosen),
        faces: told,
        chosen,
        drawn: told.length > 0 && told.every(({ likenessKey }) => likenessKey.startsWith(DRAWN)),
      } satisfies ExaminedPortrait;
    },

    async mouthTest(request, signal) {
      const name = `still ${tester.keyOf(request)}`;
      const sidePx = request.maxSidePx - (request.maxSidePx % 2);
      const known = pictures.shown(name);
      if (known !== null) return { picture: known, widthPx: sidePx, heightPx: sidePx };
      const { webp } = await tester.test(request, signal);
      return { picture: pictures.show(name, webp), widthPx: sidePx, heightPx: sidePx };
    },

    async framed(request, signal) {
      const { webp, subject, fillWidth } = await framedStills.draw(request, signal);
      const { size } = request;
      return { picture: pictures.show(`framed ${JSON.stringify(request)}`, webp), ...size, subject, fillWidth };
    },

    earlier: () =>
      projects.portraits(MOST_EARLIER).map(({ asset, ...used }) => ({
        asset,
        ...used,
        thumbnail: pictures.offer(`small ${asset.sha256}`, async (made) => {
          const bytes = await readPictureFile(await assets.resolve(asset, { signal: made }), made);
          return await sharp(bytes, { limitInputPixels: MAX_INPUT_PX, failOn: 'none', pages: 1 })
            .autoOrient()
            .resize({ width: SMALL_PX, height: SMALL_PX, fit: 'cover', position: 'attention' })
            .webp({ quality: 82 })
            .toBuffer();
        }),
      })),

    async fix({ portrait, faceIndex, fix }, signal) {
      const source = await open(portrait, signal);
      const { face, likenessKey } = await chosenFace(source, faceIndex, signal);
      return await put(await repairPortrait(source.bytes, face, fix, signal), source, likenessKey, signal);
    },

    async crop({ portrait, rect, rotateDeg }, signal) {
      const source = await open(portrait, signal);
      const cut = await cutPortrait(source.bytes, rect, rotateDeg, signal);
      const { faces } = await look(source, signal);
      // Of several faces, whichever is in it may be meant: only one alone is surely the same.
      const likenessKey = faces.length === 1 ? likenessOf(source.key, 0) : null;
      return await put(cut, source, likenessKey, signal);
    },

    consents: () => consents.list(),
    consent: ({ likenessKey }) => consents.find(likenessKey),
    saveConsent: ({ likenessKey, consent }) => consents.save(likenessKey, consent),
    withdrawConsent({ likenessKey }) {
      consents.withdraw(likenessKey);
      return {};
    },
  };

  return {
    calls,
    media: pictures.media,
    [Symbol.dispose]: () => {
      tester.dispose();
      framedStills.dispose();
    },
  };
}
