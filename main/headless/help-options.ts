/** The options of the command line and their words; several verbs share them. */
import type { Locale } from '../../app/errors/index.ts';
import { RENDERERS } from '../../app/providers/renderers.ts';

export type Words = Readonly<Record<Locale, string>>;

export interface OptionSpec {
  flags: string;
  words: Words;
  choices?: readonly string[];
  /** May stand several times. */
  many?: boolean;
}

export const LANG: OptionSpec = {
  flags: '--lang <language>',
  words: {
    en: 'language of messages: en or zh-CN; the system’s unless given',
    'zh-CN': '界面语言：en 或 zh-CN；默认跟随系统',
  },
  choices: ['en', 'zh-CN', 'zh'],
};
const DATA: OptionSpec = {
  flags: '--data <folder>',
  words: {
    en: 'folder for the studio’s data and cache (also SHENGHUA_DATA)',
    'zh-CN': '数据与缓存所在的文件夹（也可用环境变量 SHENGHUA_DATA）',
  },
};
const FFMPEG: OptionSpec = {
  flags: '--ffmpeg <program>',
  words: {
    en: 'the ffmpeg to use (also SHENGHUA_FFMPEG)',
    'zh-CN': '指定 ffmpeg 程序（也可用环境变量 SHENGHUA_FFMPEG）',
  },
};
const JSON_OUT: OptionSpec = {
  flags: '--json',
  words: {
    en: 'print one JSON object on stdout and nothing else there',
    'zh-CN': '标准输出只打印一个 JSON 对象',
  },
};
const QUIET: OptionSpec = {
  flags: '--quiet',
  words: { en: 'no progress, no remarks', 'zh-CN': '不显示进度和提示' },
};

