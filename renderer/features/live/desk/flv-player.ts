/** HTTP-FLV of a live stream in a video element, taken up again whenever it breaks off. */
import type * as Module from 'mpegts.js';

/** What a bundler gives as the default of a CommonJS module is all of it; its types are written for another kind. */
type Mpegts = typeof Module.default.default;

const AGAIN_MS = 1200;
/** A stream that gives nothing more for so long is asked for anew. */
const STALLED_MS = 8000;

export type FlvState = 'waiting' | 'playing' | 'unsupported';

/** @returns how to end it */
export function playFlv(video: HTMLVideoElement, url: string, onState: (state: FlvState) => void): () => void {
  let ended = false;
  let player: ReturnType<Mpegts['createPlayer']> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastTime = -1;
  let lastMovedMs = performance.now();

  const close = (): void => {
    const own = player;
    player = null;
    try {
      own?.destroy();
    } catch (error) {
      // It may have failed so early that there is nothing to detach; the next one is a player of its own.
      console.warn(error);
    }
  };
  const again = (): void => {
    if (ended) return;
    close();
    onState('waiting');
    clearTimeout(timer);
    timer = setTimeout(start, AGAIN_MS);
  };
  const open = async (): Promise<void> => {
    const mpegts = (await import('mpegts.js')).default as unknown as Mpegts;
    if (ended) return;
    if (!mpegts.isSupported()) return onState('unsupported');
    mpegts.LoggingControl.applyConfig({ enableAll: false });
    const own = mpegts.createPlayer(
      { type: 'flv', isLive: true, url: new URL(url, location.href).href },
      {
        liveSync: true,
        liveSyncMaxLatency: 2.5,
        liveSyncTargetLatency: 1,
        lazyLoad: false,
        autoCleanupSourceBuffer: true,
      },
    );
    player = own;
    lastMovedMs = performance.now();
    own.on(mpegts.Events.ERROR, again);
    own.on(mpegts.Events.LOADING_COMPLETE, again);
    own.attachMediaElement(video);
    own.load();
    // A browser that lets nothing play by itself still shows what it has.
    void Promise.resolve(own.play()).catch(() => {});
  };
  /** The player's own code may not come either, while the studio starts anew. */
  const start = (): void => {
    open().catch((error: unknown) => {
      console.warn(error);
      again();
    });
  };
  const watch = setInterval(() => {
    if (video.currentTime !== lastTime) {
      lastTime = video.currentTime;
      lastMovedMs = performance.now();
      if (player !== null && lastTime > 0) onState('playing');
    } else if (player !== null && !video.paused && performance.now() - lastMovedMs > STALLED_MS) again();
  }, 500);
  onState('waiting');
  start();
  return () => {
    ended = true;
    clearTimeout(timer);
    clearInterval(watch);
    close();
  };
}
