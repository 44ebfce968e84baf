/** What a show plays next. Pure: times are given, what is random follows from the show's seed and the position. */
import type { AssetRef } from '../document/asset.ts';
import type { Segment } from '../document/live.ts';
import type { Project } from '../document/project.ts';
import type { ScriptLine } from '../document/script.ts';
import type { StudioError } from '../errors/index.ts';
import type { UtcOffset } from './air-time.ts';
import type { ShowPosition } from './protocol.ts';

/** The one segment of a show that has none: the project's script. */
export const PROJECT_SCRIPT_ID = 'script';

interface Placed {
  /** Unique in a show, and the same again when the show is restored at `at`. */
  id: string;
  segmentId: string;
  /** A cursor that is restored here gives this item again. With another `sentence` it begins there: see {@link positionIn}. */
  at: ShowPosition;
  /** Where the show goes on after this item. */
  then: ShowPosition;
  /** To change to when it begins; null keeps what is on. Of a segment's first item, and of the first after a restart. */
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

/** What of a project decides its show. */
export type ShowSource = Pick<Project, 'script' | 'emotions'> & { live: Pick<Project['live'], 'show'> };

/** A line that cannot be played, because its text has a fault: told once, not each round. */
export interface LineFault {
  segmentId: string;
  lineId: string;
  error: StudioError;
}

/** The position of an item's sentence: what to keep so that a restored show begins with it. */
export const positionIn = ({ at }: Pick<Placed, 'at'>, sentence: number): ShowPosition => ({ ...at, sentence });

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
 */
export interface ShowCursor {
  /** The faults of the source as it is now. */
  readonly faults: readonly LineFault[];
  /** The next item; the cursor goes past it. Never an endless loop: where nothing may be played it is `closed`. */
  next(wallMs: number): ShowItem;
  /** Where `next` goes on. */
  position(): ShowPosition;
  /** Goes on at a position of an item, or one that was kept. */
  restore(position: ShowPosition): void;
  /** Past the line, or the rest of the segment (with all its passes), that `from` is in. Default: `position()`. */
  skip(what: 'line' | 'segment', from?: ShowPosition): void;
  /** To a line of a segment, in its order of play; whether it is enabled or on air now does not matter. False: there is no such segment. */
  goTo(segmentId: string, line: number, wallMs: number): boolean;
  /** On to the closing; nothing where it is playing already. */
  close(): void;
  /**
   * The document changed. The place of `from` (default: `position()`) is kept by ids: of a line that is gone the next of its segment, of a
   * segment that is gone the next in the round. Lines and segments put in right before the place are played.
   */
  update(source: ShowSource, from?: ShowPosition): void;
}

export interface ShowCursorOptions {
  source: ShowSource;
  /** null begins the show. */
  position: ShowPosition | null;
  /** Default: the system's. */
  utcOffset?: UtcOffset;
}
