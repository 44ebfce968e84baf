/** Real stills of the engine: small ones for galleries, one at a time, and a large one that follows a drag. */
import { useEffect, useRef, useState } from 'react';
import type { ShownEmotion } from '../../../app/contract/emotions.ts';
import type { MouthTestShape } from '../../../app/contract/portraits.ts';
import type { Avatar } from '../../../app/document/avatar.ts';
import { mediaUrl, rpc } from '../../bridge/index.ts';

/** What decides how a face is drawn; where it stands on the stage does not. */
export type Face = Pick<Avatar, 'portrait' | 'faceIndex' | 'landmarks' | 'rig'>;

export interface StillWish {
  face: Face;
  emotion: ShownEmotion | null;
  mouth: MouthTestShape;
  sidePx: number;
}

async function draw({ face, emotion, mouth, sidePx }: StillWish): Promise<string> {
  const { portrait, faceIndex, landmarks, rig } = face;
  const avatar = { portrait, faceIndex, landmarks, rig };
  const { picture } = await rpc.portraits.mouthTest({ avatar, emotion, mouth, maxSidePx: sidePx });
  const url = mediaUrl(picture);
  const image = new Image();
  image.src = url;
  await image.decode();
  return url;
}

// ---- small ones: kept for as long as the page lives, drawn only while no drag needs the engine

const KEPT = 200;
const thumbs = new Map<string, Promise<string>>();
let tail: Promise<unknown> = Promise.resolve();
let live = 0;
let calm = Promise.withResolvers<void>();
calm.resolve();

function enterLive(): void {
  live += 1;
  if (live === 1) calm = Promise.withResolvers();
}
function leaveLive(): void {
  live -= 1;
  if (live === 0) calm.resolve();
}

function thumbOf(key: string, wish: StillWish): Promise<string> {
  const known = thumbs.get(key);
  if (known !== undefined) return known;
  const drawn = tail.then(async () => {
    await calm.promise;
    return draw(wish);
  });
  tail = drawn.catch(() => {});
  thumbs.set(key, drawn);
  // Asked for again the next time it is shown.
  drawn.catch(() => thumbs.delete(key));
  for (const oldest of thumbs.keys()) {
    if (thumbs.size <= KEPT) break;
    thumbs.delete(oldest);
  }
  return drawn;
}

/** The address of a small still; null until it is drawn, `failed` where it cannot be. */
export function useThumb(wish: StillWish): string | 'failed' | null {
  const key = JSON.stringify(wish);
  const [drawn, setDrawn] = useState<{ key: string; url: string | 'failed' } | null>(null);
  const asked = useRef(wish);
  asked.current = wish;
  useEffect(() => {
    let gone = false;
    thumbOf(key, asked.current).then(
      (url) => gone || setDrawn({ key, url }),
      () => gone || setDrawn({ key, url: 'failed' }),
    );
    return () => {
      gone = true;
    };
  }, [key]);
  // The one before stays until the next is there.
  return drawn?.url ?? null;
}

// ---- the large one

export interface LiveStill {
  url: string | null;
  error: unknown;
}

/**
 * The latest wish, drawn: while one is being drawn only the newest of the others waits. `onShown` is told each wish that made it.
 * The time from wish to picture is the measure `emotion.still`.
 */
export function useLiveStill(wish: StillWish, onShown?: (wish: StillWish) => void): LiveStill & { retry: () => void } {
  const key = JSON.stringify(wish);
  const [shown, setShown] = useState<LiveStill>({ url: null, error: null });
  const [round, setRound] = useState(0);
  const state = useRef<{ busy: boolean; gone: boolean; next: { wish: StillWish; askedAt: number } | null }>({
    ...{ busy: false, gone: false, next: null },
  });
  const tell = useRef(onShown);
  tell.current = onShown;
  const asked = useRef(wish);
  asked.current = wish;

  useEffect(() => {
    state.current.gone = false;
    return () => {
      state.current.gone = true;
      state.current.next = null;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a wish is drawn again when it differs, and when it is asked for again.
  useEffect(() => {
    const own = state.current;
    own.next = { wish: asked.current, askedAt: performance.now() };
    if (own.busy) return;
    const run = async (): Promise<void> => {
      own.busy = true;
      enterLive();
      try {
        for (let turn = own.next; turn !== null; turn = own.next) {
          own.next = null;
          try {
            const url = await draw(turn.wish);
            if (own.gone) return;
            setShown({ url, error: null });
            performance.measure('emotion.still', { start: turn.askedAt, end: performance.now() });
            tell.current?.(turn.wish);
          } catch (error) {
            if (own.gone) return;
            setShown(({ url }) => ({ url, error }));
          }
        }
      } finally {
        own.busy = false;
        leaveLive();
      }
    };
    void run();
  }, [key, round]);
  return { ...shown, retry: () => setRound((before) => before + 1) };
}
