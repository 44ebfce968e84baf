/** The words of `models`. */
import type { VerbSpec } from './help.ts';
import { COMMON, LANG } from './help-options.ts';

export const MODELS_VERB: VerbSpec = {
  name: 'models',
  argument: {
    name: '[what...]',
    words: {
      en: 'list (unless given), get, verify, repair, rm, use <model>; import <path>; bundle <model…>; rollback <task>',
      'zh-CN': 'list（默认）、get、verify、repair、rm、use <模型>；import <路径>；bundle <模型…>；rollback <用途>',
    },
  },
  summary: {
    en: 'download, bring, check and choose the models of this machine',
    'zh-CN': '下载、导入、校验和选择本机模型',
  },
  more: {
    en: `
A model is named by its id, or by id@version. What was begun is taken up where it broke off; Ctrl-C stops it and keeps what has come.
Proxies are those of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY. Your own models: <data>/models/manifest.json (docs/local-models.md).

Examples:
  $ npm run shenghua -- models
  $ npm run shenghua -- models get qwen3-1.7b --limit 2MB
  $ npm run shenghua -- models get matcha-zh-baker --accept-licence
  $ npm run shenghua -- models verify qwen3-1.7b --json
  $ npm run shenghua -- models import /media/stick
  $ npm run shenghua -- models bundle qwen3-1.7b melo-zh-en --out models.zip
  $ npm run shenghua -- models use silero-vad@5 --percent 10
  $ npm run shenghua -- models rollback vad
  $ npm run shenghua -- models rm qwen3-0.6b`,
    'zh-CN': `
模型用编号或 编号@版本 指定。中断后会从断点继续；按 Ctrl-C 可停止，已下载的部分会保留。
代理取自 HTTP_PROXY、HTTPS_PROXY、ALL_PROXY、NO_PROXY。自己的模型：<数据目录>/models/manifest.json（见 docs/local-models.md）。

示例：
  $ npm run shenghua -- models
  $ npm run shenghua -- models get qwen3-1.7b --limit 2MB
  $ npm run shenghua -- models get matcha-zh-baker --accept-licence
  $ npm run shenghua -- models verify qwen3-1.7b --json
  $ npm run shenghua -- models import /media/u盘
  $ npm run shenghua -- models bundle qwen3-1.7b melo-zh-en --out 模型.zip
  $ npm run shenghua -- models use silero-vad@5 --percent 10
  $ npm run shenghua -- models rollback vad
  $ npm run shenghua -- models rm qwen3-0.6b`,
  },
  options: [
    {
      flags: '--accept-licence',
      words: {
        en: 'I have read that the model may not be used commercially',
        'zh-CN': '我已阅读许可证，知悉该模型不可商用',
      },
    },
    {
      flags: '--limit <rate>',
      words: {
        en: 'download at most so much a second: 500KB, 2MB; “none” lifts the limit. It is kept',
        'zh-CN': '每秒最多下载多少：500KB、2MB；none 取消限制。设置会保留',
      },
    },
    {
      flags: '--percent <number>',
      words: {
        en: 'with use: try the model on so many of a hundred utterances (1–99); it is undone by itself if it does worse',
        'zh-CN': '与 use 一起：只用于百分之几的语句（1–99）；若表现更差会自动撤回',
      },
    },
    {
      flags: '--out <file>',
      words: { en: 'with bundle: the file to write', 'zh-CN': '与 bundle 一起：输出文件' },
    },
    LANG,
    ...COMMON,
  ],
};
