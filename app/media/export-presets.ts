/** What the places of publication ask for: shape, rate and format of each preset of the export dialog. */
import type { ExportPresetId, ExportTarget } from '../contract/exports.ts';

const video = (widthPx: number, heightPx: number) => ({ format: 'mp4' as const, size: { widthPx, heightPx } });

export const EXPORT_PRESET_TARGETS: Record<ExportPresetId, ExportTarget> = {
  /** YouTube, Bilibili. */
  landscape: { preset: 'landscape', ...video(1920, 1080) },
  /** Douyin, TikTok, Kuaishou, Shorts. */
  portrait: { preset: 'portrait', ...video(1080, 1920) },
  square: { preset: 'square', ...video(1080, 1080) },
  /** Courses and slides: small files. */
  course: { preset: 'course', ...video(1280, 720), output: { crf: 24 } },
  /** For cutting into other films: VP9 with alpha. */
  transparent: { preset: 'transparent', format: 'webm', background: { kind: 'transparent' } },
  sound: { preset: 'sound', format: 'wav' },
};
