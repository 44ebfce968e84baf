/**
 * Which live overlays are on the picture of a frame of the stream, and how far they have come in or gone out: a pure function of the
 * changes told so far, so that frames drawn again after an interruption are the same, and a second drawing thread that is given the
 * same changes draws the same.
 */
import type { LiveOverlay } from '../document/live-overlays.ts';

export type OverlayChange =
  | { type: 'show'; id: string }
  | { type: 'hide'; id: string }
  | { type: 'hide-all' }
  /** A new overlay, or another look for one of the same id, on air or not. */
  | { type: 'set'; overlay: LiveOverlay }
  /** What time it is: the Unix time of stream frame 0, were there no jumps of the clock. */
  | { type: 'wall-clock'; frame0WallMs: number };

/** A change with its first frame, by stream frame index. */
export interface TimedOverlayChange {
  atFrame: number;
  change: OverlayChange;
  /** Of the script: forgotten with the speech that was dropped ({@link OverlayTimeline.forgetFrom}). Absent: stays. */
  fromScript?: boolean;
}

/** An overlay on the picture of one frame. */
export interface OverlayOnAir {
  overlay: LiveOverlay;
  /** First frame of its being shown. */
  sinceFrame: number;
  /** 0 (gone) to 1 (there); linear in time. */
  level: number;
  /** While its look changes: the one before, and how far the new one has come, 0 to 1. */
  before: { overlay: LiveOverlay; share: number } | null;
}

/** What {@link OverlayTimeline.state} gives. Plain data. */
export interface OverlayTimelineState {
  tracks: [id: string, track: Track][];
  clocks: Clock[];
  newest: number;
}

/** Frames may be asked for again as long as they are no older than this, seconds of stream. */
export const OVERLAY_MEMORY_SECONDS = 30;

interface Toggle {
  atFrame: number;
  shown: boolean;
  fromScript: boolean;
}
interface Look {
  atFrame: number;
  overlay: LiveOverlay;
}
interface Clock {
  atFrame: number;
  frame0WallMs: number;
}
interface State {
  shown: boolean;
  /** When it was shown, and when its coming or going began, from which level. */
  sinceFrame: number;
  movedAt: number;
  movedFrom: number;
  /** When it was last asked for: `hideAfterMs` counts from there. */
  askedAt: number;
}
interface Track {
  base: State;
  toggles: Toggle[];
  /** Never empty; the first counts for all time before. */
  looks: Look[];
}

export class OverlayTimeline {
  readonly #fps: number;
  readonly #tracks: Map<string, Track>;
  readonly #clocks: Clock[];
  #newest: number;

  private constructor(fps: number, { tracks, clocks, newest }: OverlayTimelineState) {
    this.#fps = fps;
    this.#tracks = new Map(tracks);
    this.#clocks = clocks;
    this.#newest = newest;
  }

  /** Rearmost first. Those `shownAtStart` are there from stream frame `fromFrame` on, without a transition. */
  static begin(fps: number, overlays: readonly LiveOverlay[], fromFrame = 0): OverlayTimeline {
    const tracks = overlays.map((overlay): [string, Track] => [
      overlay.id,
      newTrack(overlay, overlay.shownAtStart, fromFrame),
    ]);
    return new OverlayTimeline(fps, { tracks, clocks: [], newest: fromFrame });
  }

  static from(fps: number, state: OverlayTimelineState): OverlayTimeline {
    return new OverlayTimeline(fps, copyOf(state));
  }

