/** `npm start` until a person can work, and what the page fetched for that. The interface is built, the browser runs already. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { startStudioChild } from '../test/ui/studio-child.ts';
import { openChromium, until } from '../test/ui/studio-page.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure, median } from './figures.ts';

interface Start {
  linkMs: number;
  usableMs: number;
  pictureMs: number | null;
  scriptBytes: number;
}

/** Each time with a data folder of its own, as after an install. */
export async function startFigures(times: number, { scratchDir, signal, say }: BenchRun): Promise<Figure[]> {
  const browser = await openChromium();
  const starts: Start[] = [];
  try {
    for (let i = 0; i < times; i++) {
      signal.throwIfAborted();
      starts.push(await startOnce(browser, join(scratchDir, `start-${i}`)));
      say(`start ${i + 1} of ${times}: ${Math.round(starts.at(-1)!.usableMs)} ms`);
    }
  } finally {
    await browser.close();
  }
  const middle = (pick: (start: Start) => number): number => median(starts.map(pick));
  const pictures = starts.flatMap(({ pictureMs }) => (pictureMs === null ? [] : [pictureMs]));
  return [
    figure(
      'startToUsablePage',
      middle(({ usableMs }) => usableMs),
      'ms',
      { atMost: 3000 },
    ),
    figure(
      'startToLink',
      middle(({ linkMs }) => linkMs),
      'ms',
    ),
    ...(pictures.length === 0 ? [] : [figure('startToFirstPicture', median(pictures), 'ms')]),
    figure('firstLoadJavaScriptGzip', middle(({ scriptBytes }) => scriptBytes) / 1000, 'kB', { atMost: 600 }),
  ];
}

async function startOnce(browser: Browser, dataDir: string): Promise<Start> {
  const studio = await startStudioChild({ dataDir });
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'en-US' });
  try {
    const page = await context.newPage();
    const scripts: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.js')) scripts.push(response.body());
    });
    await page.goto(studio.url);
    await usable(page);
    const usableMs = performance.now() - studio.startedAtMs;
    const pictureMs = await firstPicture(page, studio.startedAtMs);
    await page.waitForLoadState('networkidle');
    const sizes = (await Promise.all(scripts)).map((body) => gzipSync(body).length);
    return {
      ...{ linkMs: studio.readyMs, usableMs, pictureMs },
      scriptBytes: sizes.reduce((sum, size) => sum + size, 0),
    };
  } finally {
    await context.close();
    await studio.end();
  }
}

/** The screen has its heading, something on it can be used, and the studio has answered: nothing is still being opened. */
async function usable(page: Page): Promise<void> {
  await until(
    page,
    `(() => {
      const shown = (selector) => [...document.querySelectorAll(selector)].some((element) => element.checkVisibility());
      const inWorkspace = location.hash.startsWith('#/project/');
      return inWorkspace ? shown('[data-line-row] textarea') : shown('h1') && shown('main button:not(:disabled)');
    })()`,
    { timeoutMs: 60_000 },
  );
}

/** null where the first screen has no stage. */
async function firstPicture(page: Page, startedAtMs: number): Promise<number | null> {
  // A first start leads on to the sample project by itself.
  await page.waitForURL(/#\/project\//, { timeout: 10_000 }).catch(() => {});
  if (!page.url().includes('#/project/')) return null;
  await page.locator('canvas[data-shown]').first().waitFor({ timeout: 60_000 });
  return performance.now() - startedAtMs;
}
