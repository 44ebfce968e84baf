/** Dictating a line, subtitling a recording and cloning a voice, in a real Chromium whose microphone hears the embedded voice. */
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
const SAMPLE =
  '大家好，欢迎收看今天的节目。天气很好，我们一起去公园散步，看看花，听听鸟叫，然后回家吃饭，晚上再看一本好书。';
const RATE = 48_000;
let pages: StudioPages;
let bailian: FakeBailian;
let folder: string;
let spoken: string;
let sample: string;

before(async () => {
  for (const name of ['DASHSCOPE_API_KEY', 'DASHSCOPE_HTTP_BASE_URL', 'DASHSCOPE_WEBSOCKET_BASE_URL'])
    delete process.env[name];
  folder = await mkdtemp(join(tmpdir(), 'dictation-ui-'));
  bailian = await startBailian({ key: KEY });
  await bailian.teach(TEXT, ['espeak+f3']);
  const voice = new PcmVoice();
  const request = { text: TEXT, voice: 'espeak+f3', sampleRate: RATE };
  const { pcm } = await voice.speak(request, new AbortController().signal);
  const long = await voice.speak({ ...request, text: SAMPLE, sampleRate: 24_000 }, new AbortController().signal);
  await voice.dispose();
  sample = join(folder, 'sample.wav');
  const sampleWav = await openWav(sample, { channels: 1, sampleRateHz: 24_000 });
  await sampleWav.write(long.pcm);
  await sampleWav.finish();
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
    // In which dialect, and which words to expect: kept for the person.
    const text = (key: string) => textOf('en', `script.${key}`);
    await page.getByRole('button', { name: text('listening') }).click();
    await page.getByRole('combobox', { name: text('heardLanguage') }).click();
    await page.getByRole('option', { name: text('heard-zh-sichuan') }).click();
    await page.getByRole('textbox', { name: text('hotWords') }).fill('声画\n小慧，小慧');
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    const listening = async () => (await pages.rpc.settings.get({})).listening;
    await eventually(listening, { language: 'zh-sichuan', words: ['声画', '小慧'] });
    await button(page, 'script.dictateLine').click();
    await page.locator('[data-said]').waitFor();
    assert.deepEqual(await violations(page), []);
    const { body } = bailian.requests.findLast(({ surface }) => surface === 'asr-task')!;
    const { parameters } = (body as { payload: { parameters: { language_hints: string[]; vocabulary_id: string } } })
      .payload;
    assert.deepEqual(parameters.language_hints, ['zh']);
    const { words } = bailian.context.vocabularies.get(parameters.vocabulary_id)!;
    assert.deepEqual(
      words.map(({ text }) => text),
      ['声画', '小慧'],
    );
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

test('a voice of one’s own: refused without the recorded consent, then made, used, and silent once it is withdrawn', async () => {
  const browser = await openChromium({ args: [`--use-file-for-fake-audio-capture=${sample}`] });
  try {
    await pages.set({ listening: { language: '', words: [] } });
    const { page } = await openScript('Intro.', browser);
    const text = (key: string, params = {}) => textOf('en', `voice.${key}`, params);
    await doAction(page, text('ownOpen'));
    await page.getByText(text('ownNone')).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: text('ownMake') }).click();
    const go = page.getByRole('button', { name: text('ownGo') });
    await go.click();
    await page.getByRole('alert').getByText(text('ownMissingPerson')).waitFor();
    await page.getByRole('textbox', { name: text('ownPerson') }).fill('Lin');
    await page.getByRole('textbox', { name: text('ownScope') }).fill('course videos');
    await page
      .locator('[data-sentence]')
      .getByText(/^I am Lin\. .*used for: course videos, from/)
      .waitFor();
    await go.click();
    await page.getByRole('alert').getByText(text('ownMissingSentence')).waitFor();
    assert.deepEqual(await pages.rpc.cloning.consents({}), []);

    const sentence = { name: text('ownSentence') };
    await page.getByRole('button', { name: text('ownRecord', sentence) }).click();
    await page.locator('[data-recorded="recording"]').waitFor();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await page.getByRole('button', { name: text('stop') }).click();
    await page.getByRole('button', { name: text('play', sentence) }).waitFor();
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: text('ownImport', { name: text('ownSample') }) }).click();
    await (await choosing).setFiles(sample);
    await page.getByRole('button', { name: text('play', { name: text('ownSample') }) }).waitFor();
    assert.deepEqual(await violations(page), []);
    await go.click();

    const made = page.locator('[data-own-voice="ready"]');
    await made.waitFor();
    await made.getByText(/consent until/).waitFor();
    assert.deepEqual(await violations(page), []);
    const [voice] = await pages.rpc.cloning.voices({});
    const [record] = await pages.rpc.cloning.consents({});
    assert.deepEqual([voice?.name, voice?.consentId, voice?.consent], ['Lin', record?.id, 'stands']);
    assert.match(record!.consent.statement, /^I am Lin\./);
    assert.equal(record!.consent.evidence.mediaType, 'audio/wav');
    await made.getByRole('button', { name: text('ownUse') }).click();
    await made.getByText(text('inUse')).waitFor();

    await made.getByRole('button', { name: text('ownWithdraw', { name: 'Lin' }) }).click();
    await made.getByRole('button', { name: text('ownWithdrawYes'), exact: true }).click();
    await made.getByText(text('ownConsent-withdrawn')).waitFor();
    assert.ok(await made.getByRole('button', { name: text('hear', { name: 'Lin' }) }).isDisabled());
    await pages.set({ locale: 'zh-CN', theme: 'light' });
    await page.getByText(textOf('zh-CN', 'voice.ownConsent-withdrawn')).waitFor();
    assert.deepEqual(await violations(page), []);
    await pages.set({ locale: 'en', theme: 'dark' });
    await made.getByRole('button', { name: text('ownDelete', { name: 'Lin' }) }).click();
    await made.getByRole('button', { name: text('ownDeleteYes') }).click();
    await page.getByText(text('ownNone')).waitFor();
    assert.equal(bailian.context.voices.size, 0);
    assert.deepEqual(pages.faults, []);
    await page.context().close();
  } finally {
    await browser.close();
  }
});
