/** The live overlays as the compositor takes them: for each frame the sprites that lie on it, each the same object while it looks the same. */
import type { LiveOverlay } from '../../app/document/live-overlays.ts';
import { StudioError } from '../../app/errors/index.ts';
import { OverlayTimeline, type OverlayTimelineState } from '../../app/live/overlay-timeline.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import type { OverlayUpdate } from '../engine/ports/frames.ts';
import type { Sprite } from './i420.ts';
import { drawCard, drawPrice } from './live-card.ts';
import { drawClock, drawCountdown } from './live-clock.ts';
import { eased } from './live-cross-fade.ts';
import { type DrawnOverlay, type LiveStage, liveStage, type OverlayMoment } from './live-paint.ts';
import { drawPicture, drawQr, drawText } from './live-sign.ts';
import { drawTicker } from './live-ticker.ts';
import type { Picture } from './picture.ts';

/** What lies on a frame, rearmost first. What is the same object as on another frame looks the same there. */
export interface SpriteSource {
  at(timeMs: number): readonly Sprite[];
}

/** All that a drawing thread needs to begin with. Plain data. */
export interface LiveOverlaySetup {
  timeline: OverlayTimelineState;
  /** By SHA-256. What is missing is told and drawn without. */
  pictures: ReadonlyMap<string, Picture>;
}

interface Kept {
  drawn: DrawnOverlay | null;
  /** Looked up last at this frame. */
  usedAt: number;
}
interface Placed {
  key: string;
  from: Sprite;
  sprite: Sprite;
}
const NOTHING: readonly Sprite[] = [];
/** Overlays out of sight whose drawings are kept. */
const DRAWINGS_KEPT = 24;

export class LiveLayer implements SpriteSource {
  readonly #fps: number;
  readonly #stage: LiveStage;
  readonly #timeline: OverlayTimeline;
  readonly #pictures: Map<string, Picture>;
  readonly #onTrouble: (error: StudioError) => void;
  readonly #drawings = new Map<LiveOverlay, Kept>();
  /** What each overlay was last placed as, by id and look. */
  readonly #placed = new Map<string, Placed>();
  #last: readonly Sprite[] = NOTHING;
  /** The frame asked for last. */
  #asked: number;

