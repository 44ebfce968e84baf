/**
 * From nothing to a film, by hand and mouse in a real Chromium on the real studio; then the film is looked at from outside, decoded,
 * by the same measures as one from the command line.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import type { Project } from '../../app/document/project.ts';
import type { BenchResult } from '../../bench/figures.ts';
import { exported } from './furnished-studio.ts';
import { doAction, englishLeft, type Locale, textOf } from './screens.ts';
import { type StudioPages, startStudioPages, until } from './studio-page.ts';

const STAGE = 'canvas[data-shown]';
const LINES = [
  'Hello everybody, and welcome to my page. My name is Mabel, and I make movies about maps.',
  'Maybe you remember the big blue boat by the old bridge. [600ms] People came from everywhere to watch it go.',
  'Please bring a map, some bread, and a lamp. We meet by the pump at five. Bye bye!',
];

/** Listens in on everything that leaves the page as sound: the loudest sample so far, and how long the clock of sound has run. */
const LISTEN = `
  window.heard = { peak: 0, seconds: 0 };
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const ear = this.context.createAnalyser();
      connect.call(this, ear);
      const samples = new Float32Array(ear.fftSize);
      setInterval(() => {
        ear.getFloatTimeDomainData(samples);
        for (const sample of samples) window.heard.peak = Math.max(window.heard.peak, Math.abs(sample));
        window.heard.seconds = this.context.currentTime;
      }, 20);
    }
    return connect.call(this, to, ...rest);
  };`;

