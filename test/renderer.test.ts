/** The built interface in a real Chromium: drawn in both languages and themes, reachable by keyboard, and losing nothing. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildRenderer } from '../scripts/build-renderer.ts';
import { type PageHost, startPageHost } from './renderer/page-host.ts';

const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let host: PageHost;
const faults: string[] = [];

before(async () => {
  await buildRenderer();
  host = await startPageHost();
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
  assert.ok(executablePath, 'a Chromium is needed: install one, or name it in CHROMIUM');
  browser = await chromium.launch({ executablePath, args: ARGUMENTS });
});
after(async () => {
  await browser?.close();
  await host?.close();
});

async function open(path = ''): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
  });
  await page.goto(host.url + path);
  await page.locator('main').waitFor();
  return page;
}

/** What axe finds that keeps people out. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`,
  );
}
const background = (page: Page): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');

test('every screen is drawn in both languages and themes without anything that keeps people out', async () => {
  const page = await open();
  const seen = new Set<string>();
  for (const locale of ['en', 'zh-CN'] as const)
    for (const theme of ['dark', 'light'] as const) {
      host.set({ locale, theme });
      await page.locator(`html[lang="${locale}"][data-theme="${theme}"]`).waitFor();
      seen.add(`${await page.getByRole('banner').textContent()} ${await background(page)}`);
      // Words differ by language and contrast by theme: two of the four show all of either.
      if ((locale === 'en') !== (theme === 'dark')) continue;
      for (const hash of ['#/projects', '#/library', '#/settings', '#/project/demo']) {
        await page.evaluate(`location.hash = '${hash}'`);
        if (hash === '#/project/demo') await page.getByRole('heading', { level: 1, name: '示例 Sample' }).waitFor();
        assert.deepEqual(await violations(page), [], `${hash} ${locale} ${theme}`);
      }
      for (const keys of ['Control+k', '?']) {
        await page.keyboard.press(keys);
        await page.getByRole('dialog').waitFor();
        assert.deepEqual(await violations(page), [], `${keys} ${locale} ${theme}`);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
      await page.evaluate("location.hash = '#/projects'");
    }
  assert.equal(seen.size, 4, [...seen].join('\n'));
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('what is loaded before the first picture stays below 600 kB of compressed JavaScript', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) bodies.push(response.body());
  });
  await page.goto(host.url, { waitUntil: 'networkidle' });
  await page.locator('main').waitFor();
  const bytes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  assert.ok(bytes.length > 0);
  const total = bytes.reduce((sum, size) => sum + size, 0);
  assert.ok(total <= 600_000, `${total} bytes`);
  await context.close();
});

test('the command palette finds an action by its letters and does it', async () => {
  host.set({ locale: 'en', theme: 'dark' });
  const page = await open('#/project/demo');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('lib');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/library$/);
  await page.context().close();
});

test('zoom is kept by the studio, and the workspace fits 1280×720 up to 125 %', async () => {
  const page = await open('#/project/demo');
  await page.getByRole('region', { name: 'Timeline' }).waitFor();
  for (const _ of [1, 2]) await page.keyboard.press('Control+=');
  while (host.settings.zoom !== 1.25) await page.waitForTimeout(50);
  const overflow = await page.evaluate<boolean>(
    'document.documentElement.scrollWidth > 1280 || document.documentElement.scrollHeight > 720',
  );
  assert.equal(overflow, false);
  for (const name of ['Stage', 'Inspector', 'Script', 'Timeline']) {
    const box = await page.getByRole('region', { name }).boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 1281 && box.y + box.height <= 721, name);
  }
  await page.keyboard.press('Control+0');
  while ((host.settings.zoom as number) !== 1) await page.waitForTimeout(50);
  await page.context().close();
});

test('panels are resized by keyboard, and the size is there again after a reload', async () => {
  const page = await open('#/project/demo');
  const bar = page.getByRole('separator', { name: 'Width of the inspector' });
  const width = async (): Promise<number> =>
    (await page.getByRole('region', { name: 'Inspector' }).boundingBox())!.width;
  await bar.waitFor();
  const before = await width();
  await bar.focus();
  for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowLeft');
  // A key is answered before what it changed is drawn.
  await page
    .locator(`[role="separator"][aria-label="Width of the inspector"][aria-valuenow="${before + 48}"]`)
    .waitFor();
  const wider = await width();
  assert.ok(Math.abs(wider - before - 48) < 2, `${before} → ${wider}`);
  await page.reload();
  await bar.waitFor();
  assert.equal(await width(), wider);
  await page.context().close();
});

test('a host that goes away is told, and the page comes back by itself', async () => {
  const page = await open('#/project/demo');
  await page.getByRole('heading', { level: 1 }).waitFor();
  host.online(false);
  await page.getByText('The connection to the studio is lost').waitFor();
  host.change([{ op: 'replace', path: ['name'], value: 'Renamed elsewhere' }]);
  host.online(true);
  await page.getByRole('heading', { level: 1, name: 'Renamed elsewhere' }).waitFor();
  await page.getByText('The connection to the studio is lost').waitFor({ state: 'detached' });
  await page.context().close();
});