  constructor(
    { timeline, pictures }: LiveOverlaySetup,
    options: { fps: number; size: StageSize; onTrouble: (error: StudioError) => void },
  ) {
    this.#fps = options.fps;
    this.#stage = liveStage(options.size);
    this.#onTrouble = options.onTrouble;
    this.#timeline = OverlayTimeline.from(options.fps, timeline);
    this.#pictures = new Map(pictures);
    this.#asked = timeline.newest;
    for (const id of this.#timeline.shownAt(timeline.newest)) this.#prepare(id);
  }

  /** The same overlays for another stage. */
  setup(): LiveOverlaySetup {
    return { timeline: this.#timeline.state(), pictures: this.#pictures };
  }

  update({ changes, forgetFrom, pictures }: OverlayUpdate): void {
    if (forgetFrom !== undefined) this.#timeline.forgetFrom(forgetFrom);
    for (const [hash, picture] of pictures ?? []) this.#pictures.set(hash, picture);
    for (const change of changes) this.#timeline.apply(change);
    // Drawn now, not when its first frame is due.
    for (const { change } of changes) if (change.type === 'show') this.#prepare(change.id);
    if (changes.some(({ change }) => change.type === 'set')) this.#dropPictures();
  }

  at(timeMs: number): readonly Sprite[] {
    const frame = Math.round((timeMs * this.#fps) / 1000);
    this.#asked = frame;
    const onAir = this.#timeline.at(frame);
    if (onAir.length === 0) return NOTHING;
    const wallMs = this.#timeline.wallMs(frame);
    const sprites: Sprite[] = [];
    for (const each of onAir) {
      const moment = { shownMs: ((frame - each.sinceFrame) * 1000) / this.#fps, wallMs };
      const { before, overlay } = each;
      if (before) {
        this.#place(sprites, before.overlay, each.level, moment, frame, 1);
        this.#place(sprites, overlay, each.level, moment, frame, eased(before.share));
      } else this.#place(sprites, overlay, each.level, moment, frame, 1);
    }
    // The same list, where nothing has changed: nobody needs to compare.
    const same = sprites.length === this.#last.length && sprites.every((sprite, i) => sprite === this.#last[i]);
    if (!same) this.#last = sprites;
    return this.#last;
  }

  #place(
    into: Sprite[],
    overlay: LiveOverlay,
    level: number,
    moment: OverlayMoment,
    frame: number,
    share: number,
  ): void {
    const drawn = this.#drawing(overlay, frame);
    const sprite = drawn?.at(moment) ?? null;
    if (sprite === null) return;
    const presence = drawn?.presence?.(moment) ?? 1;
    const there = eased(Math.min(level, presence));
    const { dx, dy, opacity } = transit(overlay, sprite, there, this.#stage);
    const alpha = Math.round(opacity * share * overlay.opacity * 255);
    if (alpha === 0) return;
    const id = `${share === 1 ? '' : 'next '}${overlay.id}`;
    const key = `${dx} ${dy} ${alpha}`;
    const last = this.#placed.get(id);
    if (last?.from === sprite && last.key === key) {
      into.push(last.sprite);
      return;
    }
    const shown = moved(alpha === 255 ? sprite : faded(sprite, alpha), dx, dy);
    this.#placed.set(id, { key, from: sprite, sprite: shown });
    into.push(shown);
  }

  #prepare(id: string): void {
    const overlay = this.#timeline.overlays.find((each) => each.id === id);
    if (overlay) this.#drawing(overlay, this.#asked);
  }

  /** null: it cannot be drawn, which has been told. */
  #drawing(overlay: LiveOverlay, frame: number): DrawnOverlay | null {
    let kept = this.#drawings.get(overlay);
    if (kept === undefined) {
      kept = { drawn: this.#draw(overlay), usedAt: frame };
      // The one used longest ago goes: it is the first.
      const [oldest] = this.#drawings;
      if (oldest && this.#drawings.size >= DRAWINGS_KEPT && oldest[1].usedAt < frame - 2 * this.#fps)
        this.#drawings.delete(oldest[0]);
    } else if (kept.usedAt !== frame) {
      kept.usedAt = frame;
      this.#drawings.delete(overlay);
    } else return kept.drawn;
    this.#drawings.set(overlay, kept);
    return kept.drawn;
  }

  #draw(overlay: LiveOverlay): DrawnOverlay | null {
    try {
      return this.#drawn(overlay);
    } catch (error) {
      const trouble =
        error instanceof StudioError
          ? error
          : new StudioError(
              'stage.overlay-not-drawn',
              { overlay: nameOf(overlay), detail: error instanceof Error ? error.message : String(error) },
              { cause: error },
            );
      this.#onTrouble(trouble);
      return null;
    }
  }

  #drawn(overlay: LiveOverlay): DrawnOverlay | null {
    const stage = this.#stage;
    const still = (sprite: Sprite): DrawnOverlay => ({ at: () => sprite });
    switch (overlay.kind) {
      case 'card':
        return still(drawCard(overlay, overlay.picture && (this.#pictures.get(overlay.picture.sha256) ?? null), stage));
      case 'price':
        return still(drawPrice(overlay, stage));
      case 'picture': {
        // Whoever loads pictures has told why it is not there.
        const picture = this.#pictures.get(overlay.picture.sha256);
        return picture === undefined ? null : still(drawPicture(overlay, picture, stage));
      }
      case 'text':
        return still(drawText(overlay, stage));
      case 'ticker':
        return drawTicker(overlay, stage);
      case 'countdown':
        return drawCountdown(overlay, stage);
      case 'clock':
        return drawClock(overlay, stage, (timeZone) =>
          this.#onTrouble(new StudioError('stage.time-zone-unknown', { overlay: nameOf(overlay), timeZone })),
        );
      case 'qr':
        return still(drawQr(overlay, stage));
    }
  }

  /** Pictures that no overlay has any more. */
  #dropPictures(): void {
    const wanted = new Set<string>();
    for (const [, { looks }] of this.#timeline.state().tracks)
      for (const { overlay } of looks)
        if ('picture' in overlay && overlay.picture !== null) wanted.add(overlay.picture.sha256);
    for (const hash of this.#pictures.keys()) if (!wanted.has(hash)) this.#pictures.delete(hash);
  }
}

export const nameOf = ({ name, id }: LiveOverlay): string => name || id;

/** Where an overlay stands and how clear it is on its way in or out; `there` from 0 to 1. Steps are even: chroma is shared by two. */
function transit(
  { transition: { kind } }: LiveOverlay,
  sprite: Sprite,
  there: number,
  { widthPx, heightPx }: StageSize,
): { dx: number; dy: number; opacity: number } {
  if (there >= 1) return { dx: 0, dy: 0, opacity: 1 };
  const still = { dx: 0, dy: 0, opacity: 1 };
  const away = (distance: number) => Math.round((Math.max(0, distance) * (1 - there)) / 2) * 2;
  switch (kind) {
    case 'none':
    case 'fade':
      return { ...still, opacity: there };
    // It is named after the way it moves when it comes, and goes back where it came from.
    case 'slide-left':
      return { ...still, dx: away(widthPx - sprite.x) };
    case 'slide-right':
      return { ...still, dx: -away(sprite.x + sprite.width) };
    case 'slide-up':
      return { ...still, dy: away(heightPx - sprite.y) };
    case 'slide-down':
      return { ...still, dy: -away(sprite.y + sprite.height) };
  }
}

const moved = (sprite: Sprite, dx: number, dy: number): Sprite =>
  dx === 0 && dy === 0 ? sprite : { ...sprite, x: sprite.x + dx, y: sprite.y + dy };

/** `alpha` 0..255 of what it was. */
function faded(sprite: Sprite, alpha: number): Sprite {
  const scaled = (plane: Uint8Array): Uint8Array => {
    const out = new Uint8Array(plane.length);
    for (let i = 0; i < plane.length; i++) {
      const n = plane[i]! * alpha + 128;
      out[i] = (n + (n >> 8)) >> 8;
    }
    return out;
  };
  return {
    ...sprite,
    luma: scaled(sprite.luma),
    alpha: scaled(sprite.alpha),
    u: scaled(sprite.u),
    v: scaled(sprite.v),
    chromaAlpha: scaled(sprite.chromaAlpha),
  };
}
