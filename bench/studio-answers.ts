/** How soon the studio answers: a changed picture after an edit, the first sound after a click on a line. Both in the page. */
import type { Page } from 'playwright-core';
import { openWorkspace, textOf } from '../test/ui/screens.ts';
import { type StudioPages, until } from '../test/ui/studio-page.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure, median } from './figures.ts';

/** Which line shows its mood at the start, and the moods it is given one after the other. */
const MOODS = ['emotionSad', 'emotionAngry', 'emotionSurprised', 'emotionHappy', 'emotionSerious'];
const LISTENED = [
  'The quick brown fox jumps over the lazy dog.',
  'Numbers such as forty-two are spoken in full.',
  '今天我们来认识一座古老的城市。',
  'Every line that is new has to be spoken first.',
  '声音和画面一直保持同步。',
  'And this sentence is the last of them all.',
];

/** From an event in the page to the first picture whose pixels differ from those before it. Runs in the page. */
const WATCH = `(() => {
  const canvas = document.querySelector('canvas[data-shown]');
  const small = new OffscreenCanvas(160, 90);
  const context = small.getContext('2d', { willReadFrequently: true });
  const look = () => {
    context.drawImage(canvas, 0, 0, 160, 90);
    return context.getImageData(0, 0, 160, 90).data;
  };
  let before = look();
  let askedAt = 0;
  const answer = { ms: null };
  globalThis.shenghuaAnswer = answer;
  globalThis.shenghuaAsk = () => { before = look(); answer.ms = null; askedAt = 0; };
  for (const type of ['pointerup', 'keydown'])
    addEventListener(type, () => { if (askedAt === 0) askedAt = performance.now(); }, { capture: true });
  new MutationObserver(() => {
    if (askedAt === 0 || answer.ms !== null) return;
    const now = look();
    let differs = 0;
    for (let i = 0; i < now.length; i += 4) if (Math.abs(now[i] - before[i]) > 12) differs++;
    if (differs > 4) answer.ms = performance.now() - askedAt;
  }).observe(canvas, { attributes: true, attributeFilter: ['data-shown'] });
})()`;

export async function editAndListenFigures(pages: StudioPages, { say }: BenchRun): Promise<Figure[]> {
  const { id } = await pages.rpc.projects.create({ from: 'sample', locale: 'en', name: 'Answers' });
  const { project, revision } = await pages.rpc.projects.get({ id });
  await pages.rpc.projects.edit({
    ...{ id, baseRevision: revision, clientId: 'bench', editId: 'lines' },
    patches: LISTENED.map((text, i) => ({
      ...{ op: 'add' as const, path: ['script', 'lines', project.script.lines.length + i] },
      value: { ...project.script.lines[0], id: `new-${i}`, text, emotion: 'neutral', voiceId: null },
    })),
  });
  const page = await pages.open();
  try {
    await openWorkspace(page, id);
    say('editing');
    const edits = await editTimes(page);
    say('listening');
    const sounds = await listenTimes(page, project.script.lines.length);
    say('stills of a moved point and of an emotion');
    const mouths = await mouthStillTimes(page);
    const moods = await emotionStillTimes(page);
    return [
      figure('editToPicture', median(edits), 'ms', { atMost: 250 }),
      figure('editToPictureWorst', Math.max(...edits), 'ms'),
      figure('pointToMouthStill', median(mouths), 'ms', { atMost: 250 }),
      figure('pointToMouthStillWorst', Math.max(...mouths), 'ms'),
      figure('emotionToStill', median(moods), 'ms', { atMost: 250 }),
      figure('emotionToStillWorst', Math.max(...moods), 'ms'),
      figure('listenFirstSound', median(sounds), 'ms', { atMost: 300 }),
      figure('listenFirstSoundWorst', Math.max(...sounds), 'ms'),
    ];
  } finally {
    await page.context().close();
  }
}

/** Gives the first line other moods, with the play head in the middle of it. */
async function editTimes(page: Page): Promise<number[]> {
  await page.locator('[role=slider][aria-valuetext]').first().focus();
  for (const _ of Array(20)) await page.keyboard.press('ArrowRight');
  await page.locator('canvas[data-frame="20"]').waitFor();
  // Speech of what has just been opened is still being made; an edit is measured on a project at rest.
  await page.waitForTimeout(3000);
  await page.evaluate(WATCH);
  await page.getByRole('button', { name: /^Line 1: .*%$/ }).click();
  const times: number[] = [];
  for (const mood of MOODS) {
    await page.evaluate('shenghuaAsk()');
    await page.getByRole('radio', { name: textOf('en', `script.${mood}`), exact: true }).click();
    await until(page, 'shenghuaAnswer.ms !== null', { timeoutMs: 10_000 });
    times.push(await page.evaluate<number>('shenghuaAnswer.ms'));
    await page.waitForTimeout(700);
  }
  await page.keyboard.press('Escape');
  return times;
}

/** Lines nobody has spoken yet; one before that is not counted, as the first of a session wakes the voice. */
async function listenTimes(page: Page, firstNew: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < LISTENED.length; i++) {
    const before = await soundsHeard(page);
    const number = firstNew + i + 1;
    const row = page.locator('[data-line-row]').filter({ hasText: LISTENED[i]! });
    await row.scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: `Listen to line ${number}`, exact: true }).click();
    await until(page, `performance.getEntriesByName('script.first-sound').length > ${before.length}`);
    times.push((await soundsHeard(page)).at(-1)!);
    await page.getByRole('button', { name: `Stop line ${number}`, exact: true }).click();
    await page.waitForTimeout(300);
  }
  return times.slice(1);
}
const soundsHeard = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>(`performance.getEntriesByName('script.first-sound').map(({ duration }) => duration)`);

const STILLS = 6;

/** From a point of the lips that is moved by a key to the still of the mouth, as the page itself measures it. */
async function mouthStillTimes(page: Page): Promise<number[]> {
  await page.getByRole('tab', { name: textOf('en', 'portrait.title'), exact: true }).click();
  await page.getByRole('button', { name: textOf('en', 'portrait.editPoints') }).click();
  const editor = page.getByRole('dialog');
  await editor.locator('section[aria-busy="false"]').waitFor();
  const grip = editor.locator('[data-point="lips.outerUpper.3"]');
  return await stillTimes(page, 'portrait.still', () => grip.press('ArrowUp'));
}

/** The same of an emotion's slider. */
async function emotionStillTimes(page: Page): Promise<number[]> {
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: textOf('en', 'emotion.title'), exact: true }).click();
  await page.getByRole('button', { name: textOf('en', 'script.emotionSad'), exact: true }).click();
  await page.getByRole('button', { name: textOf('en', 'emotion.makeOwn') }).click();
  await page.locator('img[data-live-still]').first().waitFor();
  const corners = page.getByRole('slider', { name: 'Corners' });
  return await stillTimes(page, 'emotion.still', () => corners.press('ArrowRight'));
}

/** The first change opens what the others find warm; it is not counted. */
async function stillTimes(page: Page, measure: string, change: () => Promise<void>): Promise<number[]> {
  const durations = (): Promise<number[]> =>
    page.evaluate<number[]>(`performance.getEntriesByName('${measure}').map(({ duration }) => duration)`);
  const times: number[] = [];
  for (let i = 0; i <= STILLS; i++) {
    // What follows a change (other shapes, the stage) is over before the next.
    await page.waitForTimeout(1200);
    const before = (await durations()).length;
    await change();
    await until(page, `performance.getEntriesByName('${measure}').length > ${before}`, { timeoutMs: 10_000 });
    times.push((await durations()).at(before)!);
  }
  return times.slice(1);
}