let studio: StudioPages;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-journey-'));
  studio = await startStudioPages();
  await studio.set({ locale: 'en', theme: 'dark', tourDone: true });
});
after(async () => {
  await studio?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A picture of a face that the studio has not seen, as a file of the person's own. */
async function ownPicture(): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const portrait = fileURLToPath(new URL('../../resources/avatars/lin/portrait.png', import.meta.url));
  const buffer = await sharp(portrait).flatten({ background: '#7d8b99' }).resize(1024).jpeg({ quality: 92 }).toBuffer();
  return { name: 'Mabel.jpg', mimeType: 'image/jpeg', buffer };
}

/** Rough brightness of the stage, for telling one picture from another. */
const look = (page: Page): Promise<number[]> =>
  page.evaluate(`(() => {
    const small = new OffscreenCanvas(64, 36).getContext('2d');
    small.drawImage(document.querySelector('${STAGE}'), 0, 0, 64, 36);
    return [...small.getImageData(0, 0, 64, 36).data].filter((_, i) => i % 4 === 1);
  })()`);
const differ = (a: readonly number[], b: readonly number[]): boolean =>
  a.filter((value, i) => Math.abs(value - b[i]!) > 10).length > 3;

/** The document as the studio has it, once it is as it should be. */
async function stored(id: string, isAsItShould: (project: Project) => boolean, what: string): Promise<Project> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const { project } = await studio.rpc.projects.get({ id });
    if (isAsItShould(project)) return project;
    assert.ok(performance.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const button = (page: Page, locale: Locale, key: string) =>
  page.getByRole('button', { name: textOf(locale, key), exact: true });

async function giveMood(page: Page, line: number, mood: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Line ${line}: .*%$`) }).click();
  const picker = page.getByRole('dialog', { name: textOf('en', 'script.emotion') });
  await picker.getByRole('radio', { name: textOf('en', mood), exact: true }).click();
  await page.keyboard.press('Escape');
  await picker.waitFor({ state: 'detached' });
}

test('a person makes a talking film from a picture and a few words, in two languages', async (t) => {
  const page = await studio.open();
  page.setDefaultTimeout(60_000);
  await page.context().addInitScript(LISTEN);
  await page.reload();
  let id = '';

  await t.test('a picture from a file becomes a project', async () => {
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: textOf('en', 'projects.fromPicture') }).click();
    await (await choosing).setFiles(await ownPicture());
    await page.waitForURL(/#\/project\//);
    id = decodeURIComponent(new URL(page.url()).hash.split('/').at(-1)!);
    // Whose face it is, is asked as soon as there is a project.
    const asks = page.getByRole('dialog', { name: textOf('en', 'portrait.consentAsk') });
    await asks.getByLabel(textOf('en', 'portrait.consentWho')).fill('Mabel');
    await asks.getByLabel(textOf('en', 'portrait.consentScope')).fill('My films about maps');
    await asks.getByRole('checkbox').click();
    await asks.getByRole('button', { name: textOf('en', 'portrait.consentSave') }).click();
    await page.getByRole('heading', { level: 1, name: 'Mabel' }).waitFor();
    await page.locator(STAGE).waitFor();
    const { avatar } = await stored(id, (project) => project.avatar.consent !== null, 'the consent is kept');
    assert.equal(avatar.portrait.kind, 'asset');
    assert.deepEqual([avatar.consent!.person, avatar.consent!.relation], ['Mabel', 'self']);
  });

  await t.test('three lines are written, two of them with an emotion', async () => {
    await button(page, 'en', 'script.firstLine').click();
    for (const [i, line] of LINES.entries()) {
      if (i > 0) await page.keyboard.press('Shift+Enter');
      await page.getByRole('textbox', { name: textOf('en', 'script.lineText', { number: i + 1 }) }).waitFor();
      await page.keyboard.type(line);
      // The menu of cues, where one is open.
      if (line.includes('[')) await page.keyboard.press('End');
    }
    await giveMood(page, 1, 'script.emotionHappy');
    await giveMood(page, 3, 'script.emotionSerious');
    const { script } = await stored(
      id,
      ({ script }) => script.lines[2]?.emotion === 'serious',
      'the third line’s mood',
    );
    assert.deepEqual(
      script.lines.map(({ text, emotion }) => [text, emotion]),
      [
        [LINES[0], 'happy'],
        [LINES[1], 'neutral'],
        [LINES[2], 'serious'],
      ],
    );
  });

  await t.test('a landmark is moved; undo takes it back, redo does it again', async () => {
    await doAction(page, textOf('en', 'portrait.editPoints'));
    const editor = page.getByRole('dialog', { name: textOf('en', 'portrait.editor') });
    await editor.waitFor();
    const point = editor.getByRole('button', { name: /^Lower lip, outer edge, 5 of / });
    await point.focus();
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await editor.waitFor({ state: 'detached' });
    await page
      .getByRole('status')
      .filter({ hasText: textOf('en', 'shell.saved') })
      .first()
      .waitFor();
    const moved = await stored(id, ({ avatar }) => avatar.landmarks !== null, 'the moved point');
    // Three presses are one step or three; either way the last one comes back.
    await page.getByRole('button', { name: /^Undo: / }).click();
    await stored(id, ({ avatar }) => JSON.stringify(avatar) !== JSON.stringify(moved.avatar), 'undo');
    await page.getByRole('button', { name: /^Redo: / }).click();
    await stored(id, ({ avatar }) => JSON.stringify(avatar) === JSON.stringify(moved.avatar), 'redo');
  });

  await t.test('the language is switched, and everything is in it at once', async () => {
    await doAction(page, textOf('en', 'shell.switchLanguage'));
    await page.locator('html[lang="zh-CN"]').waitFor();
    for (const key of ['shell.stage', 'shell.inspector', 'shell.script', 'shell.timeline'])
      await page.getByRole('region', { name: textOf('zh-CN', key), exact: true }).waitFor();
    assert.equal(
      await page.getByRole('textbox', { name: textOf('zh-CN', 'script.lineText', { number: 2 }) }).inputValue(),
      LINES[1],
    );
    assert.deepEqual(await englishLeft(page), []);
  });

  await t.test('it plays: the picture moves and the sound is heard', async () => {
    const still = await look(page);
    await button(page, 'zh-CN', 'preview.play').click();
    const seen: number[][] = [];
    await until(page, 'window.heard.peak > 0.05', { timeoutMs: 60_000 });
    const from = await page.evaluate<number>('window.heard.seconds');
    for (let i = 0; i < 8; i++) {
      seen.push(await look(page));
      await page.waitForTimeout(200);
    }
    assert.ok(seen.filter((picture) => differ(picture, still)).length >= 4, 'the picture moves');
    assert.ok((await page.evaluate<number>('window.heard.seconds')) - from > 1, 'the sound’s clock runs');
    const worst = Number(await page.locator(STAGE).getAttribute('data-av-worst-ms'));
    assert.ok(Number.isFinite(worst), 'the stage tells how far picture and sound were apart');
    await button(page, 'zh-CN', 'preview.pause').click();
  });

  await t.test('it is exported, and the film holds what is asked of every film', async () => {
    await button(page, 'zh-CN', 'export.open').click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await chooseOnlyTheStage(page);
    await dialog.getByRole('button', { name: textOf('zh-CN', 'export.start', { count: 1 }) }).click();
    while ((await studio.rpc.exports.list({})).length === 0) await page.waitForTimeout(100);
    await exported(studio.rpc);
    const [job] = await studio.rpc.exports.list({});
    assert.equal(job?.status.state, 'done', JSON.stringify(job?.status));
    const [work] = await studio.rpc.library.list({});
    assert.deepEqual([work?.widthPx, work?.heightPx, work?.fps, work?.format], [1280, 720, 25, 'mp4']);
    await page.evaluate("location.hash = '#/library'");
    await page.getByRole('heading', { level: 1, name: textOf('zh-CN', 'library.title') }).waitFor();
    await page.getByText(work!.name).first().waitFor();

    const paths: Record<string, string> = {};
    for (const kind of ['video', 'timeline'] as const) {
      const file = work!.files.find((each) => each.kind === kind);
      assert.ok(file, `the work has its ${kind}`);
      const { status, body } = await studio.studio.fetch(file.path);
      assert.equal(status, 200);
      paths[kind] = join(folder, file.fileName);
      await writeFile(paths[kind], body);
    }
    const { figures } = await lips(paths.video!, paths.timeline!);
    const failed = figures.filter(({ holds }) => !holds);
    assert.deepEqual(failed, [], JSON.stringify(figures));
    for (const name of ['lag', 'bilabialsClosed', 'silencesClosed', 'blinks', 'avDifference'])
      assert.ok(
        figures.some((each) => each.name === name),
        name,
      );
  });

  assert.deepEqual(studio.faults, []);
});

/** Of all that the dialog offers: what is on the stage, and nothing else. By keys. */
async function chooseOnlyTheStage(page: Page): Promise<void> {
  const choices = page.getByRole('dialog').getByRole('group').locator('label');
  await choices.first().waitFor();
  for (const choice of await choices.all()) {
    const box = choice.getByRole('checkbox');
    const wanted = (await choice.textContent())?.includes(textOf('zh-CN', 'export.asProject')) === true;
    if ((await box.isChecked()) === wanted) continue;
    await box.focus();
    await page.keyboard.press('Space');
  }
}

/** `npm run bench -- lips` on a finished file. */
async function lips(video: string, timeline: string): Promise<BenchResult> {
  const bench = fileURLToPath(new URL('../../bench/run.ts', import.meta.url));
  const child = spawn(process.execPath, [bench, 'lips', '--video', video, '--timeline', timeline, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child, 'close');
  const result = JSON.parse(said) as BenchResult | { error: { message: string } };
  assert.ok('figures' in result, said);
  return result;
}
