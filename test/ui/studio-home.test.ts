/** Round the editor, in a real Chromium on the real studio: the first start, projects, exports, the library, the settings. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Database from 'better-sqlite3';
import type { Locator, Page } from 'playwright-core';
import { type StudioPages, startStudioPages, until, violations, watchFaults } from './studio-page.ts';

const PAYLOAD = '<img src=x onerror="window.pwned=1"><svg/onload="window.pwned=2">';

let pages: StudioPages;
before(async () => {
  pages = await startStudioPages();
});
after(async () => {
  await pages?.close();
});

const cards = (page: Page): Locator => page.getByRole('list', { name: 'Projects' }).locator('[data-project]');
const card = (page: Page, name: string): Locator => cards(page).filter({ hasText: name });
const route = (page: Page, to: string): Promise<unknown> => page.evaluate(`location.hash = '#/${to}'`);
const dialog = (page: Page): Locator => page.getByRole('dialog');
const used = async (): Promise<string[]> =>
  (await pages.rpc.projects.list({})).filter(({ trashedAtMs }) => trashedAtMs === null).map(({ name }) => name);

/** Resolves once it is so, seen from outside of the page. */
async function eventually(what: string, isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  for (const endMs = performance.now() + timeoutMs; !(await isSo()); ) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the first start opens a sample project and shows round once; the tour comes again when it is asked for', async () => {
  const context = await pages.browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'en-US' });
  const page = await context.newPage();
  watchFaults(page, pages.faults);
  await page.goto(pages.studio.host.newUrl());
  await page.waitForURL(/#\/project\//);
  const tour = page.getByRole('dialog', { name: 'A picture that speaks' });
  await tour.waitFor();
  assert.deepEqual(await violations(page), []);
  await tour.getByText('This computer has everything an export needs.').waitFor();
  const titles = ['What is said', 'Who says it', 'Your face, your voice', 'When it happens', 'Make the video'];
  for (const [index, title] of titles.entries()) {
    await page.keyboard.press('ArrowRight');
    const step = page.getByRole('dialog', { name: title });
    await step.waitFor();
    await step.getByText(`${index + 2} of 6`).waitFor();
    assert.equal(
      await page.evaluate("document.activeElement.closest('[role=dialog]') !== null"),
      true,
      `${title}: the focus is on the card`,
    );
    // Nothing of it lies outside of the window.
    const box = (await step.boundingBox())!;
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1280 && box.y + box.height <= 720, title);
  }
  await page.keyboard.press('Enter');
  await dialog(page).waitFor({ state: 'detached' });
  await eventually('remembered', async () => (await pages.rpc.settings.get({})).tourDone);
  assert.equal((await used()).length, 1);

  await page.reload();
  await page.getByRole('region', { name: 'Script' }).waitFor();
  await page.waitForTimeout(1000);
  assert.equal(await dialog(page).count(), 0);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('take the tour');
  await page.keyboard.press('Enter');
  await tour.waitFor();
  await page.keyboard.press('Escape');
  await tour.waitFor({ state: 'detached' });
  await context.close();
});

