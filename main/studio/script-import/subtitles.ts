/** SubRip and WebVTT (https://www.w3.org/TR/webvtt1/): each cue a line, the silence between cues its pause. */
import type { Draft } from './draft.ts';

const STAMP = String.raw`(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s*${STAMP}\s*-->\s*${STAMP}(?:\s.*)?$`);
/** `[MUSIC]`, `(applause)`, `♪ … ♪`: heard in the film, not said by anybody. */
const SOUND_NOTE = /^(?:[[(（【♪♫][^\])）】♪♫]*[\])）】♪♫]\s*)+$|^[♪♫#*\s]+$/u;
const MAX_PAUSE_MS = 60_000;
/** A sentence cut in two by its subtitles goes on within this time. */
const GOES_ON_MS = 600;

const ms = (parts: readonly (string | undefined)[]): number =>
  (Number(parts[0] ?? 0) * 3600 + Number(parts[1]) * 60 + Number(parts[2])) * 1000 +
  Number((parts[3] ?? '0').padEnd(3, '0'));

/** Voice and style tags, SSA overrides (`{\an8}`), and the entities that both formats use. */
const plain = (text: string): string =>
  text
    .replace(/<\/?[a-zA-Z0-9.:][^<>]*>/g, '')
    .replace(/\{\\[^{}]*\}/g, '')
    .replace(/&(amp|lt|gt|nbsp|lrm|rlm|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/^\s*[-–—]\s+/, '')
    .trim();
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: ' ', quot: '"', '#39': "'" };

const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;

/** Pieces of running text as one: a blank between two of them unless both sides are written without. Put together once, at the end. */
export function joinText(pieces: readonly string[]): string {
  const said = pieces.filter((piece) => piece !== '');
  return said
    .map((piece, i) => {
      const before = said[i - 1];
      if (before === undefined || before.endsWith(' ')) return piece;
      return SPACELESS.test(before.at(-1)!) && SPACELESS.test(piece[0]!) ? piece : ` ${piece}`;
    })
    .join('');
}

export function readSubtitles(text: string): Draft {
  const draft: Draft = { lines: [], leftOut: 0 };
  const rows = text.split(/\r\n|\n|\r/);
  let endMs: number | null = null;
  /** Of the last line, which may go on. */
  let pieces: string[] = [];
  const close = (): void => {
    const last = draft.lines.at(-1);
    if (last) last.text = joinText(pieces);
  };
  for (let i = 0; i < rows.length; i++) {
    const timing = TIMING.exec(rows[i]!);
    if (timing === null) continue;
    const sourceLine = i + 1;
    const [startMs, stopMs] = [ms(timing.slice(1, 5)), ms(timing.slice(5, 9))];
    const cue: string[] = [];
    for (i += 1; i < rows.length && rows[i]!.trim() !== ''; i++) {
      // Some files leave out the blank line between cues.
      if (TIMING.test(rows[i]!) || (/^\s*\d+\s*$/.test(rows[i]!) && TIMING.test(rows[i + 1] ?? ''))) break;
      const row = plain(rows[i]!);
      if (SOUND_NOTE.test(row)) draft.leftOut += 1;
      else cue.push(row);
    }
    if (i < rows.length && rows[i]!.trim() !== '') i -= 1;
    const said = joinText(cue);
    if (said === '') continue;
    const before = draft.lines.at(-1);
    const gapMs = endMs === null ? 0 : startMs - endMs;
    if (before && gapMs <= GOES_ON_MS && /^\p{Ll}/u.test(said) && !/[.!?。！？…]["'”’]?$/u.test(pieces.at(-1) ?? ''))
      pieces.push(said);
    else {
      if (before) before.pauseAfterMs = Math.round(Math.min(MAX_PAUSE_MS, Math.max(0, gapMs)));
      close();
      pieces = [said];
      draft.lines.push({ text: said, sourceLine });
    }
    endMs = stopMs;
  }
  close();
  return draft;
}
