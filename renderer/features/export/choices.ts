/** What is ticked in the export dialog; the interface remembers it. */
import type { ExportTarget } from '../../../app/contract/exports.ts';
import { EXPORT_PRESETS, type ExportPresetId, exportPresets } from '../../../app/document/export-presets.ts';
import type { OutputFormat } from '../../../app/document/output.ts';
import type { Background } from '../../../app/document/stage.ts';
import type { RendererId } from '../../../app/providers/renderers.ts';
import { setLayout, type UiState } from '../../state/ui-store.ts';

/** `project`: an MP4 just as the stage is set. */
export type ChoiceId = ExportPresetId | 'project';
export const CHOICES: readonly ChoiceId[] = [...EXPORT_PRESETS, 'project'];

const nameOf = (id: ChoiceId): string => `export.${id}`;
export const isChosen = ({ layout }: UiState, id: ChoiceId): boolean =>
  (layout[nameOf(id)] ?? (id === 'landscape-720p' ? 1 : 0)) === 1;
export const choose = (id: ChoiceId, on: boolean): void => setLayout(nameOf(id), on ? 1 : 0);

export const formatOf = (id: ChoiceId): OutputFormat => (id === 'project' ? 'mp4' : exportPresets[id].format);

export interface Wishes {
  subtitles: ExportTarget['subtitles'] | null;
  fps: ExportTarget['fps'] | null;
  /** In place of a transparent one, where the file cannot hold it. */
  opaque: Background;
  softwareEncoder: boolean;
  renderer: RendererId;
}

/** WebM and GIF keep a transparent stage, and so does a preset that asks for one. */
const staysTransparent = (id: ChoiceId, transparent: boolean): boolean =>
  id === 'transparent' || (transparent && formatOf(id) !== 'mp4');

export function targetOf(id: ChoiceId, wishes: Wishes, transparent: boolean): ExportTarget {
  const format = formatOf(id);
  const film = format === 'mp4' || format === 'webm';
  return {
    preset: id === 'project' ? null : id,
    format,
    ...(wishes.subtitles != null && format !== 'wav' && { subtitles: wishes.subtitles }),
    ...(wishes.fps != null && film && { fps: wishes.fps }),
    ...(transparent && format === 'mp4' && { background: wishes.opaque }),
    // A vendor's film hides what is behind it.
    ...(wishes.renderer !== 'embedded' &&
      format !== 'wav' &&
      !staysTransparent(id, transparent) && { renderer: wishes.renderer }),
    ...(wishes.softwareEncoder && format === 'mp4' && { output: { encoder: 'software' as const } }),
  };
}
