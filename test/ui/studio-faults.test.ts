/** What goes wrong around a person at work: hosts that die, other windows, strangers, hostile files, full disks. Seen in a real Chromium. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { ZipFile } from 'yazl';
import { describeError } from '../../app/errors/index.ts';
import { doAction, textOf } from './screens.ts';
import { type StudioChild, startStudioChild } from './studio-child.ts';
import { buildInterface, openChromium, type StudioPages, startStudioPages, until } from './studio-page.ts';

const en = (key: string, slots?: Record<string, string | number>): string => textOf('en', key, slots);
const line = (page: Page, number: number): Locator =>
  page.getByRole('textbox', { name: en('script.lineText', { number }), exact: true });

let folder: string;
let rendererDir: string;
let browser: Browser;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-faults-'));
  rendererDir = join(folder, 'interface');
  await buildInterface(rendererDir);
  browser = await openChromium();
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The sample project that a first start opens, its first line written anew. */
async function startTalk(page: Page, words: string): Promise<void> {
  await line(page, 1).waitFor();
  await page.getByRole('button', { name: en('tour.skip'), exact: true }).click();
  await line(page, 1).fill(words);
  await saved(page);
}
const saved = (page: Page): Promise<void> =>
  page
    .getByRole('status')
    .filter({ hasText: new RegExp(`^${en('shell.saved')}$`) })
    .first()
    .waitFor();

describe('the host is killed', () => {
  let studio: StudioChild;
  let context: BrowserContext;
  let page: Page;
  const dataDir = (): string => join(folder, 'killed');
  before(async () => {
    studio = await startStudioChild({ dataDir: dataDir(), rendererDir });
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 720 } });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(studio.url);
    await startTalk(page, 'Before.');
  });
  after(async () => {
    await context?.close();
    await studio?.end();
  });
  const again = async (): Promise<void> => {
    studio = await startStudioChild({ dataDir: dataDir(), rendererDir, port: studio.port });
  };

  test('while a page is open: it says so, goes on taking words, and comes back with all of them', async () => {
    await studio.end('SIGKILL');
    await line(page, 1).press('End');
    await page.keyboard.type(' While it was away.');
    await page.getByText(/The connection to the studio is lost/).waitFor();
    assert.equal(await line(page, 1).inputValue(), 'Before. While it was away.');
    await again();
    await page.getByText(/The connection to the studio is lost/).waitFor({ state: 'detached' });
    await saved(page);
    await page.reload();
    await line(page, 1).waitFor();
    assert.equal(await line(page, 1).inputValue(), 'Before. While it was away.');
  });

  test('and the page is closed before it is back: the words are there when it is opened again', async () => {
    const address = page.url();
    await studio.end('SIGKILL');
    await line(page, 1).press('End');
    await page.keyboard.type(' And closed.');
    // What is typed is put aside within a moment.
    await page.waitForTimeout(1000);
    await page.close();
    await again();
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(address);
    await line(page, 1).waitFor();
    await page.waitForTimeout(500);
    assert.equal(await line(page, 1).inputValue(), 'Before. While it was away. And closed.');
    await saved(page);
  });

  test('while two windows wrote on the same line: neither is overwritten, the second is asked', async () => {
    const second = await context.newPage();
    second.setDefaultTimeout(60_000);
    await second.goto(page.url());
    await line(second, 1).waitFor();
    await studio.end('SIGKILL');
    await line(page, 1).fill('Written here.');
    await line(second, 1).fill('Written there.');
    await again();
    const question = (each: Page): Locator => each.getByRole('dialog', { name: en('shell.conflictTitle') });
    const [asked, kept] = await Promise.race([
      question(page)
        .waitFor()
        .then(() => [page, second] as const),
      question(second)
        .waitFor()
        .then(() => [second, page] as const),
    ]);
    // Behind a question everything else is hidden from roles.
    const mine = await asked.locator('[data-line-row] textarea').first().inputValue();
    const theirs = await line(kept, 1).inputValue();
    assert.deepEqual([mine, theirs].sort(), ['Written here.', 'Written there.']);
    const before = asked.url();
    await asked.getByRole('button', { name: en('shell.conflictCopy') }).click();
    await asked.waitForURL((url) => url.toString() !== before);
    await line(asked, 1).waitFor();
    assert.equal(await line(asked, 1).inputValue(), mine);
    await kept.reload();
    await line(kept, 1).waitFor();
    assert.equal(await line(kept, 1).inputValue(), theirs);
    await second.close();
  });
});

