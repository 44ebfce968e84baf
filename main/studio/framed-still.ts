/** How a portrait stands on the stage: the engine's own layout at a small size, and what its place hangs on. */
import sharp from 'sharp';
import type { FramedRequest, PlacedSubject } from '../../app/contract/portraits.ts';
import type { Avatar } from '../../app/document/avatar.ts';
import { type LoadedPortrait, loadPortrait } from '../export/load-portrait.ts';
import { layOut, picturesFrom } from '../export/set-stage.ts';
import type { PortraitImporter } from '../portrait/prepare.ts';
import { ReducedPortraits } from '../preview/reduced-portrait.ts';
import { subjectOf } from '../stage/layout.ts';
import { overPlane } from '../stage/picture.ts';
import type { AssetSource } from '../storage/assets.ts';

const WEBP = { quality: 84, effort: 1 } as const;
/** How much larger than the stage a picture may be drawn before it is worth reducing less. */
const ENLARGED = 1.5;

export interface FramedStills {
  draw(request: FramedRequest, signal: AbortSignal): Promise<PlacedSubject & { webp: Uint8Array }>;
  /** Stops what is being loaded. */
  dispose(): void;
}

export function createFramedStills(portraits: PortraitImporter, assets: AssetSource): FramedStills {
  const closed = new AbortController();
  /** The last one: framing is tried again and again on one portrait. */
  let kept: { key: string; ready: Promise<{ loaded: LoadedPortrait; reduced: ReducedPortraits }> } | null = null;

  /** Shared by all who ask, so no one's abort stops it. */
  const load = (avatar: Avatar) => {
    const { portrait, faceIndex, landmarks } = avatar;
    const key = JSON.stringify([portrait, faceIndex, landmarks]);
    if (kept?.key === key) return kept.ready;
    const ready = loadPortrait(avatar, assets, portraits, closed.signal).then((loaded) => ({
      loaded,
      reduced: new ReducedPortraits(loaded.prepared),
    }));
    const next = { key, ready };
    kept = next;
    ready.catch(() => {
      if (kept === next) kept = null;
    });
    return ready;
  };

  return {
    async draw({ avatar, background, size }, signal) {
      const { loaded, reduced } = await load(avatar);
      signal.throwIfAborted();
      const zoom = Math.max(
        1,
        avatar.framing.zoom,
        ...Object.values(avatar.framingByShape ?? {}).map((own) => own.zoom),
      );
      const prepared = await reduced.atLeast(ENLARGED * zoom * Math.max(size.widthPx, size.heightPx));
      const stage = { background, overlays: [] };
      const plate = await layOut(
        { avatar, stage },
        assets,
        { ...loaded, prepared },
        size,
        signal,
        picturesFrom(assets),
      );
      signal.throwIfAborted();
      const { subject, fillWidth } = subjectOf(prepared, background.kind);
      const webp = await sharp(overPlane(plate.person, plate.background), {
        raw: { width: plate.width, height: plate.height, channels: 4 },
      })
        .webp(WEBP)
        .toBuffer();
      return { webp, subject, fillWidth };
    },
    dispose: () => closed.abort(new Error('the studio was closed')),
  };
}
