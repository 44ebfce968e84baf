/**
 * `node scripts/take-screenshots.ts [--out FOLDER] [--only WORD] [--size 1280x800] [--locale en] [--theme dark]`: photographs every
 * screen of the studio in both sizes, languages and themes, on the sample projects. `--only` takes the screens whose name holds the
 * word; `--small` keeps 256 colours, as in docs/screenshots; `--interface FOLDER` shows an interface that is built already.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { furnish } from '../test/ui/furnished-studio.ts';
import { eachScreen, type Locale, settled } from '../test/ui/screens.ts';
import { startStudioPages } from '../test/ui/studio-page.ts';

const { values } = parseArgs({
  options: {
    ...{ out: { type: 'string', default: 'dist/screenshots' }, only: { type: 'string', default: '' } },
    ...{ size: { type: 'string' }, locale: { type: 'string' }, theme: { type: 'string' } },
    ...{ interface: { type: 'string' }, small: { type: 'boolean', default: false } },
  },
});
const chosen = <T extends string>(all: readonly T[], one: string | undefined): readonly T[] =>
  all.filter((each) => one === undefined || each === one);
const SIZES = chosen(['1280x800', '1920x1080'], values.size);
const LOCALES = chosen<Locale>(['en', 'zh-CN'], values.locale);
const THEMES = chosen(['dark', 'light'] as const, values.theme);

const pages = await startStudioPages(values.interface === undefined ? {} : { rendererDir: values.interface });
try {
  const projects = await furnish(pages.rpc);
  await mkdir(values.out, { recursive: true });
  for (const size of SIZES) {
    const [width = 0, height = 0] = size.split('x').map(Number);
    for (const locale of LOCALES) {
      await pages.set({ locale, tourDone: true });
      const page = await pages.open('#/projects', { viewport: { width, height }, locale, reducedMotion: 'reduce' });
      page.setDefaultTimeout(15_000);
      for (const theme of THEMES) {
        await pages.set({ theme });
        await page.locator(`html[lang="${locale}"][data-theme="${theme}"]`).waitFor();
        for await (const screen of eachScreen({ page, locale, ...projects[locale] })) {
          // A tab is reached by way of its workspace, whether or not that is photographed.
          const wanted = screen.name.includes(values.only);
          if (!wanted && screen.name !== 'workspace') continue;
          try {
            await screen.show();
            await settled(page);
            if (wanted) {
              await page.waitForTimeout(400);
              const path = join(values.out, `${screen.name}-${locale}-${theme}-${size}.png`);
              const png = await page.screenshot();
              await writeFile(
                path,
                values.small ? await sharp(png).png({ palette: true, effort: 10 }).toBuffer() : png,
              );
            }
          } catch (error) {
            console.error(`${screen.name} ${locale} ${theme} ${size}: ${String(error).split('\n')[0]}`);
            process.exitCode = 1;
          }
          await screen.leave();
        }
      }
      await page.context().close();
    }
  }
  for (const fault of new Set(pages.faults)) console.error(`in the page: ${fault}`);
} finally {
  await pages.close();
}
