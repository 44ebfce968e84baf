/**
 * Where a stream can go: what each platform calls its address and key, where the person finds them, and what it is known to take.
 * A limit that the platform does not publish is left out, and nothing is checked then.
 */
import type { Locale } from '../errors/index.ts';

export const PLATFORM_IDS = [
  'bilibili',
  'douyin',
  'kuaishou',
  'wechat-channels',
  'taobao',
  'youtube',
  'twitch',
  'tiktok',
  'facebook',
  'custom',
] as const;
export type PlatformId = (typeof PLATFORM_IDS)[number];

export interface PlatformLimits {
  /** Of pictures up to this short side and rate; the first row that holds the output counts. Ascending. */
  videoKbps?: readonly { shortSidePx: number; fps: number; maxKbps: number }[];
  maxAudioKbps?: number;
  maxLongSidePx?: number;
  maxShortSidePx?: number;
  maxFps?: number;
  recommendedKeyframeSeconds?: number;
  maxKeyframeSeconds?: number;
  /** false: only pictures that are wider than high. */
  vertical?: boolean;
  /** The platform ends a broadcast by itself after this long. */
  maxHours?: number;
}

export interface Platform {
  id: PlatformId;
  name: Record<Locale, string>;
  /** The platform's own ingest address, where it has one for everybody; otherwise it comes with the key. */
  defaultUrl?: string;
  /** Whether the address must be rtmps://. */
  tls: 'required' | 'offered' | 'unknown';
  /** Whether each broadcast gets a new address or key. */
  keyChanges: boolean;
  /** Where the person finds address and key. */
  whereToFind: Record<Locale, string>;
  keyPage?: string;
  limits: PlatformLimits;
  /** Pages that state it. */
  sources: readonly string[];
}

