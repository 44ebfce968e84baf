/** The portrait editor in a real Chromium on the real engine: pictures in, faces chosen, points moved, consent kept. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import type { Avatar } from '../../app/document/avatar.ts';
import { dayOf } from '../../app/document/consent.ts';
import type { FaceLandmarks } from '../../app/document/landmarks.ts';
import { openChromium, type StudioPages, startStudioPages, violations } from './studio-page.ts';

let studio: StudioPages;
let folder: string;
const file = (name: string): string => join(folder, name);

/** A drawn avatar in front of a wall is as good as a photo. */
async function photo(avatar: string): Promise<Buffer> {
  const path = new URL(`../../resources/avatars/${avatar}/portrait.png`, import.meta.url);
  return await sharp(path.pathname).flatten({ background: '#8fa3ad' }).resize(900).jpeg({ quality: 94 }).toBuffer();
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-portraits-'));
  const [lin, chen] = [await photo('lin'), await photo('chen')];
  const wall = { width: 640, height: 480, channels: 3, background: '#56789a' } as const;
  await Promise.all([
    writeFile(file('lin.jpg'), lin),
    writeFile(file('dark.jpg'), await sharp(lin).linear(0.22, 0).jpeg({ quality: 94 }).toBuffer()),
    writeFile(
      file('two.jpg'),
      await sharp({ create: { ...wall, width: 1800, height: 900 } })
        .composite([
          { input: lin, left: 0, top: 0 },
          { input: chen, left: 900, top: 0 },
        ])
        .jpeg()
        .toBuffer(),
    ),
    writeFile(file('wall.png'), await sharp({ create: wall }).png().toBuffer()),
    writeFile(file('notes.png'), 'These are only words.'),
    writeFile(file('logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    writeFile(
      file('camera.mjpeg'),
      Buffer.concat(new Array(4).fill(await sharp(chen).resize(640, 640).jpeg().toBuffer())),
    ),
  ]);
  studio = await startStudioPages();
  await studio.set({ locale: 'en', theme: 'dark', tourDone: true });
});
after(async () => {
  await studio?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Opened {
  page: Page;
  id: string;
}
async function openPanel(name: string, options: Parameters<StudioPages['open']>[1] = {}): Promise<Opened> {
  const { id } = await studio.rpc.projects.create({ from: 'sample', locale: 'en', name });
  const page = await studio.open(`#/project/${id}`, options);
  await page.getByRole('tab', { name: 'Portrait' }).click();
  await page.getByRole('radio', { name: /^Chen/ }).waitFor();
  return { page, id };
}
/** The avatar, once it is as it should be. */
async function avatar({ id }: Opened, fits: (avatar: Avatar) => boolean): Promise<Avatar> {
  for (;;) {
    const { project } = await studio.rpc.projects.get({ id });
    if (fits(project.avatar)) return project.avatar;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
async function choose(page: Page, name: string): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose picture…' }).click();
  await (await chooser).setFiles(file(name));
}
const dialog = (page: Page, name: string): Locator => page.getByRole('dialog', { name });
const ownName = ({ portrait }: Avatar): string => (portrait.kind === 'asset' ? portrait.asset.fileName : '');

test('what is no portrait is refused in words, with a way on, and the document stays as it is', async () => {
  const opened = await openPanel('Refused');
  const { page } = opened;
  for (const [name, words] of [
    ['notes.png', 'This file is not a picture'],
    ['logo.svg', 'This is an SVG drawing'],
    ['wall.png', 'No face was found in the picture'],
  ] as const) {
    await choose(page, name);
    await page.getByRole('alert').getByText(words).waitFor();
  }
  assert.deepEqual(await violations(page, '[aria-label="Inspector"]'), []);
  assert.equal((await avatar(opened, () => true)).portrait.kind, 'sample');

  await page.getByRole('button', { name: 'Place the points by hand' }).click();
  await dialog(page, 'Whose face is this?').getByRole('button', { name: 'Not now' }).click();
  await dialog(page, 'Edit portrait').getByRole('button', { name: 'Make the face larger or smaller' }).waitFor();
  const { portrait, landmarks } = await avatar(opened, (own) => own.landmarks !== null);
  assert.equal(portrait.kind, 'asset');
  const xs = landmarks!.oval.map(([x]) => x);
  assert.ok(Math.min(...xs) > 0 && Math.max(...xs) < 640);
  await page.context().close();
});

test('a dark picture is told, mended and taken back; whose face it is is asked once', async () => {
  const opened = await openPanel('Dark');
  const { page } = opened;
  await choose(page, 'dark.jpg');
  const asks = dialog(page, 'Whose face is this?');
  await asks.waitFor();
  assert.deepEqual(await violations(page, '[role="dialog"]'), []);
  await asks.getByRole('button', { name: 'Keep record' }).click();
  await asks.getByText('The name is missing.').waitFor();
  await asks.getByRole('radio', { name: 'Somebody else' }).click();
  await asks.getByLabel('Name').fill('Lin Yue');
  await asks.getByRole('button', { name: 'Lessons' }).click();
  await asks.getByRole('button', { name: '1 year' }).click();
  const evidence = page.waitForEvent('filechooser');
  await asks.getByRole('button', { name: 'Attach evidence…' }).click();
  await (await evidence).setFiles({
    name: 'signed.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.4 signed'),
  });
  await asks.getByText('signed.pdf').waitFor();
  await asks.getByRole('checkbox').click();
  await asks.getByRole('button', { name: 'Keep record' }).click();
  const { consent } = await avatar(opened, (own) => own.consent !== null);
  assert.deepEqual(
    [consent!.person, consent!.relation, consent!.scope, consent!.evidence?.fileName],
    ['Lin Yue', 'other', 'Lessons and training material', 'signed.pdf'],
  );
  assert.match(consent!.statement, /^Lin Yue has agreed/);
  assert.ok(consent!.expiresOn! > dayOf(new Date()));

  await page.getByText('The face is dark.').waitFor();
  await page.getByRole('button', { name: 'Brighten' }).click();
  const repair = dialog(page, 'Brighten');
  await repair.getByText('After').waitFor();
  assert.deepEqual(await violations(page, '[role="dialog"]'), []);
  await repair.getByRole('button', { name: 'Use this picture' }).click();
  // The same face: the record comes along, and nobody is asked.
  const mended = await avatar(opened, (own) => ownName(own) === 'dark-edited.jpg');
  assert.equal(mended.consent?.person, 'Lin Yue');
  await page.getByText('The face is dark.').waitFor({ state: 'detached' });
  await page.getByText('consent on record').waitFor();
  await page.keyboard.press('Control+z');
  await avatar(opened, (own) => ownName(own) === 'dark.jpg' && own.consent !== null);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await avatar(opened, (own) => own.portrait.kind === 'sample' && own.consent === null);

  // Chosen again, among the person's own: the record is found.
  await page.keyboard.press('Control+y');
  await avatar(opened, (own) => ownName(own) === 'dark.jpg');
  await page.getByRole('radio', { name: /^Mika/ }).click();
  await avatar(opened, (own) => own.portrait.kind === 'sample' && own.portrait.id === 'mika');
  await choose(page, 'dark.jpg');
  const again = await avatar(opened, (own) => ownName(own) === 'dark.jpg');
  assert.equal(again.consent?.person, 'Lin Yue');
  assert.equal(await page.getByRole('dialog').count(), 0);

  // A consent that has ended is said, and can be renewed.
  const [record] = await studio.rpc.portraits.consents({});
  const ended = { ...record!.consent, grantedOn: '2020-01-01', expiresOn: '2020-12-31' };
  await studio.rpc.portraits.saveConsent({ likenessKey: record!.likenessKey, consent: ended });
  await choose(page, 'lin.jpg');
  await asks.getByRole('button', { name: 'Not now' }).click();
  await choose(page, 'dark.jpg');
  await page.getByText('The consent has ended.').waitFor();
  await page.getByRole('button', { name: 'Renew…' }).click();
  const renew = dialog(page, 'Consent to the likeness');
  await renew.getByRole('checkbox').click();
  await renew.getByRole('button', { name: 'Keep record' }).click();
  const renewed = await avatar(opened, ({ consent: own }) => own !== null && own.grantedOn > '2021');
  assert.ok(renewed.consent!.expiresOn! > renewed.consent!.grantedOn);
  await page.context().close();
});

test('a project that begins with a picture is asked the same, once: which face, and whose', async () => {
  const page = await studio.open('#/projects');
  const begin = async (name: string): Promise<Opened> => {
    await page.evaluate("location.hash = '#/projects'");
    await page.getByRole('button', { name: 'New project' }).click();
    const chooser = page.waitForEvent('filechooser');
    await dialog(page, 'New project').getByRole('button', { name: 'Your own picture' }).click();
    await (await chooser).setFiles(file(name));
    await page.waitForURL(/#\/project\//);
    return { page, id: decodeURIComponent(new URL(page.url()).hash.split('/').at(-1)!) };
  };
  const asks = dialog(page, 'Whose face is this?');

  const several = await begin('two.jpg');
  const faces = dialog(page, 'Which face speaks?');
  await faces.getByRole('radio', { name: 'Face 1' }).click();
  await faces.getByRole('button', { name: 'Use face 1' }).click();
  await asks.getByRole('button', { name: 'Not now' }).click();
  assert.equal((await avatar(several, (own) => own.faceIndex === 0)).consent, null);
  // Put off, not forgotten.
  await page.getByRole('button', { name: 'Record consent…' }).waitFor();

  // A face on record is not asked for again.
  const known = await begin('dark.jpg');
  assert.equal((await avatar(known, (own) => own.consent !== null)).consent!.person, 'Lin Yue');
  assert.equal(await asks.count(), 0);

  // Nobody in it: said, with what to do.
  await begin('wall.png');
  await page.getByRole('alert').getByText('No face was found in the picture').waitFor();
  await page.getByRole('button', { name: 'Place the points by hand' }).waitFor();
  await page.context().close();
});

test('points move by mouse and by keys, alone or with their mirror image; the mouth follows, and every drag is one step', async () => {
  const opened = await openPanel('Points');
  const { page } = opened;
  await page.getByRole('button', { name: 'Edit face points…' }).click();
  const editor = dialog(page, 'Edit portrait');
  const settled = editor.locator('section[aria-busy="false"]');
  await settled.waitFor();
  assert.deepEqual(await violations(page, '[role="dialog"]'), []);
  const still = async (): Promise<string> => {
    await settled.waitFor();
    return String(await editor.getByRole('img', { name: /^The face with these points/ }).getAttribute('src'));
  };
  const handle = (ref: string): Locator => editor.locator(`[data-point="${ref}"]`);
  const point = (of: FaceLandmarks | null, part: 'outerUpper' | 'outerLower', index: number) => of!.lips[part][index]!;
  const before = await still();

  const grip = handle('lips.outerUpper.3');
  const box = (await grip.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const step of [10, 20, 30]) await page.mouse.move(x, y - step);
  await page.mouse.up();
  const { landmarks: dragged } = await avatar(opened, (own) => own.landmarks !== null);
  const sample = await studio.rpc.portraits.examine({ portrait: { kind: 'sample', id: 'lin' }, faceIndex: null });
  const found = sample.faces[0]!.landmarks;
  const rise = (index: number) => point(found, 'outerUpper', index)[1] - point(dragged, 'outerUpper', index)[1];
  assert.ok(rise(3) > 2, `${rise(3)}`);
  assert.ok(Math.abs(rise(3) - rise(7)) < 0.3, 'its mirror image rose as far');
  assert.equal(rise(4), 0);
  let last = await still();
  assert.notEqual(last, before);

  await editor.getByRole('switch', { name: 'Both sides alike' }).click();
  await handle('lips.outerLower.5').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  const start = point(found, 'outerLower', 5);
  await avatar(opened, ({ landmarks }) => {
    if (landmarks === null) return false;
    const [x, y] = point(landmarks, 'outerLower', 5);
    return y === start[1] + 2 && Math.abs(x - start[0] - 0.1) < 1e-6;
  });
  assert.notEqual(await still(), last);
  last = await still();

  // The keys were one step, the drag another.
  await page.keyboard.press('Control+z');
  await avatar(opened, (own) => own.landmarks !== null && point(own.landmarks, 'outerLower', 5)[1] === start[1]);
  await page.keyboard.press('Control+z');
  await avatar(opened, (own) => own.landmarks === null);
  await page.keyboard.press('Control+y');
  assert.deepEqual((await avatar(opened, (own) => own.landmarks !== null)).landmarks, dragged);

  // Lids and moods show in the stills too, and what is asked for comes to an end.
  last = await still();
  await editor.getByRole('combobox', { name: 'Emotion' }).click();
  await page.getByRole('option', { name: 'Happy' }).click();
  await editor.getByRole('slider', { name: 'Close eyes' }).press('End');
  assert.notEqual(await still(), last);

  // A whole line by its grip, then the group as it was found.
  await editor.getByRole('button', { name: 'Left brow', exact: true }).click();
  await editor.getByRole('button', { name: 'Move as one: Left brow' }).focus();
  await page.keyboard.press('Control+ArrowUp');
  const raised = await avatar(
    opened,
    ({ landmarks }) => landmarks !== null && landmarks.brows.left.upper[0]![1] === found.brows.left.upper[0]![1] - 10,
  );
  assert.equal(raised.landmarks!.brows.left.lower[3]![1], found.brows.left.lower[3]![1] - 10);
  assert.deepEqual(raised.landmarks!.brows.right, found.brows.right);
  await editor.getByRole('button', { name: 'As found: Left brow' }).click();
  await editor.getByRole('button', { name: 'All as found' }).click();
  await avatar(opened, (own) => own.landmarks === null);

  // The frame over the picture says where the portrait stands; one shape may have its own.
  await editor.getByRole('radio', { name: 'Framing' }).click();
  await editor.getByRole('radio', { name: /9:16/ }).click();
  await editor.getByRole('switch', { name: 'Own framing for 9:16' }).click();
  const frame = editor.getByRole('button', { name: /^Frame of the video, 9:16/ });
  await frame.focus();
  await page.keyboard.press('ArrowRight');
  const framed = await avatar(opened, (own) => (own.framingByShape?.portrait?.offsetX ?? 0) !== 0);
  assert.ok(Math.abs(framed.framingByShape!.portrait!.offsetX + 0.01) < 0.001);
  assert.equal(framed.framing.offsetX, 0);
  assert.deepEqual(await violations(page, '[role="dialog"]'), []);
  await page.context().close();
});

test('of several faces one is chosen with the arrow keys; its crop keeps to it', async () => {
  const opened = await openPanel('Several');
  const { page } = opened;
  await choose(page, 'two.jpg');
  const faces = dialog(page, 'Which face speaks?');
  await faces.getByRole('radio', { name: 'Face 1' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal((await avatar(opened, () => true)).portrait.kind, 'sample');
  assert.deepEqual(await violations(page, '[role="dialog"]'), []);
  await faces.getByRole('button', { name: 'Use face 2' }).click();
  assert.equal((await avatar(opened, (own) => ownName(own) === 'two.jpg')).faceIndex, 1);
  await dialog(page, 'Whose face is this?').getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('button', { name: 'Crop and rotate…' }).click();
  const editor = dialog(page, 'Edit portrait');
  await editor.getByRole('button', { name: 'Head and shoulders' }).click();
  assert.deepEqual(await violations(page, '[role="dialog"]'), []);
  await editor.getByRole('button', { name: 'Crop', exact: true }).click();
  const cut = await avatar(opened, (own) => ownName(own) === 'two-edited.jpg');
  assert.equal(cut.faceIndex, null);
  await page.context().close();
});

test('a picture is shot by camera; a camera that is not allowed is said, with a way on', async () => {
  const seeing = await openChromium({ args: [`--use-file-for-fake-video-capture=${file('camera.mjpeg')}`] });
  const blind = await openChromium({ devices: 'denied' });
  try {
    const opened = await openPanel('Shot', { browser: seeing });
    const { page } = opened;
    await page.getByRole('button', { name: 'Camera' }).click();
    const camera = dialog(page, 'Take a photo');
    await camera.getByRole('radio', { name: 'Off' }).click();
    await camera.getByRole('button', { name: 'Take the picture' }).click();
    assert.deepEqual(await violations(page, '[role="dialog"]'), []);
    await camera.getByRole('button', { name: 'Once more' }).click();
    await camera.getByRole('button', { name: 'Take the picture' }).click();
    await camera.getByRole('button', { name: 'Use this picture' }).click();
    const shot = await avatar(opened, (own) => own.portrait.kind === 'asset');
    assert.match(ownName(shot), /^camera-\d{4}-\d\d-\d\d-\d{6}\.jpg$/);
    await page.context().close();

    const refused = await openPanel('No shot', { browser: blind });
    await refused.page.getByRole('button', { name: 'Camera' }).click();
    const without = dialog(refused.page, 'Take a photo');
    await without.getByText('The camera was not allowed').waitFor();
    assert.deepEqual(await violations(refused.page, '[role="dialog"]'), []);
    await without.getByRole('button', { name: 'Choose picture…' }).waitFor();
    await refused.page.context().close();
  } finally {
    await seeing.close();
    await blind.close();
  }
  assert.deepEqual(studio.faults, []);
});
