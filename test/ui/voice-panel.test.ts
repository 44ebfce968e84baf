/** The voice panel in a real Chromium on the real engine, with a microphone that beeps. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page, Response } from 'playwright-core';
import type { Project } from '../../app/document/project.ts';
import { openWav } from '../../main/media/wav.ts';
import { openChromium, type PageOptions, type StudioPages, startStudioPages, violations } from './studio-page.ts';

let studio: StudioPages;
let projectId: string;
let folder: string;
before(async () => {
  studio = await startStudioPages();
  folder = await mkdtemp(join(tmpdir(), 'voice-panel-'));
  await studio.set({ locale: 'en', theme: 'dark', tourDone: true });
  projectId = (await studio.rpc.projects.create({ from: 'sample', locale: 'zh-CN', name: 'Voices' })).id;
});
after(async () => {
  await studio?.close();
  await rm(folder, { recursive: true, force: true });
});

const INSPECTOR = '[aria-label="Inspector"]';

async function openPanel(part: 'Voices' | 'Recording' | 'Words', options: PageOptions = {}): Promise<Page> {
  const page = await studio.open(`#/project/${projectId}`, options);
  await page.getByRole('tab', { name: 'Voice' }).click();
  await page.getByRole('radio', { name: part }).click();
  return page;
}
async function document(fits: (project: Project) => boolean): Promise<Project> {
  for (;;) {
    const { project } = await studio.rpc.projects.get({ id: projectId });
    if (fits(project)) return project;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
/** The next sound that the page fetches, once it has come. */
async function nextSound(page: Page, begin: () => Promise<unknown>): Promise<{ path: string; loudest: number }> {
  const [response] = await Promise.all([
    page.waitForResponse((answer: Response) => /\/media\/(speech|recording)\/.*\.wav$/.test(answer.url())),
    begin(),
  ]);
  assert.ok(response.ok());
  assert.equal(response.headers()['content-type'], 'audio/wav');
  const path = new URL(response.url()).pathname;
  // The whole of it: a player asks for pieces.
  const bytes = await page.evaluate<number[]>(
    `fetch('${path}').then((answer) => answer.arrayBuffer()).then((sound) => {
      const samples = new Int16Array(sound.slice(44));
      return [samples.length, samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)];
    })`,
  );
  assert.ok(bytes[0]! > 10_000, `${bytes[0]} samples`);
  return { path, loudest: bytes[1]! };
}

test('voices are found, heard one at a time, liked, and chosen for all text or for one language', async () => {
  const page = await openPanel('Voices');
  await page.getByText(/^3\d\d voices$/).waitFor();
  assert.deepEqual(await violations(page, INSPECTOR), []);
  await page.getByRole('searchbox', { name: 'Search voices' }).fill('cantonese woman 2');
  await page.getByText(/^1 voice$/).waitFor();
  await page.getByRole('searchbox', { name: 'Search voices' }).fill('mandarin');
  await page.getByRole('combobox', { name: 'Gender' }).click();
  await page.getByRole('option', { name: 'Woman' }).click();
  await page.getByRole('button', { name: /^Mandarin · Woman 2/ }).waitFor();
  assert.equal(await page.getByRole('button', { name: /^Mandarin · Man/ }).count(), 0);

  const heard = await nextSound(page, () => page.getByRole('button', { name: 'Listen to Mandarin · Woman 2' }).click());
  assert.ok(heard.loudest > 2000, `${heard.loudest}`);
  const other = await nextSound(page, () => page.getByRole('button', { name: 'Listen to Mandarin · Woman 4' }).click());
  assert.notEqual(other.path, heard.path);
  await page.getByRole('button', { name: 'Listen to Mandarin · Woman 2' }).waitFor();

  await page.getByRole('button', { name: /^Mandarin · Woman 2/ }).click();
  await document(({ voice }) => voice.voiceId === 'espeak:cmn+f2');
  await page.getByRole('button', { name: 'A voice for each language' }).click();
  await page.getByRole('button', { name: /^English text/ }).click();
  await page.getByRole('searchbox', { name: 'Search voices' }).fill('en-gb');
  await page.getByRole('button', { name: 'Add English (United Kingdom) · Woman 5 to favourites' }).click();
  await page.getByRole('button', { name: /^English \(United Kingdom\) · Woman 5/ }).click();
  const { voice } = await document(({ voice: { byLanguage } }) => byLanguage.en !== undefined);
  assert.deepEqual([voice.voiceId, voice.byLanguage], ['espeak:cmn+f2', { en: 'espeak:en-gb+f5' }]);

  // What is liked and what was used is remembered beyond this window.
  const again = await openPanel('Voices');
  await again.getByRole('button', { name: 'Favourites only' }).click();
  await again.getByText(/^1 voice$/).waitFor();
  await again.getByRole('button', { name: 'Used lately only' }).click();
  await again.getByText(/^2 voices$/).waitFor();
  await again.context().close();

  await page.getByRole('button', { name: 'Way of speaking' }).click();
  const rate = page.getByRole('slider', { name: 'Rate' });
  await rate.focus();
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
  const faster = await document((project) => Math.abs(project.voice.rate - voice.rate - 0.2) < 1e-6);
  const { loudest } = await nextSound(page, () => page.getByRole('button', { name: 'Listen to it' }).click());
  assert.ok(loudest > 2000);
  assert.equal(faster.voice.pitch, voice.pitch);
  await page.context().close();
});

