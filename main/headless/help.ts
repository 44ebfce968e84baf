/** What each command takes, and its words. Read by program.ts; loads nothing else. */

import { MODELS_VERB } from './help-models.ts';
import { COMMON, FILE_OPTIONS, LANG, type OptionSpec, TALK_OPTIONS, type Words } from './help-options.ts';

export interface VerbSpec {
  name: VerbName;
  /** As commander writes them: `<picture...>`. */
  argument?: { name: string; words: Words };
  summary: Words;
  /** Below the options. */
  more: Words;
  options: readonly OptionSpec[];
}

export const VERB_NAMES = [
  'serve',
  'export',
  'inspect',
  'voices',
  'align',
  'live',
  'providers',
  'models',
  'chat',
  'doctor',
] as const;
export type VerbName = (typeof VERB_NAMES)[number];

export const PROGRAM_WORDS = {
  summary: {
    en: 'Shenghua Studio: one picture and a few words become a talking-head video, on this machine alone.',
    'zh-CN': '声画：一张照片加几句话，在本机生成会说话的数字人视频。',
  },
  more: {
    en: `
Examples:
  $ npm run shenghua -- export --portrait me.jpg --text "Hello, nice to meet you."
  $ npm run shenghua -- export --portrait sample:lin --script talk.txt --size 9:16 --out talk.mp4
  $ npm run shenghua -- live --portrait sample:lin --script talk.txt --to rtmp://live.example.com/app/key
  $ npm run shenghua -- serve
  $ npm run shenghua -- inspect me.jpg
  $ npm run shenghua -- providers test
  $ npm run shenghua -- doctor

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
“<command> --help” tells more about each.`,
    'zh-CN': `
示例：
  $ npm run shenghua -- export --portrait 我.jpg --text "大家好，很高兴认识你们！"
  $ npm run shenghua -- export --portrait sample:lin --script 口播.txt --size 9:16 --out 口播.mp4
  $ npm run shenghua -- live --portrait sample:lin --script 口播.txt --to rtmp://live.example.com/app/密钥
  $ npm run shenghua -- serve
  $ npm run shenghua -- inspect 我.jpg
  $ npm run shenghua -- providers test
  $ npm run shenghua -- doctor

退出码：0 完成，1 失败，2 用法有误，130 被中断。
各命令的详细说明：<命令> --help`,
  },
} satisfies Record<string, Words>;

/** Headings and fixed words of the help itself. */
export const HELP_WORDS: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
};
export const HELP_OPTION: Words = { en: 'show this help', 'zh-CN': '显示帮助' };
export const VERSION_OPTION: Words = { en: 'show the version', 'zh-CN': '显示版本' };