export const PLATFORMS: Readonly<Record<PlatformId, Platform>> = {
  /** Server address: the list of services that comes with OBS Studio, in an entry of Bilibili's. No limits are published. */
  bilibili: {
    id: 'bilibili',
    name: { en: 'Bilibili', 'zh-CN': '哔哩哔哩' },
    defaultUrl: 'rtmp://live-push.bilivideo.com/live-bvc/',
    tls: 'unknown',
    keyChanges: true,
    whereToFind: {
      en: 'Live centre → start broadcasting: copy the server address and the stream key, which begins with "?streamname=".',
      'zh-CN': '直播中心 → 开播设置，点击“开始直播”后复制“服务器地址”和“串流密钥”（以 ?streamname= 开头）。',
    },
    keyPage: 'https://link.bilibili.com/p/center/index#/my-room/start-live',
    limits: { recommendedKeyframeSeconds: 2 },
    sources: ['https://github.com/obsproject/obs-studio/blob/master/plugins/rtmp-services/data/services.json'],
  },
  /** No public ingest address and no published limits: both come with each broadcast. */
  douyin: {
    id: 'douyin',
    name: { en: 'Douyin', 'zh-CN': '抖音' },
    tls: 'unknown',
    keyChanges: true,
    whereToFind: {
      en: 'Where your account may push from other programs, its live console shows a server address and a key for each broadcast.',
      'zh-CN': '账号需具备推流权限；在抖音直播管理后台开播后，复制本场的推流地址与密钥。',
    },
    limits: {},
    sources: [],
  },
  /** Server address: the list of services that comes with OBS Studio, in an entry of Kuaishou's. No limits are published. */
  kuaishou: {
    id: 'kuaishou',
    name: { en: 'Kuaishou', 'zh-CN': '快手' },
    defaultUrl: 'rtmp://open-push.voip.yximgs.com/gifshow/',
    tls: 'unknown',
    keyChanges: true,
    whereToFind: {
      en: 'Kuaishou Studio → live → push: copy the server address and the key of this broadcast.',
      'zh-CN': '快手创作者服务平台 → 直播 → 推流直播，复制本场的服务器地址与推流密钥。',
    },
    keyPage: 'https://studio.kuaishou.com/live/list',
    limits: {},
    sources: ['https://github.com/obsproject/obs-studio/blob/master/plugins/rtmp-services/data/services.json'],
  },
  /** No public ingest address and no published limits. */
  'wechat-channels': {
    id: 'wechat-channels',
    name: { en: 'WeChat Channels', 'zh-CN': '视频号' },
    tls: 'unknown',
    keyChanges: true,
    whereToFind: {
      en: 'Channels assistant in a browser → live → create a broadcast by push: copy the push address and the key.',
      'zh-CN': '视频号助手网页版 → 直播 → 创建直播（推流方式），复制推流地址与推流密钥。',
    },
    keyPage: 'https://channels.weixin.qq.com/platform',
    limits: {},
    sources: [],
  },
  /** No public ingest address and no published limits. */
  taobao: {
    id: 'taobao',
    name: { en: 'Taobao Live', 'zh-CN': '淘宝直播' },
    tls: 'unknown',
    keyChanges: true,
    whereToFind: {
      en: 'Taobao Live console → create a broadcast → push by other software: copy the push address.',
      'zh-CN': '淘宝直播中控台 → 创建直播 → 第三方推流，复制推流地址。',
    },
    limits: {},
    sources: [],
  },
  /**
   * Bitrates: the most that YouTube advises for H.264 at each size, https://support.google.com/youtube/answer/2853702.
   * Keyframes every 2 s recommended, 4 s at most. No end by itself.
   */
  youtube: {
    id: 'youtube',
    name: { en: 'YouTube', 'zh-CN': 'YouTube' },
    defaultUrl: 'rtmps://a.rtmps.youtube.com:443/live2',
    tls: 'offered',
    keyChanges: false,
    whereToFind: {
      en: 'YouTube Studio → Create → Go live → Stream: copy the stream key.',
      'zh-CN': 'YouTube 工作室 → 创建 → 开始直播 → 直播，复制直播密钥。',
    },
    keyPage: 'https://studio.youtube.com/channel/UC/livestreaming',
    limits: {
      videoKbps: [
        { shortSidePx: 720, fps: 60, maxKbps: 8_000 },
        { shortSidePx: 1080, fps: 60, maxKbps: 12_000 },
        { shortSidePx: 1440, fps: 30, maxKbps: 15_000 },
        { shortSidePx: 1440, fps: 60, maxKbps: 24_000 },
        { shortSidePx: 2160, fps: 30, maxKbps: 30_000 },
        { shortSidePx: 2160, fps: 60, maxKbps: 35_000 },
      ],
      maxFps: 60,
      recommendedKeyframeSeconds: 2,
      maxKeyframeSeconds: 4,
    },
    sources: ['https://support.google.com/youtube/answer/2853702'],
  },
  /**
   * Sound and length: https://www.twitch.tv/creatorcamp/en/paths/going-live/broadcast-recommendations/. Bitrate, size and keyframes:
   * https://help.twitch.tv/s/article/broadcasting-guidelines.
   */
  twitch: {
    id: 'twitch',
    name: { en: 'Twitch', 'zh-CN': 'Twitch' },
    defaultUrl: 'rtmps://ingest.global-contribute.live-video.net:443/app',
    tls: 'offered',
    keyChanges: false,
    whereToFind: {
      en: 'Creator dashboard → Settings → Stream: copy the primary stream key.',
      'zh-CN': '创作者仪表盘 → 设置 → 直播，复制主直播密钥。',
    },
    keyPage: 'https://dashboard.twitch.tv/settings/stream',
    limits: {
      videoKbps: [{ shortSidePx: 1080, fps: 60, maxKbps: 6_000 }],
      maxAudioKbps: 320,
      maxLongSidePx: 1920,
      maxShortSidePx: 1080,
      maxFps: 60,
      recommendedKeyframeSeconds: 2,
      maxHours: 48,
    },
    sources: [
      'https://help.twitch.tv/s/article/broadcasting-guidelines',
      'https://www.twitch.tv/creatorcamp/en/paths/going-live/broadcast-recommendations/',
    ],
  },
  /** No public ingest address and no published limits: both come with each broadcast, for accounts that may push. */
  tiktok: {
    id: 'tiktok',
    name: { en: 'TikTok', 'zh-CN': 'TikTok' },
    tls: 'unknown',
    keyChanges: true,
    whereToFind: {
      en: 'TikTok LIVE Producer, for accounts that have it: copy server URL and stream key of this broadcast.',
      'zh-CN': 'TikTok LIVE Producer（需账号具备权限），复制本场的服务器 URL 与串流密钥。',
    },
    keyPage: 'https://livecenter.tiktok.com/producer',
    limits: {},
    sources: [],
  },
  /** https://developers.facebook.com/docs/live-video-api/reference: RTMPS, sizes with bitrates, keyframes, 256 kbps of sound, 8 hours. */
  facebook: {
    id: 'facebook',
    name: { en: 'Facebook', 'zh-CN': 'Facebook' },
    defaultUrl: 'rtmps://live-api-s.facebook.com:443/rtmp/',
    tls: 'required',
    keyChanges: true,
    whereToFind: {
      en: 'Live Producer → streaming software: copy the stream key.',
      'zh-CN': '直播工具（Live Producer）→ 直播软件，复制直播密钥。',
    },
    keyPage: 'https://www.facebook.com/live/producer',
    limits: {
      videoKbps: [
        { shortSidePx: 360, fps: 30, maxKbps: 1_000 },
        { shortSidePx: 480, fps: 30, maxKbps: 2_000 },
        { shortSidePx: 720, fps: 30, maxKbps: 4_000 },
        { shortSidePx: 720, fps: 60, maxKbps: 6_000 },
        { shortSidePx: 1080, fps: 30, maxKbps: 6_000 },
        { shortSidePx: 1080, fps: 60, maxKbps: 9_000 },
      ],
      maxAudioKbps: 256,
      maxLongSidePx: 1920,
      maxShortSidePx: 1080,
      maxFps: 60,
      recommendedKeyframeSeconds: 2,
      maxKeyframeSeconds: 4,
      maxHours: 8,
    },
    sources: ['https://developers.facebook.com/docs/live-video-api/reference'],
  },
  custom: {
    id: 'custom',
    name: { en: 'Another server', 'zh-CN': '自定义服务器' },
    tls: 'offered',
    keyChanges: false,
    whereToFind: {
      en: 'An address that begins with rtmp:// or rtmps://, and the key if it is not part of it.',
      'zh-CN': '以 rtmp:// 或 rtmps:// 开头的地址；若地址中不含密钥，请另行填写。',
    },
    limits: {},
    sources: [],
  },
};