test('a take is recorded, heard, named, used as the script’s sound, and thrown away with a way back', async () => {
  const page = await openPanel('Recording');
  await page.getByRole('button', { name: 'Microphone' }).click();
  await page.getByRole('switch', { name: 'Count down from three' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  // The fake microphone beeps once a second, as loud as it can.
  await page.getByText('Too loud: sound is being cut off.', { exact: false }).waitFor();
  await page
    .getByRole('timer')
    .getByText(/^0:01\.\d$/)
    .waitFor();
  assert.deepEqual(await violations(page, INSPECTOR), []);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  const name = page.getByRole('textbox', { name: 'Name of the take' });
  await name.waitFor();
  await name.fill('My intro');
  await name.press('Enter');
  await page.getByText('Too loud: parts are cut off.', { exact: false }).waitFor();
  const heard = await nextSound(page, () => page.getByRole('button', { name: 'Play My intro' }).click());
  assert.ok(heard.loudest > 20_000, `${heard.loudest}`);
  const [take] = await studio.rpc.takes.list({ projectId });
  assert.equal(take!.name, 'My intro');
  assert.ok(take!.durationMs > 900);

  await page.getByRole('button', { name: 'Use it' }).click();
  const { script } = await document((project) => project.script.recording !== null);
  assert.equal(script.recording!.sha256, take!.asset.sha256);
  await page.getByRole('button', { name: 'Back to a voice' }).click();
  await document((project) => project.script.recording === null);
  await page.getByRole('button', { name: 'Delete My intro' }).click();
  await name.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await name.waitFor();
  assert.deepEqual(await studio.rpc.takes.list({ projectId }), [take]);

  // A file; and one that only says it is sound.
  const path = join(folder, 'elsewhere.wav');
  const wav = await openWav(path, { sampleRateHz: 48_000, channels: 1 });
  await wav.write(Int16Array.from({ length: 96_000 }, (_, i) => 9000 * Math.sin(i / 20) * (i % 20_000 > 9000 ? 1 : 0)));
  await wav.finish();
  await writeFile(join(folder, 'noise.mp3'), 'not a sound');
  const bring = async (file: string): Promise<void> => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Import audio…' }).click(),
    ]);
    await chooser.setFiles(file);
  };
  await bring(path);
  await document((project) => project.script.recording?.fileName === 'elsewhere.wav');
  await bring(join(folder, 'noise.mp3'));
  await page.getByText('is not an audio file', { exact: false }).first().waitFor();
  assert.equal((await document(() => true)).script.recording?.fileName, 'elsewhere.wav');
  await page.getByRole('button', { name: 'Back to a voice' }).click();
  await document((project) => project.script.recording === null);
  await page.context().close();
});

