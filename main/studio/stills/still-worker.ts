/** The thread that draws stills: the face engine on plates kept warm. A change of landmarks redoes only what hangs on them. */
import { isDeepStrictEqual } from 'node:util';
import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import type { RigSettings } from '../../../app/document/avatar.ts';
import type { FaceLandmarks } from '../../../app/document/landmarks.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { AvatarPlate, LipSyncSession, SpeechSegment } from '../../engine/ports/lipsync.ts';
import { ENVELOPE_STEP_MS } from '../../engine/ports/speech.ts';
import { rigEngine } from '../../providers/lipsync/rig/index.ts';
import { paintOverlays } from '../../stage/overlays.ts';
import { overPlane } from '../../stage/picture.ts';
import type { StillJob, StillReply, StillRequest, StillScene } from './protocol.ts';

const port = parentPort!;
const FPS = 25;
/** By then the mouth has taken its shape, and the mood has settled. */
const SHOWN_AT_MS = 1000;
const HELD_MS = 2000;
const KEPT_PLATES = 3;
const WEBP = { quality: 88, effort: 1 } as const;

interface Warm {
  plate: AvatarPlate;
  /** The stage without the face's motion. */
  still: Uint8Array;
  open: { session: LipSyncSession; landmarks: FaceLandmarks; rig: RigSettings } | null;
}
/** The least recently used first. */
const plates = new Map<string, Warm>();

function plateOf({ plateKey, plate }: StillJob): Warm {
  const warm =
    plates.get(plateKey) ?? (plate && { plate, still: overPlane(plate.person, plate.background), open: null });
  if (!warm) throw new Error(`no plate ${plateKey}`);
  plates.delete(plateKey);
  plates.set(plateKey, warm);
  for (const [oldest, { open }] of plates) {
    if (plates.size <= KEPT_PLATES) break;
    open?.session.dispose();
    plates.delete(oldest);
  }
  return warm;
}

/** A session at its beginning, on the plate with these landmarks. */
async function sessionOf(warm: Warm, { landmarks, rig }: StillJob): Promise<LipSyncSession> {
  const { open } = warm;
  if (open?.session.restart && open.rig.teeth === rig.teeth && isDeepStrictEqual(open.landmarks, landmarks)) {
    open.session.restart(rig);
    return open.session;
  }
  open?.session.dispose();
  warm.open = null;
  const session = await rigEngine.open({ ...warm.plate, landmarks }, { fps: FPS, seed: 1, rig });
  warm.open = { session, landmarks, rig };
  return session;
}

function segmentOf({ phone, blend }: StillScene): SpeechSegment {
  const startMs = 0;
  return {
    startMs,
    timeline: {
      durationMs: HELD_MS,
      phones: [{ phone: phone ?? '', startMs, endMs: HELD_MS }],
      words: [],
      sentences: [],
    },
    envelope: new Float32Array(HELD_MS / ENVELOPE_STEP_MS).fill(phone === null ? 0 : 0.2),
    emotions: [{ atMs: -HELD_MS, emotion: 'still', intensity: 1, blend }],
    pcm: (fromMs, toMs) => new Float32Array(Math.max(0, Math.round((toMs - fromMs) * 48))),
  };
}

async function draw(job: StillJob): Promise<Uint8Array<ArrayBuffer>> {
  const warm = plateOf(job);
  const session = await sessionOf(warm, job);
  session.speak(segmentOf(job.scene));
  const face = session.frame((SHOWN_AT_MS * FPS) / 1000);
  const { width, height } = warm.plate;
  const picture = warm.still.slice();
  const { x, y, width: across, height: down } = session.region;
  for (let row = 0; row < down; row++)
    picture.set(face.subarray(row * across * 4, (row + 1) * across * 4), ((y + row) * width + x) * 4);
  paintOverlays(picture, { widthPx: width, heightPx: height }, job.front ?? []);
  return new Uint8Array(
    await sharp(picture, { raw: { width, height, channels: 4 } })
      .webp(WEBP)
      .toBuffer(),
  );
}

let tail: Promise<unknown> = Promise.resolve();
port.on('message', ({ id, job }: StillRequest) => {
  // Sessions are used one at a time.
  tail = tail.then(async () => {
    try {
      const webp = await draw(job);
      port.postMessage({ id, ok: true, webp } satisfies StillReply, [webp.buffer]);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const { code, params } =
        error instanceof StudioError ? error : { code: 'stage.renderer-stopped' as const, params: { detail } };
      port.postMessage({ id, ok: false, code, params } satisfies StillReply);
    }
  });
});
