/** The stage playing in the page: pictures that were shown, and how far each was from its sound. */
import type { Page } from 'playwright-core';
import { openWorkspace } from '../test/ui/screens.ts';
import { type StudioPages, until } from '../test/ui/studio-page.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure, median, quantile } from './figures.ts';

interface Watched {
  /** When each picture was shown, and by how much it was before its sound, as the player reckons at that moment. */
  shown: { atMs: number; earlyMs: number }[];
  passedOver: number;
}

/** The rate is that of the middle one. */
const PLAYS = 3;

/** Follows the canvas's own account of each picture it shows. Runs in the page. */
const WATCH = `(() => {
  const canvas = document.querySelector('canvas[data-shown]');
  const watched = { shown: [], passedOver: 0 };
  globalThis.shenghuaWatched = watched;
  new MutationObserver(() => {
    const { avMs, passedOver } = canvas.dataset;
    if (avMs === undefined) return;
    watched.shown.push({ atMs: performance.now(), earlyMs: Number(avMs) });
    watched.passedOver = Number(passedOver ?? 0);
  }).observe(canvas, { attributes: true, attributeFilter: ['data-shown'] });
})()`;

export async function playFigures(pages: StudioPages, { say }: BenchRun): Promise<Figure[]> {
  say('playing the sample');
  const { id } = await pages.rpc.projects.create({ from: 'sample', locale: 'en', name: 'Play' });
  const page = await pages.open();
  try {
    await openWorkspace(page, id);
    const [width, height] = await page.evaluate<[number, number]>(
      `(({ width, height }) => [width, height])(document.querySelector('canvas[data-shown]'))`,
    );
    // Once to the end, so that every line has been spoken and every page of the program is warm.
    await playToEnd(page);
    const plays: Watched[] = [];
    for (let i = 0; i < PLAYS; i++) {
      await page.evaluate(WATCH);
      await playToEnd(page);
      const { shown, passedOver } = await page.evaluate<Watched>('globalThis.shenghuaWatched');
      // The first picture is shown as soon as it is there and stands until its sound begins: it is no part of the rate.
      plays.push({ shown: shown.slice(1), passedOver });
    }
    const fps = median(plays.map(({ shown }) => 1000 / slope(shown.map(({ atMs }) => atMs))));
    const off = plays.flatMap(({ shown }) => shown.map(({ earlyMs }) => Math.abs(earlyMs)));
    return [
      // The screen's own beat leaves some hundredths.
      figure('previewFps', Math.round(fps * 10) / 10, 'fps', { atLeast: 25 }),
      figure('previewFramesPassedOver', Math.max(...plays.map(({ passedOver }) => passedOver)), ''),
      figure('previewPixels', width * height, 'px', { atLeast: 640 * 360 }),
      figure('previewAvOffsetWorst', Math.max(...off), 'ms', { atMost: 40 }),
      figure('previewAvOffsetP95', quantile(off, 0.95), 'ms'),
    ];
  } finally {
    await page.context().close();
  }
}

const AT_THE_END = `(({ ariaValueMax, ariaValueNow }) => Number(ariaValueMax) - Number(ariaValueNow) < 100)(
  document.querySelector('[role=slider][aria-valuetext]'),
)`;

async function playToEnd(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('[role=slider][aria-valuetext]').first().focus();
  await page.keyboard.press('Home');
  await page.locator('canvas[data-frame="0"]').first().waitFor();
  await page.keyboard.press('Space');
  await until(page, `document.querySelector('[role=slider][aria-valuetext]').ariaValueNow !== '0'`);
  await until(page, AT_THE_END, { everyMs: 100, timeoutMs: 120_000 });
  await page.waitForTimeout(500);
}

/** By how much values grow from one to the next: a straight line through all of them, so that none at either end counts for more. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  let [rise, run] = [0, 0];
  for (const [i, value] of values.entries()) {
    rise += (i - middle) * value;
    run += (i - middle) ** 2;
  }
  return rise / run;
}
