/** What keeps people out: axe on every screen in both languages and themes, and words that were left in the other language. */
import { messages as english } from '../renderer/i18n/en/index.ts';
import { messages as chinese } from '../renderer/i18n/zh-CN/index.ts';
import type { Furnished } from '../test/ui/furnished-studio.ts';
import { eachScreen, type Locale, settled } from '../test/ui/screens.ts';
import { type StudioPages, violations } from '../test/ui/studio-page.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';

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
  return new Set(texts.filter((text) => !same.has(text) && !text.includes('{')));
}

export async function accessFigures(
  pages: StudioPages,
  projects: Record<Locale, Furnished>,
  { signal, say }: BenchRun,
): Promise<Figure[]> {
  const foreign = englishOnly();
  const keptOut = new Set<string>();
  const untranslated = new Set<string>();
  const seen = new Set<string>();
  for (const locale of ['en', 'zh-CN'] as const) {
    await pages.set({ locale });
    const page = await pages.open('#/projects', { locale, viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(15_000);
    for (const theme of ['dark', 'light'] as const) {
      await pages.set({ theme });
      await page.locator(`html[lang="${locale}"][data-theme="${theme}"]`).waitFor();
      for await (const screen of eachScreen({ page, locale, ...projects[locale] })) {
        signal.throwIfAborted();
        await screen.show();
        await settled(page);
        const place = `${screen.name} ${locale} ${theme}`;
        seen.add(screen.name);
        for (const violation of await violations(page)) keptOut.add(`${place}: ${violation}`);
        if (locale === 'zh-CN')
          for (const word of await page.evaluate<string[]>(WORDS))
            if (foreign.has(word)) untranslated.add(`${place}: ${word}`);
        await screen.leave();
      }
    }
    await page.context().close();
  }
  for (const line of [...keptOut, ...untranslated]) say(line);
  return [
    figure('axeViolations', keptOut.size, '', { atMost: 0 }),
    figure('screensLookedAt', seen.size, ''),
    figure('untranslatedWords', untranslated.size, '', { atMost: 0 }),
  ];
}
