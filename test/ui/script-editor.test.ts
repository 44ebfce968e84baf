/** The script editor and the timeline on a real studio in a real Chromium. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { ScriptLine } from '../../app/document/script.ts';
import { createLongScript } from '../../bench/studio-typing.ts';
import { type StudioPages, startStudioPages, violations } from './studio-page.ts';

let pages: StudioPages;
before(async () => {
  pages = await startStudioPages();
  await pages.set({ locale: 'en', theme: 'dark', tourDone: true });
});
after(async () => {
  await pages?.close();
});

type Given = Partial<ScriptLine> & { text: string };

/** A project of these lines, opened. */
async function openScript(given: readonly Given[]): Promise<{ page: Page; lines: () => Promise<ScriptLine[]> }> {
  const { id } = await pages.rpc.projects.create({ from: 'empty', locale: 'en', name: 'Script' });
  const { revision } = await pages.rpc.projects.get({ id });
  const value = given.map((line, index) => ({
    ...{ id: `line-${index + 1}`, emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 300 },
    ...line,
  }));
  if (value.length > 0) {
    await pages.rpc.projects.edit({
      ...{ id, baseRevision: revision, clientId: 'test', editId: 'lines' },
      patches: [{ op: 'replace', path: ['script', 'lines'], value }],
    });
  }
  const page = await pages.open(`#/project/${id}`);
  await page.getByRole('region', { name: 'Script', exact: true }).waitFor();
  return { page, lines: async () => (await pages.rpc.projects.get({ id })).project.script.lines };
}

const text = (page: Page, number: number): Locator =>
  page.getByRole('textbox', { name: `Text of line ${number.toLocaleString('en')}`, exact: true });
const texts = async (lines: () => Promise<ScriptLine[]>): Promise<string[]> => (await lines()).map((line) => line.text);

/** Edits are sent a moment later. */
async function eventually<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  let found = await read();
  for (let tries = 0; tries < 80 && JSON.stringify(found) !== JSON.stringify(wanted); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    found = await read();
  }
  assert.deepEqual(found, wanted);
}