describe('an export is under way', () => {
  let studio: StudioChild;
  let context: BrowserContext;
  let page: Page;
  const dataDir = (): string => join(folder, 'exporting');
  before(async () => {
    studio = await startStudioChild({ dataDir: dataDir(), rendererDir });
    context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 720 } });
    page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(studio.url);
    await startTalk(page, 'This is going to be interrupted. '.repeat(6));
  });
  after(async () => {
    await context?.close();
    await studio?.end();
  });
  const queue = (): Locator => page.getByRole('region', { name: en('export.queue') });
  const underWay = async (): Promise<void> => {
    const bar = queue().getByRole('progressbar');
    while (Number(await bar.getAttribute('aria-valuenow', { timeout: 1000 }).catch(() => 0)) < 20)
      await page.waitForTimeout(100);
  };

  test('when the engine dies: the page stays, and the export is begun again by the next one', async () => {
    await page.getByRole('button', { name: en('export.open') }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Export 1 file' }).click();
    await underWay();
    const engine = await childOf(studio.pid);
    process.kill(engine, 'SIGKILL');
    await queue()
      .getByText(/^Begun again 1 time,/)
      .waitFor();
    assert.notEqual(await childOf(studio.pid), engine);
  });

  test('when the whole studio dies and comes back: the export is finished, and says how often it was begun', async () => {
    await underWay();
    await studio.end('SIGKILL');
    await page.getByText(/The connection to the studio is lost/).waitFor();
    studio = await startStudioChild({ dataDir: dataDir(), rendererDir, port: studio.port });
    await queue()
      .getByText(/^Begun again 2 times,/)
      .waitFor();
    await queue()
      .getByText(/^Done in/)
      .waitFor();
    await queue()
      .getByRole('button', { name: en('export.show'), exact: true })
      .click();
    await page.waitForURL(/#\/library$/);
    await until(page, "document.querySelector('video')?.readyState >= 1");
  });

  test('and its file is deleted behind the studio’s back: that is said, with what to do', async () => {
    const films = (await readdir(join(dataDir(), 'library'), { recursive: true })).filter((name) =>
      name.endsWith('.mp4'),
    );
    assert.equal(films.length, 1, 'nothing of the runs before is left');
    await rm(join(dataDir(), 'library', films[0]!));
    await page.reload();
    await page.getByText(en('library.missingText')).waitFor();
    await page.getByText(en('library.missing'), { exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: en('library.download'), exact: true }).isDisabled(), true);
  });
});

/** The one process that a process has started: the engine of a host. Linux. */
async function childOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}

test('on a full disk the person is told, goes on working, and everything is saved once there is room', async () => {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const mounting = 'set -e; mount -t tmpfs -o size=64m tmpfs "$1"; shift; exec "$@"';
  const rights = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const under = ['unshare', ...rights, '/bin/sh', '-c', mounting, 'sh', disk];
  const studio = await startStudioChild({ dataDir: join(disk, 'data'), rendererDir, under });
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(studio.url);
    await startTalk(page, 'There was room for this.');
    // The host's own view of its small disk.
    const ballast = `/proc/${studio.pid}/root${join(disk, 'ballast')}`;
    await fill(ballast);
    await line(page, 1).press('End');
    // More than what the last page of the database has left.
    await page.keyboard.insertText(` And this came when there was none. ${'Word after word. '.repeat(4000)}`);
    const state = page
      .getByRole('status')
      .filter({ hasText: en('shell.unsaved') })
      .first();
    await state.waitFor();
    await page.getByRole('button', { name: en('shell.unsaved') }).click();
    await page
      .getByText(/disk|space|room/i)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    const words = await line(page, 1).inputValue();
    assert.match(words, /^There was room for this\. And this came/);
    // The studio holds it too: another window sees it.
    const other = await context.newPage();
    await other.goto(page.url());
    await line(other, 1).waitFor();
    assert.equal(await line(other, 1).inputValue(), words);
    await other.close();
    await rm(ballast);
    await saved(page);
    await page.reload();
    await line(page, 1).waitFor();
    assert.equal(await line(page, 1).inputValue(), words);
  } finally {
    await context.close();
    await studio.end();
  }
});

