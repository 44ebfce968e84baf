/** How segments are called and described. */
import { Clapperboard, type LucideIcon, MessageSquareText, Mic, Moon } from 'lucide-react';
import type { Segment } from '../../../../app/document/live.ts';
import type { Format } from '../../../i18n/format.ts';
import type { MessageKey, Translate } from '../../../i18n/index.ts';
import type { SegmentKind } from '../live-edits.ts';

export const SEGMENT_ICONS: Readonly<Record<SegmentKind, LucideIcon>> = {
  script: MessageSquareText,
  idle: Moon,
  recording: Mic,
  insert: Clapperboard,
};
export const SEGMENT_WORDS: Readonly<Record<SegmentKind, MessageKey>> = {
  script: 'live.kind_script',
  idle: 'live.kind_idle',
  recording: 'live.kind_recording',
  insert: 'live.kind_insert',
};

/** Its own name, else what it begins with. */
export function segmentName(segment: Segment, t: Translate): string {
  if (segment.name.trim() !== '') return segment.name;
  if (segment.kind === 'script') {
    if (segment.lines === null) return t('live.projectScript');
    const first = segment.lines.find(({ text }) => text.trim() !== '')?.text.trim();
    if (first !== undefined) return first.length > 60 ? `${first.slice(0, 60)}…` : first;
  }
  if ('asset' in segment && segment.asset.fileName !== '') return segment.asset.fileName;
  return t.any(SEGMENT_WORDS[segment.kind]);
}

/** What it is and when it is played, in a few words. */
export function segmentFacts(segment: Segment, t: Translate, format: Format): string {
  const facts = [t.any(SEGMENT_WORDS[segment.kind])];
  if (segment.kind === 'script') {
    facts.length = 0;
    facts.push(segment.lines === null ? t('live.kind_script') : t('live.lines', { count: segment.lines.length }));
    if (segment.order === 'shuffled') facts.push(t('live.shuffledShort'));
  }
  if ('durationMs' in segment && segment.durationMs !== null) facts.push(format.duration(segment.durationMs));
  if (segment.times > 1) facts.push(t('live.timesShort', { count: segment.times }));
  if (segment.limit !== null) facts.push(t(`live.limitShort_${segment.limit.per}`, { count: segment.limit.times }));
  if (segment.airTime !== null) facts.push(airTimeWords(segment.airTime, t));
  return facts.join(' · ');
}

function airTimeWords({ weekdays, from, to }: NonNullable<Segment['airTime']>, t: Translate): string {
  const days =
    weekdays.length === 0 || weekdays.length === 7
      ? ''
      : weekdays
          .toSorted()
          .map((day) => t.any(WEEKDAYS[day - 1]!))
          .join(' ');
  const hours = from === null && to === null ? '' : `${from ?? '00:00'}–${to ?? '24:00'}`;
  return [days, hours].filter((part) => part !== '').join(' ') || t('live.anyTime');
}

/** Monday first. */
export const WEEKDAYS: readonly MessageKey[] = [
  'live.day_1',
  'live.day_2',
  'live.day_3',
  'live.day_4',
  'live.day_5',
  'live.day_6',
  'live.day_7',
];