test('lines are written, parted, joined, moved and doubled by keyboard, and each step is taken back', async () => {
  const { page, lines } = await openScript([]);
  await page.getByRole('button', { name: 'Write the first line' }).click();
  await page.keyboard.type('Hello there. How are you?');
  for (let i = 0; i < 'How are you?'.length; i++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Third');
  await eventually(() => texts(lines), ['Hello there.', 'How are you?', 'Third']);

  await page.keyboard.press('Alt+ArrowUp');
  await eventually(() => texts(lines), ['Hello there.', 'Third', 'How are you?']);
  await page.keyboard.press('Control+d');
  await eventually(() => texts(lines), ['Hello there.', 'Third', 'Third', 'How are you?']);
  // Up and down go from line to line; at a line's start Backspace joins it to the one above.
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await page.keyboard.press('Backspace');
  await eventually(() => texts(lines), ['Hello there. Third', 'Third', 'How are you?']);
  await page.keyboard.type('!');
  await eventually(() => texts(lines), ['Hello there.! Third', 'Third', 'How are you?']);

  // Several lines are chosen by Shift, and go together.
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowUp');
  await text(page, 1).press('End');
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByText('2 lines chosen').waitFor();
  await page.keyboard.press('Delete');
  await eventually(() => texts(lines), ['How are you?']);

  for (const wanted of [
    ['Hello there.! Third', 'Third', 'How are you?'],
    ['Hello there. Third', 'Third', 'How are you?'],
    ['Hello there.', 'Third', 'Third', 'How are you?'],
    ['Hello there.', 'Third', 'How are you?'],
    ['Hello there.', 'How are you?', 'Third'],
  ]) {
    await page.keyboard.press('Control+z');
    await eventually(() => texts(lines), wanted);
  }
  await page.keyboard.press('Control+Shift+z');
  await eventually(() => texts(lines), ['Hello there.', 'Third', 'How are you?']);
  await page.context().close();
});

test('an input method writes as in any field: its keys are its own, and its text comes once', async () => {
  const { page, lines } = await openScript([{ text: '你好' }, { text: 'second' }]);
  await text(page, 1).click();
  await page.keyboard.press('End');
  const cdp = await page.context().newCDPSession(page);
  for (const written of ['s', 'shi', "shi'jie"])
    await cdp.send('Input.imeSetComposition', {
      text: written,
      selectionStart: written.length,
      selectionEnd: written.length,
    });
  assert.equal(await text(page, 1).inputValue(), "你好shi'jie");
  // What is still being written is shown, and is no one's business yet.
  assert.deepEqual(await texts(lines), ['你好', 'second']);
  await page.evaluate(
    "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true, bubbles: true }))",
  );
  await cdp.send('Input.insertText', { text: '世界' });
  await eventually(() => texts(lines), ['你好世界', 'second']);
  await page.keyboard.type('。');
  await eventually(() => texts(lines), ['你好世界。', 'second']);
  await page.keyboard.press('Control+z');
  await eventually(() => texts(lines), ['你好', 'second']);
  await page.context().close();
});

test('cues come from a menu at the caret, and what is wrong is underlined and said', async () => {
  const { page, lines } = await openScript([{ text: 'Well' }]);
  await text(page, 1).click();
  await page.keyboard.press('End');
  await page.keyboard.type(' [exc');
  await page.getByRole('option', { name: /Excited/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.type('done');
  await eventually(() => texts(lines), ['Well [excited]done']);

  await page.keyboard.type(' [hapy]');
  const fault = page.locator('[data-fault]');
  await fault.waitFor();
  assert.equal(await fault.textContent(), '[hapy]');
  assert.equal(await text(page, 1).getAttribute('aria-invalid'), 'true');
  const said = await page.evaluate<string>(
    "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent",
  );
  assert.match(said, /“hapy” is not an emotion.*happy/);
  await page.getByRole('button', { name: '1 line has an error' }).waitFor();
  await page.context().close();
});

test('found and replaced in the whole script, as one step', async () => {
  const { page, lines } = await openScript([{ text: 'cat and [happy]cat' }, { text: 'a dog' }, { text: 'Cat' }]);
  await text(page, 2).click();
  await page.keyboard.press('Control+f');
  await page.getByRole('textbox', { name: 'Find', exact: true }).fill('cat');
  await page.getByText('3 matches').or(page.getByText('of 3')).waitFor();
  await page.getByRole('button', { name: 'Match capitals' }).click();
  await page.getByText('2 matches').or(page.getByText('of 2')).waitFor();
  await page.getByRole('textbox', { name: 'Replace with' }).fill('cat fish');
  await page.getByRole('textbox', { name: 'Find', exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Replace this one' }).click();
  await eventually(() => texts(lines), ['cat fish and [happy]cat', 'a dog', 'Cat']);
  // What was put in is not found again at once: the next is the one behind it.
  await page.getByText('2 of 2').waitFor();
  await page.getByRole('button', { name: 'Replace all' }).click();
  await eventually(() => texts(lines), ['cat fish fish and [happy]cat fish', 'a dog', 'Cat']);
  await page.getByRole('textbox', { name: 'Find', exact: true }).press('Escape');
  await page.keyboard.press('Control+z');
  await eventually(() => texts(lines), ['cat fish and [happy]cat', 'a dog', 'Cat']);
  await page.context().close();
});

test('moods are dragged on the timeline, and keyframes inside a line added, moved and removed', async () => {
  const { page, lines } = await openScript([{ text: 'One two three four five six seven.', emotion: 'happy' }]);
  const own = page.getByRole('slider', { name: 'Line 1: intensity of its emotion' });
  await own.waitFor();
  // Once it has been spoken its words stand on the axis.
  await page.locator('[data-line-row]').getByTitle('Measured on the speech').waitFor();
  const lane = (await page.getByRole('group', { name: 'Emotion' }).boundingBox())!;
  const dot = (await own.boundingBox())!;
  await page.mouse.move(dot.x + dot.width / 2, dot.y + dot.height / 2);
  await page.mouse.down();
  await page.mouse.move(dot.x + dot.width / 2, dot.y + lane.height / 4, { steps: 4 });
  await page.mouse.move(dot.x + dot.width / 2, dot.y + lane.height / 2, { steps: 4 });
  await page.mouse.up();
  const isHalf = async (): Promise<boolean> => {
    const { intensity } = (await lines())[0]!;
    const shown = Number(await own.getAttribute('aria-valuenow'));
    return shown === Math.round(intensity * 100) && shown > 25 && shown < 75;
  };
  await eventually(isHalf, true);
  await page.keyboard.press('Control+z');
  await eventually(async () => (await lines())[0]!.intensity, 1);

  // A double click adds one, here in the middle of the line.
  const block = (await page.getByRole('button', { name: /^1 One two/ }).boundingBox())!;
  await page.mouse.dblclick(block.x + block.width / 2, lane.y + lane.height * 0.6);
  await page.getByRole('radio', { name: 'Sad' }).click();
  await page.keyboard.press('Escape');
  const keyframe = page.getByRole('slider', { name: /Line 1, keyframe 1/ });
  await keyframe.waitFor();
  await eventually(async () => /\w \[sad 0\.\d+\]\w/.test((await texts(lines))[0]!), true);
  const before = (await texts(lines))[0]!;
  await keyframe.focus();
  await page.keyboard.press('ArrowRight');
  const words = (script: string): number => script.slice(0, script.indexOf('[')).trim().split(' ').length;
  await eventually(async () => words((await texts(lines))[0]!), words(before) + 1);
  await page.keyboard.press('End');
  await eventually(async () => /\[sad\]/.test((await texts(lines))[0]!), true);
  await page.keyboard.press('Delete');
  await eventually(() => texts(lines), ['One two three four five six seven.']);
  await page.context().close();
});

test('a line is heard at once, and its length is exact from then on', async () => {
  const { page } = await openScript([{ text: 'A short line to listen to.' }]);
  await page.getByRole('button', { name: 'Listen to line 1' }).click();
  await eventually(() => page.evaluate<number>("performance.getEntriesByName('script.first-sound').length"), 1);
  await page.locator('[data-line-row]').getByTitle('Measured on the speech').waitFor();
  await page.context().close();
});

test('HTML in a line is text, wherever it is shown', async () => {
  const { page } = await openScript([{ text: '<img src=x onerror="window.hurt = 1"><b>bold</b>' }]);
  await text(page, 1).waitFor();
  await page.getByRole('button', { name: /^1 </ }).waitFor();
  const region = page.getByRole('region', { name: 'Script', exact: true });
  assert.equal(await region.locator('img, b').count(), 0);
  assert.equal(await page.evaluate('window.hurt'), undefined);
  await page.context().close();
});

test('of two thousand lines only those in view are drawn, and a letter draws only its own line', async () => {
  const id = await createLongScript(pages.rpc, 2_000);
  const page = await pages.open(`#/project/${id}`);
  await text(page, 1).waitFor();
  assert.ok((await page.locator('[data-line-row]').count()) < 60);
  await page.evaluate("document.querySelector('[data-script-list]').scrollTop = 1e9");
  await text(page, 2_000).click();
  await page.keyboard.press('End');
  await page.getByText('2,000 lines').waitFor();
  const strangers = await page.evaluate<string[]>(`(() => {
    const list = document.querySelector('[data-script-list]');
    const field = document.activeElement;
    const own = field.closest('[data-line-row]');
    const observer = new MutationObserver(() => {});
    observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
    document.execCommand('insertText', false, 'x');
    return observer.takeRecords().filter(({ target }) => !own.contains(target)).map(({ target }) => target.nodeName);
  })()`);
  assert.deepEqual(strangers, []);
  assert.match(await text(page, 2_000).inputValue(), /x$/);
  // A line that is put in out of view comes into view with the caret.
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('the last');
  await eventually(() => text(page, 2_001).inputValue(), 'the last');
  await page.context().close();
});

test('script and timeline keep nobody out, in either theme and language', async () => {
  const { page } = await openScript([
    { text: '重{chóng}来[happy 0.6]一次，[500ms]*好*[say: la4]辣[/say][#card a]', emotion: 'excited' },
    { text: 'Broken [hapy] and [rate 1.2]quick[/rate]', pauseAfterMs: 1000 },
  ]);
  await page.getByRole('slider', { name: /Line 1, keyframe 1/ }).waitFor();
  for (const [locale, theme] of [
    ['en', 'dark'],
    ['zh-CN', 'light'],
  ] as const) {
    await pages.set({ locale, theme });
    await eventually(
      () => page.evaluate<string>("document.documentElement.lang + ' ' + document.documentElement.dataset.theme"),
      `${locale} ${theme}`,
    );
    await page.locator('[data-line-row] textarea').nth(1).click();
    await page.keyboard.press('Control+f');
    const names = locale === 'en' ? ['Script', 'Timeline'] : ['脚本', '时间线'];
    for (const name of names)
      assert.deepEqual(await violations(page, `section[aria-label="${name}"]`), [], `${name} ${theme}`);
    await page.keyboard.press('Escape');
  }
  await pages.set({ locale: 'en', theme: 'dark' });
  assert.deepEqual(pages.faults, []);
  await page.context().close();
});

test('the script is saved as a file, with what was typed last', async () => {
  const { page } = await openScript([{ text: 'Said once.', emotion: 'happy' }]);
  await text(page, 1).press('End');
  await page.keyboard.type(' And typed now.');
  const saved = async (entry: string) => {
    await page.getByRole('button', { name: 'Export the script…' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: entry }).click(),
    ]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };
  assert.deepEqual(await saved('Script as text (.txt)'), {
    name: 'Script.txt',
    text: '\uFEFF[happy]Said once. And typed now.\n',
  });
  const subtitles = await saved('Subtitles (.vtt)');
  assert.match(subtitles.text, /^WEBVTT\n\n00:00:00\.400 --> [\s\S]*And typed now\./);
  await page.context().close();
});