  /** Overlays known by now, rearmost first, in their newest look. */
  get overlays(): readonly LiveOverlay[] {
    return [...this.#tracks.values()].map(({ looks }) => looks.at(-1)!.overlay);
  }

  /**
   * Takes a change in, also of frames to come or just past; changes of the same frame count in the order told. Unknown ids change
   * nothing: whoever asks has checked them ({@link OverlayTimeline.overlays}).
   */
  apply({ atFrame, change, fromScript = false }: TimedOverlayChange): void {
    switch (change.type) {
      case 'show':
      case 'hide': {
        const track = this.#tracks.get(change.id);
        if (track) insert(track.toggles, { atFrame, shown: change.type === 'show', fromScript });
        break;
      }
      case 'hide-all':
        for (const track of this.#tracks.values()) insert(track.toggles, { atFrame, shown: false, fromScript });
        break;
      case 'set': {
        const { overlay } = change;
        const track = this.#tracks.get(overlay.id);
        if (track) insert(track.looks, { atFrame, overlay });
        else {
          const added = newTrack(overlay, false, atFrame);
          if (overlay.shownAtStart) added.toggles.push({ atFrame, shown: true, fromScript: false });
          this.#tracks.set(overlay.id, added);
        }
        break;
      }
      case 'wall-clock':
        insert(this.#clocks, { atFrame, frame0WallMs: change.frame0WallMs });
    }
  }

  /** What the script asked for from this frame on is not going to be: its words were dropped. */
  forgetFrom(frame: number): void {
    for (const track of this.#tracks.values())
      track.toggles = track.toggles.filter(({ atFrame, fromScript }) => !fromScript || atFrame < frame);
  }

  /** Unix time at a frame; null while nobody has said what time it is. */
  wallMs(frame: number): number | null {
    const clock = lastUpTo(this.#clocks, frame) ?? this.#clocks[0];
    return clock === undefined ? null : clock.frame0WallMs + (frame * 1000) / this.#fps;
  }

  /** What is on a frame's picture, rearmost first. */
  at(frame: number): OverlayOnAir[] {
    this.#forgetOld(frame);
    const onAir: OverlayOnAir[] = [];
    for (const track of this.#tracks.values()) {
      const state = this.#stateAt(track, frame);
      const look = lastUpTo(track.looks, frame) ?? track.looks[0]!;
      const level = this.#level(state, frame, look.overlay);
      if (level > 0)
        onAir.push({
          overlay: look.overlay,
          sinceFrame: state.sinceFrame,
          level,
          before: this.#before(track, look, state, frame),
        });
    }
    return onAir;
  }

  /** Ids of what is on air at a frame, or on its way there. */
  shownAt(frame: number): string[] {
    return [...this.#tracks].filter(([, track]) => this.#stateAt(track, frame).shown).map(([id]) => id);
  }

  /** All it knows, as plain data: a timeline made of it goes on the same. */
  state(): OverlayTimelineState {
    return copyOf({ tracks: [...this.#tracks], clocks: this.#clocks, newest: this.#newest });
  }

  /** Frames a transition takes: half a second at most, and exactly none where it is to be at once. */
  #frames({ transition }: LiveOverlay): number {
    return transition.kind === 'none' ? 0 : Math.floor((transition.ms * this.#fps) / 1000);
  }

  #level({ shown, movedAt, movedFrom }: State, frame: number, overlay: LiveOverlay): number {
    const frames = this.#frames(overlay);
    if (frames === 0) return shown ? 1 : 0;
    const moved = (frame - movedAt + 1) / frames;
    return shown ? Math.min(1, movedFrom + moved) : Math.max(0, movedFrom - moved);
  }

  #stateAt({ base, toggles, looks }: Track, frame: number): State {
    let state = base;
    const lookAt = (at: number) => (lastUpTo(looks, at) ?? looks[0]!).overlay;
    const move = (shown: boolean, at: number) => {
      if (shown === state.shown) {
        if (shown) state = { ...state, askedAt: Math.max(state.askedAt, at) };
        return;
      }
      const movedFrom = this.#level(state, at - 1, lookAt(at));
      const sinceFrame = shown && movedFrom === 0 ? at : state.sinceFrame;
      state = { shown, sinceFrame, movedAt: at, movedFrom, askedAt: at };
    };
    /** Goes by itself, if that is before `until`. */
    const goByItself = (until: number) => {
      const { hideAfterMs } = lookAt(state.askedAt);
      if (!state.shown || hideAfterMs === null) return;
      const at = state.askedAt + Math.ceil((hideAfterMs * this.#fps) / 1000);
      if (at < until) move(false, at);
    };
    for (const { atFrame, shown } of toggles) {
      if (atFrame > frame) break;
      goByItself(atFrame);
      move(shown, atFrame);
    }
    goByItself(frame + 1);
    return state;
  }

  #before({ looks }: Track, look: Look, state: State, frame: number): OverlayOnAir['before'] {
    const index = looks.indexOf(look);
    const before = looks[index - 1];
    // What was not to be seen yet needs no way over.
    if (before === undefined || look.atFrame < state.sinceFrame) return null;
    const share = (frame - look.atFrame + 1) / this.#frames(look.overlay);
    return share < 1 ? { overlay: before.overlay, share } : null;
  }

  #forgetOld(frame: number): void {
    if (frame <= this.#newest) return;
    this.#newest = frame;
    const old = frame - OVERLAY_MEMORY_SECONDS * this.#fps;
    if (this.#clocks.length > 1) dropBefore(this.#clocks, old);
    for (const track of this.#tracks.values()) {
      if (track.looks.length > 1) dropBefore(track.looks, old);
      if (track.toggles.length > 0 && track.toggles[0]!.atFrame < old) {
        track.base = this.#stateAt(track, old);
        track.toggles = track.toggles.filter(({ atFrame }) => atFrame > old);
      }
    }
  }
}

/** Entries of the lists are never changed, only the lists. */
const copyOf = ({ tracks, clocks, newest }: OverlayTimelineState): OverlayTimelineState => ({
  tracks: tracks.map(([id, { base, toggles, looks }]) => [id, { base, toggles: [...toggles], looks: [...looks] }]),
  clocks: [...clocks],
  newest,
});

const newTrack = (overlay: LiveOverlay, shown: boolean, atFrame: number): Track => ({
  base: {
    shown,
    sinceFrame: atFrame,
    movedAt: Number.MIN_SAFE_INTEGER,
    movedFrom: 0,
    askedAt: atFrame,
  },
  toggles: [],
  looks: [{ atFrame, overlay }],
});

/** After those of the same frame. */
function insert<T extends { atFrame: number }>(list: T[], item: T): void {
  let at = list.length;
  while (at > 0 && list[at - 1]!.atFrame > item.atFrame) at--;
  list.splice(at, 0, item);
}

const lastUpTo = <T extends { atFrame: number }>(list: readonly T[], frame: number): T | undefined =>
  list.findLast(({ atFrame }) => atFrame <= frame);

/** All that ended before a frame; what counts there stays. */
function dropBefore(list: { atFrame: number }[], frame: number): void {
  const first = list.findLastIndex(({ atFrame }) => atFrame <= frame);
  if (first > 0) list.splice(0, first);
}
