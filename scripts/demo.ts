/** `npm run demo`: the whole studio in one command, with a sample avatar and nothing of the person's own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const isChinese = /^zh/i.test(
  process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || Intl.DateTimeFormat().resolvedOptions().locale,
);
const say = (en: string, zh: string): void => console.log(isChinese ? zh : en);

const OUT = 'out/demo.mp4';
const TIMELINE = 'out/demo.timeline.json';
const from = performance.now();
say(
  'Making a talking host out of one picture and a few lines of text …',
  '正在用一张图片和几行文字制作会说话的主持人……',
);
const child = spawn(
  process.execPath,
  [
    ...[at('main/headless/cli.ts'), 'export', '--portrait', 'sample:lin', '--script', at('scripts/demo.script.txt')],
    ...['--size', '1280x720', '--fps', '25', '--subtitles', 'burn', '--out', OUT, '--timeline', TIMELINE],
  ],
  { cwd: root, stdio: 'inherit' },
);
// The export decides how to end, and this ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
process.exitCode = code ?? 128 + constants.signals[signal!];

if (code === 0) {
  const seconds = Math.round((performance.now() - from) / 1000);
  say(
    `
Your demo is ready after ${seconds} s: ${at(OUT)}
When each sound, word and sentence is said: ${at(TIMELINE)}

Now try
  another host     npm run shenghua -- export --portrait sample:mika --text "Hi, I am Mika."
  your own words   npm run shenghua -- export --portrait sample:chen --text "[happy] 你好！Nice to meet you."
  your own face    npm run shenghua -- inspect me.jpg
                   npm run shenghua -- export --portrait me.jpg --text "It is really me."
  your own voice   npm run shenghua -- export --portrait me.jpg --audio me.m4a
  this very text   scripts/demo.script.txt (its language: docs/script.md)`,
    `
示例视频已生成，用时 ${seconds} 秒：${at(OUT)}
每个音、词、句的时间：${at(TIMELINE)}

接下来可以试试
  换个主持人     npm run shenghua -- export --portrait sample:mika --text "嗨，我是米卡！"
  换成你的文字   npm run shenghua -- export --portrait sample:chen --text "[happy] 你好！很高兴认识你。"
  换成你的照片   npm run shenghua -- inspect 我.jpg
                 npm run shenghua -- export --portrait 我.jpg --text "真的是我。"
  换成你的声音   npm run shenghua -- export --portrait 我.jpg --audio 录音.m4a
  修改这段文字   scripts/demo.script.txt（写法见 docs/script.md）`,
  );
}
