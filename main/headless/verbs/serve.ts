import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { studioPaths } from '../../storage/paths.ts';
import type { Verb } from '../cli.ts';
import { wholeOption } from '../option-values.ts';
import { DEFAULT_HOST, startHost } from '../serve/host.ts';
import { openBrowser } from '../serve/open-browser.ts';

const RENDERER = fileURLToPath(new URL('../../../renderer/dist', import.meta.url));

/** The studio in a browser, until it is told to end. */
export const serveVerb: Verb = async ({ options, console, signal, studio: where }) => {
  const text = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const portText = text('port');
  const host = text('host') ?? DEFAULT_HOST;
  const running = await startHost({
    ...studioPaths({ dataDir: where.dataDir }),
    ffmpegPath: where.ffmpegPath,
    rendererDir: RENDERER,
    host,
    port: portText === undefined ? undefined : wholeOption('--port', portText, 0, 65_535),
    onCrash: console.warn,
    onWelcome(next) {
      console.note(console.words({ en: `For another browser: ${next}`, zh: `其他浏览器请用：${next}` }));
    },
  });
  try {
    signal.throwIfAborted();
    const url = running.newUrl();
    console.print(console.words({ en: `Shenghua Studio: ${url}`, zh: `声画已启动：${url}` }));
    console.result({ url, port: running.port, metricsToken: running.metricsToken });
    console.note(console.words({ en: 'Ctrl-C ends it.', zh: '按 Ctrl-C 结束。' }));
    console.note(
      console.words({
        en: `/health and /metrics for programs: Authorization: Bearer ${running.metricsToken}`,
        zh: `程序读取 /health 与 /metrics：Authorization: Bearer ${running.metricsToken}`,
      }),
    );
    if (host !== DEFAULT_HOST && host !== 'localhost' && host !== '::1') {
      console.note(
        console.words({
          en: 'Other machines can connect, and what they send is not encrypted: for networks you trust only.',
          zh: '其他设备可以访问，且通信不加密：仅限可信网络。',
        }),
      );
    }
    if (options.open !== false) openBrowser(url);
    await once(signal, 'abort');
  } finally {
    await running.close();
  }
  return { json: null };
};
