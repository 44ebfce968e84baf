/**
 * The rig as the drawing thread keeps it: what was read from the plate stays through every restart, only the actor is another.
 * The same parts and the same frames as `rigEngine`, which opens them for one performance.
 */
import type { LipSyncEngine } from '../engine/ports/lipsync.ts';
import { LOOK_AHEAD_MS, Performance } from '../providers/lipsync/rig/performance.ts';
import { RigRenderer } from '../providers/lipsync/rig/renderer.ts';

export const restartableRig: LipSyncEngine = {
  id: 'rig',
  open(plate, { fps, seed, rig, pixels }) {
    const renderer = new RigRenderer(plate, rig, pixels);
    let actor = new Performance(seed, rig);
    return Promise.resolve({
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
    });
  },
};
