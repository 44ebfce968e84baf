/** What a show plays next. Pure: times are given, what is random follows from the show's seed and the position. */
import type { AssetRef } from '../document/asset.ts';
import { type Segment, segmentSchema } from '../document/live.ts';
import type { ScriptLine } from '../document/script.ts';
import {
  localTime,
  mayPlay,
  nextOpening,
  playedOnceMore,
  playsOf,
  systemUtcOffset,
  type UtcOffset,
} from './air-time.ts';
import type { ShowPosition } from './protocol.ts';
import {
  type LineFault,
  type PreparedLine,
  type PreparedSegment,
  prepareSegment,
  type ShowSource,
  variedLine,
} from './show-lines.ts';
import { shuffledRound } from './variation.ts';

export type { LineFault, ShowSource } from './show-lines.ts';

/** The one segment of a show that has none: the project's script. */
export const PROJECT_SCRIPT_ID = 'script';

interface Placed {
  /** Unique in a show, and the same again when the show is restored at `at`. */
  id: string;
  segmentId: string;
  /** A cursor that is restored here gives this item again. With another `sentence` it begins there: see {@link positionIn}. */
  at: ShowPosition;
  /** Where the show goes on after this item. */
  after: ShowPosition;
  /** To change to when it begins; null keeps what is on. Of a segment's first item, and of the first after a restart or a goTo. */
  scene: string | null;
  /** To play before it; of a segment's first item. */
  jingle: AssetRef | null;
}
export interface LineItem extends Placed {
  kind: 'line';
  /** With its variation slots filled in. */
  line: ScriptLine;
  /** In the order of play. */
  lineIndex: number;
  fromSentence: number;
}
export interface RecordingItem extends Placed {
  kind: 'recording';
  asset: AssetRef;
  /** What it says, in the script grammar, lines parted by line ends; may be empty. */
  text: string;
  fromSentence: number;
}
export interface InsertItem extends Placed {
  kind: 'insert';
  insert: Extract<Segment, { kind: 'insert' }>;
}
/** The avatar idles so long. */
export interface IdleItem extends Placed {
  kind: 'idle';
  ms: number;
}
/** What is said or shown, and so can be interrupted and gone on with. */
export type PlayedItem = LineItem | RecordingItem | InsertItem;
export type ShowItem =
  | PlayedItem
  | IdleItem
  /** Silence between two segments. */
  | { kind: 'gap'; ms: number }
  /** Nothing may be played now: ask again at `untilWallMs`, or after the next change where it is null. The cursor has not moved. */
  | { kind: 'closed'; untilWallMs: number | null }
  /** The closing has been played. Asked again it is the same. */
  | { kind: 'end' };

/** The position of an item's sentence: what to keep so that a restored show begins with it. */
export const positionIn = ({ at }: Pick<Placed, 'at'>, sentence: number): ShowPosition => ({ ...at, sentence });

export interface ShowCursorOptions {
  source: ShowSource;
  /** null begins the show. */
  position: ShowPosition | null;
  /** Default: the system's. */
  utcOffset?: UtcOffset;
}

const START: ShowPosition = {
  ...{ part: 'opening', segmentId: null, line: 0, sentence: 0, pass: 0, round: 0 },
  ...{ played: {}, drawn: 0, varied: {}, desk: [], paused: false },
};

type Part = ShowPosition['part'];
interface Piece {
  segment: Segment;
  prepared: PreparedSegment;
}
type Choice =
  | { segment: Segment; place: ShowPosition }
  | { kind: 'closed'; untilWallMs: number | null }
  | { kind: 'end' };

/**
 * Goes through opening, rounds of segments and closing. `next` may be called ahead of what is being said: each item has its own
 * positions, and whatever moves the cursor takes the position it is meant from.
 *
 * ```
 *              no more            rounds done, close()          no more
 *  opening ────────────▶ segments ─────────────────────▶ closing ───────▶ end
 *                         │    ▲
 *                         └────┘ round + 1
 * ```
 * A segment is begun where its air time and limit allow it, and then played to its end. One that nothing of can be heard or seen (no lines,
 * only faults) is passed over. Opening and closing do not wait for a segment's air time.
 */
