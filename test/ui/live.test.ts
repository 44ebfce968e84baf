/** A show from its first segment to its end, in a real Chromium: planned, checked, on air to a real server that dies and comes back, ended. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { openPlatform, type Platform } from '../../main/broadcast/testing/stage.ts';
import { settled, textOf } from './screens.ts';
import { type StudioPages, startStudioPages, until, violations } from './studio-page.ts';

const KEY = 'sk_live_never_to_be_seen_42';
const en = (key: string, slots?: Record<string, string | number>): string => textOf('en', key, slots);

let pages: StudioPages;
before(async () => {
  pages = await startStudioPages();
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
});
after(async () => {
  await pages?.close();
});

/** Where shows are planned: a project of a sample avatar, on its live desk. */
async function openDesk(): Promise<{ page: Page; id: string; received: string[] }> {
  const { id } = await pages.rpc.projects.create({ from: 'sample', locale: 'en', name: 'Shop' });
  const { project, revision } = await pages.rpc.projects.get({ id });
  await pages.rpc.projects.edit({
    ...{ id, baseRevision: revision, clientId: 'test', editId: crypto.randomUUID() },
    // Small, so that it keeps up on any machine.
    patches: [{ op: 'replace', path: ['stage'], value: { ...project.stage, size: { widthPx: 320, heightPx: 180 } } }],
  });
  const page = await pages.open(`#/project/${id}`);
  page.setDefaultTimeout(60_000);
  const received: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => received.push(String(payload))));
  await page.reload();
  await page.getByRole('radio', { name: en('shell.viewLive'), exact: true }).click();
  await page.waitForURL(/\/live$/);
  return { page, id, received };
}
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const menu = async (page: Page, opens: string, item: string): Promise<void> => {
  await button(page, opens).first().click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};
const segments = (page: Page, part = 'segments'): Locator =>
  page.getByRole('list', { name: en(`live.part_${part}`) }).locator('[data-segment]');