/** Taken before the verb. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [LANG, DATA, FFMPEG, JSON_OUT, QUIET];
export const COMMON: readonly OptionSpec[] = [DATA, FFMPEG, JSON_OUT, QUIET];

/** Who speaks, what is said and how it looks. */
export const TALK_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--project <file>',
    words: {
      en: 'a project file or .shenghua bundle; the options below override what it says',
      'zh-CN': '项目文件或 .shenghua 项目包；下面的选项会覆盖其中的设置',
    },
  },
  {
    flags: '--portrait <picture>',
    words: {
      en: 'JPEG, PNG, WebP or AVIF of one person, or sample:lin, sample:chen, sample:mika',
      'zh-CN': '人像图片（JPEG、PNG、WebP、AVIF），或示例形象 sample:lin、sample:chen、sample:mika',
    },
  },
  {
    flags: '--face <number>',
    words: {
      en: 'which face, counted from the left from 1, when there are several',
      'zh-CN': '图中有多张脸时用第几张（从左数，从 1 开始）',
    },
  },
  {
    flags: '--consent-self <name>',
    words: { en: 'the picture shows you, who agree: your name', 'zh-CN': '图中是您本人，且您同意使用：您的姓名' },
  },
  {
    flags: '--consent-person <name>',
    words: {
      en: 'the picture shows somebody else, who agreed: their name',
      'zh-CN': '图中是已同意授权的他人：其姓名',
    },
  },
  {
    flags: '--consent-scope <words>',
    words: { en: 'what they agreed to; any video unless given', 'zh-CN': '授权用途；默认各类视频' },
  },
  {
    flags: '--consent-from <day>',
    words: {
      en: 'the day they agreed, 2026-01-31; today unless given',
      'zh-CN': '授权日期，如 2026-01-31；默认今天',
    },
  },
  {
    flags: '--consent-until <day>',
    words: { en: 'the last day it holds; no end unless given', 'zh-CN': '授权的最后一天；默认长期' },
  },
  {
    flags: '--consent <file>',
    words: {
      en: 'a record of consent as JSON instead, as docs/project-file.md shows it',
      'zh-CN': '改用 JSON 授权记录，格式见 docs/project-file.md',
    },
  },
  {
    flags: '--not-a-person',
    words: {
      en: 'the picture is drawn or generated: nobody is to be asked',
      'zh-CN': '图片为绘制或生成，不是真人',
    },
  },
  {
    flags: '--text <words>',
    words: { en: 'what to say; “-” reads it from standard input', 'zh-CN': '要说的话；“-”表示从标准输入读取' },
  },
  {
    flags: '--script <file>',
    words: {
      en: 'a text file, one utterance a line; “-” reads standard input',
      'zh-CN': '文本文件，每行一句；“-”表示从标准输入读取',
    },
  },
  {
    flags: '--audio <file>',
    words: {
      en: 'your own recording, to be heard instead of a voice; with its text the timing is better',
      'zh-CN': '用自己的录音代替合成语音；同时给出文字时口型更准',
    },
  },
  {
    flags: '--voice <id>',
    words: { en: 'a voice of “voices”, such as espeak:cmn+f3', 'zh-CN': '声音，如 espeak:cmn+f3，见 voices 命令' },
  },
  {
    flags: '--emotion <name[:strength]>',
    words: {
      en: 'neutral, happy, gentle, serious, sad, surprised, angry, excited; strength 0–1, such as happy:0.6',
      'zh-CN': '情绪：neutral、happy、gentle、serious、sad、surprised、angry、excited；强度 0–1，如 happy:0.6',
    },
  },
  { flags: '--rate <factor>', words: { en: 'speed of the voice, 0.5–2', 'zh-CN': '语速，0.5–2' } },
  { flags: '--pitch <factor>', words: { en: 'pitch of the voice, 0.5–2', 'zh-CN': '音高，0.5–2' } },
  { flags: '--volume <factor>', words: { en: 'volume of the voice, 0–2', 'zh-CN': '音量，0–2' } },
  {
    flags: '--size <size>',
    words: {
      en: '720p, 1080p-portrait, 480p-square …, a shape 9:16, or 1280x720; 720p in the picture’s shape unless given',
      'zh-CN': '画面：720p、1080p-portrait、480p-square…，画幅 9:16，或 1280x720；默认按图片画幅取 720p',
    },
  },
  {
    flags: '--fps <rate>',
    words: { en: 'frames a second: 24, 25, 30, 50, 60 (25)', 'zh-CN': '帧率：24、25、30、50、60（默认 25）' },
  },
  {
    flags: '--background <kind>',
    words: {
      en: 'keep, blur, blur:40, transparent (WebM or GIF), a colour #1f6feb, or a picture file',
      'zh-CN': 'keep（保留）、blur、blur:40（虚化）、transparent（透明，WebM 或 GIF）、颜色 #1f6feb，或图片文件',
    },
  },
  {
    flags: '--framing <how>',
    words: {
      en: 'auto, cover, contain; with zoom=1.2,x=0.1,y=-0.1 as shares of the stage',
      'zh-CN': '取景：auto、cover、contain；可加 zoom=1.2,x=0.1,y=-0.1（占画面比例）',
    },
  },
  {
    flags: '--subtitles <how>',
    words: {
      en: 'burn (into the picture), srt, vtt (a file beside it), none (burn)',
      'zh-CN': '字幕：burn 烧录、srt 或 vtt 外挂文件、none 无（默认 burn）',
    },
    choices: ['burn', 'srt', 'vtt', 'none'],
  },
  {
    flags: '--karaoke',
    words: { en: 'highlight each word of burnt-in subtitles as it is said', 'zh-CN': '烧录字幕随读音逐字高亮' },
  },
  {
    flags: '--ai-mark <mark>',
    words: {
      en: 'the visible AI mark: on, off, or a text; where: on@bottom-left (on, top-right)',
      'zh-CN': 'AI 生成标识：on、off 或文字；位置如 on@bottom-left（默认 on，右上角）',
    },
  },
  {
    flags: '--seed <number>',
    words: { en: 'same seed, same movements (1)', 'zh-CN': '随机种子，相同则动作相同（默认 1）' },
  },
];
/** The file that is made of it. */
export const FILE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--format <format>',
    words: {
      en: 'mp4, webm, wav, gif; by the ending of --out unless given',
      'zh-CN': 'mp4、webm、wav、gif；默认按 --out 的扩展名',
    },
    choices: ['mp4', 'webm', 'wav', 'gif'],
  },
  {
    flags: '--preset <preset>',
    words: {
      en: 'x264 effort: ultrafast, superfast, veryfast, faster, fast, medium (veryfast)',
      'zh-CN': 'x264 预设：ultrafast、superfast、veryfast、faster、fast、medium（默认 veryfast）',
    },
    choices: ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium'],
  },
  {
    flags: '--out <file>',
    words: {
      en: 'the file to make; out/<name>-<date>-<time>.mp4 unless given',
      'zh-CN': '输出文件；默认 out/<名称>-<日期>-<时间>.mp4',
    },
  },
  {
    flags: '--renderer <name>',
    words: {
      en: 'who moves the face: embedded, or of Bailian (paid, minutes): videoretalk, liveportrait, s2v (embedded)',
      'zh-CN': '由谁驱动人物：embedded（默认，本机）；百炼云端（付费，需数分钟）：videoretalk、liveportrait、s2v',
    },
    choices: RENDERERS,
  },
  {
    flags: '--lips <model>',
    words: {
      en: 'a Wav2Lip model of your own (.onnx) draws the lips; its weights’ licence is yours to keep',
      'zh-CN': '由自备的 Wav2Lip 模型（.onnx）绘制口型；请遵守其权重的许可',
    },
  },
  {
    flags: '--timeline <file>',
    words: {
      en: 'also write phones, words, sentences and visemes as JSON',
      'zh-CN': '另存时间轴 JSON（音素、词、句、口型）',
    },
  },
];