/** Writes until nothing more fits. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const size of [1024 * 1024, 4096, 1])
      for (;;) {
        try {
          const { bytesWritten } = await file.write(Buffer.alloc(size));
          if (bytesWritten < size) break;
        } catch {
          break;
        }
      }
  } finally {
    await file.close();
  }
}

describe('strangers and what they send', () => {
  let pages: StudioPages;
  before(async () => {
    pages = await startStudioPages({ rendererDir });
    await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
  });
  after(() => pages?.close());

  test('a wrong link, and one that was used, lead to a page that says what to do', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const used = pages.studio.host.newUrl();
    await (await browser.newContext()).newPage().then(async (first) => {
      await first.goto(used);
      await first.locator('main').waitFor();
      await first.context().close();
    });
    for (const url of [
      used,
      `http://${pages.studio.authority}/?token=${'0'.repeat(43)}`,
      `http://${pages.studio.authority}/`,
    ]) {
      const response = await page.goto(url);
      assert.ok(response !== null && response.status() >= 400, url);
      await page.getByText('Use the latest link that the studio printed').waitFor();
      await page.getByText('请').first().waitFor();
      assert.deepEqual(await context.cookies(), []);
    }
    await context.close();
  });

  test('a page of another origin reaches nothing, though the browser has been let in', async () => {
    const page = await pages.open();
    const evil = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<title>evil</title>'),
    );
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    try {
      const foreign = await page.context().newPage();
      await foreign.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
      const at = pages.studio.authority;
      const reached = await foreign.evaluate<Record<string, string>>(`(async () => {
        const socket = (path) => new Promise((resolve) => {
          const one = new WebSocket('ws://${at}' + path);
          one.onopen = () => resolve('open');
          one.onerror = () => resolve('refused');
        });
        const asked = (path, init) => fetch('http://${at}' + path, { credentials: 'include', ...init })
          .then((answer) => 'read ' + answer.status, () => 'refused');
        return {
          rpc: await socket('/rpc'),
          preview: await socket('/preview'),
          page: await asked('/'),
          upload: await asked('/upload', { method: 'POST', body: 'x' }),
          frame: await new Promise((resolve) => {
            const frame = document.createElement('iframe');
            frame.src = 'http://${at}/';
            frame.onload = () => { try { resolve(frame.contentDocument === null ? 'refused' : 'read'); } catch { resolve('refused'); } };
            document.body.append(frame);
          }),
        };
      })()`);
      assert.deepEqual(new Set(Object.values(reached)), new Set(['refused']), JSON.stringify(reached));
    } finally {
      evil.close();
    }
  });

  test('a name that only points at this machine is not this machine', async () => {
    const rebound = await openChromium({ args: ['--host-resolver-rules=MAP evil.example 127.0.0.1'] });
    try {
      const page = await rebound.newPage();
      const { searchParams } = new URL(pages.studio.host.newUrl());
      const response = await page.goto(
        `http://evil.example:${pages.studio.host.port}/?token=${searchParams.get('token')}`,
      );
      assert.equal(response?.status(), 400);
      assert.deepEqual(await page.context().cookies(), []);
    } finally {
      await rebound.close();
    }
  });

  test('markup in names, lines and labels is text, on every screen', async () => {
    const markup = '<img src=x onerror="window.stolen=1"><svg onload="window.stolen=1">';
    const { id } = await pages.rpc.projects.create({ from: 'sample', locale: 'en', name: markup });
    const { project, revision } = await pages.rpc.projects.get({ id });
    await pages.rpc.projects.edit({
      ...{ id, baseRevision: revision, clientId: 'test', editId: 'markup' },
      patches: [
        { op: 'replace', path: ['script', 'lines', 0, 'text'], value: markup },
        { op: 'replace', path: ['emotions'], value: [] },
        { op: 'replace', path: ['stage', 'aiMark', 'text'], value: '<b>AI</b><script>stolen=1</script>'.slice(0, 40) },
      ],
    });
    const page = await pages.open();
    page.setDefaultTimeout(30_000);
    await page.getByText(markup).first().waitFor();
    await page.evaluate(`location.hash = '#/project/${id}'`);
    await page.getByRole('heading', { level: 1, name: markup }).waitFor();
    await line(page, 1).waitFor();
    assert.equal(await line(page, 1).inputValue(), markup);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    assert.equal(await page.evaluate('typeof window.stolen'), 'undefined');
    assert.equal(await page.locator('img[src=x]').count(), 0);
    assert.ok(project.script.lines.length > 0);
    await page.context().close();
  });

  test('a file that is too large, and a picture that is none, are refused in words', async () => {
    const large = join(folder, 'large.png');
    const file = await open(large, 'w');
    await file.truncate(600 * 1024 * 1024);
    await file.close();
    const page = await pages.open();
    page.setDefaultTimeout(60_000);
    const offer = async (path: string): Promise<void> => {
      const choosing = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: en('projects.fromPicture') }).click();
      await (await choosing).setFiles(path);
    };
    await doAction(page, en('projects.new'));
    await page.getByRole('button', { name: en('projects.fromPicture') }).waitFor();
    await offer(large);
    await page.getByText(en('shell.uploadTooLarge')).first().waitFor();
    const svg = join(folder, 'face.png');
    await writeFile(
      svg,
      '<svg xmlns="http://www.w3.org/2000/svg" onload="top.stolen=1"><script>top.stolen=1</script></svg>',
    );
    await offer(svg);
    await page
      .getByRole('alert')
      .or(page.getByText(/picture|file/i))
      .first()
      .waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate('typeof window.stolen'), 'undefined');
    assert.doesNotMatch(page.url(), /#\/project\//, 'no project is made of it');
    await page.context().close();
  });

  test('a bundle that would write beside its folder is refused in words, and writes nothing', async () => {
    const page = await pages.open();
    page.setDefaultTimeout(60_000);
    const before = (await readdir(folder)).sort();
    const projectsBefore = (await pages.rpc.projects.list({})).length;
    const choosing = page.waitForEvent('filechooser');
    await doAction(page, en('projects.import'));
    await (await choosing).setFiles({
      ...{ name: 'gift.shenghua', mimeType: 'application/zip' },
      buffer: await slippingZip(),
    });
    const { message } = describeError({ code: 'bundle.unsafe', params: {} } as never, 'en');
    await page
      .getByText(message.split('{')[0]!.trim() || /bundle/i)
      .or(page.getByText(/No studio makes such a bundle/))
      .first()
      .waitFor();
    assert.equal((await pages.rpc.projects.list({})).length, projectsBefore);
    assert.deepEqual((await readdir(folder)).sort(), before);
    await page.context().close();
  });

  test('a camera or microphone that is not allowed is said, with the way out', async () => {
    const strict = await openChromium({ devices: 'denied' });
    try {
      const { id } = await pages.rpc.projects.create({ from: 'sample', locale: 'en', name: 'Denied' });
      const page = await pages.open(`#/project/${id}`, { browser: strict });
      page.setDefaultTimeout(30_000);
      await line(page, 1).waitFor();
      await doAction(page, en('portrait.takePhoto'));
      await page.getByText(en('portrait.camera-denied')).waitFor();
      await page.getByText(en('portrait.cameraHint-denied')).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('tab', { name: en('voice.title'), exact: true }).click();
      await page.getByRole('radio', { name: en('voice.recording'), exact: true }).click();
      await page.getByRole('button', { name: en('voice.record'), exact: true }).click();
      await page.getByText(en('voice.micDenied')).waitFor();
      await page.getByText(en('voice.micDeniedHint')).waitFor();
    } finally {
      await strict.close();
    }
  });
});

/** A bundle with an entry `../evil.txt`: the writer refuses such names, so that it is written under another of the same length. */
async function slippingZip(): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('{}'), 'project.json');
  zip.addBuffer(Buffer.from('evil'), 'aa/evil.txt');
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces).toString('latin1').replaceAll('aa/evil.txt', '../evil.txt');
  return Buffer.from(bytes, 'latin1');
}