test('a take is not lost: not by another tab of the panel, a reload in its middle, or a studio that does not answer', async () => {
  const page = await openPanel('Recording');
  const before = (await studio.rpc.takes.list({ projectId })).length;
  const takes = async (count: number) => {
    for (;;) {
      const list = await studio.rpc.takes.list({ projectId });
      if (list.length === before + count) return list;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const record = page.getByRole('button', { name: 'Record', exact: true });
  const second = page.getByRole('timer').getByText(/^0:0[1-9]\.\d$/);
  await record.click();
  await second.waitFor();
  await page.getByRole('tab', { name: 'Portrait' }).click();
  const stop = page.getByRole('button', { name: /^Stop recording/ });
  await stop.waitFor();
  await page.waitForTimeout(1000);
  assert.deepEqual(await violations(page, 'header'), []);
  await stop.click();
  const [kept] = await takes(1);
  assert.ok(kept!.durationMs > 1900, 'it went on while the panel was away');
  await page.getByText(`“${kept!.name}” is kept with the takes.`, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Show takes' }).click();

  await record.click();
  await second.waitFor();
  await page.reload();
  await page.getByText(/^“Take \d+” was recorded before and has been kept\.$/).waitFor();
  assert.ok((await takes(2))[0]!.durationMs > 900);

  await page.route('**/upload', (route) => route.abort());
  await page.getByRole('tab', { name: 'Voice' }).click();
  await page.getByRole('radio', { name: 'Recording' }).click();
  await record.click();
  await second.waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Keep 1 take that could not be sent' }).waitFor();
  assert.equal((await studio.rpc.takes.list({ projectId })).length, before + 2);
  await page.unroute('**/upload');
  await page.reload();
  assert.ok((await takes(3))[0]!.durationMs > 900);
  // Each is given once.
  await page.reload();
  await page.getByRole('region', { name: 'Script' }).waitFor();
  await page.waitForTimeout(1000);
  assert.equal((await studio.rpc.takes.list({ projectId })).length, before + 3);
  const refused = studio.faults.splice(0).filter((fault) => !fault.includes('ERR_FAILED'));
  assert.deepEqual(refused, []);
  await page.context().close();
});

test('a word of the dictionary changes how it is spoken; wrong Pinyin is told', async () => {
  const page = await openPanel('Words');
  const spoken = async (): Promise<string> => {
    const { voice, script, emotions } = (await studio.rpc.projects.get({ id: projectId })).project;
    const { phones } = await studio.rpc.script.speakLine({
      source: { kind: 'draft', line: { id: 'x', text: '重庆' }, voice, dictionary: script.dictionary, emotions },
    });
    return phones.map(({ phone }) => phone).join('');
  };
  const sentence = page.getByRole('textbox', { name: 'Try a sentence' });
  await sentence.fill('我在重庆。');
  const listen = page.getByRole('button', { name: 'Listen', exact: true });
  const plain = { phones: await spoken(), sound: (await nextSound(page, () => listen.click())).path };

  await page.getByRole('button', { name: 'Add a word' }).click();
  await page.getByRole('textbox', { name: 'Written' }).fill('重庆');
  const pinyin = page.getByRole('textbox', { name: 'Pinyin' });
  await pinyin.fill('zhong4 qingg4');
  await pinyin.press('Enter');
  await page.getByRole('alert').getByText('“qingg4” is no Pinyin syllable', { exact: false }).waitFor();
  await pinyin.fill('zhong4');
  await page.getByRole('alert').getByText('2 characters need as many syllables; there is 1.').waitFor();
  assert.deepEqual(await violations(page, INSPECTOR), []);
  await pinyin.fill('zhong4 qing4');
  const tried = await nextSound(page, () => page.getByRole('button', { name: 'Try', exact: true }).click());
  assert.ok(tried.loudest > 2000);
  await pinyin.press('Enter');
  const { script } = await document((project) => project.script.dictionary.length === 1);
  assert.deepEqual(script.dictionary, [{ written: '重庆', say: null, pinyin: ['zhong4', 'qing4'] }]);
  const changed = { phones: await spoken(), sound: (await nextSound(page, () => listen.click())).path };
  assert.notEqual(changed.phones, plain.phones);
  assert.notEqual(changed.sound, plain.sound);

  await page.getByRole('button', { name: 'Delete 重庆' }).click();
  await document((project) => project.script.dictionary.length === 0);
  assert.equal(await spoken(), plain.phones);
  assert.deepEqual(studio.faults, []);
  await page.context().close();
});

test('where no microphone may be used, or there is none, it is said with the way out', async () => {
  for (const [devices, words] of [
    ['denied', 'The microphone may not be used.'],
    [false, /^(No microphone was found|The microphone may not be used)\.$/],
  ] as const) {
    const browser = await openChromium({ devices });
    try {
      const page = await openPanel('Recording', { browser, ...(devices === 'denied' && { permissions: [] }) });
      await page.getByRole('button', { name: 'Record', exact: true }).click();
      const alert = page.getByRole('alert').filter({ hasText: 'icrophone' });
      await alert.getByText(words).waitFor();
      await alert.getByRole('button', { name: 'Import audio…' }).waitFor();
      assert.deepEqual(await violations(page, INSPECTOR), []);
      await page.context().close();
    } finally {
      await browser.close();
    }
  }
});