test('projects are made, renamed, copied, found, thrown away, taken back and deleted; a name is text, whatever is in it', async () => {
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
  for (const { id } of await pages.rpc.projects.list({})) await pages.rpc.projects.purge({ id });
  const page = await pages.open();
  // Nothing there: the ways to begin stand on the page itself.
  await page.getByRole('button', { name: 'Chen' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('radio', { name: '9:16' }).click();
  await page.getByRole('button', { name: 'Chen' }).click();
  await page.waitForURL(/#\/project\//);
  const [made] = await pages.rpc.projects.list({});
  const { project } = await pages.rpc.projects.get({ id: made!.id });
  assert.deepEqual(project.stage.size, { widthPx: 720, heightPx: 1280 });
  assert.ok(project.script.lines.length > 0);

  await route(page, 'projects');
  await card(page, 'Chen').focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'New name' }).fill(PAYLOAD);
  await page.keyboard.press('Enter');
  await card(page, PAYLOAD).waitFor();
  await eventually('renamed', async () => (await used())[0] === PAYLOAD);

  await page.getByRole('button', { name: 'More for' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await eventually('copied', async () => (await used()).length === 2);
  await card(page, '(copy)').waitFor();
  await page.getByRole('searchbox', { name: 'Search projects' }).fill('COPY');
  await card(page, '(copy)').waitFor();
  await eventually('found', async () => (await cards(page).count()) === 1);
  await page.getByRole('searchbox', { name: 'Search projects' }).fill('no such');
  await page.getByText('No project is called “no such”').waitFor();
  await page.getByRole('searchbox', { name: 'Search projects' }).fill('');

  await card(page, '(copy)').focus();
  await page.keyboard.press('Delete');
  await eventually('thrown away', async () => (await used()).length === 1);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await eventually('taken back', async () => (await used()).length === 2);
  await card(page, '(copy)').focus();
  await page.keyboard.press('Delete');
  await page.getByRole('radio', { name: 'Trash (1)' }).click();
  await card(page, '(copy)').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Empty the trash' }).click();
  await dialog(page).getByText('It cannot be undone').waitFor();
  await dialog(page).getByRole('button', { name: 'Delete for good' }).click();
  await eventually('gone', async () => (await pages.rpc.projects.list({})).length === 1);

  await page.getByRole('radio', { name: 'All (1)' }).click();
  await page.getByRole('radio', { name: 'List' }).click();
  await eventually('remembered', async () => (await pages.rpc.settings.get({})).layout['projects.list'] === 1);
  await page.reload();
  await page.getByRole('radio', { name: 'List', checked: true }).waitFor();
  await card(page, PAYLOAD).waitFor();
  assert.equal(await page.evaluate('window.pwned'), undefined);
  assert.equal(await page.locator('main [onerror], main svg[onload]').count(), 0);
  await page.context().close();
});

test('a project goes out as one file and comes in again; one from a newer version is told and kept', async () => {
  await pages.set({ locale: 'en', tourDone: true });
  const { id } = await pages.rpc.projects.create({ from: 'sample', locale: 'en', name: 'Travels' });
  const page = await pages.open();
  await card(page, 'Travels').waitFor();
  await page.getByRole('button', { name: 'More for “Travels”' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save as one file…' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'Travels.shenghua');
  const path = await download.path();
  const buffer = await readFile(path);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Import…' }).click(),
  ]);
  await chooser.setFiles({ name: 'Travels.shenghua', mimeType: 'application/octet-stream', buffer });
  await page.waitForURL(/#\/project\//);
  const arrived = decodeURIComponent(page.url().split('#/project/')[1]!);
  assert.notEqual(arrived, id);
  const [before, after] = [await pages.rpc.projects.get({ id }), await pages.rpc.projects.get({ id: arrived })];
  assert.deepEqual({ ...after.project, id }, before.project);

  // What is no project is refused in words.
  await route(page, 'projects');
  const [again] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Import…' }).click(),
  ]);
  await again.setFiles({ name: 'notes.shenghua', mimeType: 'text/plain', buffer: Buffer.from('just words') });
  await page.getByRole('region', { name: 'Notifications' }).getByText('is not a project file').waitFor();

  const database = new Database(join(pages.studio.dataDir, 'studio.db'));
  database
    .prepare("UPDATE projects SET document = json_set(document, '$.version', 99), revision = 7 WHERE id = ?")
    .run(arrived);
  database.close();
  await page.reload();
  const newer = page.getByRole('listitem').filter({ hasText: 'From a newer version' });
  await newer.waitFor();
  await newer.getByText('Update the studio').waitFor();
  assert.equal(await newer.getByRole('link').count(), 0);
  assert.deepEqual(await violations(page), []);
  await newer.getByRole('button', { name: 'More for' }).click();
  const [text] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Save its text…' }).click(),
  ]);
  assert.equal(JSON.parse(await readFile(await text.path(), 'utf8')).version, 99);
  await page.context().close();
});

