/** The emotion editor in a real Chromium on the real engine: what is moved changes the person's portrait, and lands in the document. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { Project } from '../../app/document/project.ts';
import { EMOTION_BLENDS } from '../../app/speech/emotion-presets.ts';
import { type StudioPages, startStudioPages, violations } from './studio-page.ts';

let studio: StudioPages;
let projectId: string;
before(async () => {
  studio = await startStudioPages();
  await studio.set({ locale: 'en', theme: 'dark', tourDone: true });
  projectId = (await studio.rpc.projects.create({ from: 'sample', locale: 'en', name: 'Moods' })).id;
});
after(async () => await studio?.close());

const STILL = 'img[data-live-still]';
const INSPECTOR = '[aria-label="Inspector"]';

async function openPanel(id: string, theme: 'dark' | 'light' = 'dark'): Promise<Page> {
  await studio.set({ theme });
  const page = await studio.open(`#/project/${id}`);
  await page.getByRole('tab', { name: 'Emotion' }).click();
  await page.getByRole('button', { name: 'Happy', exact: true }).waitFor();
  return page;
}

/** The document, once it is as it should be. */
async function document(fits: (project: Project) => boolean, id = projectId): Promise<Project> {
  for (;;) {
    const { project } = await studio.rpc.projects.get({ id });
    if (fits(project)) return project;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
/** Mean brightness of 24 × 24 blocks of a picture in the page. */
async function look(picture: Locator): Promise<number[]> {
  const address = await picture.getAttribute('src');
  return picture.page().evaluate<number[]>(`(async () => {
    const image = new Image();
    image.src = ${JSON.stringify(address)};
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 24;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 24, 24);
    const { data } = context.getImageData(0, 0, 24, 24);
    return Array.from({ length: 576 }, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3);
  })()`);
}
const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** Waits until the large still is the one that the engine draws for the emotion as the document has it. */
async function stillOf(page: Page, id: string): Promise<number[]> {
  for (;;) {
    const { project } = await studio.rpc.projects.get({ id: projectId });
    const { portrait, faceIndex, landmarks, rig } = project.avatar;
    const { blend } = project.emotions.find((emotion) => emotion.id === id)!;
    const { picture } = await studio.rpc.portraits.mouthTest({
      avatar: { portrait, faceIndex, landmarks, rig },
      emotion: { kind: 'blend', blend, intensity: 1 },
      mouth: 'rest',
      maxSidePx: 320,
    });
    if ((await page.locator(STILL).getAttribute('src')) === picture) return look(page.locator(STILL));
    await page.waitForTimeout(50);
  }
}

test('every built-in emotion is seen on the person’s own portrait, each differently', async () => {
  const page = await openPanel(projectId);
  const pictures = page.locator(`${INSPECTOR} [aria-pressed] img`);
  await pictures.nth(7).waitFor();
  const looks: number[][] = [];
  for (const picture of await pictures.all()) looks.push(await look(picture));
  assert.equal(looks.length, 8);
  for (const [index, one] of looks.entries())
    for (const other of looks.slice(index + 1)) assert.ok(apart(one, other) > 3, `${index}`);
  assert.deepEqual(await violations(page, INSPECTOR), []);
  await page.context().close();
});

test('an emotion is made from a preset, shaped live, undone in one step, named, and given to lines', async () => {
  const page = await openPanel(projectId, 'light');
  await page.getByRole('button', { name: 'Sad', exact: true }).click();
  await page.getByRole('button', { name: 'Make my own from it' }).click();
  const made = (await document(({ emotions }) => emotions.length === 1)).emotions[0]!;
  assert.deepEqual([made.name, made.blend], ['my-sad', EMOTION_BLENDS.sad]);
  const before = await stillOf(page, made.id);

  // Dragged from sad corners to a smile.
  const corners = page.getByRole('slider', { name: 'Corners' });
  await corners.scrollIntoViewIfNeeded();
  const box = (await corners.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  for (let x = 4; x <= 80; x += 4) await page.mouse.move(box.x + x, box.y + box.height / 2);
  await page.mouse.up();
  const shaped = (await document(({ emotions }) => emotions[0]!.blend.smile > 0.3)).emotions[0]!;
  const smiling = await stillOf(page, made.id);
  assert.ok(apart(before, smiling) > 6, `${apart(before, smiling)}`);
  const onlySmile = { ...shaped.blend, smile: EMOTION_BLENDS.sad.smile };
  assert.deepEqual(onlySmile, EMOTION_BLENDS.sad);
  await page.getByRole('button', { name: 'Undo' }).click();
  await document(({ emotions }) => emotions[0]!.blend.smile === EMOTION_BLENDS.sad.smile);
  assert.equal(apart(await stillOf(page, made.id), before), 0);

  // The plane of the gaze, by keyboard.
  const gaze = page.getByRole('slider', { name: 'Gaze' });
  await gaze.focus();
  for (const key of ['Shift+ArrowRight', 'Shift+ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
  const looking = (await document(({ emotions: [one] }) => one!.blend.gazeX > 0.03 && one!.blend.gazeY < 0))
    .emotions[0]!.blend;
  assert.ok(looking.gazeX <= 0.06);
  assert.ok(apart(await stillOf(page, made.id), before) > 2);
  assert.deepEqual(await violations(page, INSPECTOR), []);

  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('happy');
  await page.getByRole('alert').getByText('A built-in emotion has this name.').waitFor();
  await name.press('Enter');
  await name.fill('苦笑');
  await name.press('Enter');
  await document(({ emotions }) => emotions[0]!.name === '苦笑');

  await page.getByRole('textbox', { name: 'Text of line 1', exact: true }).click();
  await page.getByRole('button', { name: 'Use for 1 line' }).click();
  await document(({ script }) => script.lines[0]!.emotion === '苦笑');
  await name.fill('bitter-smile');
  await name.press('Enter');
  await document(({ script }) => script.lines[0]!.emotion === 'bitter-smile');
  await page.context().close();
});

test('an emotion goes into the library and from there into another project; deleting one that is used asks first', async () => {
  const page = await openPanel(projectId);
  await page.getByRole('button', { name: 'bitter-smile', exact: true }).dblclick();
  await page.locator(STILL).waitFor();
  await page.getByRole('button', { name: 'Save to my library' }).click();
  await page.getByText('“bitter-smile” is in your library.').first().waitFor();
  const { emotions } = await document(() => true);
  assert.deepEqual(await studio.rpc.emotions.list({}), emotions);

  const other = (await studio.rpc.projects.create({ from: 'sample', locale: 'en', name: 'Other' })).id;
  const otherPage = await openPanel(other);
  await otherPage.getByRole('button', { name: 'bitter-smile', exact: true }).click();
  await otherPage.getByRole('textbox', { name: 'Text of line 2', exact: true }).click();
  await otherPage.getByRole('button', { name: 'Use for 1 line' }).click();
  const taken = await document(({ script }) => script.lines[1]!.emotion === 'bitter-smile', other);
  assert.deepEqual(taken.emotions, emotions);
  await otherPage.context().close();

  await page.locator(INSPECTOR).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It is used 1 time in the script.', { exact: false }).waitFor();
  await dialog.getByRole('combobox', { name: 'Replace by' }).click();
  await page.getByRole('option', { name: 'Gentle' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  const without = await document(({ emotions: left }) => left.length === 0);
  assert.equal(without.script.lines[0]!.emotion, 'gentle');
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  const back = await document(({ emotions: left }) => left.length === 1);
  assert.equal(back.script.lines[0]!.emotion, 'bitter-smile');
  assert.deepEqual(studio.faults, []);
  await page.context().close();
});
