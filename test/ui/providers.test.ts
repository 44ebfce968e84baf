/** Setting up providers, and writing with one, in a real Chromium on a real studio with a Bailian of the test's own. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { ScriptLine } from '../../app/document/script.ts';
import { providerSettingsSchema, SECRETS } from '../../app/providers/settings.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { doAction, textOf } from './screens.ts';
import { type StudioPages, startStudioPages, violations } from './studio-page.ts';

const KEY = 'sk-of-the-test-0123456789abcdef';
let pages: StudioPages;
let bailian: FakeBailian;

before(async () => {
  for (const name of ['DASHSCOPE_API_KEY', 'DASHSCOPE_HTTP_BASE_URL', 'DASHSCOPE_WEBSOCKET_BASE_URL'])
    delete process.env[name];
  bailian = await startBailian({ key: KEY });
  // Its voice takes some seconds to wake, which is not what is tested here.
  await bailian.teach('你好。');
  const { UI_DIST: rendererDir } = process.env;
  pages = await startStudioPages(rendererDir === undefined ? {} : { rendererDir });
});
after(async () => {
  await pages?.close();
  await bailian?.[Symbol.asyncDispose]();
});

const fresh = () =>
  providerSettingsSchema.parse({
    bailian: { httpBaseUrl: bailian.httpBaseUrl, webSocketBaseUrl: bailian.webSocketBaseUrl },
    policy: { tries: 1 },
  });
beforeEach(async () => {
  bailian.faults.clear();
  bailian.answers = null;
  await pages.rpc.providers.setSettings(fresh());
  await pages.rpc.providers.deleteSecret({ name: SECRETS.bailianKey });
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
});

async function eventually<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  let found = await read();
  for (let tries = 0; tries < 200 && JSON.stringify(found) !== JSON.stringify(wanted); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    found = await read();
  }
  assert.deepEqual(found, wanted);
}
const settings = () => pages.rpc.providers.getSettings({});
const row = (page: Page, id: string): Locator => page.locator(`[data-provider="${id}"]`);
const field = (page: Page, name: string): Locator => page.locator(`[data-field="${name}"]`);

async function openProviders(): Promise<Page> {
  const page = await pages.open('#/projects');
  await doAction(page, textOf('en', 'providers.open'));
  await page.getByRole('heading', { name: 'Providers', exact: true }).waitFor();
  await row(page, 'espeak').waitFor();
  return page;
}

test('a key is typed once, tried, refused in words when it is wrong, and shown nowhere', async () => {
  const page = await openProviders();
  await row(page, 'qwen').getByText('No key').waitFor();
  const form = page.locator(`[data-secret="${SECRETS.bailianKey}"]`);
  const enter = async (key: string): Promise<void> => {
    await form.getByLabel('Enter: Bailian').fill(key);
    await page.keyboard.press('Enter');
    await form.getByText('Set', { exact: true }).waitFor();
    await eventually(() => form.getByLabel('Enter: Bailian').inputValue(), '');
  };
  await enter('sk-wrong-key-aaaaaaaaaaaaaaaaaaaa');
  await row(page, 'qwen').getByRole('button', { name: 'Test Qwen' }).click();
  await row(page, 'qwen')
    .getByText(/does not accept this key/)
    .waitFor();
  await row(page, 'qwen')
    .getByText(/Copy the key again/)
    .waitFor();
  await enter(KEY);
  await row(page, 'qwen').getByRole('button', { name: 'Test Qwen' }).click();
  await row(page, 'qwen')
    .getByText(/Answered after [\d,]+ ms/)
    .waitFor();
  await row(page, 'cosyvoice').getByRole('button', { name: 'Test CosyVoice' }).click();
  await row(page, 'cosyvoice')
    .getByText(/Answered after [\d,]+ ms/)
    .waitFor();
  const everything = await page.evaluate<string>(
    "document.documentElement.outerHTML + JSON.stringify([...document.querySelectorAll('input')].map(({ value }) => value)) + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })",
  );
  assert.ok(!everything.includes(KEY));
  await form.getByRole('button', { name: 'Remove: Bailian (DashScope)' }).click();
  await form.getByText('Not set', { exact: true }).waitFor();
  await row(page, 'qwen').getByText('No key').waitFor();
  await page.context().close();
});

test('the order is changed by the keyboard and by dragging, one is taken out and put back', async () => {
  const page = await openProviders();
  const order = async () => (await settings()).policy.chains.tts;
  await eventually(order, ['cosyvoice', 'qwen-tts', 'local-voice', 'espeak']);
  await row(page, 'local-voice')
    .getByRole('button', { name: /^Take .* out/ })
    .click();
  await eventually(order, ['cosyvoice', 'qwen-tts', 'espeak']);
  await row(page, 'espeak').locator('[data-handle]').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await eventually(order, ['cosyvoice', 'espeak', 'qwen-tts']);
  // The handle keeps the focus, and what happened is said.
  assert.equal(await page.evaluate('document.activeElement.dataset.handle'), 'espeak');
  await page.getByText('the local voice is now at place 2').waitFor({ state: 'attached' });
  await page.keyboard.press('Alt+ArrowUp');
  await eventually(order, ['espeak', 'cosyvoice', 'qwen-tts']);
  await row(page, 'espeak')
    .locator('[data-handle]')
    .dragTo(row(page, 'qwen-tts'), { targetPosition: { x: 60, y: 30 } });
  await eventually(order, ['cosyvoice', 'qwen-tts', 'espeak']);
  await row(page, 'qwen-tts')
    .getByRole('button', { name: /Take Qwen-TTS out/ })
    .click();
  await eventually(order, ['cosyvoice', 'espeak']);
  await page.getByRole('button', { name: 'Add to: Speaks' }).click();
  await page.getByRole('menuitem', { name: /Qwen-TTS/ }).click();
  await eventually(order, ['cosyvoice', 'espeak', 'qwen-tts']);
  await page.context().close();
});

test('every kind of field is set; what the schema does not take is said there and changes nothing', async () => {
  const page = await openProviders();
  await page.getByRole('combobox', { name: 'Region' }).first().click();
  await page.getByRole('option', { name: 'Singapore (international)' }).click();
  await eventually(async () => (await settings()).bailian.region, 'singapore');
  await field(page, 'bailian.region').getByRole('button', { name: 'As it came' }).click();
  await eventually(async () => (await settings()).bailian.region, 'beijing');
  await field(page, 'bailian.models.llm').getByRole('textbox').fill('qwen3.7-max');
  await page.keyboard.press('Enter');
  await eventually(async () => (await settings()).bailian.models.llm, 'qwen3.7-max');
  await row(page, 'qwen').getByText('qwen3.7-max').waitFor();
  await field(page, 'bailian.subWorkspace').getByRole('textbox').fill('not an id!');
  await page.keyboard.press('Enter');
  await field(page, 'bailian.subWorkspace').getByRole('alert').waitFor();
  assert.equal((await settings()).bailian.subWorkspace, null);
  await field(page, 'bailian.temporaryKeys').getByRole('switch').click();
  await eventually(async () => (await settings()).bailian.temporaryKeys, true);

  await page.getByRole('button', { name: 'Language servers of your own' }).click();
  await page.getByRole('button', { name: 'Add a server' }).click();
  await field(page, 'openAiServers.0.name').getByRole('textbox').fill('Attic');
  await page.keyboard.press('Enter');
  await eventually(
    async () => (await settings()).openAiServers.map(({ id, name }) => [id, name]),
    [['server-1', 'Attic']],
  );
  await page.getByRole('button', { name: 'Add to: Writes' }).click();
  await page.getByRole('menuitem', { name: /Attic/ }).click();
  await eventually(async () => (await settings()).policy.chains.llm, ['qwen', 'local-qwen', 'server-1']);

  await page.getByRole('button', { name: 'Patience, limits and budget' }).click();
  const patience = field(page, 'policy.firstByteMs').getByRole('spinbutton');
  await patience.focus();
  await page.keyboard.press('ArrowUp');
  await eventually(async () => (await settings()).policy.firstByteMs, 8100);
  await page.getByRole('button', { name: 'Green moderation' }).click();
  await field(page, 'green.regions').getByRole('checkbox', { name: 'Hangzhou' }).click();
  await eventually(async () => (await settings()).green.regions, ['shanghai', 'beijing', 'hangzhou']);
  await page.context().close();
});

test('offline lets nothing out and is seen; a spent budget is a notice that leads to the budget', async () => {
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  const page = await openProviders();
  await page.getByRole('radio', { name: 'Offline' }).click();
  await eventually(async () => (await settings()).policy.mode, 'offline');
  await row(page, 'qwen').getByText('Not asked: offline').waitFor();
  await row(page, 'espeak').getByText('Ready').waitFor();
  await page.getByRole('button', { name: 'Providers: offline by choice' }).waitFor();
  await page.getByRole('radio', { name: 'Cloud first' }).click();
  await row(page, 'qwen').getByText('Ready').waitFor();

  await page
    .getByRole('button', { name: 'Patience, limits and budget' })
    .click()
    .catch(() => {});
  await pages.rpc.providers.setSettings({ ...fresh(), policy: { ...fresh().policy, dailyBudgetYuan: 0 } });
  const aside = page.getByRole('complementary', { name: 'At the moment' });
  await aside
    .getByRole('alert')
    .getByText(/budget of today is spent/)
    .waitFor();
  await aside.getByRole('button', { name: 'Raise the budget' }).click();
  await eventually(
    () =>
      page.evaluate<boolean>(
        "document.activeElement.closest('[data-field]')?.dataset.field === 'policy.dailyBudgetYuan'",
      ),
    true,
  );
  await page.context().close();
});

test('another voice stands in with the reason: in the log, in the light of the top bar, and as news', async () => {
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  const only = fresh();
  await pages.rpc.providers.setSettings({
    ...only,
    policy: { ...only.policy, chains: { ...only.policy.chains, tts: ['cosyvoice', 'espeak'] } },
  });
  const page = await openProviders();
  bailian.faults.always('tts-task', {
    kind: 'error',
    status: 429,
    code: 'Throttling.RateQuota',
    message: 'Requests rate limit exceeded, please try again later.',
  });
  await pages.rpc.voices.sample({ voiceId: 'cosyvoice:longanyang', text: 'Good morning to everybody.' });
  const aside = page.getByRole('complementary', { name: 'At the moment' });
  await aside.getByText(/Speaking with the local voice since \d\d:\d\d: rate limit/).waitFor();
  await aside
    .getByRole('list', { name: 'What happened' })
    .getByText(/The local voice instead of CosyVoice/)
    .waitFor();
  await page.getByRole('button', { name: 'Providers: another one stands in' }).click();
  await page
    .getByRole('dialog', { name: 'Providers' })
    .getByText(/rate limit/)
    .waitFor();
  await page.context().close();
});

test('the page keeps nobody out and fits its window, in either theme and language', async () => {
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  const page = await openProviders();
  await row(page, 'qwen').getByRole('button', { name: 'Test Qwen' }).click();
  await row(page, 'qwen')
    .getByText(/Answered after/)
    .waitFor();
  const { SCREENSHOTS: shots } = process.env;
  for (const [locale, theme] of [
    ['en', 'dark'],
    ['zh-CN', 'light'],
    ['zh-CN', 'dark'],
  ] as const) {
    await pages.set({ locale, theme });
    const look = "document.documentElement.lang + ' ' + document.documentElement.dataset.theme";
    await eventually(() => page.evaluate<string>(look), `${locale} ${theme}`);
    assert.deepEqual(await violations(page), [], `${locale} ${theme}`);
    const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');
    assert.ok(!wide, `${locale} ${theme} is wider than its window`);
    if (shots === undefined) continue;
    await mkdir(shots, { recursive: true });
    await page.screenshot({ path: `${shots}/providers-${locale}-${theme}.png` });
    for (const section of ['policy', 'keys']) {
      await page
        .getByRole('button', {
          name: textOf(locale, section === 'keys' ? 'providers.keys' : 'providers.field_policy'),
          exact: true,
        })
        .scrollIntoViewIfNeeded();
      await page.mouse.move(500, 400);
      await page.mouse.wheel(0, 400);
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${shots}/providers-${locale}-${theme}-${section}.png` });
    }
    await page.mouse.wheel(0, -9000);
  }
  assert.deepEqual(pages.faults, []);
  await page.context().close();
});

// ---- writing with it

async function openScript(texts: readonly string[]): Promise<{ page: Page; lines: () => Promise<ScriptLine[]> }> {
  const { id } = await pages.rpc.projects.create({ from: 'empty', locale: 'en', name: 'Script' });
  const { revision } = await pages.rpc.projects.get({ id });
  const value = texts.map((text, index) => ({
    ...{ id: `line-${index + 1}`, text, emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 300 },
  }));
  await pages.rpc.projects.edit({
    ...{ id, baseRevision: revision, clientId: 'test', editId: 'lines' },
    patches: [{ op: 'replace', path: ['script', 'lines'], value }],
  });
  const page = await pages.open(`#/project/${id}`);
  await page.getByRole('region', { name: 'Script', exact: true }).waitFor();
  return { page, lines: async () => (await pages.rpc.projects.get({ id })).project.script.lines };
}
const area = (page: Page, number: number): Locator =>
  page.getByRole('textbox', { name: `Text of line ${number}`, exact: true });

test('chosen lines are written anew as one looks on, and one undo takes it back', async () => {
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  const before = ['The quick brown fox jumps over the lazy dog.', 'And it does so again.'];
  const { page, lines } = await openScript(before);
  const texts = async (): Promise<string[]> => (await lines()).map(({ text }) => text);
  bailian.timing.betweenMs = 15;
  bailian.answers = ({ messages }) => `Short: ${messages.at(-1)!.content.split(' ').slice(0, 3).join(' ')}.`;
  await area(page, 1).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Choose line 1' }).click();
  await page.getByRole('button', { name: 'Choose line 2' }).click({ modifiers: ['Shift'] });
  await doAction(page, textOf('en', 'writing.shorten'));
  // It is seen while it is written, and the document has none of it yet.
  await page.locator('[data-written]').first().waitFor();
  await page.getByRole('region', { name: 'Writing help' }).getByRole('button', { name: 'Stop' }).waitFor();
  if (process.env.SCREENSHOTS !== undefined) await page.screenshot({ path: `${process.env.SCREENSHOTS}/writing.png` });
  assert.deepEqual(await texts(), before);
  await eventually(texts, ['Short: The quick brown.', 'Short: And it does.']);
  await page.keyboard.press('Control+z');
  await eventually(texts, before);

  bailian.answers = () => ({
    text: JSON.stringify({
      lines: [
        { line: 1, emotion: 'happy', intensity: 0.7 },
        { line: 2, emotion: 'serious', intensity: 0.4 },
      ],
    }),
  });
  await doAction(page, textOf('en', 'writing.emotions'));
  await eventually(
    async () => (await lines()).map(({ emotion, intensity }) => `${emotion} ${intensity}`),
    ['happy 0.7', 'serious 0.4'],
  );
  await page.keyboard.press('Control+z');
  await eventually(async () => (await lines()).map(({ emotion }) => emotion), ['neutral', 'neutral']);
  bailian.timing.betweenMs = 0;
  await page.context().close();
});

test('a draft is streamed and put in as lines; stopped half-way, its whole lines stay', async () => {
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  const { page, lines } = await openScript(['An opening.']);
  const texts = async (): Promise<string[]> => (await lines()).map(({ text }) => text);
  const draft = async (wish: string): Promise<void> => {
    await doAction(page, textOf('en', 'writing.draft'));
    await page.getByRole('dialog').getByRole('textbox').fill(wish);
    await page.keyboard.press('Enter');
  };
  bailian.answers = () => '[happy 0.8] One.\n[gentle] Two, and a bit more.';
  await draft('Two lines, please');
  await eventually(texts, ['An opening.', 'One.', 'Two, and a bit more.']);
  assert.deepEqual(
    (await lines()).map(({ emotion }) => emotion),
    ['neutral', 'happy', 'gentle'],
  );
  await page.keyboard.press('Control+z');
  await eventually(texts, ['An opening.']);

  bailian.answers = () => ({ pieces: ['[happy] Whole.\n', '[sad] Only half of', ' this', ' one'] });
  bailian.faults.next('chat', { kind: 'stall', afterChunks: 3 });
  await draft('Something long');
  await page.getByRole('list', { name: 'Lines in the making' }).getByText('Whole.').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await eventually(texts, ['An opening.', 'Whole.']);
  assert.equal(await page.getByRole('region', { name: 'Writing help' }).count(), 0);
  await page.context().close();
});

test('voices of the cloud come with their key, and go with it', async () => {
  const { page } = await openScript(['A line.']);
  await page.getByRole('tab', { name: 'Voice' }).click();
  const inspector = page.locator('[aria-label="Inspector"]');
  await inspector.getByRole('searchbox').first().fill('longanyang');
  const found = inspector.locator('[data-choose]');
  await eventually(() => found.count(), 0);
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  await eventually(() => found.count(), 1);
  await pages.rpc.providers.deleteSecret({ name: SECRETS.bailianKey });
  await eventually(() => found.count(), 0);
  await page.context().close();
});

test('an export is offered renderers of the cloud once there is a key, with what they cost; where one fails, the embedded one', async () => {
  const { page } = await openScript(['Hello there.']);
  const dialog = page.getByRole('dialog');
  const choice = dialog.getByRole('combobox', { name: textOf('en', 'export.renderer') });
  const open = async (): Promise<void> => {
    await page.keyboard.press('Control+e');
    await dialog.getByRole('button', { name: 'Export 1 file' }).waitFor();
  };
  await open();
  await dialog.getByText(/about \d+:\d\d long/).waitFor();
  assert.equal(await choice.count(), 0);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await pages.rpc.providers.setSecret({ name: SECRETS.bailianKey, value: KEY });
  await pages.rpc.providers.setSettings({ ...fresh(), policy: { ...fresh().policy, mode: 'cloud-only' } });
  bailian.faults.always('tasks', { kind: 'error', status: 400, code: 'Arrearage', message: 'overdue' });
  await open();
  await choice.click();
  await page.getByRole('option', { name: 'LivePortrait (cloud)' }).click();
  await dialog.getByText(/sent to Alibaba Cloud.*About CN¥0\.\d\d for 1 film\./).waitFor();
  await dialog.getByRole('button', { name: 'Export 1 file' }).click();
  const job = async () => (await pages.rpc.exports.list({}))[0];
  while (!/failed|done/.test((await job())?.status.state ?? '')) await page.waitForTimeout(200);
  const status = (await job())?.status;
  assert.ok(status?.state === 'failed' && status.error.code === 'cloud.billing', JSON.stringify(status));
  const fix = page.getByRole('button', { name: textOf('en', 'export.makeHere') });
  await fix.waitFor();
  const target = async () => (await job())?.target.renderer ?? 'embedded';
  assert.equal(await target(), 'liveportrait');
  await fix.click();
  await eventually(target, 'embedded');
  for (const { id } of await pages.rpc.exports.list({})) await pages.rpc.exports.cancel({ id });
  await page.context().close();
});

test('without a language model it is refused in words that say what to do', async () => {
  const { page } = await openScript(['A line.']);
  await area(page, 1).click();
  await doAction(page, textOf('en', 'writing.vary'));
  const news = page.getByRole('region', { name: 'Notifications' });
  await news.getByText('There is no language model to write with.').waitFor();
  await news.getByText(/Enter a key under Settings/).waitFor();
  await page.context().close();
});
