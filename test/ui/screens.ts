/** Every place of the interface that a person can look at, and how one gets there. Found by roles, so that it holds in any language. */
import type { Page } from 'playwright-core';
import { messages as english } from '../../renderer/i18n/en/index.ts';
import { messages as chinese } from '../../renderer/i18n/zh-CN/index.ts';
import { until } from './studio-page.ts';

export type Locale = 'en' | 'zh-CN';
const DICTIONARIES: Readonly<Record<Locale, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  en: english,
  'zh-CN': chinese,
};

/** A text of the interface, by its key; its `{slots}` filled, those not given left as they are. */
export function textOf(locale: Locale, key: string, slots: Readonly<Record<string, string | number>> = {}): string {
  const [area = '', name = ''] = key.split('.');
  const text = DICTIONARIES[locale][area]?.[name];
  if (text === undefined) throw new Error(`there is no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (slot, of: string) => String(slots[of] ?? slot));
}
export const hasText = (key: string): boolean => {
  const [area = '', name = ''] = key.split('.');
  return DICTIONARIES.en[area]?.[name] !== undefined;
};

/** Does an action by its name, from the command palette. */
export async function doAction(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill(name);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
}

/** Nothing is waited for any more: no spinner turns, and every picture and film in view is there. */
export async function settled(page: Page): Promise<void> {
  const calm = `[...document.querySelectorAll('[data-spinner]')].every((each) => !each.checkVisibility()) &&
    [...document.images].every((each) => each.complete || !each.checkVisibility()) &&
    [...document.querySelectorAll('video')].every((each) => each.readyState >= 2)`;
  await until(page, calm, { everyMs: 100 });
  await page.evaluate('document.fonts.ready');
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

export async function openWorkspace(page: Page, projectId: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/project/${encodeURIComponent(projectId)}`)}`);
  await page.locator('canvas[data-shown]').first().waitFor({ timeout: 60_000 });
}

/** The live desk of a project. */
async function openDesk(page: Page, projectId: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(`#/project/${encodeURIComponent(projectId)}/live`)}`);
  await page.locator('[data-live-go]').waitFor();
  await page.locator('canvas[data-shown]').first().waitFor({ timeout: 60_000 });
}

export interface Screen {
  name: string;
  show(): Promise<void>;
  /** Back to where the next one begins. */
  leave(): Promise<void>;
}

export interface ScreensOptions {
  page: Page;
  locale: Locale;
  /** One with lines. */
  projectId: string;
  /** One without. */
  emptyProjectId: string;
}

const nothing = async (): Promise<void> => {};

/** In the order in which they are shown; tabs are asked of the page when their turn comes. */
export async function* eachScreen(options: ScreensOptions): AsyncGenerator<Screen> {
  const { page, locale, projectId, emptyProjectId } = options;
  const visit = (hash: string) => async (): Promise<void> => {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.locator('main h1').first().waitFor();
  };
  for (const name of ['projects', 'library', 'settings']) yield { name, show: visit(`#/${name}`), leave: nothing };
  const sections = page.locator('main nav button');
  for (let i = 1; i < (await sections.count()); i++)
    yield { name: `settings-${i}`, show: () => sections.nth(i).click(), leave: nothing };
  yield { name: 'workspace-empty', show: () => openWorkspace(page, emptyProjectId), leave: nothing };
  yield { name: 'workspace', show: () => openWorkspace(page, projectId), leave: nothing };
  const tabs = page.locator('main [role=tab]');
  for (let i = 0; i < (await tabs.count()); i++) {
    const tab = tabs.nth(i);
    const id = /-trigger-(.+)$/.exec((await tab.getAttribute('id')) ?? '')?.[1] ?? 'tab';
    yield { name: `workspace-tab-${i}-${id}`, show: () => tab.click(), leave: nothing };
  }
  yield { name: 'live-empty', show: () => openDesk(page, emptyProjectId), leave: nothing };
  yield { name: 'live', show: () => openDesk(page, projectId), leave: nothing };
  const closing = async (): Promise<void> => {
    for (let i = 0; i < 3 && (await page.getByRole('dialog').count()) > 0; i++) {
      await page.keyboard.press('Escape');
      await page.waitForTimeout(150);
    }
  };
  const pressing = (keys: string) => async (): Promise<void> => {
    await page.keyboard.press(keys);
    await page.getByRole('dialog').first().waitFor();
  };
  yield { name: 'palette', show: pressing('Control+k'), leave: closing };
  for (const [name, key] of DIALOGS) {
    if (!hasText(key)) continue;
    const show = async (): Promise<void> => {
      await doAction(page, textOf(locale, key));
      await page.getByRole('dialog').first().waitFor();
    };
    yield { name, show, leave: closing };
  }
}

/** Dialogs and the names of the actions that open them. */
const DIALOGS: readonly [string, string][] = [
  ['shortcuts', 'shell.showShortcuts'],
  ['export', 'export.open'],
  ['new-project', 'projects.new'],
  ['portrait-points', 'portrait.editPoints'],
  ['portrait-framing', 'portrait.editFraming'],
  ['camera', 'portrait.takePhoto'],
  ['own-voice', 'voice.ownOpen'],
];

/** Everything that is read or read out. Runs in the page. */
const WORDS = `(() => {
  const words = [];
  for (const element of document.body.querySelectorAll('*')) {
    if (!element.checkVisibility()) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      const value = element.getAttribute(name);
      if (value) words.push(value.trim());
    }
    for (const node of element.childNodes) if (node.nodeType === 3) words.push(node.data.trim());
  }
  return words.filter((word) => word !== '');
})()`;

/** English texts that Chinese words differently. */
function englishOnly(): Set<string> {
  const same = new Set<string>(Object.values(chinese).flatMap((area) => Object.values(area)));
  const texts = Object.values(english).flatMap((area): string[] => Object.values(area));
  // A single small word may as well be somebody's name.
  return new Set(texts.filter((text) => !same.has(text) && !text.includes('{') && /^[A-Z]|\s/.test(text)));
}
const foreign = englishOnly();

/** Texts of the English dictionary that are on show, where Chinese is to be. */
export const englishLeft = async (page: Page): Promise<string[]> => [
  ...new Set((await page.evaluate<string[]>(WORDS)).filter((word) => foreign.has(word))),
];
