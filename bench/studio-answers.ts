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
    return [
      figure('editToPicture', median(edits), 'ms', { atMost: 250 }),
      figure('editToPictureWorst', Math.max(...edits), 'ms'),
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
