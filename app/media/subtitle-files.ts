/** Subtitle cues as SubRip and WebVTT text (https://www.w3.org/TR/webvtt1/). */
import type { SubtitleCue } from './subtitles.ts';

/** `HH:MM:SS` + separator + `mmm`. */
function clock(ms: number, separator: ',' | '.'): string {
  const whole = Math.max(0, Math.round(ms));
  const two = (n: number) => String(n).padStart(2, '0');
  const seconds = Math.floor(whole / 1000);
  const rest = String(whole % 1000).padStart(3, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${separator}${rest}`;
}

/** Neither format can hold an empty line, a lone surrogate or a control character inside a cue. */
const showable = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();

/** SubRip has no escapes: what players would take for a tag or a time line gets an invisible joiner (U+2060) inside. */
const srtText = (text: string) =>
  showable(text)
    .replaceAll('-->', '--\u2060>')
    .replace(/<(?=[/a-z])/gi, '<\u2060')
    .replaceAll('{\\', '{\u2060\\');

const vttText = (text: string) =>
  showable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const shown = (cues: readonly SubtitleCue[]) =>
  cues.filter((cue) => cue.endMs > cue.startMs && cue.lines.some((line) => showable(line.text) !== ''));

const body = (cue: SubtitleCue, write: (text: string) => string) =>
  cue.lines
    .map((line) => write(line.text))
    .filter((text) => text !== '')
    .join('\n');

export function toSrt(cues: readonly SubtitleCue[]): string {
  return shown(cues)
    .map((cue, i) => `${i + 1}\n${clock(cue.startMs, ',')} --> ${clock(cue.endMs, ',')}\n${body(cue, srtText)}\n`)
    .join('\n');
}

export function toVtt(cues: readonly SubtitleCue[]): string {
  const blocks = shown(cues).map(
    (cue) => `${clock(cue.startMs, '.')} --> ${clock(cue.endMs, '.')}\n${body(cue, vttText)}\n`,
  );
  return ['WEBVTT\n', ...blocks].join('\n');
}