export class ShowCursor {
  readonly #utcOffset: UtcOffset;
  #source: ShowSource;
  #parts: Record<Part, readonly Piece[]>;
  #faults: LineFault[] = [];
  #place: ShowPosition;
  /** A segment has just ended. */
  #gapDue = false;
  /** Whatever comes next is not what was on: its scene has to be set. */
  #sceneDue: boolean;

  constructor({ source, position, utcOffset = systemUtcOffset }: ShowCursorOptions) {
    this.#utcOffset = utcOffset;
    this.#source = source;
    this.#parts = this.#prepare(source);
    this.#place = position ?? START;
    this.#sceneDue = position !== null;
  }

  /** The faults of the source as it is now. */
  get faults(): readonly LineFault[] {
    return this.#faults;
  }

  /** Where `next` goes on. */
  position(): ShowPosition {
    return this.#place;
  }

  /** Goes on at a position of an item, or one that was kept. */
  restore(position: ShowPosition): void {
    this.#place = position;
    this.#gapDue = false;
  }

  /** The next item; the cursor goes past it. Never an endless loop: where nothing may be played it is `closed`. */
  next(wallMs: number): ShowItem {
    const item = this.#itemAt(this.#place);
    if (item !== null) {
      this.#place = item.after;
      this.#gapDue = this.#itemAt(item.after) === null;
      if (this.#sceneDue) item.scene = this.#pieceAt(item.at)?.segment.scene ?? null;
      this.#sceneDue = false;
      return item;
    }
    const choice = this.#choose(wallMs);
    if ('kind' in choice) {
      this.#gapDue = false;
      return choice;
    }
    const { gapMs } = this.#source.live.show;
    if (this.#gapDue && gapMs > 0) {
      this.#gapDue = false;
      return { kind: 'gap', ms: gapMs };
    }
    this.#place = choice.place;
    // A segment that is chosen has an item.
    return this.next(wallMs);
  }

  /** Past the line, or the rest of the segment (with all its passes), that `from` is in. Default: `position()`. */
  skip(what: 'line' | 'segment', from: ShowPosition = this.#place): void {
    const piece = this.#pieceAt(from);
    const item = this.#itemAt(from);
    if (piece !== null && what === 'segment') this.restore(pastSegment(from, piece));
    else this.restore(item?.after ?? from);
  }

  /**
   * To a line of a segment, in its order of play, whether or not it is enabled or on air now; `wallMs` is what its limit counts by.
   * `from` as for `skip`. False: there is no such segment, or nothing in it to play.
   */
  goTo(segmentId: string, line: number, wallMs: number, from: ShowPosition = this.#place): boolean {
    const parts = [from.part, 'segments', 'opening', 'closing'] as const;
    for (const part of parts) {
      const piece = this.#parts[part].find(({ segment }) => segment.id === segmentId);
      if (piece === undefined || lengthOf(piece) === 0) continue;
      const begun = this.#begin(from, part, piece.segment, wallMs);
      this.restore({ ...begun, line: Math.min(line, lengthOf(piece) - 1) });
      this.#sceneDue = true;
      return true;
    }
    return false;
  }

  /** On to the closing; nothing where it is playing already. `from` as for `skip`. */
  close(from: ShowPosition = this.#place): void {
    if (from.part !== 'closing') this.restore(entering(from, 'closing'));
  }

  /**
   * The document changed. The place of `from` (default: `position()`) is kept by ids: of a line that is gone the next of its segment, of a
   * segment that is gone the next in the round. Lines and segments put in right before the place are played.
   */
  update(source: ShowSource, from: ShowPosition = this.#place): void {
    const oldPiece = this.#pieceAt(from);
    const oldSegments = this.#order(from).map(({ segment }) => segment.id);
    const oldLines = oldPiece && idsOf(this.#linesAt(oldPiece, from));
    this.#source = source;
    this.#parts = this.#prepare(source);
    const piece = this.#pieceAt(from);
    if (piece !== null) {
      const newLines = idsOf(this.#linesAt(piece, from));
      const place =
        oldPiece?.prepared.kind === 'lines' && piece.prepared.kind === 'lines' && oldLines !== null
          ? keptLine(from, oldLines, newLines)
          : { line: Math.min(from.line, lengthOf(piece)), sentence: from.sentence };
      this.restore({ ...from, ...place });
      return;
    }
    const known = this.#parts[from.part];
    const before = oldSegments
      .slice(0, Math.max(0, oldSegments.indexOf(from.segmentId ?? '')))
      .findLast((id) => known.some(({ segment }) => segment.id === id));
    const previous = known.find(({ segment }) => segment.id === before);
    if (previous === undefined) this.restore({ ...from, segmentId: null, line: 0, sentence: 0, pass: 0 });
    else this.restore(pastSegment({ ...from, segmentId: previous.segment.id }, previous));
  }

  #prepare(source: ShowSource): Record<Part, readonly Piece[]> {
    this.#faults = [];
    const { opening, segments, closing } = source.live.show;
    const prepare = (list: readonly Segment[]): Piece[] =>
      list.map((segment) => ({
        segment,
        prepared: prepareSegment(segment, source, (fault) => this.#faults.push(fault)),
      }));
    return {
      opening: prepare(opening),
      segments: prepare(
        segments.length > 0 ? segments : [segmentSchema.parse({ kind: 'script', id: PROJECT_SCRIPT_ID })],
      ),
      closing: prepare(closing),
    };
  }

  #pieceAt({ part, segmentId }: ShowPosition): Piece | null {
    return this.#parts[part].find(({ segment }) => segment.id === segmentId) ?? null;
  }

  /** The segments of a position's part and round, in the order of play. */
  #order({ part, segmentId, round }: ShowPosition): readonly Piece[] {
    const { order, seed } = this.#source.live.show;
    // What is switched off stays in its place for as long as it is being played.
    const pieces = this.#parts[part].filter(({ segment }) => segment.enabled || segment.id === segmentId);
    if (part !== 'segments' || order === 'written') return pieces;
    const byId = new Map(pieces.map((piece) => [piece.segment.id, piece]));
    return shuffledRound([...byId.keys()], seed, 'segments', round).map((id) => byId.get(id)!);
  }

  /** The lines of a segment in the order of the play that the position is in. */
  #linesAt({ segment, prepared }: Piece, { played }: ShowPosition): readonly PreparedLine[] {
    if (prepared.kind !== 'lines') return [];
    const { lines } = prepared;
    if (segment.kind !== 'script' || segment.order === 'written') return lines;
    const byId = new Map(lines.map((each) => [each.line.id, each]));
    const { seed } = this.#source.live.show;
    return shuffledRound([...byId.keys()], seed, `lines ${segment.id}`, playsOf(played, segment.id)?.show ?? 0).map(
      (id) => byId.get(id)!,
    );
  }

