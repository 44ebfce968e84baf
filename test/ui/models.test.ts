/** Local models in a real Chromium on a real studio, with a place to download from that is the test's own. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type ModelSource, startModelSource } from '../servers/model-source.ts';
import { doAction, textOf } from './screens.ts';
import { type StudioPages, startStudioPages, violations } from './studio-page.ts';

/** ONNX's outermost message: IR version 9, and a graph of so many bytes that nobody looks into. */
function onnx(bytes: number): Buffer {
  const length = [(bytes & 0x7f) | 0x80, ((bytes >> 7) & 0x7f) | 0x80, ((bytes >> 14) & 0x7f) | 0x80, bytes >> 21];
  return Buffer.concat([Buffer.from([0x08, 9, 0x3a, ...length]), randomBytes(bytes)]);
}
let pages: StudioPages;
let source: ModelSource;
let folder: string;
const LARGE = onnx(3_000_000);

before(async () => {
  source = await startModelSource({ 'one.onnx': onnx(40_000), 'two.onnx': LARGE });
  const { UI_DIST: rendererDir } = process.env;
  pages = await startStudioPages(rendererDir === undefined ? {} : { rendererDir });
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
  folder = join((await pages.rpc.system.info({})).dataDir, 'models');
  const entry = (version: string, file: string, commercial: boolean) => ({
    ...{ id: 'panda-ear', version, task: 'vad', runtime: 'sherpa', family: 'silero', languages: [] },
    ...{ name: { zh: '熊猫耳朵', en: 'Panda ear' }, notes: { zh: '很小。', en: 'Tiny.' }, memoryBytes: 1_000_000 },
    licence: { name: 'Bamboo', url: 'https://example.com/licence', commercial },
    files: [{ path: file, bytes: null, sha256: null, sources: [`${source.url}/${file}`] }],
    settings: { model: file },
  });
  await mkdir(folder, { recursive: true });
  const models = [entry('1', 'one.onnx', true), entry('2', 'two.onnx', false)];
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ models }));
});
after(async () => {
  await pages?.close();
  await source?.[Symbol.asyncDispose]();
});

const row = (page: Page, name: string): Locator => page.locator(`[data-model="${name}"]`);

async function openModels(): Promise<Page> {
  const page = await pages.open('#/projects');
  await doAction(page, textOf('en', 'models.open'));
  await row(page, 'panda-ear@1').waitFor();
  return page;
}

test('a model is downloaded with its progress, stopped, taken up again, checked, tried out, switched and removed', async () => {
  const page = await openModels();
  const [one, two] = [row(page, 'panda-ear@1'), row(page, 'panda-ear@2')];
  await one.getByText('Fits this computer').waitFor();
  await one.getByRole('button', { name: 'Download Panda ear 1' }).click();
  await one.getByText('In use', { exact: true }).waitFor();
  await one.getByText(/no SHA-256 is published/).waitFor();

  // Its licence is shown before a byte of it is asked for.
  source.faults.set('two.onnx', { everyMs: 40 });
  await two.getByRole('button', { name: 'Download Panda ear 2' }).click();
  const licence = page.getByRole('dialog', { name: 'Not for commercial use' });
  await licence.getByText(/Bamboo/).waitFor();
  assert.ok(!source.requests.some((request) => request.startsWith('two.onnx')));
  await licence.getByRole('button', { name: 'My use is allowed: download' }).click();
  await two.getByRole('progressbar').waitFor();
  await two.getByText(/ of 3 MB/).waitFor();
  await two.getByRole('button', { name: 'Stop' }).click();
  await two.getByText('Stopped; what has come is kept').waitFor();
  source.faults.clear();
  const before = source.sentBytes.get('two.onnx') ?? 0;
  await two.getByRole('button', { name: 'Put away' }).click();
  await two.getByRole('button', { name: 'Download Panda ear 2' }).click();
  await licence.getByRole('button', { name: 'My use is allowed: download' }).click();
  await two.getByText('Installed', { exact: true }).waitFor();
  const file = join(folder, 'panda-ear', '2', 'two.onnx');
  const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  assert.equal(sha(await readFile(file)), sha(LARGE));
  assert.ok((source.sentBytes.get('two.onnx') ?? 0) - before < LARGE.length, 'what had come was not fetched again');

  const more = async (of: Locator, what: string): Promise<void> => {
    await of.getByRole('button', { name: /^More about/ }).click();
    await page.getByRole('menuitem', { name: what }).click();
  };
  await more(two, 'Try it out …');
  const trial = page.getByRole('dialog', { name: 'Try out Panda ear' });
  await trial.getByRole('button', { name: 'Start the trial' }).click();
  await two.getByText('On trial: 10%').waitFor();
  await page.getByRole('button', { name: /^Go back to the one before: Hears/ }).click();
  await two.getByText('Installed', { exact: true }).waitFor();
  await more(two, 'Use it');
  await two.getByText('In use', { exact: true }).waitFor();

  const bytes = await readFile(file);
  bytes[bytes.length - 5]! ^= 1;
  await writeFile(file, bytes);
  await more(two, 'Check its files');
  await two.getByText('Damaged: two.onnx').waitFor();
  await two.getByRole('button', { name: 'Repair Panda ear 2' }).click();
  await two.getByText('In use', { exact: true }).waitFor();
  assert.equal(sha(await readFile(file)), sha(LARGE));
  await more(two, 'Remove …');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await two.getByRole('button', { name: 'Download Panda ear 2' }).waitFor();
  await one.getByText('In use', { exact: true }).waitFor();
  await page.context().close();
});

test('what cannot be downloaded is told with what to do; offline there is only the import, by the keyboard alone', async () => {
  const page = await openModels();
  const two = row(page, 'panda-ear@2');
  source.faults.set('two.onnx', { page: true });
  await pages.rpc.models.get({ model: { id: 'panda-ear', version: '2' }, acceptLicence: true });
  await two.getByText(/answered with a web page instead of two\.onnx/).waitFor();
  await two.getByRole('button', { name: 'Put away' }).click();
  const settings = await pages.rpc.providers.getSettings({});
  await pages.rpc.providers.setSettings({ ...settings, policy: { ...settings.policy, mode: 'offline' } });
  await page.getByText(/Offline mode: nothing is downloaded/).waitFor();
  assert.ok(await two.getByRole('button', { name: 'Download Panda ear 2' }).isDisabled());

  const stick = join(folder, '..', 'U 盘', 'panda-ear');
  await mkdir(stick, { recursive: true });
  await writeFile(join(stick, 'two.onnx'), LARGE);
  await page.getByRole('button', { name: 'Import …' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Import models' }).waitFor();
  await page.keyboard.type(join(stick, '..'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await two.getByText('Installed', { exact: true }).waitFor();
  await pages.rpc.providers.setSettings(settings);
  await page.context().close();
});

test('the page keeps nobody out and fits its window, in either theme and language', async () => {
  const page = await openModels();
  const { SCREENSHOTS: shots } = process.env;
  for (const [locale, theme] of [
    ['en', 'dark'],
    ['zh-CN', 'light'],
  ] as const) {
    await pages.set({ locale, theme });
    await page.getByRole('heading', { name: textOf(locale, 'settings.models') }).waitFor();
    await page.locator(`html[data-theme="${theme}"]`).waitFor();
    assert.deepEqual(await violations(page), [], `${locale} ${theme}`);
    assert.ok(!(await page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth')));
    if (shots !== undefined) await page.screenshot({ path: `${shots}/models-${locale}-${theme}.png` });
  }
  assert.deepEqual(pages.faults, []);
  await page.context().close();
});
