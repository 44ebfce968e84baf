import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { type ExaminedPortrait, examinedPortraitSchema, mouthTestSchema } from '../../app/contract/portraits.ts';
import { assetRefSchema } from '../../app/document/asset.ts';
import { framingFor, type PortraitSource } from '../../app/document/avatar.ts';
import type { FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { placePicture } from '../../app/media/place-picture.ts';
import { createStudio, type Studio } from '../compose.ts';
import { loadSampleAvatar } from '../portrait/samples.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { createPortraitService, type PortraitService } from './portraits.ts';
import { createStillStudio, type StillStudio } from './stills/still-studio.ts';
import { createThumbnails } from './thumbnails.ts';

const signal = new AbortController().signal;
let folder = '';
let studio: Studio;
let storage: Storage;
let service: PortraitService;
let stills: StillStudio;
let photo: Buffer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portraits-service-'));
  studio = createStudio({ dataDir: folder });
  storage = await openStorage({ dataDir: folder });
  stills = createStillStudio();
  service = createPortraitService({ studio, ...storage, stills });
  const { portrait } = await loadSampleAvatar('lin');
  photo = await sharp(portrait).flatten({ background: '#8fa3ad' }).jpeg({ quality: 95 }).toBuffer();
});
after(async () => {
  service[Symbol.dispose]();
  await stills.dispose();
  storage.close();
  await studio[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function sourceOf(bytes: Buffer, mediaType = 'image/jpeg'): Promise<PortraitSource> {
  return { kind: 'asset', asset: await storage.assets.put(bytes, { mediaType, fileName: 'me.jpg' }) };
}
const examine = async (portrait: PortraitSource, faceIndex: number | null = null): Promise<ExaminedPortrait> =>
  examinedPortraitSchema.parse(await service.calls.examine({ portrait, faceIndex }, signal));
async function fetched(path: string): Promise<Buffer> {
  const found = await service.media(path.split('/').slice(3), { query: new URLSearchParams(), signal });
  assert.ok(found?.body.kind === 'bytes', path);
  assert.equal(found.mediaType, 'image/webp');
  return Buffer.from(found.body.bytes);
}
const codesOf = ({ faces }: ExaminedPortrait) => faces[0]?.findings.map(({ code }) => code) ?? [];
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

test('a picture is examined: its face, its pictures for the page, and the person with the wall cut away', async () => {
  const portrait = await sourceOf(photo);
  const seen = await examine(portrait);
  assert.deepEqual([seen.faces.length, seen.chosen, seen.drawn], [1, 0, false]);
  const upright = await sharp(await fetched(seen.picture)).metadata();
  assert.deepEqual([upright.width, upright.height], [seen.widthPx, seen.heightPx]);
  const person = await sharp(await fetched(seen.person!))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const alphaAt = (x: number, y: number) => person.data[(Math.round(y) * person.info.width + Math.round(x)) * 4 + 3]!;
  const { box } = seen.faces[0]!;
  assert.equal(person.info.channels, 4);
  assert.ok(alphaAt(box.x + box.width / 2, box.y + box.height / 2) > 250);
  assert.ok(alphaAt(8, 8) < 10);
  // The same path gives the same bytes from disk, also to a studio that was started anew and offered it again.
  assert.deepEqual(await fetched(seen.picture), await fetched(seen.picture));
  assert.equal(await service.media([`${'0'.repeat(64)}.webp`], { query: new URLSearchParams(), signal }), null);
  assert.equal(await service.media(['..', 'studio.db'], { query: new URLSearchParams(), signal }), null);

  const sample = await examine({ kind: 'sample', id: 'mika' });
  assert.equal(sample.drawn, true);
  const offered = await service.calls.samples({}, signal);
  assert.ok(offered.length >= 3);
  assert.equal((await sharp(await fetched(offered[0]!.portrait)).metadata()).format, 'webp');
});

test('of two faces one is chosen, or none until the person does', async () => {
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  const pair = await sharp({ create: { width: width * 2, height, channels: 3, background: '#8fa3ad' } })
    .composite([
      { input: photo, left: 0, top: 0 },
      { input: photo, left: width, top: 0 },
    ])
    .jpeg()
    .toBuffer();
  const portrait = await sourceOf(pair);
  const open = await examine(portrait);
  assert.deepEqual([open.faces.length, open.chosen, open.person], [2, null, null]);
  const right = await examine(portrait, 1);
  assert.equal(right.chosen, 1);
  assert.notEqual(right.faces[0]!.likenessKey, right.faces[1]!.likenessKey);
  await assert.rejects(
    async () => service.calls.fix({ portrait, faceIndex: null, fix: 'crop' }, signal),
    codeOf('portrait.several-faces'),
  );
});

test('each fix mends its finding and the face keeps its consent; cropping by hand cuts what is asked', async () => {
  const cases = [
    ['too-dark', 'brighten', await sharp(photo).linear(0.22, 0).jpeg({ quality: 95 }).toBuffer()],
    ['face-tilted', 'level', await sharp(photo).rotate(21, { background: '#8fa3ad' }).jpeg({ quality: 95 }).toBuffer()],
  ] as const;
  for (const [code, fix, bytes] of cases) {
    const portrait = await sourceOf(bytes);
    const before = await examine(portrait);
    const finding = before.faces[0]?.findings.find((each) => each.code === code);
    assert.equal(finding?.fix, fix, code);
    const { likenessKey } = before.faces[0]!;
    const consent = {
      person: '林',
      scope: '短视频',
      grantedOn: '2026-01-01',
      expiresOn: null,
      evidence: null,
      statement: '',
    };
    await service.calls.saveConsent({ likenessKey, consent }, signal);
    const asset = assetRefSchema.parse(await service.calls.fix({ portrait, faceIndex: null, fix }, signal));
    const after = await examine({ kind: 'asset', asset });
    assert.ok(!codesOf(after).includes(code), `${code}: ${codesOf(after)}`);
    assert.equal(after.faces[0]!.likenessKey, likenessKey);
    const kept = await service.calls.consent({ likenessKey: after.faces[0]!.likenessKey }, signal);
    assert.equal(kept?.consent.person, '林');
    await service.calls.withdrawConsent({ likenessKey }, signal);
    assert.equal(await service.calls.consent({ likenessKey }, signal), null);
  }

  // A face small in a large file gains pixels by a crop.
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  const small = await sharp({ create: { width: width * 4, height: height * 4, channels: 3, background: '#8fa3ad' } })
    .composite([{ input: photo, left: width, top: height }])
    .jpeg({ quality: 95 })
    .toBuffer();
  const far = await sourceOf(small);
  const before = await examine(far);
  assert.ok(before.faces[0]!.findings.some(({ fix }) => fix === 'crop'));
  const closer = await examine({
    kind: 'asset',
    asset: assetRefSchema.parse(await service.calls.fix({ portrait: far, faceIndex: null, fix: 'crop' }, signal)),
  });
  assert.ok(closer.faces[0]!.box.width > 1.3 * before.faces[0]!.box.width);

  const portrait = await sourceOf(photo);
  const rect = { x: 100, y: 50, width: 600, height: 500 };
  const cut = await examine({
    kind: 'asset',
    asset: assetRefSchema.parse(await service.calls.crop({ portrait, rect, rotateDeg: 0 }, signal)),
  });
  assert.deepEqual([cut.widthPx, cut.heightPx], [600, 500]);
  await assert.rejects(
    async () => service.calls.crop({ portrait, rect: { x: 0, y: 0, width: 20, height: 20 }, rotateDeg: 0 }, signal),
    codeOf('portrait.too-small'),
  );
});

/** Pixels of a still inside the mouth's part of it. */
async function mouthPixels(path: string): Promise<Buffer> {
  return await sharp(await fetched(path))
    .extract({ left: 160, top: 240, width: 160, height: 160 })
    .removeAlpha()
    .raw()
    .toBuffer();
}
const difference = (a: Buffer, b: Buffer): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

test('the mouth is tried as the engine draws it: each shape its own, lids and moods too, and a moved landmark at once', async () => {
  const { landmarks } = await loadSampleAvatar('lin');
  type Change = { mouth?: string; blink?: number; emotion?: unknown };
  const still = async (change: Change, points: FaceLandmarks | null = null): Promise<string> => {
    const avatar = { portrait: { kind: 'sample', id: 'lin' }, landmarks: points };
    const request = mouthTestSchema.parse({ avatar, mouth: 'rest', emotion: null, maxSidePx: 480, ...change });
    const { picture, widthPx } = await service.calls.mouthTest(request, signal);
    assert.equal(widthPx, 480);
    return picture;
  };
  const shapes = new Map<string, Buffer>();
  for (const mouth of ['closed', 'open', 'O', 'E', 'F']) shapes.set(mouth, await mouthPixels(await still({ mouth })));
  const names = [...shapes.keys()];
  for (const [i, a] of names.entries())
    for (const b of names.slice(i + 1)) assert.ok(difference(shapes.get(a)!, shapes.get(b)!) > 1.5, `${a} and ${b}`);

  const lower = ([x, y, z]: Point3): Point3 => [x, y + 24, z];
  const { lips } = landmarks;
  const moved: FaceLandmarks = {
    ...landmarks,
    lips: { ...lips, innerLower: lips.innerLower.map(lower), outerLower: lips.outerLower.map(lower) },
  };
  const open = await mouthPixels(await still({ mouth: 'open' }));
  assert.ok(difference(open, await mouthPixels(await still({ mouth: 'open' }, moved))) > 1);
  // The same landmarks given by hand are the same picture.
  assert.ok(difference(open, await mouthPixels(await still({ mouth: 'open' }, landmarks))) < 0.01);
  assert.equal(await still({ mouth: 'open' }, moved), await still({ mouth: 'open' }, moved));

  const whole = async (path: string) =>
    await sharp(await fetched(path))
      .removeAlpha()
      .raw()
      .toBuffer();
  const rest = await whole(await still({}));
  assert.ok(difference(rest, await whole(await still({ blink: 1 }))) > 0.2);
  const sad = { kind: 'preset', emotion: 'sad', intensity: 1 };
  assert.ok(difference(rest, await whole(await still({ emotion: sad }))) > 0.5);

  const swapped = { ...landmarks, eyes: { left: landmarks.eyes.right, right: landmarks.eyes.left } };
  await assert.rejects(still({ mouth: 'open' }, swapped), codeOf('portrait.landmarks-unusable'));
  assert.ok((await whole(await still({ mouth: 'E' }, moved))).length > 0);
});

test('a drawn avatar is shown where it will stand before it has been looked at', async () => {
  const project = newProject({ id: 'p', name: 'P', portrait: { kind: 'sample', id: 'mika' } });
  const picture = async (portraits: Studio['portraits'], query: string): Promise<Buffer> => {
    const deps = { studio: { ...studio, portraits }, assets: storage.assets, stills };
    const media = createThumbnails(() => ({ project }), deps);
    const found = await media(['p'], { query: new URLSearchParams(query), signal });
    assert.ok(found?.body.kind === 'bytes');
    return await sharp(found.body.bytes).removeAlpha().raw().toBuffer();
  };
  const unasked = { ...studio.portraits, prepare: () => assert.fail('the portrait is being looked at') };
  const atOnce = await picture(unasked, 'now=1');
  const drawn = await picture(studio.portraits, '');
  assert.ok(difference(atOnce, drawn) < 2, `${difference(atOnce, drawn)}`);
  // From now on the drawn one is there.
  assert.deepEqual(await picture(unasked, 'now=1'), drawn);
});

test('a project is shown by a frame of its own: its framing, mood and overlays; a changed word changes nothing', async () => {
  const first = newProject({
    id: 'p',
    name: 'P',
    portrait: { kind: 'sample', id: 'lin' },
    script: { lines: [{ id: 'a', text: 'x' }] },
  });
  let project = first;
  const media = createThumbnails(() => ({ project }), { studio, assets: storage.assets, stills });
  const shown = async (change: Partial<Project> = {}): Promise<Buffer> => {
    project = { ...first, ...change };
    const found = await media(['p'], { query: new URLSearchParams(), signal });
    assert.ok(found?.body.kind === 'bytes');
    return await sharp(found.body.bytes).removeAlpha().raw().toBuffer();
  };
  const plain = await shown();
  const { script, stage, avatar } = first;
  const said = await shown({ script: { ...script, lines: [{ ...script.lines[0]!, text: 'other words' }] } });
  assert.equal(difference(plain, said), 0);
  const smiling = await shown({ script: { ...script, lines: [{ ...script.lines[0]!, emotion: 'happy' }] } });
  assert.ok(difference(plain, smiling) > 0.05);
  assert.ok(difference(plain, await shown({ avatar: { ...avatar, framing: { ...avatar.framing, zoom: 1.5 } } })) > 3);
  const size = { widthPx: 720, heightPx: 1280 };
  const upright = await shown({ stage: { ...stage, size } });
  assert.equal(upright.length, 136 * 240 * 3);
  const red = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer();
  const asset = await storage.assets.put(red, { mediaType: 'image/png', fileName: 'red.png' });
  const overlay = { id: 'o', asset, x: 0, y: 0, width: 0.1, opacity: 1, layer: 'front' as const };
  const marked = await shown({ stage: { ...stage, overlays: [overlay] } });
  assert.ok(marked[0]! > 200 && marked[1]! < 60);
  // No face in it: the picture itself.
  const wall = await sourceOf(
    await sharp({ create: { width: 300, height: 300, channels: 3, background: '#00ff00' } })
      .jpeg()
      .toBuffer(),
  );
  const faceless = await shown({ avatar: { ...avatar, portrait: wall } });
  assert.ok(faceless[1]! > 200 && faceless[0]! < 60);
});

test('a stage is shown as it will be laid out, and its place told by the same arithmetic', async () => {
  const portrait = await sourceOf(photo);
  const project = newProject({ id: 'framed', name: 'Framed', portrait, script: { lines: [] } });
  storage.projects.create(project);
  const size = { widthPx: 320, heightPx: 180 };
  const avatar = {
    ...project.avatar,
    framingByShape: { landscape: { fit: 'auto' as const, zoom: 1, offsetX: 0.25, offsetY: 0 } },
  };
  const green = { kind: 'colour' as const, colour: '#00ff00' };
  const middle = async (of: typeof project.avatar): Promise<number> => {
    const seen = await service.calls.framed({ avatar: of, background: green, size }, signal);
    const { data } = await sharp(await fetched(seen.picture))
      .raw()
      .toBuffer({ resolveWithObject: true });
    let [mass, moment] = [0, 0];
    for (let i = 0; i < size.widthPx * size.heightPx; i++) {
      const wall = data[i * 3 + 1]! > 200 && data[i * 3]! < 80;
      if (!wall) [mass, moment] = [mass + 1, moment + (i % size.widthPx)];
    }
    const placed = placePicture(seen.subject, size, framingFor(of, size), seen.fillWidth);
    assert.ok(placed.width > 0 && placed.y + placed.height >= size.heightPx - 1, JSON.stringify(placed));
    return moment / mass;
  };
  const [before, after] = [await middle(project.avatar), await middle(avatar)];
  assert.ok(after - before > 40, `${before} → ${after}`);
  const [earlier] = await service.calls.earlier({}, signal);
  assert.equal(earlier?.projectName, 'Framed');
  assert.equal((await sharp(await fetched(earlier!.thumbnail)).metadata()).width, 192);
});
