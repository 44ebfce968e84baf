/** What keeps people out: axe on every screen in both languages and themes, and words that were left in the other language. */
import type { Furnished } from '../test/ui/furnished-studio.ts';
import { eachScreen, englishLeft, type Locale, settled } from '../test/ui/screens.ts';
import { type StudioPages, violations } from '../test/ui/studio-page.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';

export async function accessFigures(
  pages: StudioPages,
  projects: Record<Locale, Furnished>,
  { signal, say }: BenchRun,
): Promise<Figure[]> {
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
        if (locale === 'zh-CN') for (const word of await englishLeft(page)) untranslated.add(`${place}: ${word}`);
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
