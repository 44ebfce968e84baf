/** What the places of publication ask for, and how a project becomes the document of one export. */
import { presetSize, type StageSize } from '../media/stage-size.ts';
import type { OutputFormat, OutputSettings } from './output.ts';
import type { Project } from './project.ts';
import type { Background, Stage, SubtitleSettings } from './stage.ts';

export const EXPORT_PRESETS = [
  'landscape',
  'landscape-720p',
  'portrait',
  'square',
  'course',
  'transparent',
  'sound',
  'gif',
] as const;
export type ExportPresetId = (typeof EXPORT_PRESETS)[number];

interface Words {
  en: string;
  'zh-CN': string;
}

/** What a preset or a person sets for one file; whatever is absent is as the project says. */
export interface ExportChanges {
  size?: Stage['size'] | undefined;
  fps?: Stage['fps'] | undefined;
  background?: Background | undefined;
  subtitles?: SubtitleSettings['mode'] | undefined;
  output?: { [Setting in keyof Omit<OutputSettings, 'format'>]?: OutputSettings[Setting] | undefined } | undefined;
}

export interface ExportPreset extends ExportChanges {
  format: OutputFormat;
  name: Words;
  description: Words;
  /** Tells its file from the project's others: `talk-1080p.mp4`. */
  suffix: string;
}

/** Bit rates follow from the quality. 1080p gets a finer one: the platforms encode it once more. */
export const exportPresets: Readonly<Record<ExportPresetId, ExportPreset>> = {
  landscape: {
    format: 'mp4',
    size: presetSize(1080, 'landscape'),
    output: { crf: 18, audioBitrateKbps: 192 },
    name: { en: 'YouTube / Bilibili 1080p', 'zh-CN': 'B站 / YouTube 1080p' },
    description: { en: '1920×1080, 16:9, MP4', 'zh-CN': '1920×1080，16:9，MP4' },
    suffix: '1080p',
  },
  'landscape-720p': {
    format: 'mp4',
    size: presetSize(720, 'landscape'),
    output: { crf: 20, audioBitrateKbps: 160 },
    name: { en: 'YouTube / Bilibili 720p', 'zh-CN': 'B站 / YouTube 720p' },
    description: { en: '1280×720, 16:9, MP4; done sooner', 'zh-CN': '1280×720，16:9，MP4，导出更快' },
    suffix: '720p',
  },
  portrait: {
    format: 'mp4',
    size: presetSize(1080, 'portrait'),
    output: { crf: 18, audioBitrateKbps: 192 },
    name: { en: 'TikTok / Douyin', 'zh-CN': '抖音 / TikTok' },
    description: { en: '1080×1920, 9:16, MP4', 'zh-CN': '1080×1920，9:16 竖屏，MP4' },
    suffix: '9x16',
  },
  square: {
    format: 'mp4',
    size: presetSize(1080, 'square'),
    output: { crf: 18, audioBitrateKbps: 192 },
    name: { en: 'Square', 'zh-CN': '方形' },
    description: { en: '1080×1080, 1:1, MP4, for feeds', 'zh-CN': '1080×1080，1:1，MP4，适合信息流' },
    suffix: '1x1',
  },
  course: {
    format: 'mp4',
    size: presetSize(720, 'landscape'),
    output: { crf: 24, audioBitrateKbps: 96 },
    name: { en: 'Course', 'zh-CN': '课程' },
    description: { en: '1280×720, 16:9, MP4, small files', 'zh-CN': '1280×720，16:9，MP4，文件较小' },
    suffix: 'course',
  },
  transparent: {
    format: 'webm',
    background: { kind: 'transparent' },
    name: { en: 'Transparent', 'zh-CN': '透明背景' },
    description: { en: 'WebM with alpha, to lay over other video', 'zh-CN': '带透明通道的 WebM，用于叠加到其他视频' },
    suffix: 'alpha',
  },
  sound: {
    format: 'wav',
    name: { en: 'Sound only', 'zh-CN': '仅音频' },
    description: { en: 'WAV, 48 kHz', 'zh-CN': 'WAV，48 kHz' },
    suffix: 'sound',
  },
  gif: {
    format: 'gif',
    fps: 25,
    name: { en: 'GIF preview', 'zh-CN': 'GIF 预览' },
    description: { en: 'At most 480 pixels, silent', 'zh-CN': '最大 480 像素，无声' },
    suffix: 'preview',
  },
};

/** GIFs are no larger (`gifSize` in main/media): more would be drawn for nothing. */
const GIF_MAX_PX = 480;

/** The document of one file: the project with the preset laid over it, and the person's own wishes over that. The project stays as it is. */
export function documentFor(
  project: Project,
  target: ExportChanges & { preset: ExportPresetId | null; format: OutputFormat },
): Project {
  const preset: ExportChanges = target.preset === null ? {} : exportPresets[target.preset];
  const { stage, output } = project;
  const mode = target.subtitles ?? preset.subtitles;
  const size = target.size !== undefined ? target.size : preset.size !== undefined ? preset.size : stage.size;
  return {
    ...project,
    stage: {
      ...stage,
      size: target.format === 'gif' ? fitted(size) : size,
      fps: target.fps ?? preset.fps ?? stage.fps,
      background: target.background ?? preset.background ?? stage.background,
      subtitles: mode === undefined ? stage.subtitles : { ...stage.subtitles, mode },
    },
    output: { ...output, ...defined(preset.output), ...defined(target.output), format: target.format },
  };
}

const defined = <T extends object>(settings: T | undefined): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> =>
  Object.fromEntries(Object.entries(settings ?? {}).filter(([, value]) => value !== undefined)) as Partial<{
    [K in keyof T]: Exclude<T[K], undefined>;
  }>;

function fitted(size: StageSize | null): StageSize | null {
  if (size === null) return null;
  const scale = Math.min(1, GIF_MAX_PX / Math.max(size.widthPx, size.heightPx));
  const even = (px: number): number => Math.max(64, Math.round((px * scale) / 2) * 2);
  return { widthPx: even(size.widthPx), heightPx: even(size.heightPx) };
}
