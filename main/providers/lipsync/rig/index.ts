/** The embedded lip-sync engine: one picture, no model, no GPU. */
import type { LipSyncEngine, LipSyncSession } from '../../../engine/ports/lipsync.ts';
import { LOOK_AHEAD_MS, Performance } from './performance.ts';
import { RigRenderer } from './renderer.ts';

export const rigEngine: LipSyncEngine = {
  id: 'rig',
  open(plate, { fps, seed, rig, pixels }) {
    const renderer = new RigRenderer(plate, rig, pixels);
    // What was read from the plate stays through every restart, only the actor is another.
    let actor = new Performance(seed, rig);
    const session: LipSyncSession = {
      region: renderer.region,
      lookAheadMs: LOOK_AHEAD_MS,
      speak: (segment) => actor.speak(segment),
      interrupt: (atMs) => actor.interrupt(atMs),
      restart: (settings) => {
        actor = new Performance(seed, settings);
      },
      frame: (index) => renderer.draw(actor.at((index * 1000) / fps)),
      // Memory goes with the session itself.
      dispose: () => undefined,
    };
    return Promise.resolve(session);
  },
};