/** What is to be sent. */
export interface LiveOutput {
  widthPx: number;
  heightPx: number;
  fps: number;
  videoKbps: number;
  audioKbps: number;
  keyframeSeconds: number;
  /** As it is entered; its scheme counts. */
  url?: string;
  /** How long it is to last; left out: until someone ends it. */
  hours?: number;
}

export type OutputProblemCode =
  | 'video-bitrate-too-high'
  | 'audio-bitrate-too-high'
  | 'picture-too-large'
  | 'frame-rate-too-high'
  | 'keyframes-too-rare'
  | 'vertical-not-taken'
  | 'needs-rtmps'
  | 'ends-by-itself';

export interface OutputProblem {
  code: OutputProblemCode;
  /** error: the platform refuses or ends it. warning: it is worse than it could be, or ends sooner than wished. */
  severity: 'error' | 'warning';
  params: Readonly<Record<string, string | number>>;
}

/** What of an output a platform does not take, or not well. */
export function checkOutput(id: PlatformId, output: LiveOutput): OutputProblem[] {
  const { limits, tls } = PLATFORMS[id];
  const { widthPx, heightPx, fps, videoKbps, audioKbps, keyframeSeconds } = output;
  const longPx = Math.max(widthPx, heightPx);
  const shortPx = Math.min(widthPx, heightPx);
  const problems: OutputProblem[] = [];
  const add = (severity: OutputProblem['severity'], code: OutputProblemCode, params: OutputProblem['params'] = {}) =>
    problems.push({ code, severity, params });

  if (longPx > (limits.maxLongSidePx ?? longPx) || shortPx > (limits.maxShortSidePx ?? shortPx)) {
    const limit = `${limits.maxLongSidePx}×${limits.maxShortSidePx}`;
    add('error', 'picture-too-large', { size: `${widthPx}×${heightPx}`, limit });
  }
  if (limits.maxFps !== undefined && fps > limits.maxFps) {
    add('error', 'frame-rate-too-high', { fps, limit: limits.maxFps });
  }
  const row = limits.videoKbps?.find((each) => shortPx <= each.shortSidePx && fps <= each.fps);
  if (row !== undefined && videoKbps > row.maxKbps) {
    add('warning', 'video-bitrate-too-high', { kbps: videoKbps, limit: row.maxKbps });
  }
  if (limits.maxAudioKbps !== undefined && audioKbps > limits.maxAudioKbps) {
    add('error', 'audio-bitrate-too-high', { kbps: audioKbps, limit: limits.maxAudioKbps });
  }
  const { maxKeyframeSeconds, recommendedKeyframeSeconds } = limits;
  if (maxKeyframeSeconds !== undefined && keyframeSeconds > maxKeyframeSeconds) {
    add('error', 'keyframes-too-rare', { seconds: keyframeSeconds, limit: maxKeyframeSeconds });
  } else if (recommendedKeyframeSeconds !== undefined && keyframeSeconds > recommendedKeyframeSeconds) {
    add('warning', 'keyframes-too-rare', { seconds: keyframeSeconds, limit: recommendedKeyframeSeconds });
  }
  if (limits.vertical === false && heightPx > widthPx) add('error', 'vertical-not-taken');
  if (tls === 'required' && output.url !== undefined && /^rtmp:/i.test(output.url.trim())) add('error', 'needs-rtmps');
  if (limits.maxHours !== undefined && (output.hours ?? Number.POSITIVE_INFINITY) > limits.maxHours) {
    add('warning', 'ends-by-itself', { hours: limits.maxHours });
  }
  return problems;
}