test('two presets of a short talk: followed, cancelled, made again; the work plays, downloads whole, and comes back when deleted', async () => {
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
  const { id } = await pages.rpc.projects.create({ from: 'empty', locale: 'en', name: 'Short' });
  const page = await pages.open(`#/project/${id}`);
  await page.getByRole('heading', { level: 1, name: 'Short' }).waitFor();
  await page.getByRole('button', { name: 'Export…' }).click();
  await dialog(page).getByText('There is nothing to say yet.').waitFor();
  assert.equal(await dialog(page).getByRole('button', { name: 'Export 1 file' }).isDisabled(), true);
  await page.keyboard.press('Escape');

  await pages.rpc.projects.edit({
    ...{ id, baseRevision: 1, clientId: 'test', editId: 'line' },
    patches: [
      {
        op: 'add',
        path: ['script', 'lines', 0],
        value: { id: 'a', text: 'Hello.', emotion: 'happy', intensity: 1, voiceId: null, pauseAfterMs: 0 },
      },
    ],
  });
  await page.getByText('Hello.').first().waitFor();
  await page.keyboard.press('Control+e');
  await dialog(page).getByText('Course', { exact: true }).click();
  await dialog(page)
    .getByText(/^2 files, about 0:0\d long/)
    .waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog(page).getByRole('button', { name: 'Export 2 files' }).click();

  const queue = page.getByRole('region', { name: 'Exports' });
  const [first, second] = [
    queue.getByRole('listitem').filter({ hasText: 'Short-720p.mp4' }),
    queue.getByRole('listitem').filter({ hasText: 'Short-course.mp4' }),
  ];
  await second.getByText('Waiting').waitFor();
  await eventually('progress', async () => {
    const told = await first
      .getByRole('progressbar')
      .getAttribute('aria-valuenow', { timeout: 500 })
      .catch(() => null);
    return Number(told) > 0;
  });
  assert.match(await page.title(), /^\d+% · /);
  assert.deepEqual(await violations(page), []);
  await first.getByRole('button', { name: 'Cancel Short-720p.mp4' }).click();
  await first.getByText('Cancelled').waitFor();
  await first.getByRole('button', { name: 'Export Short-720p.mp4 again' }).click();
  await first.getByText(/^Done in/).waitFor({ timeout: 120_000 });
  await second.getByText(/^Done in/).waitFor({ timeout: 120_000 });
  await page.getByText('Short-720p.mp4 is ready').first().waitFor();
  await first.getByRole('button', { name: 'Show' }).click();

  await page.waitForURL(/#\/library$/);
  const pane = page.getByRole('region', { name: 'Short' });
  await pane.getByText('1280 × 720 pixels').waitFor();
  await pane.getByText('Drawn; nobody’s likeness').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.evaluate("document.querySelector('video').muted = true; void document.querySelector('video').play()");
  await until(page, "document.querySelector('video').currentTime > 0.3");
  assert.deepEqual(
    await page.evaluate("[document.querySelector('video').videoWidth, document.querySelector('video').videoHeight]"),
    [1280, 720],
  );
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    pane.getByRole('button', { name: 'Download', exact: true }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'Short-720p.mp4');
  const works = await pages.rpc.library.list({});
  const work = works.find(({ files }) => files[0]!.fileName === 'Short-720p.mp4')!;
  const { sha256 } = await pages.rpc.library.details({ id: work.id });
  assert.equal(
    createHash('sha256')
      .update(await readFile(await download.path()))
      .digest('hex'),
    sha256,
  );

  await pane.getByRole('button', { name: 'Delete' }).click();
  await eventually('deleted', async () => (await pages.rpc.library.list({})).length === 1);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await eventually('back', async () => (await pages.rpc.library.list({})).length === 2);
  await pane.getByText('1280 × 720 pixels').waitFor();
  await page.context().close();
});

test('settings are kept over a reload, keys can be changed, and every page of them is for everybody', async () => {
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true, shortcuts: {} });
  const page = await pages.open('#/settings');
  const sections = page.getByRole('navigation', { name: 'Settings' });
  await page.getByRole('radio', { name: 'Light' }).click();
  await page.locator('html[data-theme="light"]').waitFor();
  for (const name of [
    'General',
    'Export and preview',
    'Data and disk',
    'This computer',
    'Keyboard shortcuts',
    'About',
  ]) {
    await sections.getByRole('button', { name }).click();
    await page.getByRole('heading', { level: 2, name }).waitFor();
    if (name === 'Data and disk') await page.getByText('are free on this disk').waitFor();
    if (name === 'This computer') await page.getByText('This computer has everything an export needs.').waitFor();
    if (name === 'About') await page.getByRole('cell', { name: 'zod', exact: true }).waitFor();
    assert.deepEqual(await violations(page), [], name);
  }
  await sections.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByRole('button', { name: 'Change the keys of Undo' }).click();
  await page.keyboard.press('Control+s');
  await page.getByRole('alert').filter({ hasText: 'Ctrl+S already does “Save now”' }).waitFor();
  await page.keyboard.press('Control+Alt+u');
  await eventually('kept', async () => (await pages.rpc.settings.get({})).shortcuts['edit.undo'] === 'Mod+Alt+U');
  await eventually('light', async () => (await pages.rpc.settings.get({})).theme === 'light');
  await page.reload();
  await page.locator('html[data-theme="light"]').waitFor();
  await sections.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await page.getByText('Ctrl+Alt+U').waitFor();
  await page.getByRole('button', { name: 'All as they came' }).click();
  await eventually('as they came', async () => Object.keys((await pages.rpc.settings.get({})).shortcuts).length === 0);
  assert.deepEqual(pages.faults, []);
  await page.context().close();
});