const light = (page: Page): Locator => page.locator('[data-destination]').first();
const documentOf = async (id: string) => (await pages.rpc.projects.get({ id })).project.live;
async function eventually(what: string, isSo: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  for (const endMs = performance.now() + timeoutMs; !(await isSo()); ) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Of the picture that goes out, in the middle of the page's own video element. */
const pixels = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const video = document.querySelector('video[data-live-picture]');
    const canvas = document.createElement('canvas');
    canvas.width = 160; canvas.height = 90;
    const brush = canvas.getContext('2d');
    brush.drawImage(video, 0, 0, 160, 90);
    return brush.getImageData(0, 0, 160, 90).data.join();
  })()`);

async function addLine(page: Page, number: number, text: string): Promise<void> {
  const field = page.getByRole('textbox', { name: en('live.lineText', { number }), exact: true });
  await field.fill(text);
  await field.press('Tab');
}

test('a show is planned by hand, goes on air, is steered, survives its server’s death, and is ended with a question', async (t) => {
  const platform: Platform = await openPlatform(t, { key: KEY });
  const { page, id, received } = await openDesk();

  // Nothing is there, and it says what to do.
  await page.getByText(en('live.emptyShow'), { exact: true }).waitFor();
  await page.getByText(en('live.noDestinations'), { exact: true }).waitFor();
  await page.locator('canvas[data-shown]').waitFor();
  await settled(page);
  assert.deepEqual(await violations(page), []);

  // Two segments, reordered by keys, and a card.
  await menu(page, en('live.addSegment'), en('live.kind_script'));
  await addLine(page, 1, 'These {apples|pears} are today’s pick, and they came this morning. '.repeat(3));
  await menu(page, en('live.addTo_segments'), en('live.kind_script'));
  await addLine(page, 1, 'Everything is sent within a day, wherever you live. '.repeat(3));
  await eventually('two segments', async () => (await segments(page).count()) === 2);
  const names = async (): Promise<string[]> =>
    (await documentOf(id)).show.segments.map((each) =>
      each.kind === 'script' ? (each.lines?.[0]?.text.slice(0, 5) ?? '') : '',
    );
  await segments(page).nth(1).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await eventually('moved up', async () => (await names())[0] === 'Every');
  assert.equal(
    await segments(page)
      .nth(0)
      .evaluate((own) => own === own.ownerDocument.activeElement),
    true,
  );
  await page.keyboard.press('Alt+ArrowDown');
  await eventually('moved back', async () => (await names())[0] === 'These');

  await page.getByRole('tab', { name: en('live.tab_overlays') }).click();
  await menu(page, en('live.addOverlay'), en('live.overlay_card'));
  const box = page.locator('[data-placed=card]');
  const from = (await box.boundingBox())!;
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(from.x + 70, from.y - 20, { steps: 5 });
  await page.mouse.up();
  await eventually('placed by hand', async () => {
    const place = (await documentOf(id)).overlays[0]!.place;
    return place.x > 0.19 && place.y < 0.38;
  });
  const { x } = (await documentOf(id)).overlays[0]!.place;
  await box.focus();
  await page.keyboard.press('ArrowLeft');
  await eventually('moved by a key', async () => (await documentOf(id)).overlays[0]!.place.x < x);

  // A destination, and its key, which is never shown again.
  await menu(page, en('live.addDestination'), 'Another server');
  const dialog = page.getByRole('dialog');
  // Pasted as one, the key is taken out of what is kept with the project.
  await dialog.getByRole('textbox', { name: en('live.server'), exact: true }).fill(`${platform.url}/${KEY}`);
  await page.keyboard.press('Tab');
  await dialog.getByText(en('live.keyInAddress')).waitFor();
  assert.equal(await dialog.getByLabel(en('live.key'), { exact: true }).inputValue(), KEY);
  await dialog.getByRole('button', { name: en('live.done') }).click();
  await dialog.waitFor({ state: 'detached' });
  await eventually('the address is kept', async () => (await documentOf(id)).destinations[0]?.server === platform.url);
  await light(page).getByRole('button').first().click();
  await dialog.getByText(en('live.keySaved'), { exact: true }).waitFor();
  assert.equal(await dialog.getByLabel(en('live.key'), { exact: true }).inputValue(), '');
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');

  // Checked, and on air.
  await button(page, en('live.goButton')).click();
  await page.locator('[data-check=reach][data-level=ok]').waitFor();
  assert.deepEqual(await page.locator('[data-level=problem]').allInnerTexts(), []);
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole('button', { name: /^Go live/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await page
    .getByRole('status')
    .filter({ hasText: en('live.state_on-air') })
    .waitFor();
  await page.locator('[data-destination][data-light=live]').waitFor();
  await page.locator('[data-segment]').locator('xpath=ancestor::li[@data-current]').first().waitFor();

  // What goes out is seen: time passes in it, and it moves.
  const video = 'document.querySelector("video[data-live-picture]")';
  await until(page, `${video}.currentTime > 0.5`, { timeoutMs: 60_000 });
  const [before, seenAt] = [await pixels(page), await page.evaluate<number>(`${video}.currentTime`)];
  await until(page, `${video}.currentTime > ${seenAt + 1}`);
  assert.notEqual(await pixels(page), before);
  assert.equal(await page.evaluate(`${video}.muted`), true, 'nobody is startled by its sound');
  assert.deepEqual(await violations(page), []);

  // Steered: said now, a card shown and hidden, another segment, paused.
  await page.keyboard.press('Alt+s');
  await page.keyboard.type('Only three are left.');
  await page.keyboard.press('Enter');
  await page.locator('[data-live-speaking="Only three are left."]').waitFor();
  const card = page.locator('[data-overlay-switch=card]');
  await card.click();
  await page.locator('[data-overlay-switch=card][aria-pressed=true]').waitFor();
  await card.click();
  await page.locator('[data-overlay-switch=card][aria-pressed=false]').waitFor();
  const [first, second] = await segments(page).evaluateAll((all) =>
    all.map((each) => each.getAttribute('data-segment')),
  );
  const current = (segment: string | null | undefined): Locator =>
    page.locator(`li[data-current] [data-segment="${segment}"]`);
  const other = (await current(first).count()) > 0 ? second : first;
  await page
    .locator(`li:has([data-segment="${other}"])`)
    .getByRole('button', { name: /^Go to/ })
    .click();
  await current(other).waitFor();
  await button(page, en('live.pause')).click();
  await button(page, en('live.resume')).click();
  await button(page, en('live.pause')).waitFor();

  // What is edited while on air is taken in without leaving it.
  const uptimeBefore = (await statusOf(id))!.restarts.session;
  await page.getByRole('tab', { name: en('live.tab_overlays') }).click();
  await page.locator('[data-overlay-row=card]').click();
  await page.getByRole('textbox', { name: en('live.cardTitle'), exact: true }).fill('Pears');
  await page.keyboard.press('Enter');
  await menu(page, en('live.addOverlay'), en('live.overlay_clock'));
  await page.locator('[data-overlay-switch=clock]').click();
  await page.locator('[data-overlay-switch=clock][aria-pressed=true]').waitFor();
  assert.equal((await statusOf(id))!.restarts.session, uptimeBefore);

  // The server dies: its light says so, with when it is tried again; it returns and is reached at a word.
  await platform.kill();
  await page.locator('[data-destination][data-light=waiting]').waitFor();
  await light(page)
    .getByText(/again in/)
    .first()
    .waitFor();
  assert.equal((await statusOf(id))!.state, 'on-air');
  assert.deepEqual(await violations(page), []);
  await platform.start();
  // It may have come back by itself in the meantime.
  await button(page, en('live.reconnectNow'))
    .click({ timeout: 5000 })
    .catch(() => {});
  await page.locator('[data-destination][data-light=live]').waitFor();
  assert.ok((await statusOf(id))!.destinations[0]!.reconnects >= 1);

  // Seen from elsewhere in the studio too; a second live on it is refused.
  await page.getByRole('radio', { name: en('shell.viewEdit'), exact: true }).click();
  await page.getByRole('link', { name: new RegExp(en('live.state_on-air')) }).click();
  await page.waitForURL(/\/live$/);
  await assert.rejects(
    pages.rpc.live.goLive({ projectId: id, record: false, ignoreWarnings: true }),
    (error: { data?: { code?: string } }) => error.data?.code === 'live.already-on-air',
  );

  // Ended, with a question, in order.
  await button(page, en('live.stopButton')).click();
  await dialog.getByRole('button', { name: en('ui.cancel') }).click();
  assert.equal((await statusOf(id))!.state, 'on-air');
  await button(page, en('live.stopButton')).click();
  await dialog.getByRole('button', { name: en('live.stopGracefully') }).click();
  await page
    .getByRole('status')
    .filter({ hasText: en('live.state_off') })
    .waitFor({ timeout: 120_000 });
  assert.ok(platform.published.length >= 2, 'before its death and after it');

  // The key: in no answer, on no page, in no file.
  assert.ok(!received.join('\n').includes(KEY), 'the key came back to the page');
  assert.ok(!(await page.content()).includes(KEY));
  for (const name of await readdir(pages.studio.dataDir, { recursive: true })) {
    const bytes = await readFile(join(pages.studio.dataDir, name)).catch(() => null);
    assert.ok(bytes === null || !bytes.includes(KEY), `${name} has the key in it`);
  }
  assert.deepEqual(pages.faults, []);
});

const statusOf = async (id: string) => {
  for await (const shows of await pages.rpc.live.watch({}))
    return shows.find(({ projectId }) => projectId === id) ?? null;
  return null;
};

test('without a destination the checklist says so and leads to one; the desk reads in Chinese', async () => {
  await pages.set({ locale: 'zh-CN' });
  const { id } = await pages.rpc.projects.create({ from: 'sample', locale: 'zh-CN', name: '店铺' });
  const page = await pages.open(`#/project/${id}/live`, { locale: 'zh-CN' });
  page.setDefaultTimeout(60_000);
  await page.getByText(textOf('zh-CN', 'live.emptyShow'), { exact: true }).waitFor();
  await button(page, textOf('zh-CN', 'live.goButton')).click();
  const problem = page.locator('[data-check=destination][data-level=problem]');
  await problem.waitFor();
  assert.equal(await page.getByRole('dialog').getByRole('button', { name: /^开播/ }).isDisabled(), true);
  await problem.getByRole('button').click();
  await page.getByRole('textbox', { name: textOf('zh-CN', 'live.server'), exact: true }).waitFor();
  assert.equal((await documentOf(id)).destinations.length, 1);
  await pages.set({ locale: 'en' });
});