const WORDS: Record<OutputProblemCode, Record<Locale, string>> = {
  'video-bitrate-too-high': {
    en: '{platform} advises {limit} kbps at most for this picture; {kbps} kbps are set.',
    'zh-CN': '{platform} 建议此画面的视频码率不超过 {limit} kbps，当前为 {kbps} kbps。',
  },
  'audio-bitrate-too-high': {
    en: '{platform} takes sound of {limit} kbps at most; {kbps} kbps are set.',
    'zh-CN': '{platform} 的音频码率上限为 {limit} kbps，当前为 {kbps} kbps。',
  },
  'picture-too-large': {
    en: '{platform} takes pictures of {limit} at most; {size} is set.',
    'zh-CN': '{platform} 的画面上限为 {limit}，当前为 {size}。',
  },
  'frame-rate-too-high': {
    en: '{platform} takes {limit} frames a second at most; {fps} are set.',
    'zh-CN': '{platform} 的帧率上限为每秒 {limit} 帧，当前为 {fps} 帧。',
  },
  'keyframes-too-rare': {
    en: '{platform} wants a keyframe at least every {limit} s; every {seconds} s is set.',
    'zh-CN': '{platform} 要求关键帧间隔不超过 {limit} 秒，当前为 {seconds} 秒。',
  },
  'vertical-not-taken': {
    en: '{platform} takes no upright pictures.',
    'zh-CN': '{platform} 不支持竖屏画面。',
  },
  'needs-rtmps': {
    en: '{platform} takes encrypted streams only: the address must begin with rtmps://.',
    'zh-CN': '{platform} 仅支持加密推流：地址必须以 rtmps:// 开头。',
  },
  'ends-by-itself': {
    en: '{platform} ends a broadcast after {hours} hours; a new one must be started there then.',
    'zh-CN': '{platform} 单场直播最长 {hours} 小时，到时需在平台重新开播。',
  },
};

export function describeProblem(id: PlatformId, { code, params }: OutputProblem, locale: Locale): string {
  const facts: Record<string, string | number> = { platform: PLATFORMS[id].name[locale], ...params };
  return WORDS[code][locale].replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}