  /** What is played at a position; null where its segment is over, or none is begun. */
  #itemAt(at: ShowPosition): (ShowItem & Placed) | null {
    const piece = this.#pieceAt(at);
    if (piece === null || at.line >= lengthOf(piece)) return null;
    const { segment, prepared } = piece;
    const first = at.line === 0 && at.sentence === 0;
    const play = `${segment.id}.${playsOf(at.played, segment.id)?.show ?? 0}`;
    const after = { ...at, line: at.line + 1, sentence: 0, drawn: at.drawn + 1 };
    const placed = {
      ...{ id: play, segmentId: segment.id, at, after },
      ...{ scene: first ? segment.scene : null, jingle: first ? segment.jingle : null },
    };
    const fromSentence = at.sentence;
    if (prepared.kind === 'recording')
      return { kind: 'recording', ...placed, asset: prepared.asset, text: prepared.text, fromSentence };
    if (segment.kind === 'idle') return { kind: 'idle', ...placed, ms: segment.durationMs };
    if (segment.kind === 'insert') return { kind: 'insert', ...placed, insert: segment };
    const chosen = this.#linesAt(piece, at)[at.line]!;
    const name = `${segment.id}/${chosen.line.id}`;
    const nth = at.varied[name] ?? 0;
    return {
      ...{ kind: 'line', ...placed, id: `${play}.${chosen.line.id}`, lineIndex: at.line, fromSentence },
      line: variedLine(chosen, this.#source.live.show.seed, name, nth),
      after: chosen.hasSlots ? { ...after, varied: { ...at.varied, [name]: nth + 1 } } : after,
    };
  }

