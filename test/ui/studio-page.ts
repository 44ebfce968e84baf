/** The built interface on a real studio: host, engine and a Chromium, for tests and measurements that look at the whole. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { StudioClient } from '../../app/contract/index.ts';
import type { SettingsChange } from '../../app/contract/settings.ts';
import { ServedStudio } from '../../main/headless/serve/testing/served-studio.ts';

const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
];
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export interface ChromiumOptions {
  /** Whether there are a microphone and a camera (which only beep and blink), and whether a page that asks for them gets them. */
  devices?: boolean | 'denied';
  args?: readonly string[];
}

export async function openChromium({ devices = true, args = [] }: ChromiumOptions = {}): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('a Chromium is needed: install one, or name it in CHROMIUM');
  const media = [
    ...(devices === false ? [] : ['--use-fake-device-for-media-stream']),
    ...(devices === true ? ['--use-fake-ui-for-media-stream'] : []),
  ];
  return await chromium.launch({ executablePath, args: [...ARGUMENTS, ...media, ...args] });
}

/** What pages said of themselves that they should not have: exceptions, and errors in the console. */
export function watchFaults(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
  });
}

export interface PageOptions extends BrowserContextOptions {
  viewport?: { width: number; height: number };
  /** Of another browser than the common one. */
  browser?: Browser;
}

export interface StudioPages {
  readonly studio: ServedStudio;
  readonly browser: Browser;
  /** The studio's own calls, as another window would make them. */
  readonly rpc: StudioClient;
  /** See {@link watchFaults}. */
  readonly faults: string[];
  /** Lets a new browser profile in and goes to `hash` (`#/project/…`). */
  open(hash?: string, options?: PageOptions): Promise<Page>;
  set(change: SettingsChange): Promise<void>;
  close(): Promise<void>;
}

export interface StudioPagesOptions {
  /** Of an interface that is built already. */
  rendererDir?: string;
}

/** Builds the interface into a folder of its own, unless one is given. */
export async function startStudioPages({ rendererDir }: StudioPagesOptions = {}): Promise<StudioPages> {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-pages-'));
  const faults: string[] = [];
  const contexts: BrowserContext[] = [];
  let studio: ServedStudio | undefined;
  let browser: Browser | undefined;
  try {
    if (rendererDir === undefined) await buildInterface(join(folder, 'interface'));
    studio = await ServedStudio.open({ rendererDir: rendererDir ?? join(folder, 'interface') });
    await studio.enter();
    browser = await openChromium();
  } catch (error) {
    await studio?.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const [served, launched] = [studio, browser];
  const calls = served.page();
  await new Promise((resolve, reject) => calls.socket.once('open', resolve).once('error', reject));

  return {
    ...{ studio: served, browser: launched, rpc: calls.rpc, faults },
    async open(hash = '#/projects', { viewport = { width: 1280, height: 720 }, browser, ...options } = {}) {
      const context = await (browser ?? launched).newContext({ viewport, locale: 'en-US', ...options });
      contexts.push(context);
      const page = await context.newPage();
      watchFaults(page, faults);
      await page.goto(served.host.newUrl());
      await page.locator('main').waitFor();
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      return page;
    },
    set: async (change) => void (await calls.rpc.settings.set(change)),
    async close() {
      for (const context of contexts) await context.close().catch(() => {});
      await launched.close();
      calls[Symbol.dispose]();
      await served.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function buildInterface(outDir: string): Promise<void> {
  const { build } = await import('vite');
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
}

/** Resolves once the expression holds in the page. The page's own policy forbids what Playwright's `waitForFunction` does. */
export async function until(page: Page, expression: string, { everyMs = 25, timeoutMs = 30_000 } = {}): Promise<void> {
  // A page that is being left answers nothing; the next one is asked again.
  const holds = (): Promise<boolean> =>
    page.evaluate<boolean>(expression).catch((error: unknown) => {
      if (/context was destroyed/i.test(String(error))) return false;
      throw error;
    });
  for (const endMs = performance.now() + timeoutMs; !(await holds()); ) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Two frames on, and whatever glides has arrived; what turns for ever is not waited for. */
const SETTLED = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => Promise.race([
  new Promise((resolve) => setTimeout(resolve, 2000)),
  Promise.allSettled(document.getAnimations()
    .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime)).map(({ finished }) => finished)),
]))`;

let axe: string | undefined;
/** What axe finds in the page that keeps people out, `id: the elements`. */
export async function violations(page: Page, within = 'body'): Promise<string[]> {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  // Colours that glide to those of another theme are those of neither.
  await page.evaluate(SETTLED);
  return page.evaluate<string[]>(
    `axe.run(${JSON.stringify(within)}).then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`,
  );
}