export const VERBS: readonly VerbSpec[] = [
  {
    name: 'serve',
    summary: { en: 'open the studio in a browser', 'zh-CN': '在浏览器中打开声画' },
    more: {
      en: `
Prints a link that lets one browser in; once it is used, the next is printed. Ctrl-C ends the studio.

Examples:
  $ npm run shenghua -- serve
  $ npm run shenghua -- serve --port 8000 --no-open --data /srv/shenghua

Without --host only this machine can connect. With it the traffic is not encrypted: on a network you do not trust, use an SSH
tunnel instead (ssh -L 7860:127.0.0.1:7860 …).`,
      'zh-CN': `
启动后会显示一个链接，只允许一个浏览器进入；用过之后会显示下一个。按 Ctrl-C 结束。

示例：
  $ npm run shenghua -- serve
  $ npm run shenghua -- serve --port 8000 --no-open --data /srv/shenghua

不带 --host 时只有本机可以访问。带上后通信不加密：在不可信的网络中请改用 SSH 隧道
（ssh -L 7860:127.0.0.1:7860 …）。`,
    },
    options: [
      {
        flags: '--port <number>',
        words: {
          en: 'the port, 0 for any free one; 7860 or one soon after it unless given',
          'zh-CN': '端口，0 表示任选空闲端口；默认为 7860 或其后的空闲端口',
        },
      },
      {
        flags: '--host <address>',
        words: {
          en: 'the address to listen on, 0.0.0.0 for every one of this machine; 127.0.0.1 unless given',
          'zh-CN': '监听的地址，0.0.0.0 表示本机所有地址；默认 127.0.0.1',
        },
      },
      { flags: '--no-open', words: { en: 'do not open the browser', 'zh-CN': '不自动打开浏览器' } },
      LANG,
      ...COMMON,
    ],
  },
  {
    name: 'export',
    summary: { en: 'make a video (or sound) file', 'zh-CN': '生成视频（或音频）文件' },
    more: {
      en: `
The script language ([happy], [500ms], 重{chóng} …) is told in docs/script.md.
A file of the same name is replaced, but only once the new one is complete.

--renderer videoretalk, liveportrait or s2v sends the stage and the sound to Bailian and waits for its film. Stopped or killed
meanwhile, the same command takes up the film that is being made, for 24 hours, and does not pay again. When the vendor fails,
the embedded renderer makes the picture, unless the mode is cloud-only.

Examples:
  $ npm run shenghua -- export --portrait me.jpg --consent-self "Jo Doe" --text "Hello, nice to meet you."
  $ npm run shenghua -- export --portrait sample:lin --script talk.txt --size 1080p-portrait --subtitles srt --out talk.mp4
  $ npm run shenghua -- export --portrait me.jpg --audio me.m4a --text "What I say in the recording."
  $ npm run shenghua -- export --portrait sample:mika --text "Hi." --background transparent --out hi.webm
  $ echo "From a pipe." | npm run shenghua -- export --portrait sample:chen --text - --json`,
      'zh-CN': `
脚本语法（[happy]、[500ms]、重{chóng} 等）见 docs/script.md。
同名文件会被替换，但只在新文件完整生成之后。

--renderer videoretalk、liveportrait 或 s2v 会把画面与声音发送到百炼并等待其生成视频。中途停止或被终止后，24 小时内
用同样的命令再次运行会接着等待正在生成的视频，不会重复付费。云端失败时改用内置渲染器（“仅云端”模式除外）。

示例：
  $ npm run shenghua -- export --portrait 我.jpg --consent-self "张三" --text "大家好，很高兴认识你们！"
  $ npm run shenghua -- export --portrait sample:lin --script 口播.txt --size 1080p-portrait --subtitles srt --out 口播.mp4
  $ npm run shenghua -- export --portrait 我.jpg --audio 录音.m4a --text "录音里说的话。"
  $ npm run shenghua -- export --portrait sample:mika --text "嗨！" --background transparent --out hi.webm
  $ echo "来自管道的文字。" | npm run shenghua -- export --portrait sample:chen --text - --json`,
    },
    options: [...TALK_OPTIONS, ...FILE_OPTIONS, LANG, ...COMMON],
  },
  {
    name: 'inspect',
    argument: { name: '<picture...>', words: { en: 'pictures to look at', 'zh-CN': '要检查的图片' } },
    summary: { en: 'say how well a picture suits as a portrait', 'zh-CN': '检查图片是否适合做人像' },
    more: {
      en: `
Examples:
  $ npm run shenghua -- inspect me.jpg
  $ npm run shenghua -- inspect photos/*.jpg --json`,
      'zh-CN': `
示例：
  $ npm run shenghua -- inspect 我.jpg
  $ npm run shenghua -- inspect 照片/*.jpg --json`,
    },
    options: [LANG, ...COMMON],
  },
  {
    name: 'voices',
    argument: {
      name: '[what...]',
      words: {
        en: 'list (unless given), cloned, clone, rm <voice>',
        'zh-CN': 'list（默认）、cloned、clone、rm <声音>',
      },
    },
    summary: { en: 'list the voices, clone a person’s own', 'zh-CN': '列出全部声音，复刻本人的声音' },
    more: {
      en: `
A voice is cloned only under a consent: whose voice, for what, until when, and that person’s recorded sentence, which is kept on this
machine. When it has ended, the voice says nothing any more. The sample is 10 to 20 s of clear speech; it goes to the service.

Examples:
  $ npm run shenghua -- voices --lang zh
  $ npm run shenghua -- voices --lang en-gb --json
  $ npm run shenghua -- voices clone --sample me.wav --consent consent.wav --person "Lin" --scope "course videos" --expires 2027-12-31
  $ npm run shenghua -- voices cloned
  $ npm run shenghua -- voices rm cosyvoice:cosyvoice-v3-flash-lin-0123456789
  $ npm run shenghua -- --lang zh-CN voices        (messages in Chinese)`,
      'zh-CN': `
复刻声音须有本人授权：归属人、用途、到期日，以及本人朗读授权语句的录音（保存在本机）。授权到期后该声音不再发声。
样本为 10–20 秒清晰的朗读，会上传到服务商。

示例：
  $ npm run shenghua -- voices --lang zh
  $ npm run shenghua -- voices clone --sample 我.wav --consent 授权.wav --person "林" --scope "课程视频" --expires 2027-12-31
  $ npm run shenghua -- voices cloned
  $ npm run shenghua -- voices rm cosyvoice:cosyvoice-v3-flash-lin-0123456789
  $ npm run shenghua -- voices --lang en-gb --json
  $ npm run shenghua -- --lang en voices           （用英文显示）`,
    },
    options: [
      {
        flags: '--lang <language>',
        words: {
          en: 'only voices that speak it: zh, yue, en, ja, fr …',
          'zh-CN': '只列出会说该语言的声音：zh、yue、en、ja、fr…',
        },
      },
      {
        flags: '--sample <file>',
        words: { en: 'clone: the recording the voice is made after', 'zh-CN': 'clone：声音样本录音' },
      },
      {
        flags: '--consent <file>',
        words: { en: 'clone: the recorded sentence of consent', 'zh-CN': 'clone：授权语句的录音' },
      },
      { flags: '--person <name>', words: { en: 'clone: whose voice it is', 'zh-CN': 'clone：声音归属人' } },
      { flags: '--scope <words>', words: { en: 'clone: what it may be used for', 'zh-CN': 'clone：授权用途' } },
      { flags: '--expires <day>', words: { en: 'clone: the last day it may be used', 'zh-CN': 'clone：授权到期日' } },
      {
        flags: '--from <day>',
        words: {
          en: 'clone: the first day it may be used; today unless given',
          'zh-CN': 'clone：授权生效日，默认今天',
        },
      },
      {
        flags: '--sentence <words>',
        words: {
          en: 'clone: the words of consent that were read, where they are others than the studio’s',
          'zh-CN': 'clone：实际朗读的授权语句（与默认语句不同时）',
        },
      },
      { flags: '--name <name>', words: { en: 'clone: what the voice is called', 'zh-CN': 'clone：声音名称' } },
      {
        flags: '--provider <service>',
        words: { en: 'clone: cosyvoice (unless given) or qwen-tts', 'zh-CN': 'clone：cosyvoice（默认）或 qwen-tts' },
      },
      {
        flags: '--language <language>',
        words: { en: 'clone: of the sample: zh, en …', 'zh-CN': 'clone：样本语言：zh、en…' },
      },
      ...COMMON,
    ],
  },
  {
    name: 'align',
    summary: { en: 'find when each word of a recording is said', 'zh-CN': '找出录音中每个词的时间' },
    more: {
      en: `
Examples:
  $ npm run shenghua -- align --audio me.wav --text "What I say in it." --out me.timeline.json
  $ npm run shenghua -- align --audio talk.mp3 --script talk.txt --json`,
      'zh-CN': `
示例：
  $ npm run shenghua -- align --audio 录音.wav --text "录音里说的话。" --out 录音.timeline.json
  $ npm run shenghua -- align --audio 口播.mp3 --script 口播.txt --json`,
    },
    options: [
      {
        flags: '--audio <file>',
        words: { en: 'WAV, MP3, M4A, OGG or FLAC', 'zh-CN': '录音：WAV、MP3、M4A、OGG 或 FLAC' },
      },
      {
        flags: '--text <words>',
        words: { en: 'what it says; “-” reads standard input', 'zh-CN': '录音的文字；“-”表示从标准输入读取' },
      },
      {
        flags: '--script <file>',
        words: { en: 'a text file of what it says, one utterance a line', 'zh-CN': '录音的文本文件，每行一句' },
      },
      {
        flags: '--voice <id>',
        words: {
          en: 'the voice to compare with, nearest in language and pitch',
          'zh-CN': '用来比对的声音（语言、音高相近为佳）',
        },
      },
      { flags: '--out <file>', words: { en: 'where to write the timeline (JSON)', 'zh-CN': '时间轴 JSON 的输出位置' } },
      LANG,
      ...COMMON,
    ],
  },
  {
    name: 'live',
    summary: { en: 'go on air: stream to one or more servers', 'zh-CN': '开播：推流到一个或多个平台' },
    more: {
      en: `
Goes on air after a few checks and stays there until --for is over, the run-of-show ends, or Ctrl-C: once finishes the sentence,
plays the closing and flushes; twice stops at once. Everything that falls is started again by itself. docs/live.md has the rest:
alarms, health, running as a service.

Keys: an address given with --to stands in your shell's history, and other users of this machine can read it while the command
runs. --to-file keeps it in a file (one address a line, # for remarks); or give the server alone and its key in the environment:
SHENGHUA_STREAM_KEY_1 for the first --to, SHENGHUA_STREAM_KEY_2 for the second …

Examples:
  $ npm run shenghua -- live --project shop.shenghua --to rtmp://live.example.com/app/key
  $ npm run shenghua -- live --portrait sample:lin --script talk.txt --to-file keys.txt --record recordings --for 2h
  $ SHENGHUA_STREAM_KEY_1=… npm run shenghua -- live --project shop.shenghua --to rtmps://live.example.com/app --health-port 9400
  $ npm run shenghua -- live --resume
  $ npm run shenghua -- live --why 12345`,
      'zh-CN': `
检查通过后开播，直到 --for 时间到、节目单结束或按 Ctrl-C：按一次会说完当前句、播放结束语并发送完毕；按两次立即停止。
任何部分出错都会自动重启。告警、健康检查、作为服务运行等见 docs/live.md。

密钥：--to 中的地址会留在命令历史里，命令运行时本机其他用户也能看到。--to-file 可把地址放在文件中（每行一个，# 开头为备注）；
也可以只写服务器地址，把密钥放在环境变量中：第一个 --to 用 SHENGHUA_STREAM_KEY_1，第二个用 SHENGHUA_STREAM_KEY_2，依此类推。

示例：
  $ npm run shenghua -- live --project 小店.shenghua --to rtmp://live.example.com/app/密钥
  $ npm run shenghua -- live --portrait sample:lin --script 口播.txt --to-file 密钥.txt --record 录像 --for 2h
  $ SHENGHUA_STREAM_KEY_1=… npm run shenghua -- live --project 小店.shenghua --to rtmps://live.example.com/app --health-port 9400
  $ npm run shenghua -- live --resume
  $ npm run shenghua -- live --why 12345`,
    },
    options: [
      {
        flags: '--to <address>',
        words: {
          en: 'where to stream: rtmp:// or rtmps://, server and key in one; several times for several servers',
          'zh-CN': '推流地址：rtmp:// 或 rtmps://，含服务器与密钥；可重复以推往多个平台',
        },
        many: true,
      },
      {
        flags: '--to-file <file>',
        words: { en: 'addresses from a file, one a line', 'zh-CN': '从文件读取推流地址，每行一个' },
      },
      {
        flags: '--for <time>',
        words: { en: 'end after so long: 90s, 10m, 2h, 1h30m', 'zh-CN': '播出多久后结束：90s、10m、2h、1h30m' },
      },
      {
        flags: '--record <folder>',
        words: { en: 'also record into this folder', 'zh-CN': '同时录制到该文件夹' },
      },
      {
        flags: '--resume',
        words: {
          en: 'go on where the show was when it last fell; alone: the show that was on air last',
          'zh-CN': '从上次中断处继续；单独使用时继续最近一场未结束的直播',
        },
      },
      {
        flags: '--force',
        words: { en: 'go on air in spite of warnings', 'zh-CN': '忽略警告，仍然开播' },
      },
      {
        flags: '--health-port <number>',
        words: {
          en: '/health and /metrics on 127.0.0.1 at this port; 0 for any free one',
          'zh-CN': '在 127.0.0.1 的该端口提供 /health 与 /metrics；0 表示任选',
        },
      },
      {
        flags: '--webhook <address>',
        words: {
          en: 'post alarms to this http(s) address (also SHENGHUA_WEBHOOK)',
          'zh-CN': '把告警发送到该 http(s) 地址（也可用环境变量 SHENGHUA_WEBHOOK）',
        },
      },
      {
        flags: '--kbps <number>',
        words: { en: 'bitrate of the video, 300–20000 (2500)', 'zh-CN': '视频码率，300–20000（默认 2500）' },
      },
      {
        flags: '--why <frame>',
        words: {
          en: 'say why this frame came late, out of the log of the last show, and end',
          'zh-CN': '根据上一场直播的日志说明该帧为何迟到，然后退出',
        },
      },
      ...TALK_OPTIONS.filter(({ flags }) => !flags.startsWith('--audio')),
      FILE_OPTIONS.find(({ flags }) => flags.startsWith('--preset'))!,
      LANG,
      ...COMMON,
    ],
  },
  {
    name: 'providers',
    argument: {
      name: '[what...]',
      words: {
        en: 'list (unless given), test [provider], set <setting> <value>, set key <name>',
        'zh-CN': 'list（默认）、test [服务商]、set <设置> <值>、set key <名称>',
      },
    },
    summary: {
      en: 'list, test and set up cloud and local engines',
      'zh-CN': '列出、测试和设置云端与本机引擎',
    },
    more: {
      en: `
A key is read from standard input or, with --key-env, from an environment variable: never from an argument, which other users of this
machine can read. It is kept encrypted. Without one, DASHSCOPE_API_KEY counts; DASHSCOPE_HTTP_BASE_URL and
DASHSCOPE_WEBSOCKET_BASE_URL say where Bailian is. Keys: bailian, access-key-id, access-key-secret, redis, llm/<server>.
Settings are named as in the JSON of “list --json”; lists take commas, “null” means none.

Examples:
  $ npm run shenghua -- providers
  $ npm run shenghua -- providers test
  $ npm run shenghua -- providers test cosyvoice --json
  $ npm run shenghua -- providers set key bailian < key.txt
  $ npm run shenghua -- providers set key bailian --key-env MY_KEY
  $ npm run shenghua -- providers set key bailian --remove
  $ npm run shenghua -- providers set policy.mode offline
  $ npm run shenghua -- providers set policy.chains.tts cosyvoice,espeak
  $ npm run shenghua -- providers set bailian.region singapore
  $ npm run shenghua -- providers set openAiServers '[{"id":"home","baseUrl":"http://localhost:11434/v1","model":"qwen3:8b"}]'`,
      'zh-CN': `
密钥从标准输入读取，或用 --key-env 指定环境变量；不能写在参数里，因为本机其他用户可以看到参数。密钥加密保存。
未保存密钥时使用 DASHSCOPE_API_KEY；DASHSCOPE_HTTP_BASE_URL 与 DASHSCOPE_WEBSOCKET_BASE_URL 指定百炼地址。
密钥名称：bailian、access-key-id、access-key-secret、redis、llm/<服务>。
设置名称与“list --json”输出一致；列表用逗号分隔，null 表示无。

示例：
  $ npm run shenghua -- providers
  $ npm run shenghua -- providers test
  $ npm run shenghua -- providers test cosyvoice --json
  $ npm run shenghua -- providers set key bailian < 密钥.txt
  $ npm run shenghua -- providers set key bailian --key-env MY_KEY
  $ npm run shenghua -- providers set key bailian --remove
  $ npm run shenghua -- providers set policy.mode offline
  $ npm run shenghua -- providers set policy.chains.tts cosyvoice,espeak
  $ npm run shenghua -- providers set bailian.region singapore
  $ npm run shenghua -- providers set openAiServers '[{"id":"home","baseUrl":"http://localhost:11434/v1","model":"qwen3:8b"}]'`,
    },
    options: [
      {
        flags: '--key-env <variable>',
        words: { en: 'the environment variable that holds the key', 'zh-CN': '保存密钥的环境变量名' },
      },
      { flags: '--remove', words: { en: 'remove the key', 'zh-CN': '移除密钥' } },
      LANG,
      ...COMMON,
    ],
  },
  MODELS_VERB,
  {
    name: 'chat',
    summary: { en: 'ask the language model', 'zh-CN': '向语言模型提问' },
    more: {
      en: `
The answer streams to standard output. Which model answers follows from “providers”.

Examples:
  $ npm run shenghua -- chat --once "Three names for a tea house"
  $ npm run shenghua -- chat --once "为什么天是蓝的？" --thinking
  $ npm run shenghua -- chat --once "Why is the sky blue?" --speak answer.wav
  $ cat talk.txt | npm run shenghua -- chat --once - --system "Shorten this by half." --json`,
      'zh-CN': `
回答逐字输出到标准输出。由哪个模型回答见 providers 命令。

示例：
  $ npm run shenghua -- chat --once "给茶馆起三个名字"
  $ npm run shenghua -- chat --once "为什么天是蓝的？" --thinking
  $ npm run shenghua -- chat --once "为什么天是蓝的？" --speak 回答.wav
  $ cat 口播.txt | npm run shenghua -- chat --once - --system "缩短一半。" --json`,
    },
    options: [
      {
        flags: '--once <words>',
        words: { en: 'one question; “-” reads it from standard input', 'zh-CN': '一个问题；“-”表示从标准输入读取' },
      },
      { flags: '--system <words>', words: { en: 'what the model is told first', 'zh-CN': '给模型的系统提示' } },
      {
        flags: '--model <name>',
        words: { en: 'another model than the one that is set', 'zh-CN': '使用其他模型' },
      },
      {
        flags: '--thinking',
        words: {
          en: 'let it reason before it answers; what it thinks goes to standard error',
          'zh-CN': '回答前先思考；思考过程输出到标准错误',
        },
      },
      {
        flags: '--speak <file>',
        words: {
          en: 'speak the answer while it is being written, with the emotion of each sentence, into a WAV',
          'zh-CN': '边写边读出回答，每句带情绪，保存为 WAV 文件',
        },
      },
      {
        flags: '--voice <id>',
        words: { en: 'who speaks it; see “voices”', 'zh-CN': '用哪个声音读；见 voices 命令' },
      },
      LANG,
      ...COMMON,
    ],
  },
  {
    name: 'doctor',
    summary: {
      en: 'say what this machine has, what it lacks and how to fix it',
      'zh-CN': '检查本机环境：有什么、缺什么、如何解决',
    },
    more: {
      en: `
Examples:
  $ npm run shenghua -- doctor
  $ npm run shenghua -- doctor --json`,
      'zh-CN': `
示例：
  $ npm run shenghua -- doctor
  $ npm run shenghua -- doctor --json`,
    },
    options: [LANG, ...COMMON],
  },
];
