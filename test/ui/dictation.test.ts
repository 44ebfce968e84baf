/** Dictating a line, and subtitling a recording, in a real Chromium whose microphone hears the embedded voice. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { providerSettingsSchema, SECRETS } from '../../app/providers/settings.ts';
import { openWav } from '../../main/media/wav.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { PcmVoice } from '../servers/bailian/voice.ts';
import { doAction, textOf } from './screens.ts';
import { openChromium, type PageOptions, type StudioPages, startStudioPages, violations } from './studio-page.ts';

const KEY = 'sk-of-the-test-0123456789abcdef';
const TEXT = '今天天气很好，我们去公园散步。';
const RATE = 48_000;
let pages: StudioPages;
let bailian: FakeBailian;
let folder: string;
let spoken: string;

before(async () => {
  for (const name of ['DASHSCOPE_API_KEY', 'DASHSCOPE_HTTP_BASE_URL', 'DASHSCOPE_WEBSOCKET_BASE_URL'])
    delete process.env[name];
  folder = await mkdtemp(join(tmpdir(), 'dictation-ui-'));
  bailian = await startBailian({ key: KEY });
  await bailian.teach(TEXT, ['espeak+f3']);
  const voice = new PcmVoice();
  const request = { text: TEXT, voice: 'espeak+f3', sampleRate: RATE };
  const { pcm } = await voice.speak(request, new AbortController().signal);
  await voice.dispose();
  spoken = join(folder, 'spoken.wav');
  const wav = await openWav(spoken, { channels: 1, sampleRateHz: RATE });
  // The browser plays it from the moment it opens the device, and hands it on a little later.
  for (const piece of [new Int16Array(6 * RATE), pcm, new Int16Array(3 * RATE)]) await wav.write(piece);
  await wav.finish();
  const { UI_DIST: rendererDir } = process.env;
  pages = await startStudioPages(rendererDir === undefined ? {} : { rendererDir });
  await pages.rpc.providers.setSettings(
    providerSettingsSchema.parse({
      bailian: { httpBaseUrl: bailian.httpBaseUrl, webSocketBaseUrl: bailian.webSocketBaseUrl },
    }),
  );
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
});
after(async () => {
  await pages?.close();
  await bailian?.[Symbol.asyncDispose]();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function openScript(text: string, browser?: Browser, options: PageOptions = {}) {
  const { id } = await pages.rpc.projects.create({ from: 'empty', locale: 'en', name: 'Dictated' });
  const { revision } = await pages.rpc.projects.get({ id });
  const line = { id: 'l1', text, emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 300 };
  await pages.rpc.projects.edit({
    ...{ id, baseRevision: revision, clientId: 'test', editId: 'lines' },
    patches: [{ op: 'replace', path: ['script', 'lines'], value: [line] }],
  });
  const page = await pages.open(`#/project/${id}`, { ...options, ...(browser && { browser }) });
  await page.getByRole('region', { name: 'Script', exact: true }).waitFor();
  const said = async () => (await pages.rpc.projects.get({ id })).project.script.lines.map(({ text }) => letters(text));
  return { page, said };
}
const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

async function eventually(read: () => Promise<unknown>, wanted: unknown): Promise<void> {
  for (let tries = 0; tries < 400 && JSON.stringify(await read()) !== JSON.stringify(wanted); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(await read(), wanted);
}
const button = (page: Page, key: string) => page.getByRole('button', { name: textOf('en', key, { number: 1 }) });

test('a line is dictated: words appear while they are said, and are one step of undo', async () => {
  const browser = await openChromium({ args: [`--use-file-for-fake-audio-capture=${spoken}%noloop`] });
  try {
    const { page, said } = await openScript('Intro.', browser);
    await button(page, 'script.dictateLine').click();
    await page.locator('[data-said]').waitFor();
    assert.deepEqual(await violations(page), []);
    await eventually(said, [`Intro${letters(TEXT)}`]);
    await button(page, 'script.dictateStop').click();
    await button(page, 'script.dictateLine').waitFor();
    await page.keyboard.press('Control+z');
    await eventually(said, ['Intro']);
    await page.context().close();
  } finally {
    await browser.close();
  }
});

test('where the microphone may not be used, that is told with the way out', async () => {
  const browser = await openChromium({ devices: 'denied' });
  try {
    const { page, said } = await openScript('Intro.', browser, { permissions: [] });
    await button(page, 'script.dictateLine').click();
    await page.getByText(textOf('en', 'voice.micDenied')).first().waitFor();
    await button(page, 'script.dictateLine').waitFor();
    assert.deepEqual(await said(), ['Intro']);
    await page.context().close();
  } finally {
    await browser.close();
  }
});

test('a recording becomes lines of the script, and subtitles', async () => {
  const { page, said } = await openScript('Intro.');
  const choosing = page.waitForEvent('filechooser');
  await doAction(page, textOf('en', 'script.subtitle'));
  await (await choosing).setFiles(spoken);
  const dialog = page.getByRole('dialog', { name: textOf('en', 'script.subtitleTitle') });
  const save = dialog.getByRole('button', { name: textOf('en', 'script.subtitleSave', { format: 'SRT' }) });
  await dialog.getByText('今天天气很好').waitFor({ timeout: 60_000 });
  assert.deepEqual(await violations(page), []);
  const downloading = page.waitForEvent('download');
  await save.click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), 'spoken.srt');
  assert.match(
    await readFile((await download.path())!, 'utf8'),
    /00:00:0[5-7],\d{3} --> 00:00:0\d,\d{3}\n今天天气很好/,
  );
  await dialog.getByRole('button', { name: 'Take 1 line' }).click();
  await eventually(said, ['Intro', letters(TEXT)]);
  await page.context().close();
});
