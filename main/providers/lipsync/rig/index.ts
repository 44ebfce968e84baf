/** The embedded lip-sync engine: one picture, no model, no GPU. */
import type { LipSyncEngine, LipSyncSession } from '../../../engine/ports/lipsync.ts';
import { LOOK_AHEAD_MS, Performance } from './performance.ts';
import { RigRenderer } from './renderer.ts';

export const rigEngine: LipSyncEngine = {
  id: 'rig',
  open(plate, { fps, seed, rig, pixels }) {
    const renderer = new RigRenderer(plate, rig, pixels);
    const performance = new Performance(seed, rig);
    const session: LipSyncSession = {
      region: renderer.region,
      lookAheadMs: LOOK_AHEAD_MS,
      speak: (segment) => performance.speak(segment),
      interrupt: (atMs) => performance.interrupt(atMs),
      frame: (index) => renderer.draw(performance.at((index * 1000) / fps)),
      // Memory goes with the session itself.
      dispose: () => undefined,
    };
    return Promise.resolve(session);
  },
};