  #begin(from: ShowPosition, part: Part, { id }: Segment, wallMs: number): ShowPosition {
    const count = playedOnceMore(playsOf(from.played, id), localTime(wallMs, this.#utcOffset));
    const played = { ...from.played, [id]: count };
    return { ...from, part, segmentId: id, line: 0, sentence: 0, pass: 0, played };
  }

  /** What follows where the segment at the cursor is over. */
  #choose(wallMs: number): Choice {
    const now = localTime(wallMs, this.#utcOffset);
    const { rounds } = this.#source.live.show;
    const playable = ({ segment, prepared }: Piece, { played }: ShowPosition): boolean =>
      prepared.takesTime && mayPlay(segment, playsOf(played, segment.id), now);
    const begin = (from: ShowPosition, { segment }: Piece, change: Partial<ShowPosition> = {}): Choice => ({
      segment,
      place: { ...this.#begin(from, from.part, segment, wallMs), ...change },
    });
    let place = this.#place;
    for (;;) {
      const piece = this.#pieceAt(place);
      if (piece !== null && place.pass + 1 < piece.segment.times && playable(piece, place))
        return begin(place, piece, { pass: place.pass + 1 });
      const order = this.#order(place);
      const following = order.slice(order.findIndex(({ segment }) => segment.id === place.segmentId) + 1);
      const next = following.find((each) => playable(each, place));
      if (next !== undefined) return begin(place, next);
      if (place.part === 'closing') return { kind: 'end' };
      if (place.part === 'opening') {
        place = entering(place, 'segments');
        continue;
      }
      const roundIsOver = piece !== null;
      if (rounds !== null && place.round + (roundIsOver ? 1 : 0) >= rounds) {
        place = entering(place, 'closing');
        continue;
      }
      if (roundIsOver) {
        const anew = { ...place, round: place.round + 1, segmentId: null };
        const first = this.#order(anew).find((each) => playable(each, anew));
        if (first !== undefined) return begin(anew, first);
      }
      const some = this.#parts.segments.filter(({ segment, prepared }) => segment.enabled && prepared.takesTime);
      const untilWallMs = nextOpening(
        some.map(({ segment }) => segment),
        place.played,
        wallMs,
        this.#utcOffset,
      );
      // With an end to its rounds a show need not wait for what will never be played again.
      if (untilWallMs !== null || rounds === null || some.length === 0) return { kind: 'closed', untilWallMs };
      place = entering(place, 'closing');
    }
  }
}

const lengthOf = ({ prepared }: Piece): number => (prepared.kind === 'lines' ? prepared.lines.length : 1);
const idsOf = (lines: readonly PreparedLine[]): string[] => lines.map(({ line }) => line.id);

const entering = (from: ShowPosition, part: Part): ShowPosition => ({
  ...{ ...from, part, segmentId: null, line: 0, sentence: 0, pass: 0 },
});
const pastSegment = (from: ShowPosition, piece: Piece): ShowPosition => ({
  ...{ ...from, line: lengthOf(piece), sentence: 0, pass: piece.segment.times - 1 },
});

/** Where a place in `before` is in `after`. */
function keptLine(
  { line, sentence }: ShowPosition,
  before: readonly string[],
  after: readonly string[],
): { line: number; sentence: number } {
  const here = after.indexOf(before[line] ?? '');
  if (sentence > 0 && here >= 0) return { line: here, sentence };
  const known = new Set(before);
  const next = before.slice(line).find((id) => after.includes(id));
  if (next === undefined) {
    const last = before.slice(0, line).findLast((id) => after.includes(id));
    return { line: last === undefined ? 0 : after.indexOf(last) + 1, sentence: 0 };
  }
  let index = after.indexOf(next);
  while (index > 0 && !known.has(after[index - 1]!)) index--;
  return { line: index, sentence: 0 };
}
