/**
 * What the desk has asked for and the next session must be told, when the one before it fell: what still waits to be said, and what
 * was set and still stands. Position and what the position itself names come from the session's own reports.
 */
import type { Project } from '../../../app/document/project.ts';
import type { LiveCommand, ShowPosition } from '../../../app/live/protocol.ts';

type Of<T extends LiveCommand['type']> = Extract<LiveCommand, { type: T }>;

export interface Replay {
  /** As the next session begins. */
  readonly project: Project;
  readonly position: ShowPosition | null;
  sent(command: LiveCommand): void;
  /** The session's report: what was sent before it and moved the show is in it. */
  reached(position: ShowPosition): void;
  done(id: string): void;
  /** In the order in which they mean the same. */
  commands(): LiveCommand[];
}

export function createReplay(start: { project: Project; position: ShowPosition | null }): Replay {
  let { project, position } = start;
  const says = new Map<string, Of<'say'> | Of<'ask'>>();
  let volume: Of<'volume'> | null = null;
  let emotion: Of<'emotion'> | null = null;
  let scene: Of<'scene'> | null = null;
  const shown = new Map<string, Of<'overlay'>>();
  const changed = new Map<string, Of<'setOverlay'>>();
  /** The last of them: the position may not know it yet. */
  let pause: Of<'pause'> | Of<'resume'> | null = null;
  /** Not in a position yet. */
  let moves: (Of<'goTo'> | Of<'skip'>)[] = [];

  return {
    get project() {
      return project;
    },
    get position() {
      return position;
    },
    sent(command) {
      switch (command.type) {
        case 'ask':
          // What it replaces goes when its answer is there.
          if (!says.has(command.id)) says.set(command.id, command);
          break;
        case 'say':
          if (command.intent === 'replace') says.clear();
          if (!says.has(command.id)) says.set(command.id, command);
          break;
        case 'pause':
          pause = { ...command, at: 'now' };
          break;
        case 'resume':
          pause = command;
          break;
        case 'skip':
          moves.push(command);
          break;
        case 'goTo':
          moves = [command];
          break;
        case 'volume':
          volume = { ...volume, ...command };
          break;
        case 'emotion':
          emotion = command;
          break;
        case 'overlay':
          shown.set(command.id, command);
          break;
        case 'setOverlay':
          changed.set(command.overlay.id, command);
          break;
        case 'scene':
          // A scene brings its own overlays; those of the one before it go.
          scene = command;
          shown.clear();
          break;
        case 'project':
          project = command.project;
          changed.clear();
          break;
      }
    },
    reached(next) {
      position = next;
      moves = [];
      // It names what waits, and how far it is said.
      for (const waiting of next.desk) if (waiting !== null) says.delete(waiting.command.id);
    },
    done(id) {
      says.delete(id);
    },
    commands() {
      const still = pause?.type === 'resume' && position?.paused !== true ? null : pause;
      return [...changed.values(), scene, ...shown.values(), volume, emotion, ...moves, ...says.values(), still].filter(
        (command) => command !== null,
      );
    },
  };
}
