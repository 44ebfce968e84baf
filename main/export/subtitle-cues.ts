/** The subtitles of a whole programme. Apart from the stage: who only lays out needs no fonts, and loading what draws them takes a while. */
import type { Project } from '../../app/document/project.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { buildCues, type SubtitleCue } from '../../app/media/subtitles.ts';
import type { Programme } from '../engine/stages/programme.ts';
import { subtitleMetrics } from '../stage/subtitle-sprites.ts';
import { spokenLines } from './timeline-document.ts';

export function subtitleCues(project: Project, show: Programme, size: StageSize): SubtitleCue[] {
  if (project.stage.subtitles.mode === 'none') return [];
  const { measure, maxWidthPx } = subtitleMetrics(size, project.stage.subtitles);
  return buildCues(spokenLines(show), { measure, maxWidthPx });
}
